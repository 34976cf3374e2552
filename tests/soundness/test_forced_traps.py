"""What traps in the executor has no proof: every trap is forced into a trace, and tables or statement object."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import pytest

from core_vm.errors import GuestTrap
from core_vm.isa.encode import encode
from core_vm.isa.operations import NOWHERE
from core_vm.machine.execute import places
from core_vm.machine.execute.calls import CallKind
from core_vm.machine.precompile import MAX_NUMBER
from core_vm.machine.program.program import Program
from core_vm.state.memory_map import ADDRESS_LIMIT, MAX_OUTPUT, OUTPUT_START
from core_vm.state.roots import output_root_of, root_from_output
from core_vm.tables.gadgets.calls import apart_name
from precompiles.standard.machine import standard_machine
from tests.conformance.assembler import Assembler, guest
from tests.core_vm.machine.running import Executor, execute
from tests.soundness.forcing import DATA, SCRATCH, Scene, check_objection, force_instruction, force_value

A0, A1, A2, A7, POINTER, VALUE = 10, 11, 12, 17, 8, 9
TARGET = 0x10_0200
SHA256 = 0x1000
BUFFER, SIZE = DATA + 0x40, 5
STATE, BLOCK, UNUSED = SCRATCH + 0x10, SCRATCH + 0x80, 0xABCD_EF01
BREAK, UNIMP = 0x0010_0073, 0xC000_1073


def _access(mnemonic: str) -> Scene:
    def act(code: Assembler) -> None:
        code.set(VALUE, 0x1122_3344_5566_7788)
        code.emit(mnemonic, 0 if mnemonic[0] == "s" else VALUE, POINTER, VALUE if mnemonic[0] == "s" else 0)
        code.exit()

    return Scene((POINTER,), act)


def _jump(code: Assembler) -> None:
    code.emit("jalr", VALUE, POINTER)
    code.pad_to(TARGET)
    code.exit()


def _call(code: Assembler) -> None:
    code.emit("ecall")
    code.exit()


JUMP, WRITE, EXIT = (
    Scene((POINTER,), _jump),
    Scene((A0, A1, A2, A7), _call),
    Scene((A7,), lambda code: code.emit("ecall")),
)
HASH = Scene((A0, A1, A2, A7), _call)
WRITTEN, HASHED = (2, BUFFER, SIZE, 64), (STATE, BLOCK, UNUSED, SHA256)
_NUMBERS = {precompile.number for precompile in standard_machine().precompiles}
UNKNOWN = next(number for number in range(SHA256, MAX_NUMBER) if number not in _NUMBERS)
"""The first call that no precompile of the machine answers."""


@dataclass(frozen=True)
class Trap:
    """`place` of the values `good` becomes one of `bad`. `kind` is what the executor calls it."""

    kind: int | str
    scene: Scene
    good: tuple[int, ...]
    place: int
    bad: tuple[int, ...]
    reason: str


def _above(value: int) -> tuple[int, ...]:
    """Values that agree with a good one in some of their lower limbs."""
    return value + 2**32, value + 2**48, value + 2**63, value + 2**64 - 2**32


TOP = ADDRESS_LIMIT
ALIGNED, MISALIGNED, OUTSIDE = SCRATCH + 8, SCRATCH + 29, "outside the memory map"
TRAPS = (
    *(
        Trap("address", _access(name), (ALIGNED,), 0, (*_above(ALIGNED)[:2], TOP + 8, 2**32 - 24), OUTSIDE)
        for name in ("sd", "lb")
    ),
    *(
        Trap("address", _access(name), (ALIGNED,), 0, (ALIGNED + 2**32, TOP + 8), OUTSIDE)
        for name in ("sw", "sh", "sb", "ld", "lw", "lhu")
    ),
    *(
        Trap("address", _access(name), (MISALIGNED,), 0, (MISALIGNED + 2**32, TOP - 3, 2**32 - 3), OUTSIDE)
        for name in ("sd", "lw")
    ),
    Trap("jump", JUMP, (TARGET,), 0, (TARGET + 2, *_above(TARGET)), "jump to"),
    Trap(CallKind.UNKNOWN, WRITE, WRITTEN, 3, (5, 0, 65, UNKNOWN, 2**16 + 64, 2**32 + 64), "unknown environment call"),
    Trap(CallKind.UNKNOWN, EXIT, (93,), 0, (92, 94, 2**32 + 93), "unknown environment call"),
    Trap(CallKind.UNKNOWN, HASH, HASHED, 3, (UNKNOWN, 0xFFFF, 2**32 + SHA256), "unknown environment call"),
    Trap(CallKind.BAD_STREAM, WRITE, WRITTEN, 0, (0, 3, 2**16 + 2, 2**32 + 2, 2**64 - 1), "only 1 and 2 exist"),
    Trap(CallKind.BAD_BUFFER, WRITE, WRITTEN, 1, (TOP - 4, TOP, 2**32 - 5, 2**32 - 4, *_above(BUFFER)), OUTSIDE),
    Trap(CallKind.BAD_BUFFER, WRITE, WRITTEN, 2, (TOP - BUFFER + 1, 2**32 - 1, 2**32, *_above(SIZE)), OUTSIDE),
    *(
        Trap(CallKind.BAD_ARGUMENT, HASH, HASHED, place, _above(HASHED[place])[:2], "no 32-bit address")
        for place in range(3)
    ),
    Trap(CallKind.BAD_OPERAND, HASH, HASHED, 0, (STATE + 4, STATE + 1, TOP - 16, 2**32 - 16), "misaligned or outside"),
    Trap(CallKind.BAD_OPERAND, HASH, HASHED, 1, (BLOCK + 4, BLOCK + 1, TOP, 2**32 - 32), "misaligned or outside"),
)  # fmt: skip


def _is_in_scratch(address: int) -> bool:
    return address // 2**12 == SCRATCH // 2**12


FORCED = [
    pytest.param(trap, bad, opens, id=f"{number}-{trap.reason.split()[0]}-{bad:#x}{'-opened' * opens}")
    for number, trap in enumerate(TRAPS)
    for bad in trap.bad
    for opens in ((False, True) if _is_in_scratch(trap.good[trap.place]) and bad < 2**32 else (False,))
]


@pytest.mark.parametrize(("trap", "bad", "opens"), FORCED)
def test_a_forced_value_has_no_proof(trap: Trap, bad: int, opens: bool) -> None:
    wrong = [*trap.good[: trap.place], bad, *trap.good[trap.place + 1 :]]
    with pytest.raises(GuestTrap, match=trap.reason):
        execute(trap.scene.program(wrong), precompiles=standard_machine().precompiles, with_records=False)
    # A real proof of one variant of each.
    is_first = bad == trap.bad[0] and not opens
    check_objection(lambda: force_value(trap.scene, trap.good, trap.place, bad, opens), proves=is_first)


CONTROLS = (
    (_access("sd"), (SCRATCH + 8,), 0, (SCRATCH + 8, 0x4000_0008, 0xBFFF_FFE8, TOP - 24)),
    (_access("lw"), (SCRATCH + 29,), 0, (SCRATCH + 29, 0x4000_001D, TOP - 35)),
    (JUMP, (TARGET,), 0, (TARGET, TARGET + 1)),
    (WRITE, WRITTEN, 0, (2, 1)),
    (WRITE, WRITTEN, 1, (BUFFER, 0x1000, TOP - SIZE, 0xC000_0000, 0xFFFF, 0x1_0000)),
    (WRITE, WRITTEN, 2, (SIZE, 0, TOP - BUFFER, 0xFFFF_FFFF - 2**28 - 0x20_0040 + 1)),
    (HASH, HASHED, 0, (STATE, 0x4000_0010, TOP - 48)),
    (HASH, HASHED, 1, (BLOCK, 0x4000_0000)),
    (HASH, HASHED, 2, (0, 2**32 - 1)),
)


@pytest.mark.parametrize(
    ("scene", "good", "place", "other"),
    [(scene, good, place, other) for scene, good, place, others in CONTROLS for other in others],
)
def test_a_value_that_is_no_trap_is_forced_into_a_good_trace(
    scene: Scene, good: tuple[int, ...], place: int, other: int
) -> None:
    """So it is the trap that the tables object to, not the way in which it is forced."""
    values = [*good[:place], other, *good[place + 1 :]]
    assert list(Executor(scene.program(values), precompiles=standard_machine().precompiles).shards())
    force_value(scene, good, place, other, opens=_is_in_scratch(good[place])).check()


def _without_instruction(words: Sequence[int]) -> Program:
    """Ready for an exit by ECALL, then `words`."""
    code = Assembler()
    code.set(A7, 93)
    code.set(POINTER, 0x7000_0000)
    for word in words:
        code.word(word)
    return guest("without instruction", code).program


START = 0x10_0000 + 4 * (len(_without_instruction([]).segments[0].data) // 4)
PLACES = {
    "illegal instruction": ([0xFFFF_FFFF], START),
    "zeros": ([0], START),
    "ebreak": ([BREAK], START),
    "unimp": ([UNIMP], START),
    "end of the code": ([encode("addi", VALUE)], START + 4),
    "jump": ([encode("jal", 0, immediate=0x1000)], START + 0x1000),
    "jump to 2 modulo 4": ([encode("jal", 1, immediate=6)], 4 * NOWHERE),
    "jump with a link": ([encode("jal", 1, immediate=-0x1000)], START - 0x1000),
    "branch": ([encode("beq", 0, 0, 0, 0x800)], START + 0x800),
    "branch to 2 modulo 4": ([encode("bgeu", 0, 0, 0, -6)], 4 * NOWHERE),
    "jump by register": ([encode("jalr", 0, POINTER)], 0x7000_0000),
}


IN_CODE = [name for name, (_, address) in PLACES.items() if address == START]


@pytest.mark.parametrize(
    ("name", "own_program_rows"), [*((name, False) for name in PLACES), *((name, True) for name in IN_CODE)]
)
def test_an_instruction_that_is_not_there_has_no_proof(name: str, own_program_rows: bool) -> None:
    words, address = PLACES[name]
    program = _without_instruction(words)
    with pytest.raises(GuestTrap):
        execute(program, with_records=False)
    check_objection(
        lambda: force_instruction(program, address, encode("ecall"), own_program_rows=own_program_rows), proves=True
    )


BROKEN_OUTPUTS = {
    "beyond its length": ((0, 0), (32, 7)),
    "in the header": ((0, 1), (8, 1)),
    "at the end of the region": ((0, 1), (0x0FFF_FFF8, 1)),
    "length beyond the region": ((0, MAX_OUTPUT + 1), (32, 7)),
    "no length at all": ((0, 2**64 - 1), (32, 7)),
}


@pytest.mark.parametrize("name", BROKEN_OUTPUTS)
def test_a_broken_output_region_is_the_root_of_no_output(name: str) -> None:
    code = Assembler()
    for offset, value in BROKEN_OUTPUTS[name]:
        code.set(POINTER, OUTPUT_START + offset)
        code.set(VALUE, value)
        code.emit("sd", 0, POINTER, VALUE)
    code.exit()
    executor = Executor(guest("broken output", code).program)
    (shard,) = executor.shards()
    assert executor.tree is not None
    siblings = executor.tree.output_siblings()
    with pytest.raises(Exception, match="output"):
        executor.summary()
    for claimed in (b"", b"\7", bytes(1), b"\7" + bytes(31), bytes(33)):
        assert root_from_output(output_root_of(claimed), siblings) != shard.root_after


def test_every_kind_of_trap_is_forced() -> None:
    """A new status of the interpreter or a new refusal of a call must find its way into this file.

    What a precompile has no result for is its own to exclude: `test_there_is_no_inverse_where_there_is_none` and the
    tests around it do so for modular arithmetic.
    """
    statuses = {"address": places.BAD_ADDRESS, "jump": places.BAD_JUMP, "instruction": places.NO_INSTRUCTION}
    harmless = {places.BUDGET_USED, places.ENVIRONMENT_CALL}
    diagnoses = {places.NOT_OWNED}
    assert {*statuses.values(), *harmless, *diagnoses} == set(range(6))
    refusals = {kind for kind in CallKind if kind > CallKind.PRECOMPILE}
    assert {trap.kind for trap in TRAPS} == {"address", "jump", *refusals} - {CallKind.OVERLAP, CallKind.NO_RESULT}


def test_an_operand_that_is_written_is_kept_apart_from_those_that_are_accessed_later() -> None:
    """So the trap of an overlap has no proof: `tests/precompiles/uint256` forces it into rows."""
    for precompile in standard_machine().precompiles:
        named = {constraint.name for module in precompile.tables for constraint in module.table.constraints}
        for k, later in combinations(range(len(precompile.operands)), 2):
            assert precompile.operands[k].access != "write" or apart_name(k, later) in named
