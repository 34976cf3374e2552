"""The machine in plain Python: what each operation means, one step at a time. The kernels are tested against it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from core_vm.isa.decode import Instruction
from core_vm.isa.formats import sign_extend
from core_vm.isa.operations import ACCESS_SIZE, BRANCHES, LOADS, STORES, Operation
from core_vm.machine.program.program import Program
from core_vm.state.memory_map import ADDRESS_LIMIT, NUM_REGISTERS

_MASK64 = 2**64 - 1


class Trap(Exception):
    """The instruction at `pc` cannot be executed."""

    def __init__(self, pc: int, reason: str) -> None:
        super().__init__(f"0x{pc:x}: {reason}")
        self.pc = pc


class ReferenceMachine:
    """Registers (33 with the sink) and memory bytes, unsigned; `pc` a byte address. An ECALL is left to the caller."""

    def __init__(self, program: Program) -> None:
        self.program, self.pc, self.registers = program, program.entry, [0] * NUM_REGISTERS
        self.memory: dict[int, int] = {}
        for segment in program.segments:
            self.memory.update(enumerate(segment.data, segment.address))

    def instruction(self) -> Instruction:
        """The decoded instruction at the pc. Raises Trap where there is no code."""
        slot = self.program.slot_of(np.array([self.pc // 4]))[0]
        if not self.program.has_code[slot]:
            raise Trap(self.pc, "no code")
        return self.program.instructions[int(slot)]

    def load(self, address: int, size: int) -> int:
        """Unsigned little-endian value of `size` bytes."""
        return sum(self.memory.get(address + i, 0) << (8 * i) for i in range(size))

    def store(self, address: int, size: int, value: int) -> None:
        self.memory.update((address + i, value >> (8 * i) & 255) for i in range(size))

    def step(self) -> Instruction:
        """Execute one instruction that is no ECALL and return it. Raises Trap."""
        instruction = self.instruction()
        operation, rd, rs1, rs2, immediate, target = instruction
        a, b = self.registers[rs1], self.registers[rs2]
        following = self.pc + 4
        if operation in LOADS or operation in STORES:
            self._access(instruction, (a + immediate) & _MASK64)
        elif operation in BRANCHES:
            following = 4 * target if COMPARISONS[operation](a, b) else following
        elif operation in (Operation.JUMP, Operation.JUMP_LINK):
            following = 4 * target
            if operation == Operation.JUMP_LINK:
                self.registers[rd] = immediate
        elif operation == Operation.JALR:
            following = (a + immediate) & _MASK64 & ~1
            if following % 4 or not self.program.has_code[self.program.slot_of(np.array([following // 4]))[0]]:
                raise Trap(self.pc, f"jump to 0x{following:x}")
            self.registers[rd] = self.pc + 4
        elif operation in (Operation.TRAP, Operation.ECALL):
            raise Trap(self.pc, operation.name)
        elif operation == Operation.CONSTANT:
            self.registers[rd] = immediate
        elif operation != Operation.NOP:
            computation = COMPUTATIONS[REGISTER_FORM.get(operation, operation)]
            self.registers[rd] = computation(a, immediate if operation in REGISTER_FORM else b) & _MASK64
        self.pc = following
        return instruction

    def _access(self, instruction: Instruction, address: int) -> None:
        operation, size = instruction.operation, ACCESS_SIZE[instruction.operation]
        last = address if address % size == 0 else (address | 7) + 1  # a misaligned access touches two dwords
        if last >= ADDRESS_LIMIT:
            raise Trap(self.pc, f"address 0x{address:x}")
        if operation in STORES:
            self.store(address, size, self.registers[instruction.rs2])
            return
        value = self.load(address, size)
        is_unsigned = operation in (Operation.LBU, Operation.LHU, Operation.LWU)
        self.registers[instruction.rd] = value if is_unsigned else sign_extend(value, 8 * size) & _MASK64


def _signed(x: int) -> int:
    return sign_extend(x, 64)


def _word(x: int) -> int:
    return sign_extend(x, 32)


def _divide(a: int, b: int) -> tuple[int, int]:
    """(quotient, remainder) of signed integers as RISC-V defines them; MIN / -1 overflows and is cut by the caller."""
    if b == 0:
        return -1, a
    quotient = abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)
    return quotient, a - quotient * b


REGISTER_FORM = {
    Operation[name]: Operation[name.replace("SLTIU", "SLTU").replace("IW", "W").removesuffix("I")]
    for name in "ADDI ADDIW ANDI ORI XORI SLTI SLTIU SLLI SRLI SRAI SLLIW SRLIW SRAIW".split()
}
"""Of an operation with an immediate, the one that takes a register in its place."""

COMPARISONS: dict[Operation, Callable[[int, int], bool]] = {
    Operation.BEQ: lambda a, b: a == b,
    Operation.BNE: lambda a, b: a != b,
    Operation.BLT: lambda a, b: _signed(a) < _signed(b),
    Operation.BGE: lambda a, b: _signed(a) >= _signed(b),
    Operation.BLTU: lambda a, b: a < b,
    Operation.BGEU: lambda a, b: a >= b,
}

COMPUTATIONS: dict[Operation, Callable[[int, int], int]] = {
    Operation.ADD: lambda a, b: a + b,
    Operation.SUB: lambda a, b: a - b,
    Operation.ADDW: lambda a, b: _word(a + b),
    Operation.SUBW: lambda a, b: _word(a - b),
    Operation.AND: lambda a, b: a & b,
    Operation.OR: lambda a, b: a | b,
    Operation.XOR: lambda a, b: a ^ b,
    Operation.SLT: lambda a, b: int(_signed(a) < _signed(b)),
    Operation.SLTU: lambda a, b: int(a < b),
    Operation.SLL: lambda a, b: a << (b & 63),
    Operation.SRL: lambda a, b: a >> (b & 63),
    Operation.SRA: lambda a, b: _signed(a) >> (b & 63),
    Operation.SLLW: lambda a, b: _word(a << (b & 31)),
    Operation.SRLW: lambda a, b: _word((a & 0xFFFFFFFF) >> (b & 31)),
    Operation.SRAW: lambda a, b: _word(a) >> (b & 31),
    Operation.MUL: lambda a, b: a * b,
    Operation.MULH: lambda a, b: _signed(a) * _signed(b) >> 64,
    Operation.MULHSU: lambda a, b: _signed(a) * b >> 64,
    Operation.MULHU: lambda a, b: a * b >> 64,
    Operation.MULW: lambda a, b: _word(a * b),
    Operation.DIV: lambda a, b: _divide(_signed(a), _signed(b))[0],
    Operation.DIVU: lambda a, b: a // b if b else -1,
    Operation.REM: lambda a, b: _divide(_signed(a), _signed(b))[1],
    Operation.REMU: lambda a, b: a % b if b else a,
    Operation.DIVW: lambda a, b: _word(_divide(_word(a), _word(b))[0]),
    Operation.DIVUW: lambda a, b: _word((a & 0xFFFFFFFF) // (b & 0xFFFFFFFF) if b & 0xFFFFFFFF else -1),
    Operation.REMW: lambda a, b: _word(_divide(_word(a), _word(b))[1]),
    Operation.REMUW: lambda a, b: _word((a & 0xFFFFFFFF) % (b & 0xFFFFFFFF) if b & 0xFFFFFFFF else a),
}
