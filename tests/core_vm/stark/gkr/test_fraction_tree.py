"""The fraction tree of tables whose heights have nothing in common, against the plain one. Some messages read many
columns: their inputs are kept."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core_vm.air.table import Bus, Table
from core_vm.air.table_builder import TableBuilder
from core_vm.air.table_set import TableSet
from core_vm.field.extension import K
from core_vm.field.koalabear import P
from core_vm.stark.gkr.low_layers import inputs_of, write_low_layers
from core_vm.stark.gkr.prover import build_layers, prove_gkr
from core_vm.stark.gkr.tree import FractionTree, low_depth
from core_vm.stark.gkr.verifier import Fingerprint, PublicPart
from core_vm.stark.shape import ShardShape
from core_vm.transcript.channel import ProverChannel
from core_vm.witness.trace import Trace
from tests.core_vm.stark import plain
from tests.core_vm.stark.toys import QUICK

BUS = Bus("bus", 1, ("x", "y"))
PERMUTATION = Bus("permutation", 2, ("x", "y"), permutation=True)


def table(number: int, interactions: int, factors: int) -> Table:
    """So many fractions, and so many factors, every other of them received."""
    t = TableBuilder(f"table_{number}")
    x, y, count = t.column("x"), t.column("y"), t.column("count")
    many = [t.column(f"many_{k}") for k in range(21)]
    for i in range(interactions):
        wide = sum((k * column for k, column in enumerate(many, i)), 3 * y) if i % 3 == 1 else 3 * y
        t.send(BUS, [x + i, wide - x], (1 + i) * count)
    for i in range(factors):
        wide = sum((k * column for k, column in enumerate(many, i)), 3 * y) if i % 3 == 1 else 3 * y
        (t.receive if i % 2 else t.send)(PERMUTATION, [x + i, wide - x], count - i * y)
    return t.build()


def random_trace(tables: TableSet, tiles: list[int], seed: int = 1) -> Trace:
    """Values that balance nothing: the tree adds up whatever there is."""
    rng = np.random.default_rng(seed)
    trace = Trace(tables.tables, [64 * n for n in tiles])
    for number, n in enumerate(tiles):
        for column in range(tables.widths[number] if n else 0):
            trace.write(number, column, 0, rng.integers(0, P, 64 * n, np.uint64))
    return trace


def words_of(
    interactions: list[int], tiles: list[int], threads: int | None, factors: list[int] | None = None
) -> list[int]:
    """The arguments' words; of the plain prover if `threads` is None."""
    counts = zip(interactions, factors or [0] * len(interactions), strict=True)
    tables = TableSet(tuple(table(number, *of_table) for number, of_table in enumerate(counts)))
    trace = random_trace(tables, tiles)
    channel, shape = ProverChannel(), ShardShape.of(tables, trace.tiles, QUICK)
    fingerprint = Fingerprint.draw(channel)
    if threads is None:
        plain.prove_gkr(channel, shape.grouping, *plain.input_fractions(tables, shape, trace, fingerprint))
        return channel.words.tolist()
    tree = FractionTree(tables, shape, inputs_of(tables, shape, trace, fingerprint))
    memory = np.full(tree.words, 12345, np.uint32)
    write_low_layers(tables, shape, memory, tree, threads)
    build_layers(memory, tree, low_depth(shape.tile_bits), threads)
    prove_gkr(channel, memory, tree, PublicPart(K.zero, K.one, K.one), threads, check=False)
    return channel.words.tolist()


@pytest.mark.parametrize(
    ("interactions", "tiles"),
    [
        ([1, 2, 1, 1, 1, 1], [0, 1, 2, 3, 5, 16]),
        ([2, 1, 3], [0, 16, 0]),
        ([3, 1, 1, 2], [1, 1, 0, 1]),
        ([1], [1]),
        ([1], [5]),
        ([0, 1], [3, 1]),
        ([0, 1], [3, 0]),
        ([0], [1]),
        ([5, 1], [0, 2]),
    ],
)
def test_any_mix_of_heights_writes_the_words_of_the_plain_tree(interactions, tiles):
    assert words_of(interactions, tiles, threads=1) == words_of(interactions, tiles, None)


@pytest.mark.parametrize(
    ("interactions", "factors", "tiles"),
    [
        ([1], [1], [1]),
        ([1], [2], [2]),
        ([0], [1], [3]),
        ([2], [3], [4]),
        ([2], [3], [8]),
        ([1, 0, 3], [2, 3, 0], [5, 9, 2]),
        ([0, 1, 9], [6, 1, 2], [16, 1, 3]),
        ([3, 1], [2, 7], [0, 17]),
        ([1, 1], [2, 5], [33, 4]),
        ([0, 3], [2, 0], [0, 3]),
    ],
)
def test_factors_are_multiplied_beside_fractions(interactions, factors, tiles):
    assert words_of(interactions, tiles, 1, factors) == words_of(interactions, tiles, None, factors)


HEIGHTS = st.lists(st.sampled_from([0, 1, 2, 3, 4, 7]), min_size=1, max_size=4).filter(any)


@settings(max_examples=6, deadline=None)
@given(HEIGHTS, st.integers(0, 99))
def test_random_heights(tiles, seed):
    interactions = [random.Random(seed + n).randrange(3) for n in range(len(tiles))]
    assert words_of(interactions, tiles, threads=1) == words_of(interactions, tiles, None)


@settings(max_examples=6, deadline=None)
@given(HEIGHTS, st.integers(0, 99))
def test_random_heights_with_factors(tiles, seed):
    interactions, factors = ([random.Random(seed + 7 * n).randrange(k) for n in range(len(tiles))] for k in (3, 5))
    assert words_of(interactions, tiles, 1, factors) == words_of(interactions, tiles, None, factors)


@pytest.mark.parametrize("factors", [[0, 0, 0, 0, 0], [4, 0, 7, 20, 3]])
def test_threads_do_not_change_a_word(factors):
    interactions, tiles = [3, 4, 40, 2, 9], [64, 0, 1, 33, 5]
    assert words_of(interactions, tiles, 2, factors) == words_of(interactions, tiles, 1, factors)
