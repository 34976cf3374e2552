"""What the kernels of the fraction tree take of one shard, beside the multiplications that they cannot do without.

Seconds are those of the one thread that proves, which other processes on the machine do not add to; but they share its
caches and its memory, which is what most of these kernels wait for.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from rich.console import Console
from rich.table import Table

from aggregator.runs.shard_work import ShardProver
from benches.guests import Workload, program, workloads
from benches.vector_multiplications import REDUCTION, nanoseconds_each, sum_of_extension_products
from core_vm.field.extension import DEGREE
from core_vm.field.packed import LANES
from core_vm.machine.execute.executor import Executor
from core_vm.stark.gkr import first_kernels, fold_kernels, input_kernels, tree_kernels
from core_vm.stark.gkr.inputs import Inputs
from core_vm.stark.gkr.low_layers import LOW_DEPTH
from precompiles.standard.machine import standard_machine

CELLS = 2**24
REPETITIONS = 5
_GUESTS = ("fibonacci", "keccak_file")
_KERNELS: dict[str, ModuleType] = {
    "keep_inputs": input_kernels,
    "write_low_layers": tree_kernels,
    "combine_layer": tree_kernels,
    **dict.fromkeys(("first_round_sums", "first_fold_and_sum", "lone_sums", "write_lone_entries"), first_kernels),
    **dict.fromkeys(("fold_and_sum", "shrink_and_sum"), fold_kernels),
}

_ONE, _TWO = sum_of_extension_products(1), sum_of_extension_products(2)
_BASE, _BASE_TWO = (2 * count * DEGREE + REDUCTION * DEGREE for count in (1, 2))
_SUMS = 2 * (_TWO + _ONE)
_UPPER = _TWO + _ONE
# Of vectors, for each interaction, over all layers, each half of the one below: without those of the inputs themselves.
NEEDED = {
    "write_low_layers": (_BASE_TWO + _ONE) / 2 + _UPPER * (1 / 2 - 2**-LOW_DEPTH),
    "combine_layer": _UPPER * 2**-LOW_DEPTH,
    "first_round_sums of inputs": (_TWO + _BASE_TWO + _ONE + _TWO) / 4,
    "first_round_sums": (_TWO + _ONE + _TWO + _ONE) / 4,
    "first_fold_and_sum of inputs": (4 * _ONE + 2 * _BASE + 2 * (_ONE + 2 * DEGREE) + _SUMS) / 8,
    "first_fold_and_sum": (4 * _ONE + 2 * _ONE + 2 * _TWO + _SUMS) / 8,
    "fold_and_sum": 2 * 2 * (8 * _ONE + _SUMS) / 16,
}


def report(console: Console, scale: float) -> None:
    """One table a guest: the first shard of 2^24 cells, by one thread, the least of several times."""
    each = nanoseconds_each()
    for workload in workloads(scale):
        if workload.name in _GUESTS:
            interactions, nanoseconds = _measured(workload)
            title = f"{workload.name}: the fraction tree of {interactions:,} interactions"
            console.print(_table(title, nanoseconds, each))


def _measured(workload: Workload) -> tuple[int, dict[str, float]]:
    """How many interactions the shard has, and what each kernel takes for one."""
    guest, machine = program(workload.guest), standard_machine()
    executor = Executor(
        guest, workload.input, costs=machine.row_cells, precompiles=machine.precompiles,
        profiles=machine.called_together, shard_cells=CELLS,
    )  # fmt: skip
    prover, shard = ShardProver(guest, standard_machine), next(executor.shards())
    interactions, least = prover(shard).interactions, dict[str, float]()
    for _ in range(REPETITIONS):
        with _timed() as seconds:
            prover(shard)
        for name, value in seconds.items():
            nanoseconds = value / interactions * 1e9
            least[name] = min(least.get(name, nanoseconds), nanoseconds)
    return interactions, least


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
        of_inputs = module is first_kernels and any(isinstance(argument, Inputs) for argument in arguments)
        start = time.thread_time()
        result = kernel(*arguments)
        seconds[name + " of inputs" * of_inputs] += time.thread_time() - start
        return result

    module = _KERNELS[name]
    return timed


def _table(title: str, nanoseconds: dict[str, float], each: float) -> Table:
    table = Table(title=title, title_justify="left")
    for column in ("kernel", "ns an interaction", "limit", "ratio"):
        table.add_column(column, justify="left" if column == "kernel" else "right")
    for name, value in sorted(nanoseconds.items(), key=lambda item: -item[1]):
        limit = NEEDED.get(name, 0.0) * each / LANES
        table.add_row(name, f"{value:.2f}", *((f"{limit:.2f}", f"{value / limit:.1f}") if limit else ("", "")))
    table.add_row("all", f"{sum(nanoseconds.values()):.2f}", f"{sum(NEEDED.values()) * each / LANES:.2f}")
    return table
