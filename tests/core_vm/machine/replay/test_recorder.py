"""A shard replayed from its record: every access, call and tree node is found again; a foreign record is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core_vm.errors import WitnessError
from core_vm.isa.forms import FORMS
from core_vm.isa.operations import LOADS, READS_RS1, READS_RS2, STORES, WRITES_RD
from core_vm.machine.event_words import EcallWord, EventWord, RenewalWord
from core_vm.machine.precompile import Operand
from core_vm.machine.program.program import Program
from core_vm.machine.replay.node_rows import node_rows
from core_vm.machine.replay.recorder import record
from core_vm.state.memory_map import NEAR
from tests.core_vm.machine.chain import check_chain
from tests.core_vm.machine.elf_builder import DATA_BASE, build_elf
from tests.core_vm.machine.execute.small_shards import ONE_CELL_A_ROW
from tests.core_vm.machine.mixing import MIX
from tests.core_vm.machine.random_programs import idle_program, random_program
from tests.core_vm.machine.running import Executor, execute
from tests.core_vm.machine.snippets import EXIT, call, program_of, walk_program


def test_a_random_program_replays_in_tiny_shards() -> None:
    program = Program.from_elf(build_elf(random_program(77), data=bytes(4096)))
    run = execute(program, shard_cells=1500, costs=ONE_CELL_A_ROW)
    assert run.num_shards > 5
    check_chain(program, run)


@pytest.mark.parametrize("is_idle", [False, True])
def test_time_of_every_access_is_the_last_one_of_the_cell(is_idle: bool) -> None:
    """Replay the events as a memory argument would: every access names the time and value of the one before."""
    words = idle_program(5) if is_idle else random_program(5, 400)
    program = Program.from_elf(build_elf(words, data=bytes(4096)))
    (shard,) = Executor(program).shards()
    events = record(program, shard)
    whole = [(name, row) for name, rows in events.families.items() for row in rows]
    rows = sorted((int(row[EventWord.WHEN]) >> 32, name, row) for name, row in whole)
    renewals = sorted(events.renewals.tolist(), key=lambda renewal: renewal[RenewalWord.TIME])
    assert bool(renewals) == is_idle
    last: dict[int, tuple[int, int]] = {}
    for leaf, content in zip(events.leaves.tolist(), events.before.tolist(), strict=True):
        last.update({4 * leaf + i: (value, 0) for i, value in enumerate(content)})
    code = program.instructions
    for time, name, row in rows:
        while renewals and renewals[0][RenewalWord.TIME] < time:
            register, value, previous, at = renewals.pop(0)
            assert last[REGISTER_CELL + register] == (value, previous)
            assert previous < at
            last[REGISTER_CELL + register] = (value, at)
        words = [int(word) for word in row]
        instruction = code[int(program.slot_of(np.array([words[EventWord.WHEN] & 0xFFFFFFFF]))[0])]
        for cell, before, previous, after, at in _accesses(name, words, instruction, time):
            assert last[cell] == (before, previous), (name, instruction, cell - 2**29)
            assert previous < at
            assert at <= previous + NEAR or cell < REGISTER_CELL
            last[cell] = (after, at)
    assert not renewals
    final = zip(events.leaves.tolist(), events.after.tolist(), events.last_times.tolist(), strict=True)
    for leaf, content, times in final:
        assert [last[4 * leaf + i] for i in range(4)] == list(zip(content, times, strict=True))


REGISTER_CELL, LOW_HALF = 2**29, 0xFFFFFFFF


def _accesses(name: str, words: list[int], instruction, time: int):
    """(cell, value before, time before, value after, time) of each access of an event row, in order of time."""
    if name == "ecall":
        return _accesses_of_a_call(words, time)
    return _accesses_of_an_instruction(name, words, instruction, time)


def _accesses_of_a_call(words: list[int], time: int):
    first_times, last_times = words[EcallWord.TIMES_OF_X17_X10], words[EcallWord.TIMES_OF_X11_X12]
    previous = (first_times & LOW_HALF, first_times >> 32, last_times & LOW_HALF, last_times >> 32)
    for number, word, before in zip((17, 10, 11, 12), words[EcallWord.X17 :], previous, strict=False):
        yield REGISTER_CELL + number, word, before, word, time
    yield REGISTER_CELL + 10, words[EcallWord.X10], time, words[EcallWord.RESULT], time + 3


FORM_OF = {form.name: form for form in FORMS}


def _sources(name: str, instruction) -> tuple[int | None, int | None]:
    """The registers that events call rs1 and rs2; None for one that is not read."""
    form, operation = FORM_OF.get(name), instruction.operation
    rs1 = instruction.rs1 if operation in READS_RS1 else None
    rs2 = instruction.rs2 if operation in READS_RS2 and (form is None or form.reads_rs2) else None
    return (rs2, rs1) if form is not None and form.in_place and instruction.rd != rs1 else (rs1, rs2)


def _accesses_of_an_instruction(name: str, words: list[int], instruction, time: int):
    operation, source_times, other_times = (
        instruction.operation,
        words[EventWord.SOURCE_TIMES],
        words[EventWord.OTHER_TIMES],
    )
    rs1, rs2, memory, result = (
        words[word] for word in (EventWord.RS1, EventWord.RS2, EventWord.MEMORY, EventWord.RESULT)
    )
    first, second = _sources(name, instruction)
    if first is not None:
        yield REGISTER_CELL + first, rs1, source_times & LOW_HALF, rs1, time
    if second is not None:
        yield REGISTER_CELL + second, rs2, source_times >> 32, rs2, time + 1
    if operation in LOADS or operation in STORES:
        address = (rs1 + instruction.immediate) % 2**64
        if name == "misaligned":
            second = words[EventWord.SECOND]
            after = (
                _second_dword(operation.name, address, rs2, memory, second, result) if operation in STORES else second
            )
            yield (address >> 3) + 1, second, words[EventWord.SECOND_TIME], after, time + 2
        yield address >> 3, memory, other_times >> 32, result if operation in STORES else memory, time + 2
    if operation in WRITES_RD:
        yield REGISTER_CELL + instruction.rd, words[EventWord.RD], other_times & LOW_HALF, result, time + 3


def _second_dword(name: str, address: int, value: int, first: int, second: int, first_after: int) -> int:
    """What the second dword is after a misaligned store, which leaves `first_after` in the first one."""
    mask, shift = (1 << {"SH": 16, "SW": 32, "SD": 64}[name]) - 1, 8 * (address % 8)
    both = (second << 64 | first) & ~(mask << shift) | (value & mask) << shift
    assert first_after == both % 2**64
    return both >> 64


def test_precompile_calls_are_recorded() -> None:
    data = np.arange(1, 9, dtype=np.uint64)
    calls = [*call(0x1000, DATA_BASE, DATA_BASE + 16), *call(0x1000, DATA_BASE + 24, DATA_BASE + 8)]
    program = program_of(*calls, *EXIT, data=data.tobytes())
    for shard_cells in (2**26, 2**14):
        run = execute(program, precompiles=(MIX,), shard_cells=shard_cells, costs=ONE_CELL_A_ROW)
        logs = [record(program, shard, (MIX,)).precompiles["mix"] for shard in run.shards]
        assert np.concatenate([log.before[1] for log in logs]).tolist() == [[1, 2], [4, 5]]
        assert np.concatenate([log.after[1] for log in logs]).tolist() == [[10, 14], [4 + 42, 5 + 9]]
        assert np.concatenate([log.pointers[0] for log in logs]).tolist() == [DATA_BASE + 16, DATA_BASE + 8]
        assert np.concatenate([log.arguments for log in logs])[:, 2].tolist() == [0, 0]
    (log,) = [
        record(program, shard, (MIX,)).precompiles["mix"] for shard in execute(program, precompiles=(MIX,)).shards
    ]
    first, second = (int(time) for time in log.times)
    assert log.previous_times[0].tolist() == [[0, 0, 0], [first + 2, first + 1, first + 1]]
    assert log.previous_times[1].tolist() == [[0, 0], [second + 1, first + 1]]


def test_replayed_calls_stay_within_what_the_record_allows() -> None:
    program = program_of(*call(0x1000, DATA_BASE, DATA_BASE + 16), *EXIT)
    (shard,) = execute(program, precompiles=(MIX,)).shards
    for wrong in (replace(shard, num_calls={}), replace(shard, num_ecalls=1)):
        with pytest.raises(WitnessError, match="not of this program"):
            record(program, wrong, (MIX,))
    with pytest.raises(WitnessError, match="unknown environment call a7 = 0x1000"):
        record(program, shard)
    shifted = replace(MIX, operands=(Operand(11, 3, "read"), Operand(12, 2, "write"), Operand(10, 2**29, "read")))
    with pytest.raises(WitnessError, match="mix: operand at 0x200000 is misaligned or outside"):
        record(program, shard, (shifted,))


def test_a_foreign_record_is_refused() -> None:
    """Whatever a record holds, the replay stays inside its arrays and says that the record is wrong."""
    program, rng = walk_program(), np.random.default_rng(4)
    (shard,) = Executor(program).shards()
    other = replace(shard, pc_end=shard.pc_start, halted=False)
    broken = [other, replace(shard, num_misaligned=0), replace(shard, family_rows={}), replace(shard, num_steps=7)]
    for _ in range(20):
        registers = rng.integers(0, 2**64, 36, np.uint64).reshape(9, 4)
        broken.append(replace(shard, before=np.concatenate([shard.before[:-9], registers]), num_steps=2**12))
    for wrong in broken:
        with pytest.raises(WitnessError):
            node_rows(wrong, record(program, wrong))
    node_rows(shard, record(program, shard))


def test_event_memory_is_recycled_only_when_nobody_looks() -> None:
    program = walk_program()
    shards = execute(program, shard_cells=2**20, costs=ONE_CELL_A_ROW).shards
    kept = record(program, shards[0]).families["add"]
    copy = kept.copy()
    others = [record(program, shard).families["add"] for shard in shards[1:]]
    assert np.array_equal(kept, copy)
    assert not any(np.shares_memory(kept, other) for other in others)
