"""The prover's side of the zerocheck: rounds over whole tiles, then six rounds over the lanes of each table's last
tile.

The first round stays in F and skips what an honest trace makes zero: the constraints at X = 0 and X = 1. A dishonest
trace gets a round polynomial that does not fit its own columns, so the last check fails, here and in the verifier.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core_vm.air.table import TILE
from core_vm.air.table_set import TableSet
from core_vm.air.trace import Trace
from core_vm.errors import WitnessError
from core_vm.field.extension import K, from_planes, inner
from core_vm.field.koalabear import P, inverse, to_montgomery
from core_vm.field.threads import run_ranges
from core_vm.stark.proof import ShardShape
from core_vm.stark.sumcheck import difference_from, inverses, send_round
from core_vm.stark.words import Integers, Words, eq_lanes, eq_suffixes, interleaved, weighted_lanes
from core_vm.stark.zerocheck import RowStatement, batched_constraints, send_columns

if TYPE_CHECKING:
    from core_vm.hash.transcript import ProverChannel

K_TILE = 5 * TILE
HALF, THIRD = inverse(2), inverse(3)
# Below this many tiles times columns a second thread costs more than it gives.
MIN_WORK_PER_THREAD = 512


@dataclass(frozen=True, slots=True)
class TableWork:
    """One nonempty table: where its columns are, its tape for the kernels, and its areas of folded tiles in the
    scratch."""

    first_column: int
    width: int
    tiles: int
    places: Integers
    tape: tuple
    linear: Words
    linear_area: int
    areas: tuple[int, int]

    def tiles_after(self, rounds: int) -> int:
        return -(-self.tiles >> rounds)


def plan_tables(tables: TableSet, shape: ShardShape, statement: RowStatement) -> tuple[list[TableWork], int]:
    """The work of every nonempty table, and the words of scratch that all of them need together."""
    works, at, constraint = [], (max(tables.widths) + 1) * K_TILE, 0  # a tile of zeros comes first
    for number, (tape, tiles) in enumerate(zip(tables.tapes, shape.tiles, strict=True)):
        first, width = shape.layout.first_columns[number], tape.width
        weights = statement.batching[constraint : constraint + tape.num_constraints]
        constraint += tape.num_constraints
        if not tiles:
            continue
        entry, half = (width + 1) * K_TILE, (tiles + 1) // 2
        areas = (at + tiles * K_TILE, at + tiles * K_TILE + half * entry)
        program = (
            np.ascontiguousarray(tape.operations, np.int64),
            to_montgomery(np.array(tape.constants, np.int64)),
            interleaved(weights),
            width + tape.num_registers,
        )
        places = np.stack(shape.layout.column_base(number), axis=1)
        linear = interleaved(statement.linear[first : first + width])
        works.append(TableWork(first, width, tiles, places, program, linear, at, areas))
        at = areas[1] + (half + 1) // 2 * entry
    return works, at


class ZerocheckProver:
    """Holds the state between rounds; `prove_zerocheck` drives it."""

    def __init__(self, works: list[TableWork], trace: Trace, memory: Words, threads: int) -> None:
        self.works, self.trace, self.memory, self.threads = works, trace, memory, threads
        self.rounds_bound = 0

    def first_sums(self, weights: Words) -> Words:
        """(3, 5, 64): the linear form at 0, and the batched constraints at -1 and 2."""
        from core_vm.stark.zerocheck_kernels import first_round_sums

        self.memory[: (max(work.width for work in self.works) + 1) * K_TILE] = 0

        def kernel(work: TableWork, start: int, stop: int, sums: Words) -> None:
            first_round_sums(
                self.trace.q, work.places, work.tiles, work.tape, work.linear, weights,
                self.memory, work.linear_area, start, stop, sums,
            )  # fmt: skip

        return self._over_tables(kernel, 1)

    def fold(self, r: K, weights: Words) -> Words:
        """Bind a tile variable; (3, 5, 64) sums of the next round at 0, -1, 2."""
        from core_vm.stark.zerocheck_kernels import first_fold_and_sum, fold_and_sum

        point, bound = interleaved([r]), self.rounds_bound

        def kernel(work: TableWork, start: int, stop: int, sums: Words) -> None:
            target = work.areas[bound % 2]
            if bound == 0:
                first_fold_and_sum(
                    self.trace.q, work.places, work.tiles, work.tape, point, weights,
                    self.memory, work.linear_area, target, start, stop, sums,
                )  # fmt: skip
            else:
                fold_and_sum(
                    self.memory, work.areas[1 - bound % 2], work.width, work.tiles_after(bound), work.tape, point,
                    weights, target, start, stop, sums,
                )  # fmt: skip

        self.rounds_bound += 1
        return self._over_tables(kernel, self.rounds_bound + 1)

    def lane_sums(self, half: int) -> Words:
        """(3, 5, 64) sums over lane pairs; the first `half` lanes count."""
        from core_vm.stark.zerocheck_kernels import lane_sums

        sums, one = np.zeros(3 * K_TILE, np.uint32), interleaved([K.one])
        for work in self.works:
            lane_sums(self.memory, self._last_area(work), work.width, half, work.tape, one, sums)
        return sums.reshape(3, 5, TILE)

    def lane_fold(self, half: int, r: K) -> None:
        """Bind a lane variable."""
        from core_vm.stark.zerocheck_kernels import lane_fold

        for work in self.works:
            lane_fold(self.memory, self._last_area(work), work.width, half, interleaved([r]))

    def column_values(self, num_columns: int) -> list[K]:
        """Every column at the point, once all variables are bound; zero for empty tables."""
        from core_vm.field.lanes import LANES

        values = [K.zero] * num_columns
        for work in self.works:
            area = self._last_area(work)
            block = self.memory[area : area + work.width * 5 * LANES].reshape(work.width, 5, LANES)
            values[work.first_column : work.first_column + work.width] = from_planes(block[:, :, 0].T)
        return values

    def _last_area(self, work: TableWork) -> int:
        return work.areas[(self.rounds_bound - 1) % 2]

    def _over_tables(self, kernel: Callable[[TableWork, int, int, Words], None], halvings: int) -> Words:
        total = np.zeros(3 * K_TILE, np.uint64)
        for work in self.works:
            pairs = work.tiles_after(halvings)

            def run(start: int, stop: int, work: TableWork = work) -> Words:
                sums = np.zeros(3 * K_TILE, np.uint32)
                kernel(work, start, stop, sums)
                return sums

            threads = max(1, min(self.threads, pairs * work.width // MIN_WORK_PER_THREAD))
            total += np.sum(run_ranges(run, pairs, threads), axis=0, dtype=np.uint64)
        return (total % P).astype(np.uint32).reshape(3, 5, TILE)


def _message(difference: K, at_minus_one: K, at_two: K) -> list[K]:
    """(d, coefficient of X^2, of X^3) of a cofactor g(0) + d X + X (X - 1) (u + v X), from the last term at -1 and
    2."""
    u_minus_v, u_plus_2v = at_minus_one * HALF, at_two * HALF
    v = (u_plus_2v - u_minus_v) * THIRD
    return [difference, u_minus_v, v]


def _later_message(difference: K, at_zero: K, at_minus_one: K, at_two: K) -> list[K]:
    """The same from the cofactor itself at 0, -1 and 2."""
    return _message(difference, at_minus_one - at_zero + difference, at_two - at_zero - difference * 2)


def prove_zerocheck(
    channel: ProverChannel,
    prover: ZerocheckProver,
    tables: TableSet,
    shape: ShardShape,
    statement: RowStatement,
    check: bool,
) -> tuple[list[K], list[K]]:
    """Returns the point (lowest row coordinate first) and every column's value there, in the order `verify_zerocheck`
    reads.

    Raises WitnessError if the trace does not satisfy its tables and `check` is set.
    """
    tile_point, lane_point = statement.binding_point[: shape.tile_bits], statement.binding_point[shape.tile_bits :]
    suffixes, lanes = eq_suffixes(tile_point), eq_lanes(lane_point)
    z_inverses = inverses(statement.binding_point)
    claim, bound = statement.claim, []
    sums = weighted_lanes(lanes[0], prover.first_sums(suffixes[min(1, shape.tile_bits)]))
    if not tile_point:
        prover.fold(K.zero, suffixes[0])  # from F to K: nothing is bound
    for number, z in enumerate(tile_point):
        at_zero, *others = sums
        difference = difference_from(claim, z_inverses[number], at_zero)
        message = _later_message(difference, at_zero, *others) if number else _message(difference, *others)
        r, claim = send_round(channel, "zerocheck_round", claim, z, message)
        sums = weighted_lanes(lanes[0], prover.fold(r, suffixes[min(number + 2, shape.tile_bits)]))
        bound.append(r)
    for number, z in enumerate(lane_point):
        half = TILE >> number + 1
        at_zero, *others = weighted_lanes(lanes[number + 1], prover.lane_sums(half))
        difference = difference_from(claim, z_inverses[shape.tile_bits + number], at_zero)
        r, claim = send_round(channel, "zerocheck_round", claim, z, _later_message(difference, at_zero, *others))
        prover.lane_fold(half, r)
        bound.append(r)
    columns = prover.column_values(tables.num_columns)
    if check and inner(statement.linear, columns) + batched_constraints(tables, statement.batching, columns) != claim:
        raise WitnessError("the trace does not satisfy its tables; `check_trace` names the constraint and the row")
    send_columns(channel, columns)
    return shape.row_point(bound), columns
