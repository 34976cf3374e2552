"""The prover's side of the zerocheck: rounds over whole tiles, then six rounds over the lanes of each table's last
tile.

The first two rounds come from sums over F on a grid of 4 x 4 points of their variables: an element of K costs many
times one of F, and half of the work that is left after the first round is the second. The grid skips what an honest
trace makes zero: the constraints where both variables are 0 or 1. From the third round on, what a pair of tiles is
worth at 0 and at 1 follows from its points of the round before (`point_kernels`). A dishonest trace gets round
polynomials that do not fit its own columns, so the last check fails, here and in the verifier.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from core_vm.air.table import TILE
from core_vm.air.table_set import TableSet
from core_vm.errors import WitnessError
from core_vm.field.extension import DEGREE, K, eq_table, to_planes
from core_vm.field.koalabear import P
from core_vm.host.threads import run_ranges
from core_vm.stark.eq_tables import point_weights, weighted_lanes
from core_vm.stark.shape import ShardShape
from core_vm.stark.sumcheck import difference_from, send_round
from core_vm.stark.words import K_TILE, POINT_WORDS, POINTS, Words, elements_of, interleaved
from core_vm.stark.zerocheck.last_tiles import LastTiles
from core_vm.stark.zerocheck.messages import cubic_shares, first_message, grid_shares, later_message, second_message
from core_vm.stark.zerocheck.plan import BASE_ROUNDS, TableWork
from core_vm.stark.zerocheck.unread_columns import products_of_blocks, values_of_blocks
from core_vm.stark.zerocheck.verifier import RowStatement
from core_vm.witness.trace import FilledTables

if TYPE_CHECKING:
    from core_vm.transcript.channel import ProverChannel

# Takes a table, its pairs of tiles from where to where, and the sums to add to.
Kernel = Callable[..., None]

# Of the points of an entry, those whose sums the later messages are made of: 0, -1 and infinity.
LATER_POINTS = (0, 2, 3)
# Below this many tiles times columns a second thread costs more than it gives.
MIN_WORK_PER_THREAD = 512


class ZerocheckProver:
    """Holds the state between rounds; `prove_zerocheck` drives it."""

    def __init__(self, works: list[TableWork], trace: FilledTables, memory: Words, threads: int) -> None:
        self.works, self.trace, self.memory, self.threads = works, trace, memory, threads
        self.rounds_bound = 0
        self.last_tiles = LastTiles()
        self.products = np.zeros((DEGREE, 0), np.uint32)
        """Of each run of cells with the weights of the lanes at the point, once that is there: an opening needs it."""

    def first_sums(self, weights: Words, lanes: Words) -> list[K]:
        """The 16 sums of `grid_sums`; `lanes` are the weights of the lanes here and below."""
        from core_vm.stark.zerocheck.grid_kernels import grid_sums

        self.memory[: (max((work.folded_width for work in self.works), default=0) + 1) * K_TILE] = 0

        def kernel(work: TableWork, start: int, stop: int, sums: Words) -> None:
            grid_sums(
                self.trace.q, work.places, work.tiles, *work.base_tapes, tuple(work.linear), _planes(lanes), weights,
                self.memory, work.linear_area, work.entries[0], start, stop, sums,
            )  # fmt: skip

        return self._over_tables(kernel, self.works, BASE_ROUNDS, range(POINTS))

    def first_fold(self, point: list[K], weights: Words, lanes: Words) -> list[K]:
        """Bind the first two tile variables; sums of the next round at 0, -1 and infinity."""
        from core_vm.stark.zerocheck.kernels import first_fold_and_sum

        of_tiles, shares = interleaved(eq_table(point)), _entry(grid_shares(*point))

        def kernel(work: TableWork, start: int, stop: int, sums: Words, weights: Words = weights) -> None:
            first_fold_and_sum(
                self.trace.q, work.places[work.folded], work.tiles, work.tapes, of_tiles, shares, _planes(lanes),
                weights, self.memory, work.linear_area, work.folded_width, work.areas[1], *work.entries, start, stop,
                sums,
            )  # fmt: skip

        self.rounds_bound = BASE_ROUNDS
        return self._sums_of_next_round(kernel, self.works, weights)

    def fold(self, r: K, weights: Words, lanes: Words) -> list[K]:
        """Bind a further tile variable; sums of the next round at 0, -1 and infinity."""
        from core_vm.stark.zerocheck.kernels import fold_and_sum

        point, shares, bound = interleaved([r]), _entry(cubic_shares(r)), self.rounds_bound
        now, then = bound % 2, 1 - bound % 2

        def kernel(work: TableWork, start: int, stop: int, sums: Words, weights: Words = weights) -> None:
            fold_and_sum(
                self.memory, work.areas[then], work.folded_width, work.tiles_after(bound), work.tapes, point, shares,
                _planes(lanes), weights, work.areas[now], work.entries[then], work.entries[now], start, stop, sums,
            )  # fmt: skip

        self.last_tiles.bind(r)
        self.rounds_bound += 1
        return self._sums_of_next_round(kernel, [w for w in self.works if w.tiles_after(bound) > 1], weights)

    def finish_tiles(self) -> None:
        """Bring the tiles that were last to the point at which all tile variables are bound."""
        from core_vm.stark.zerocheck.kernels import scale_tile

        for (area, width), scale in self.last_tiles.scales.items():
            scale_tile(self.memory, area, width, interleaved([scale]))

    def lane_sums(self, half: int) -> Words:
        """(3, 5, 64) sums over lane pairs; the first `half` lanes count."""
        from core_vm.stark.zerocheck.kernels import lane_sums

        sums = np.zeros(3 * K_TILE, np.uint32)
        for work in self.works:
            lane_sums(self.memory, work.last_area, work.folded_width, half, work.tapes, sums)
        return sums.reshape(3, 5, TILE)

    def lane_fold(self, half: int, r: K) -> None:
        """Bind a lane variable."""
        from core_vm.stark.zerocheck.kernels import lane_fold

        for work in self.works:
            lane_fold(self.memory, work.last_area, work.folded_width, half, interleaved([r]))

    def column_values(self, num_columns: int, point: Sequence[K]) -> Words:
        """Every column at the point, once all variables are bound to it, as planes; zero for empty tables."""
        from core_vm.field.packed.lanes import LANES

        values, is_folded = np.zeros((5, num_columns), np.uint32), np.zeros(num_columns, np.bool_)
        for work in self.works:
            area, columns = work.last_area, work.first_column + work.folded
            block = self.memory[area : area + len(columns) * 5 * LANES].reshape(len(columns), 5, LANES)
            values[:, columns], is_folded[columns] = block[:, :, 0].T, True
        others = [
            block
            for block in self.trace.layout.blocks
            if block.tiles and not is_folded[block.first_column : block.first_column + (1 << block.log_width)].all()
        ]
        self.products = products_of_blocks(self.trace.q, self.trace.layout.blocks, point, self.threads)
        for block, found in zip(others, values_of_blocks(self.products, others, point, self.threads), strict=True):
            values[:, block.first_column : block.first_column + (1 << block.log_width)] = found
        return values

    def _sums_of_next_round(self, kernel: Kernel, works: list[TableWork], weights: Words) -> list[K]:
        """Fold `works`, some of them to their last tile, and sum the next round over all tables."""
        many = [work for work in works if work.tiles_after(self.rounds_bound) > 1]
        last = [work for work in works if work.tiles_after(self.rounds_bound) == 1]
        unweighted = partial(kernel, weights=interleaved([K.one]))
        sums = self._over_tables(kernel, many, self.rounds_bound + 1, LATER_POINTS)
        of_last = self._over_tables(unweighted, last, self.rounds_bound + 1, LATER_POINTS)
        self.last_tiles.add([(work.last_area, work.folded_width) for work in last], of_last)
        weight = elements_of(weights[:5])[0]  # of the first pair of tiles, and these tables have no other
        return [total + weight * value for total, value in zip(sums, self.last_tiles.values(), strict=True)]

    def _over_tables(self, kernel: Kernel, works: list[TableWork], halvings: int, points: Sequence[int]) -> list[K]:
        """Sums over the rows of `works`, once tile variables are halved `halvings` times, at these points of an
        entry."""
        total = np.zeros(POINT_WORDS, np.uint64)
        for work in works:
            pairs = work.tiles_after(halvings)

            def run(start: int, stop: int, work: TableWork = work) -> Words:
                sums = np.zeros(POINT_WORDS, np.uint32)
                kernel(work, start, stop, sums)
                return sums

            threads = max(1, min(self.threads, pairs * len(work.places) // MIN_WORK_PER_THREAD))
            total += np.sum(run_ranges(run, pairs, threads), axis=0, dtype=np.uint64)
        return elements_of((total % P).astype(np.uint32).reshape(-1, POINTS).T[list(points)].reshape(-1))


def _planes(lanes: Words) -> Words:
    """Weights of all lanes, which are interleaved, as planes, flat."""
    return np.ascontiguousarray(lanes.reshape(TILE, -1).T).reshape(-1)


def _entry(shares: list[K]) -> Words:
    """What the first points of an entry count for, as an entry."""
    entry = np.zeros((DEGREE, POINTS), np.uint32)
    entry[:, : len(shares)] = to_planes(shares)
    return entry.reshape(-1)


def _prove_base_rounds(
    channel: ProverChannel, grid: list[K], point: list[K], z_inverses: list[K], claim: K
) -> tuple[list[K], K]:
    """Up to two rounds, as many as `point` has coordinates: the challenges and the next claim."""
    bound: list[K] = []
    for number, z in enumerate(point):
        if number:
            message = second_message(claim, grid, bound[0], z_inverses[1])
        else:
            message = first_message(claim, grid, point[1] if len(point) > 1 else K.zero, z_inverses[0])
        r, claim = send_round(channel, "zerocheck_round", claim, z, message)
        bound.append(r)
    return bound, claim


def prove_zerocheck(
    channel: ProverChannel,
    prover: ZerocheckProver,
    tables: TableSet,
    shape: ShardShape,
    statement: RowStatement[Words],
    check: bool,
) -> tuple[list[K], Words]:
    """Returns the point (lowest row coordinate first) and every column's value there, as planes, in the order that
    `verify_zerocheck` reads. Raises as `prove_rounds` does.
    """
    point, columns, _ = prove_rounds(channel, prover, tables, shape, statement, check)
    channel.send_columns(columns)
    return point, columns


def prove_rounds(
    channel: ProverChannel,
    prover: ZerocheckProver,
    tables: TableSet,
    shape: ShardShape,
    statement: RowStatement[Words],
    check: bool,
) -> tuple[list[K], Words, K]:
    """All rounds: the point (lowest row coordinate first), every column's value there as planes, and the claim that is
    left.

    Raises WitnessError if the trace does not satisfy its tables and `check` is set.
    """
    tile_point, lane_point = statement.binding_point[: shape.tile_bits], statement.binding_point[shape.tile_bits :]
    weights = point_weights(interleaved(statement.binding_point), shape.tile_bits, shape.tile_bits)
    suffixes, lanes, z_inverses = weights.first, weights.lanes, elements_of(weights.inverses)
    grid = prover.first_sums(suffixes[min(BASE_ROUNDS, shape.tile_bits)], lanes[0])
    bound, claim = _prove_base_rounds(channel, grid, tile_point[:BASE_ROUNDS], z_inverses, statement.claim)
    missing = [K.zero] * (BASE_ROUNDS - len(bound))  # a shard of one or two tiles: all others are zero
    sums = prover.first_fold(bound + missing, suffixes[min(BASE_ROUNDS + 1, shape.tile_bits)], lanes[0])
    for number in range(BASE_ROUNDS, shape.tile_bits):
        at_zero, *others = sums
        difference = difference_from(claim, z_inverses[number], at_zero)
        message = later_message(difference, at_zero, *others)
        r, claim = send_round(channel, "zerocheck_round", claim, tile_point[number], message)
        sums = prover.fold(r, suffixes[min(number + 2, shape.tile_bits)], lanes[0])
        bound.append(r)
    prover.finish_tiles()
    for number, z in enumerate(lane_point):
        half = TILE >> number + 1
        at_zero, *others = weighted_lanes(lanes[number + 1], prover.lane_sums(half))
        difference = difference_from(claim, z_inverses[shape.tile_bits + number], at_zero)
        r, claim = send_round(channel, "zerocheck_round", claim, z, later_message(difference, at_zero, *others))
        prover.lane_fold(half, r)
        bound.append(r)
    point = shape.row_point(bound)
    columns = prover.column_values(tables.num_columns, point)
    # The kernels' value at low = the point: what the verifier computes from `columns`, at a fraction of the time.
    if check and weighted_lanes(lanes[-1], prover.lane_sums(1))[0] != claim:
        raise WitnessError("the trace does not satisfy its tables; `check_trace` names the constraint and the row")
    return point, columns, claim
