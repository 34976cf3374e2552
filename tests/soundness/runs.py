"""Small runs that the soundness tests attack, executed and proved once a session."""

from __future__ import annotations

import random
from functools import cache

from core_vm.machine.precompile import POINTER_REGISTERS
from core_vm.machine.program.program import Program
from core_vm.pcs.whir.config import WhirConfig
from core_vm.stark.config import StarkConfig
from core_vm.stark.prover import prove_shard
from core_vm.state.memory_map import OUTPUT_START
from precompiles.g2.fields import FIELDS as G2_FIELDS
from precompiles.standard.machine import standard_machine
from tests.conformance.assembler import Assembler, guest
from tests.conformance.checking import Shard, shards_of
from tests.precompiles.curve.calls import on_curve
from tests.precompiles.curve.guest import curve_of, point_bytes

# Few queries and little grinding: the attacks are on tables and statements, not on the opening's parameters.
QUICK = StarkConfig(WhirConfig(security_bits=8, grinding_bits=2), fingerprint_grinding_bits=2)
TABLES = standard_machine().everything.tables

DATA = 0x20_0000
PRIMES = {256: 2**256 - 2**32 - 977, 384: 2**384 - 2**128 - 2**96 + 2**32 - 1}  # both leave 3 modulo 4
OUTPUT = b"8 bytes."
EXIT_CODE = 0x0005_0006
COUNTER, POINTER, ONE, RESULT, VALUE, LINK = 6, 5, 7, 8, 9, 1


def _body(code: Assembler) -> None:
    """One instruction of every family, on values that are neither zero nor one."""
    for name in ("add", "sub", "addw", "xor", "and", "slt", "sltu", "sll", "sra", "sllw", "srlw"):
        code.emit(name, RESULT, VALUE, COUNTER)
    for name in ("mul", "mulw", "mulhsu", "div", "rem", "divu", "remuw", "divw"):
        code.emit(name, RESULT, VALUE, COUNTER)
    for name in ("addi", "addiw", "ori", "slti", "slli", "srai", "slliw", "sraiw"):
        code.emit(name, RESULT, VALUE, immediate=3)
    code.emit("addi", RESULT, VALUE)
    code.emit("add", RESULT, RESULT, COUNTER)
    code.emit("sub", RESULT, RESULT, VALUE)
    code.emit("add", RESULT, VALUE, RESULT)
    code.emit("xor", RESULT, VALUE, RESULT)
    for name, offset in (("sd", 8), ("sw", 20), ("sh", 26), ("sb", 33), ("sd", 45), ("sw", 53)):
        code.emit(name, 0, POINTER, VALUE, offset)
    for name, offset in (("ld", 8), ("lw", 20), ("lhu", 26), ("lb", 33), ("ld", 45), ("lh", 55)):
        code.emit(name, RESULT, POINTER, immediate=offset)


@cache
def everything() -> Shard:
    """One shard: two rounds of every family, a write of 5 bytes, an output, an exit with a code of two limbs."""
    code = Assembler()
    code.set(POINTER, DATA)
    code.set(COUNTER, 2)
    code.set(VALUE, -0x0123_4567_89AB_CDEF)
    code.label("loop")
    _body(code)
    code.emit("addi", VALUE, VALUE, immediate=5)
    code.jump("call", LINK)
    code.emit("addi", COUNTER, COUNTER, immediate=-1)
    code.branch("bne", COUNTER, 0, "loop")
    code.branch("blt", COUNTER, 0, "loop")
    code.branch("bne", VALUE, VALUE, "loop")
    code.jump("end")
    code.label("call")
    code.emit("lui", ONE, immediate=4096)
    code.emit("fence")
    code.emit("jalr", ONE, LINK)
    code.label("end")
    _finish(code)
    (shard,) = shards_of(guest("everything", code, bytes(range(128))).program)
    return shard


