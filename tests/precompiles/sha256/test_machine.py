"""Calls from a guest: the executor's events fill the tables of the whole machine, and everything balances."""

from __future__ import annotations

import hashlib

import numpy as np

from aggregator.runs.shard_work import shard_statement
from core_vm.machine.precompile import PrecompileEvents
from core_vm.machine.replay.recorder import record
from core_vm.tables.source import WitnessSource
from core_vm.tables.standard import fill_trace
from core_vm.witness.check import check_trace
from precompiles.sha256.precompile import PRECOMPILE
from precompiles.sha256.reference import INITIAL_STATE, compress_dwords
from precompiles.standard.machine import standard_machine
from tests.core_vm.machine.elf_builder import DATA_BASE
from tests.core_vm.machine.running import Executor
from tests.core_vm.machine.snippets import EXIT, call, program_of, store
from tests.precompiles.sha256.calls import pad

STATE, BLOCK = DATA_BASE, DATA_BASE + 64


def hash_call(state: int, block: int, third: int = 0) -> list[int]:
    return call(PRECOMPILE.number, state, block, third)


def run(words: list[int]) -> PrecompileEvents:
    """Check the trace of a guest that runs `words` and exits; returns its calls."""
    program, machine = program_of(*words, *EXIT, data=bytes(4096)), standard_machine()
    (shard,) = Executor(program, precompiles=machine.precompiles, costs=machine.row_cells).shards()
    events = record(program, shard, machine.precompiles)
    modules = machine.everything.modules
    trace = fill_trace(modules, WitnessSource(program, shard, events, modules))
    check_trace(trace, shard_statement(program, shard).public_values().messages)
    return events.precompiles[PRECOMPILE.name]


def test_a_guest_hashes_two_blocks() -> None:
    message = bytes(range(100))
    blocks = np.frombuffer(pad(message), dtype="<u8").reshape(2, 8)
    state = np.array(INITIAL_STATE, dtype="<u4").view("<u8")
    words = store(STATE, *state.tolist())
    for block in blocks:
        words += store(BLOCK, *block.tolist()) + hash_call(STATE, BLOCK)
    digest = run(words).after[1][-1].astype("<u8").view("<u4").astype(">u4").tobytes()
    assert digest == hashlib.sha256(message).digest()


def test_a_state_inside_its_block() -> None:
    block = [0x0123_4567_89AB_CDEF * (i + 1) % 2**64 for i in range(8)]
    events = run(store(BLOCK, *block) + hash_call(BLOCK + 16, BLOCK) + hash_call(BLOCK + 32, BLOCK))
    for k, offset in enumerate((2, 4)):
        block[offset : offset + 4] = compress_dwords(block[offset : offset + 4], block)
        assert events.after[1][k].tolist() == block[offset : offset + 4]


def test_the_unused_pointer_may_be_anything() -> None:
    run(hash_call(STATE, BLOCK, third=0xFFFF_FFF1))
