"""The lowest layers of the fraction tree, from a filled trace (prover side)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from core_vm.air.check import key_columns
from core_vm.air.table import TILE, Table
from core_vm.air.table_set import TableSet
from core_vm.air.trace import Trace
from core_vm.field.extension import K
from core_vm.field.koalabear import to_montgomery
from core_vm.field.threads import run_ranges
from core_vm.stark.gkr_layer import FRACTION_WORDS, Layer, halved
from core_vm.stark.leaves import Combination, Leaves
from core_vm.stark.logup_gkr import Fingerprint
from core_vm.stark.proof import ShardShape
from core_vm.stark.words import Integers, Words, interleaved

# The layers above 32 tiles of an interaction are some 80 KiB, which a core's own cache holds.
LOW_DEPTH = 5


def leaf_starts(tables: TableSet, shape: ShardShape) -> Integers:
    """The first leaf tile of every interaction, then the number of all. An interaction of an empty table has one, of
    zeros."""
    counts = [max(1, shape.tiles[interaction.table]) for interaction in tables.interactions]
    return np.cumsum([0, *counts]).astype(np.int64)


@lru_cache(maxsize=32)
def key_words(table: Table) -> Words:
    """All closed-form columns of a table one after the other, Montgomery."""
    return to_montgomery(np.concatenate(key_columns(table)))


def low_depth(shape: ShardShape) -> int:
    """How many layers above the leaves are built together with them."""
    return min(LOW_DEPTH, shape.tile_bits)


def leaves_of(tables: TableSet, shape: ShardShape, trace: Trace, fingerprint: Fingerprint) -> Leaves:
    """The leaf layer: every interaction's multiplicity and fingerprint on every row."""
    tiles = np.array([shape.tiles[i.table] for i in tables.interactions], np.int64)
    numbers = np.array([i.table for i in tables.interactions], np.int64)
    constants = interleaved([fingerprint.constant_part(i) for i in tables.interactions])
    combinations = _combinations(tables, shape, fingerprint)
    starts, keys = leaf_starts(tables, shape), _key_buffer(tables)[0]
    return Leaves(trace.q, keys, numbers, tiles, starts, *combinations, constants)


def write_low_layers(tables: TableSet, shape: ShardShape, memory: Words, layers: Sequence[Layer], threads: int) -> None:
    """Fill the `low_depth` layers above the leaves."""
    from core_vm.stark.fraction_kernels import write_low_layers as kernel

    depth, leaves = low_depth(shape), layers[0]
    starts = [leaves.starts]
    for _ in range(depth):
        starts.append(halved(starts[-1]))
    offsets = np.array([layer.offset for layer in layers[: depth + 1]], np.int64)
    first_interaction, first_chunk = _chunks(tables, shape, depth)
    memory[:FRACTION_WORDS] = 0  # the tile of zeros that stands for every missing fraction

    def work(start: int, stop: int) -> None:
        kernel(
            leaves.children(memory), leaves.leaves, memory, offsets, np.stack(starts),
            first_interaction, first_chunk, start, stop,
        )  # fmt: skip

    if depth:
        run_ranges(work, int(first_chunk[-1]), threads)


def _chunks(tables: TableSet, shape: ShardShape, depth: int) -> tuple[Integers, Integers]:
    """The first interaction and the first chunk of every table, and the numbers of all."""
    interactions = [len(table.interactions) for table in tables.tables]
    chunks = [-(-max(1, tiles) >> depth) if n else 0 for n, tiles in zip(interactions, shape.tiles, strict=True)]
    return np.cumsum([0, *interactions]).astype(np.int64), np.cumsum([0, *chunks]).astype(np.int64)


def _combinations(
    tables: TableSet, shape: ShardShape, fingerprint: Fingerprint
) -> tuple[Combination, Combination, Combination]:
    """Multiplicities, messages in the committed columns, messages in the closed-form ones."""
    places = [np.stack(shape.layout.column_base(table), axis=1).tolist() for table in range(len(tables.tables))]
    key_places = _key_buffer(tables)[1]
    multiplicity = _combination(
        [{tuple(places[i.table][c]): K(v) for c, v in i.multiplicity.columns.items()} for i in tables.interactions]
    )
    message = _combination(
        [{tuple(places[i.table][c]): v for c, v in fingerprint.column_part(i).items()} for i in tables.interactions]
    )
    key_message = _combination(
        [{(key_places[i.table, k], TILE): v for k, v in fingerprint.key_part(i).items()} for i in tables.interactions]
    )
    return (*multiplicity[:2], np.ascontiguousarray(multiplicity[2][::5])), message, key_message


def _combination(rows: Sequence[dict[tuple[int, int], K]]) -> Combination:
    """One row an interaction: (place, stride) of a column -> coefficient."""
    first = np.cumsum([0, *(len(row) for row in rows)]).astype(np.int64)
    terms = np.array([place for row in rows for place in row], np.int64).reshape(-1, 2)
    return first, terms, interleaved([coefficient for row in rows for coefficient in row.values()])


def _key_buffer(tables: TableSet) -> tuple[Words, dict[tuple[int, int], int]]:
    """All closed-form columns of all tables in one array, and where each (table, key) starts."""
    parts: list[Words] = [np.zeros(0, np.uint32)]
    places, at = {}, 0
    for number, table in enumerate(tables.tables):
        if not table.keys:
            continue
        words = key_words(table)
        for key in range(len(table.keys)):
            places[number, key] = at + key * (len(words) // len(table.keys))
        parts.append(words)
        at += len(words)
    return np.concatenate(parts), places