def _finish(code: Assembler) -> None:
    """Write to stream 1, put the output in its region, exit."""
    code.set(10, 1)
    code.set(11, DATA)
    code.set(12, 5)
    code.set(17, 64)
    code.emit("ecall")
    code.set(RESULT, OUTPUT_START)
    code.set(VALUE, len(OUTPUT))
    code.emit("sd", 0, RESULT, VALUE)
    code.set(VALUE, int.from_bytes(OUTPUT, "little"))
    code.emit("sd", 0, RESULT, VALUE, 32)
    code.exit(EXIT_CODE)


def counting_program() -> Program:
    """A loop that counts in a register and in memory, and ends with an output and exit code 0."""
    code = Assembler()
    code.set(POINTER, DATA)
    code.set(COUNTER, 12_000)
    code.label("loop")
    code.emit("ld", VALUE, POINTER)
    code.emit("add", VALUE, VALUE, COUNTER)
    code.emit("sd", 0, POINTER, VALUE)
    code.emit("addi", COUNTER, COUNTER, immediate=-1)
    code.branch("bne", COUNTER, 0, "loop")
    _finish(code)
    return guest("counting", code, bytes(64)).program


@cache
def counting() -> tuple[Shard, ...]:
    """Several shards of it."""
    return tuple(shards_of(counting_program(), shard_cells=2**20))


EXCEPTIONAL = "curve_chain_bn254"


@cache
def calling() -> Shard:
    """One shard with two calls of every precompile: of random operands, and of what the first one left.

    Where not all operands have a result, the modulus is a prime, a carry a bit, points are on their curve, or those of
    Fp2 of numbers below the modulus, and a claim is of words below p.
    """
    code, end = Assembler(), DATA
    data = bytearray(random.Random(1).randbytes(2**16))
    for precompile in standard_machine().precompiles:
        arguments = dict.fromkeys(POINTER_REGISTERS, 0xFFFF_FFF1)  # an unused one may be anything of 32 bits
        for operand in precompile.operands:
            if operand.register == 12 and precompile.name.startswith("modular"):
                prime = PRIMES[64 * operand.dwords].to_bytes(8 * operand.dwords, "little")
                data[end - DATA : end - DATA + len(prime)] = prime
            if precompile.name.startswith("uint256") and operand.dwords == 1:
                data[end - DATA : end - DATA + 8] = bytes([1, *[0] * 7])
            if precompile.name.startswith("curve"):
                # All points of the last chain are one: so its first step has no result.
                is_one = precompile.name == EXCEPTIONAL
                curve, generator = curve_of(precompile.name), random.Random(precompile.number + operand.register)
                for at in range(end - DATA, end - DATA + 8 * operand.dwords - 31, curve.bits // 4):  # or digits
                    point = on_curve(random.Random(1) if is_one else generator, curve)
                    data[at : at + curve.bits // 4] = point_bytes(curve, point)
            if precompile.name.startswith("g2"):
                size = next(field.bits // 8 for field in G2_FIELDS if field.name in precompile.name)
                for at in range(end - DATA, end - DATA + 8 * operand.dwords, size):
                    data[at + size - 1] = 0
                if operand.register == 12:  # the line, whose middle is 0
                    third = 8 * operand.dwords // 3
                    data[end - DATA + third : end - DATA + 2 * third] = bytes(third)
            if precompile.claims:
                for at in range(end - DATA + 3, end - DATA + 8 * operand.dwords, 4):
                    data[at] &= 0x3F
            arguments[operand.register], end = end, end + 8 * operand.dwords
        for _ in range(2):
            for register, value in {**arguments, 17: precompile.number}.items():
                code.set(register, value)
            code.emit("ecall")
    code.exit()
    (shard,) = shards_of(guest("calling", code, bytes(data[: end - DATA])).program, all_together=True)
    return shard


@cache
def everything_proof() -> tuple[int, ...]:
    """The words of a quick proof of `everything`."""
    return tuple(prove_shard(TABLES, everything().trace(), everything().public, config=QUICK).tolist())
