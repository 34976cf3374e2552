"""What a call of each function of `zkvm_accelerators.h` costs: instructions, calls of precompiles, cells, time.

A function's cost is that of more calls in a run, divided by their number: what a run costs anyway is not in it.
What hands a call its operands is: three instructions for each eight bytes, and some sixty.
"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from aggregator.runs.shard_work import ShardProver
from benches.guests import program
from benches.proving import CEILINGS
from core_vm.host.memory import keep_freed_memory
from core_vm.machine.execute.execute import execute
from core_vm.machine.shard import FIRST_SHARD_CELLS, Run
from precompiles.standard.machine import standard_machine
from tests.precompiles.accelerators import functions
from tests.precompiles.accelerators.functions import Call, Function
from tests.precompiles.accelerators.samples import samples

ENOUGH = 200_000
"""Instructions that are measured, at a scale of 1, as far as a shard has room: a single call where it takes more."""
BLOCKS = 100


@dataclass(frozen=True, slots=True)
class Case:
    """`call` is `units` of what is named. `meet` and `aim` are milliseconds of one core, nan where none are set."""

    name: str
    call: Call
    units: int = 1
    meet: float = float("nan")
    aim: float = float("nan")
    software: str | None = None


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one run; seconds of processor time."""

    instructions: float
    calls: float
    cells: float
    interactions: float
    seconds: float

    def minus(self, other: Cost, count: int) -> Cost:
        """What is more here than there, for each of so many."""
        return Cost(*((getattr(self, name) - getattr(other, name)) / count for name in self.__slots__))


def cases() -> list[Case]:
    """Hashes by the block, all else by the call."""
    known, numbers = {function: call for function, (call, _) in samples().items()}, random.Random(256)
    power = b"".join(numbers.randbytes(32) for _ in range(2)) + b"\xff" * 31 + b"\x43"
    blocks = {size: numbers.randbytes(size * BLOCKS - 9) for size in (64, 136)}  # with their padding so many blocks
    return [
        Case("keccak256, a block", Call(Function.KECCAK256, blocks[136]), BLOCKS, software="keccak_software"),
        Case("sha256, a block", Call(Function.SHA256, blocks[64]), BLOCKS, software="sha256_software"),
        Case("ripemd160, a block", Call(Function.RIPEMD160, blocks[64]), BLOCKS, 7, 7),
        Case("blake2f, 12 rounds", known[Function.BLAKE2F], 1, 9, 0.8),
        Case("modexp, 256 bits", Call(Function.MODEXP, power, (32, 32, 32)), 1, 20, 4),
        Case("secp256k1_verify", known[Function.SECP256K1_VERIFY], 1, 20, 10),
        Case("secp256k1_ecrecover", known[Function.ECRECOVER], 1, 22, 11),
        Case("secp256r1_verify", known[Function.SECP256R1_VERIFY], 1, 32, 16),
        Case("bn254_g1_add", known[Function.BN254_G1_ADD]),
        Case("bn254_g1_mul", known[Function.BN254_G1_MUL]),
        Case("bn254_pairing, two pairs", known[Function.BN254_PAIRING], 1, 150, 65),
        Case("bls12_g1_add", known[Function.G1_ADD]),
        Case("bls12_g1_msm, two pairs", known[Function.G1_MSM]),
        Case("bls12_g2_add", known[Function.G2_ADD]),
        Case("bls12_g2_msm, two pairs", known[Function.G2_MSM]),
        Case("bls12_map_fp_to_g1", known[Function.MAP_TO_G1]),
        Case("bls12_map_fp2_to_g2", known[Function.MAP_TO_G2]),
        Case("bls12_pairing, two pairs", known[Function.BLS12_PAIRING], 1, 180, 75),
        Case("kzg_point_eval", known[Function.KZG], 1, 220, 95),
    ]


def report(console: Console, scale: float) -> None:
    """One row a function. The estimate takes cells and interactions at the ceilings of `benches.proving`."""
    table = Table(title="Functions of zkvm_accelerators.h, milliseconds of one core")
    for heading in ("function", "instructions", "in software", "calls", "cells", "interactions", "estimated ms",
                    "measured ms", "meet", "aim"):  # fmt: skip
        table.add_column(heading, justify="left" if heading == "function" else "right")
    keep_freed_memory()  # as every process does that proves
    _cost([samples()[Function.BN254_G1_ADD][0]])  # kernels compiled and loaded
    for case in cases():
        cost = _cost_of(case, scale)
        estimate = cost.cells * CEILINGS["commit"] + cost.interactions * CEILINGS["gkr"]
        table.add_row(
            case.name, f"{cost.instructions:,.0f}",
            f"{_instructions_of_software(case.software):,.0f}" if case.software else "", f"{cost.calls:,.0f}",
            f"{cost.cells:,.0f}", f"{cost.interactions:,.0f}", f"{estimate / 1e6:.2f}", f"{cost.seconds * 1e3:.2f}",
            *("" if limit != limit else f"{limit:g}" for limit in (case.meet, case.aim)),
        )  # fmt: skip
    console.print(table)


def _cost_of(case: Case, scale: float) -> Cost:
    """Of one unit: of one call more than none, or of many more than one, all in a shard of the size that runs begin
    with."""
    once, twice = (_executed([case.call] * count) for count in (1, 2))
    cells = [sum(record.cells for record in run.shards) for run in (once, twice)]
    room = FIRST_SHARD_CELLS * 15 // 16  # near its end a shard reserves tiles
    fitting = (room - cells[0]) // (cells[1] - cells[0])
    count = max(1, min(int(ENOUGH * scale) // (twice.cycles - once.cycles), fitting))
    few = 0 if count == 1 else 1
    return _cost([case.call] * (count + few)).minus(_cost([case.call] * few), count * case.units)


def _executed(calls: Sequence[Call]) -> Run:
    machine, data = standard_machine(), b"".join(call.record() for call in calls)
    return execute(
        functions.program(), data, precompiles=machine.precompiles, costs=machine.row_cells,
        shard_cells=FIRST_SHARD_CELLS, profiles=machine.called_together,
    )  # fmt: skip


def _cost(calls: Sequence[Call]) -> Cost:
    """Of proving a run, with one thread; the lesser time of two."""
    run, prove, seconds = _executed(calls), ShardProver(functions.program(), standard_machine), list[float]()
    for _ in range(2):
        start = time.thread_time()
        results = [prove(record) for record in run.shards]
        seconds.append(time.thread_time() - start)
    return Cost(
        run.cycles,
        sum(sum(record.num_calls.values()) for record in run.shards),
        sum(result.cells for result in results),
        sum(result.interactions for result in results),
        min(seconds),
    )


def _instructions_of_software(guest: str) -> float:
    """Of a block, by an example that hashes in plain instructions."""
    size = 136 if guest == "keccak_software" else 64
    more, less = (
        execute(program(guest), bytes(size * count), with_records=False, costs=standard_machine().row_cells).cycles
        for count in (2 * BLOCKS, BLOCKS)
    )
    return (more - less) / BLOCKS
