"""What the kernels of the fraction tree take of one shard, beside the multiplications that they cannot do without.

Seconds are those of the one thread that proves, which other processes on the machine do not add to; but they share its
caches and its memory, which is what most of these kernels wait for.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from rich.console import Console
from rich.table import Table

from aggregator.runs.shard_result import ShardResult
from aggregator.runs.shard_work import ShardProver
from benches.guests import Workload, program, workloads
from benches.vector_multiplications import REDUCTION, nanoseconds_each, sum_of_extension_products
from core_vm.air.grouping import Side
from core_vm.air.table import TILE
from core_vm.air.table_set import TableSet
from core_vm.field.extension import DEGREE
from core_vm.field.packed import LANES
from core_vm.machine.execute.executor import Executor
from core_vm.stark.gkr import factor_kernels, first_kernels, fold_kernels, input_kernels, tree_kernels
from core_vm.stark.gkr.inputs import Inputs
from core_vm.stark.gkr.tree import LOW_DEPTH
from precompiles.standard.machine import standard_machine

CELLS = 2**24
REPETITIONS = 5
_GUESTS = ("fibonacci", "keccak_file")
_KERNELS: dict[str, ModuleType] = {
    "keep_inputs": input_kernels,
    "write_low_layers": tree_kernels,
    "combine_layer": tree_kernels,
    "multiply_layer": tree_kernels,
    **dict.fromkeys(("first_round_sums", "first_fold_and_sum", "lone_sums", "write_lone_entries"), first_kernels),
    **dict.fromkeys(("fold_and_sum", "shrink_and_sum"), fold_kernels),
    **dict.fromkeys(("first_factor_sums", "first_factor_fold_and_sum", "fold_factors_and_sum"), factor_kernels),
}

_ONE, _TWO = sum_of_extension_products(1), sum_of_extension_products(2)
_BASE, _BASE_TWO = (2 * count * DEGREE + REDUCTION * DEGREE for count in (1, 2))
_SUMS = 2 * (_TWO + _ONE)
_UPPER = _TWO + _ONE
# Of vectors, for each fraction, over all layers, each half of the one below: without those of the inputs themselves.
OF_FRACTIONS = {
    "write_low_layers": (_BASE_TWO + _ONE) / 2 + _UPPER * (1 / 2 - 2**-LOW_DEPTH),
    "combine_layer": _UPPER * 2**-LOW_DEPTH,
    "first_round_sums of inputs": (_TWO + _BASE_TWO + _ONE) / 4,
    "first_round_sums": (_TWO + _ONE + _ONE) / 4,
    "first_fold_and_sum of inputs": (4 * _ONE + 2 * _BASE + 2 * (_ONE + 2 * DEGREE) + _SUMS) / 8,
    "first_fold_and_sum": (4 * _ONE + 2 * _ONE + 2 * _TWO + _SUMS) / 8,
    "fold_and_sum": 2 * 2 * (8 * _ONE + _SUMS) / 16,
}
_FACTOR_FOLD = 4 * _ONE + 2 * 2 * _ONE
OF_FACTORS = {
    "write_low_layers": _ONE * (1 - 2**-LOW_DEPTH),
    "multiply_layer": _ONE * 2**-LOW_DEPTH,
    **dict.fromkeys(("first_factor_sums of inputs", "first_factor_sums"), 2 * _ONE / 4),
    **dict.fromkeys(("first_factor_fold_and_sum of inputs", "first_factor_fold_and_sum"), _FACTOR_FOLD / 8),
    "fold_factors_and_sum": 2 * 2 * _FACTOR_FOLD / 16,
}


def report(console: Console, scale: float) -> None:
    """One table a guest: the first shard of 2^24 cells, by one thread, the least of several times."""
    each = nanoseconds_each()
    for workload in workloads(scale):
        if workload.name in _GUESTS:
            fractions, factors, nanoseconds = _measured(workload)
            title = f"{workload.name}: the tree of {fractions:,} fractions and {factors:,} factors"
            console.print(_table(title, nanoseconds, _limits(fractions, factors, each)))


def _measured(workload: Workload) -> tuple[int, int, dict[str, float]]:
    """How many fractions and factors the shard has, and what each kernel takes for one interaction."""
    guest, machine = program(workload.guest), standard_machine()
    executor = Executor(
        guest, workload.input, costs=machine.row_cells, precompiles=machine.precompiles,
        profiles=machine.called_together, shard_cells=CELLS,
    )  # fmt: skip
    prover, shard = ShardProver(guest, standard_machine), next(executor.shards())
    result, least = prover(shard), dict[str, float]()
    interactions, factors = result.interactions, _num_factors(machine.profile_for(shard.num_calls).tables, result)
    for _ in range(REPETITIONS):
        with _timed() as seconds:
            prover(shard)
        for name, value in seconds.items():
            nanoseconds = value / interactions * 1e9
            least[name] = min(least.get(name, nanoseconds), nanoseconds)
    return interactions - factors, factors, least


def _num_factors(tables: TableSet, result: ShardResult) -> int:
    """Filling rows included."""
    of_tables = Counter(i.table for i in tables.interactions if i.side is not Side.FRACTION)
    tiles = result.proof.words[: len(tables.tables)]
    return sum(TILE * int(tiles[table]) * count for table, count in of_tables.items())


def _limits(fractions: int, factors: int, each: float) -> dict[str, float]:
    """What the multiplications of each kernel take, nanoseconds an interaction of either kind."""
    share = factors / (fractions + factors)
    names = dict.fromkeys((*OF_FRACTIONS, *OF_FACTORS))
    needed = {n: (1 - share) * OF_FRACTIONS.get(n, 0.0) + share * OF_FACTORS.get(n, 0.0) for n in names}
    return {name: vectors * each / LANES for name, vectors in needed.items()}


@contextmanager
def _timed() -> Iterator[dict[str, float]]:
    """The seconds of each kernel meanwhile."""
    seconds = defaultdict[str, float](float)
    plain = {name: getattr(module, name) for name, module in _KERNELS.items()}
    try:
        for name, module in _KERNELS.items():
            setattr(module, name, _timing(plain[name], name, seconds))
        yield seconds
    finally:
        for name, module in _KERNELS.items():
            setattr(module, name, plain[name])


def _timing(kernel: Callable[..., Any], name: str, seconds: dict[str, float]) -> Callable[..., Any]:
    def timed(*arguments: Any) -> Any:
        of_inputs = name.startswith("first_") and any(isinstance(argument, Inputs) for argument in arguments)
        start = time.thread_time()
        result = kernel(*arguments)
        seconds[name + " of inputs" * of_inputs] += time.thread_time() - start
        return result

    return timed


def _table(title: str, nanoseconds: dict[str, float], limits: dict[str, float]) -> Table:
    table = Table(title=title, title_justify="left")
    for column in ("kernel", "ns an interaction", "limit", "ratio"):
        table.add_column(column, justify="left" if column == "kernel" else "right")
    for name, value in sorted(nanoseconds.items(), key=lambda item: -item[1]):
        limit = limits.get(name, 0.0)
        table.add_row(name, f"{value:.2f}", *((f"{limit:.2f}", f"{value / limit:.1f}") if limit else ("", "")))
    table.add_row("all", f"{sum(nanoseconds.values()):.2f}", f"{sum(limits.values()):.2f}")
    return table
