"""The prover's weight vectors: the jagged weight a run of 64 cells at a time, and the query claims' powers.

The jagged weight of cell (run, lane) is the product of a weight of the run and eq(z, lane). So the rounds that bind run
bits need the weights of runs only, a 64th of the cells, and <64 cells, eq(z, .)> for each run in place of the cells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from core_vm.air.table import LOG_TILE, TILE
from core_vm.field.bulk import power_words
from core_vm.field.extension import DEGREE, K, eq_table, to_planes
from core_vm.field.koalabear import P, Words, root_of_unity, to_montgomery
from core_vm.host.threads import run_ranges
from core_vm.pcs.jagged import JaggedWeight
from core_vm.pcs.layout import Block
from core_vm.pcs.placements import PlacedWeight
from core_vm.pcs.whir.vectors import AT_ONCE

Canonical = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class RunWeight:
    """The weight runs[run] * lanes[lane] of each cell: planes (5, num_runs) and (5, 64), Montgomery."""

    runs: Words
    lanes: Words

    @staticmethod
    def jagged(weight: JaggedWeight, num_runs: int, threads: int = 1, of_columns: Words | None = None) -> RunWeight:
        """All values of a jagged weight; `of_columns` are `column_powers`, from whoever has them."""
        if of_columns is None:
            of_columns = column_powers(weight, threads=threads)
        return RunWeight(
            run_weights(weight.blocks, weight.z_row, of_columns, num_runs, threads), lane_weights(weight.z_row)
        )

    @staticmethod
    def placed(weight: PlacedWeight, num_runs: int, threads: int = 1) -> RunWeight:
        """All values of a static layout's weight; `num_runs` counts those of missing segments."""
        placement = weight.placement
        runs = run_weights(
            placement.layout.blocks, weight.z_row, weight.columns, round_up(placement.layout.runs, TILE), threads
        )
        out = np.zeros((DEGREE, num_runs), np.uint32)
        out[:, placement.places] = runs[:, : placement.layout.runs]
        return RunWeight(out, lane_weights(weight.z_row))


def column_powers(weight: JaggedWeight, least: int = 0, threads: int = 1) -> Words:
    """mu^c for all columns c of a jagged weight, and for so many at least: planes (5, n)."""
    columns = max((block.first_column + (1 << block.log_width) for block in weight.blocks), default=1)
    return power_planes(weight.mu, 1 << (max(columns, least, 1) - 1).bit_length(), threads)


def lane_weights(z_row: Sequence[K]) -> Words:
    """eq(z, lane), planes (5, 64)."""
    return to_planes(eq_table(z_row[:LOG_TILE]))


def run_weights(blocks: Sequence[Block], z_row: Sequence[K], columns: Words, num_runs: int, threads: int = 1) -> Words:
    """columns[column] * eq(z, tile) for each run of cells, planes (5, num_runs); zero where no block has cells."""
    from core_vm.field.packed import LANES
    from core_vm.poly.multilinear import eq_planes

    out = np.zeros((DEGREE, num_runs), np.uint32)
    used = [block for block in blocks if block.tiles]
    if not used:
        return out
    tiles = padded_planes(eq_planes(z_row[LOG_TILE:]), LANES)
    for block in used:
        factors = columns[:, block.first_column : block.first_column + (1 << block.log_width)]
        if 1 << block.log_width < LANES:
            _narrow_block(block, factors, tiles, out, threads)
        else:
            _wide_block(block, factors, tiles, out, threads)
    return out


def expand_runs(runs: Words, lanes: Words, threads: int = 1) -> Words:
    """The weight of every cell: runs x lanes, planes (5, 64 n)."""
    return outer(runs, lanes, threads)


def outer(rows: Words, columns: Words, threads: int = 1) -> Words:
    """rows[r] columns[c] at r * width + c, planes; the width is a multiple of LANES."""
    out = np.empty((DEGREE, rows.shape[1] * columns.shape[1]), np.uint32)
    _outer(rows, columns, rows.shape[1], columns.shape[1], out, 0, threads)
    return out


