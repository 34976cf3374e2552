"""A prover that does not stop at a trap: traces of runs that the executor refuses, as good as they can be made.

Two ways. A run that traps because of a value that it loads (an address, a call's number, a stream) is made from its
twin, whose data hold a good value instead: that value is replaced throughout the events, and the memory tree is
computed anew. A run that traps for want of an instruction is one of a program that has one there, stated of the other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pytest

from aggregator.runs.shard_work import shard_statement
from core_vm.air.public import PublicValues
from core_vm.errors import LogUpRejection, WitnessError, ZerocheckRejection
from core_vm.machine.event_words import EcallWord, EventWord
from core_vm.machine.program.elf import Segment
from core_vm.machine.program.program import Program
from core_vm.machine.shard import ShardEvents, ShardRecord
from core_vm.stark.prover import prove_shard
from core_vm.stark.verifier import verify_shard
from core_vm.state.memory_map import LEAF_BYTES, NUM_REGISTER_LEAVES
from core_vm.state.memory_tree import MemoryTree
from core_vm.tables.source import WitnessSource
from core_vm.tables.standard import fill_trace
from core_vm.witness.check import check_trace
from core_vm.witness.trace import Trace
from precompiles.standard.machine import standard_machine
from tests.conformance.assembler import Assembler, guest
from tests.conformance.checking import shards_of
from tests.soundness.runs import QUICK, TABLES

MODULES = standard_machine().everything.modules
DATA = 0x20_0000
SCRATCH = 0x30_0140
"""Zeros that no segment holds."""
BASE = 5
_OTHER_VALUE_WORDS = (EventWord.RS1, EventWord.RS2, EventWord.RD, EventWord.MEMORY, EventWord.RESULT)
VALUE_WORDS = {
    "misaligned": (*_OTHER_VALUE_WORDS, EventWord.SECOND),
    "ecall": (EcallWord.X17, EcallWord.X10, EcallWord.X11, EcallWord.X12, EcallWord.RESULT),
}


@dataclass(frozen=True)
class Forced:
    """A filled trace and the statement that it should prove."""

    trace: Trace
    public: PublicValues

    def check(self) -> None:
        """Raises WitnessError that names what does not hold."""
        check_trace(self.trace, self.public.messages)


def check_objection(make: Callable[[], Forced], proves: bool) -> None:
    """No trace, or one that its tables or buses refuse; with `proves` the verifier is asked as well."""
    try:
        forced = make()
    except WitnessError:
        return  # a digest that does not lead to the root, a lookup that no table holds
    with pytest.raises(WitnessError):
        forced.check()
    if not proves:
        return
    words = prove_shard(TABLES, forced.trace, forced.public, config=QUICK, check=False)
    with pytest.raises((LogUpRejection, ZerocheckRejection)):
        verify_shard(TABLES, words, forced.public, QUICK)


@dataclass(frozen=True)
class Scene:
    """A guest that loads `registers` from its data, one dword each, and then does `act`."""

    registers: tuple[int, ...]
    act: Callable[[Assembler], None]

    def program(self, values: Sequence[int]) -> Program:
        code = Assembler()
        code.set(BASE, DATA)
        for place, register in enumerate(self.registers):
            code.emit("ld", register, BASE, immediate=8 * place)
        self.act(code)
        data = b"".join(value.to_bytes(8, "little") for value in values)
        return guest("scene", code, data).program


def force_value(scene: Scene, good: Sequence[int], place: int, bad: int, opens: bool) -> Forced:
    """The run of `scene` with value `place` replaced by `bad`, made from the one with the values `good`.

    With `opens` the two leaves at the good address are opened at the bad one, whose lower 32 bits name a leaf.
    The good value must occur nowhere else. Raises WitnessError where there is no trace at all.
    """
    old, wrong = good[place], [*good[:place], bad, *good[place + 1 :]]
    (twin,) = shards_of(scene.program(good))
    events, program = _with_value(twin.events(), old, bad), scene.program(wrong)
    if opens:
        events = _moved(events, old // LEAF_BYTES, (bad % 2**32) // LEAF_BYTES)
    record = _record(program, twin.record, events)
    trace = fill_trace(MODULES, WitnessSource(program, record, events, MODULES))
    return Forced(trace, shard_statement(program, record).public_values())


def _with_value(events: ShardEvents, old: int, new: int) -> ShardEvents:
    """The events with `new` wherever the value `old` was read or written."""

    def substitute(values: np.ndarray) -> np.ndarray:
        return np.where(values == np.uint64(old), np.uint64(new), values)

    families = {}
    for name, rows in events.families.items():
        families[name] = rows.copy()
        for word in VALUE_WORDS.get(name, _OTHER_VALUE_WORDS):
            if rows.shape[1] > word:
                families[name][:, word] = substitute(rows[:, word])
    calls = {
        name: replace(call, arguments=substitute(call.arguments), pointers=[substitute(p) for p in call.pointers])
        for name, call in events.precompiles.items()
    }
    return replace(
        events,
        families=families,
        precompiles=calls,
        before=substitute(events.before),
        after=substitute(events.after),
    )


def _moved(events: ShardEvents, old_leaf: int, new_leaf: int) -> ShardEvents:
    """The events with the leaf `old_leaf` and the one after it moved to `new_leaf` and the one after that."""
    leaves = events.leaves.astype(np.int64)
    leaves = np.where((leaves == old_leaf) | (leaves == old_leaf + 1), leaves + new_leaf - old_leaf, leaves)
    order = np.argsort(leaves, kind="stable")
    return replace(
        events,
        leaves=leaves[order].astype(np.uint32),
        before=events.before[order],
        after=events.after[order],
        last_times=events.last_times[order],
    )


def _record(program: Program, twin: ShardRecord, events: ShardEvents) -> ShardRecord:
    """The record of a first shard with these events: the roots are those of the program's own memory."""
    tree, leaves = MemoryTree(), events.leaves.astype(np.int64)
    tree.set_leaves(*program.image_leaves)
    root_before, siblings = tree.root, tree.siblings(leaves)
    tree.set_leaves(leaves, events.after)
    assert len(leaves) >= NUM_REGISTER_LEAVES
    return replace(
        twin,
        root_before=root_before,
        root_after=tree.root,
        siblings=siblings,
        leaves=events.leaves,
        before=events.before,
    )


def force_instruction(program: Program, address: int, word: int, *, own_program_rows: bool) -> Forced:
    """The run of `program` with the instruction `word` at `address`, where it has none: stated of `program`.

    The program table opens the tree of the other program, or with `own_program_rows` the one of `program` itself.
    """
    content = word.to_bytes(4, "little")
    other = Program(program.entry, _with_instruction(program.segments, address, content), program.elf)
    vars(other)["image_leaves"] = program.image_leaves  # memory is as the statement says
    (shard,) = shards_of(other)
    filled_from = program if own_program_rows else other
    trace = fill_trace(MODULES, WitnessSource(filled_from, shard.record, shard.events(), MODULES))
    return Forced(trace, shard_statement(program, shard.record).public_values())


def _with_instruction(segments: Sequence[Segment], address: int, content: bytes) -> tuple[Segment, ...]:
    changed = []
    for segment in segments:
        at, data = address - segment.address, segment.data
        if segment.executable and 0 <= at <= len(data):  # inside, or right behind the end
            data = data[:at] + content + data[at + 4 :]
            return tuple(
                replace(segment, data=data, size=max(segment.size, len(data))) if s is segment else s for s in segments
            )
        changed.append(segment)
    return tuple(sorted((*changed, Segment(address, 4, content, True)), key=lambda segment: segment.address))