def add_query_weights(
    weight: Words, draws: Sequence[int], coefficients: Words, log_domain: int, threads: int = 1
) -> None:
    """weight[i] += sum_q coefficients[:, q] x_q^i in place, x_q the domain point of leaf draws[q].

    With x_q = w^e_q, m = log_domain - log_buckets and i = row * 2^m + position, x_q^i is (w^(2^m))^(row e_q)
    x_q^position, whose first factor depends on e_q modulo the number of buckets only. So, position by position, the
    terms are added up in their buckets, and a short Fourier transform over the buckets gives all rows.
    """
    from core_vm.field.packed import LANES
    from core_vm.pcs.whir.kernels import LOG_BUCKETS, add_power_sums

    log_size = weight.shape[1].bit_length() - 1
    log_lanes = LANES.bit_length() - 1
    log_buckets = max(min(LOG_BUCKETS, log_domain - log_lanes), log_domain - log_size)
    row_length = 1 << (log_domain - log_buckets)
    # The low bits of the exponent are the leaf's high ones, reversed, as a bucket's row is.
    rows = np.array(draws, np.int64) >> log_domain - log_buckets
    points = domain_points(draws, log_domain)
    steps = to_montgomery(power_of(points, LANES))
    first_powers, planes = powers_of(points, LANES), np.ascontiguousarray(coefficients).reshape(-1)

    def part(first: int, last: int) -> None:
        start = first_powers * power_of(points, first * LANES)[:, None] % P
        add_power_sums(
            *(to_montgomery(start).reshape(-1), steps, planes, rows, len(points), log_buckets),
            *(weight.shape[1] // row_length, _twiddles(log_buckets), first, last, weight.reshape(-1), weight.shape[1]),
        )

    run_ranges(part, row_length // LANES, threads)


def power_planes(z: K, count: int, threads: int = 1, first: K = K.one) -> Words:
    """first * z^i for i < count, a power of two: planes (5, count)."""
    if count <= TILE:
        return power_words(z, count, first)
    return outer(power_words(z**TILE, count // TILE, first), power_words(z, TILE), threads)


def _wide_block(block: Block, factors: Words, tiles: Words, out: Words, threads: int) -> None:
    """The runs of a tile row are neighbours: tile weights x column weights, in place."""
    _outer(tiles, factors, block.tiles, 1 << block.log_width, out, block.start >> LOG_TILE, threads)


def _narrow_block(block: Block, factors: Words, tiles: Words, out: Words, threads: int) -> None:
    """A tile row is shorter than a vector: column by column into a buffer, and from there interleaved."""
    width, height = 1 << block.log_width, round_up(block.tiles, 16)
    by_column = np.empty((DEGREE, width * height), np.uint32)
    _outer(factors, padded_planes(tiles, height), width, height, by_column, 0, threads)
    first = block.start >> LOG_TILE
    interleaved = by_column.reshape(DEGREE, width, height)[:, :, : block.tiles].transpose(0, 2, 1)
    out[:, first : first + block.tiles * width] = interleaved.reshape(DEGREE, -1)


def _outer(rows: Words, columns: Words, num_rows: int, width: int, out: Words, offset: int, threads: int) -> None:
    from core_vm.pcs.whir.kernels import outer_product

    rows, columns = np.ascontiguousarray(rows), np.ascontiguousarray(columns)

    def part(first: int, last: int) -> None:
        outer_product(
            *(rows.reshape(-1), rows.shape[1], columns.reshape(-1), columns.shape[1]),
            *(first, last, out.reshape(-1), out.shape[1], offset, width),
        )

    run_ranges(part, num_rows, threads, max(1, AT_ONCE // width))


def padded_planes(planes: Words, least: int) -> Words:
    """The same planes, contiguous, with zeros up to `least` elements."""
    missing = least - planes.shape[1]
    return np.pad(planes, ((0, 0), (0, missing))) if missing > 0 else np.ascontiguousarray(planes)


def round_up(value: int, granule: int) -> int:
    """The least multiple of `granule` that is not below `value`."""
    return -(-value // granule) * granule


def power_of(x: Canonical, exponent: int) -> Canonical:
    """x^exponent, element by element."""
    result = np.ones_like(x)
    while exponent:
        if exponent & 1:
            result = result * x % P
        x, exponent = x * x % P, exponent >> 1
    return result


def powers_of(x: Canonical, count: int) -> Canonical:
    """x^0 .. x^(count - 1) for each element, (len(x), count)."""
    table, step = np.ones((len(x), 1), np.uint64), x[:, None]
    while table.shape[1] < count:
        table, step = np.concatenate([table, table * step % P], axis=1), step * step % P
    return table[:, :count]


def domain_points(leaves: Sequence[int], log_domain: int) -> Canonical:
    """w^e for each leaf, w of order 2^log_domain and e the leaf with its bits in the opposite order: bit b of the leaf
    is a factor w^(2^(log_domain - 1 - b)), of order 2^(b + 1)."""
    bits = np.array(leaves, np.int64)[:, None] >> np.arange(log_domain) & 1
    factors = np.where(bits, _roots(log_domain), np.uint64(1))
    while factors.shape[1] > 1:
        odd = factors[:, factors.shape[1] // 2 * 2 :]
        factors = np.concatenate([factors[:, :-1:2] * factors[:, 1::2] % P, odd], axis=1)
    return factors.reshape(len(leaves), -1)[:, 0] if log_domain else np.ones(len(leaves), np.uint64)


@cache
def _roots(log_domain: int) -> Canonical:
    """Of orders 2^1 .. 2^log_domain."""
    return np.array([root_of_unity(log_order) for log_order in range(1, log_domain + 1)], np.uint64)


@cache
def _twiddles(log_buckets: int) -> Words:
    """Powers of the root of order 2^log_buckets, for `kernels.transform_buckets`."""
    root = np.array([root_of_unity(log_buckets)], np.uint64)
    return to_montgomery(powers_of(root, 1 << max(log_buckets - 1, 0))).reshape(-1)
