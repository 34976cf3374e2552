"""The lowest layers of the fraction tree, from a filled trace (prover side)."""

from __future__ import annotations

import numpy as np

from core_vm.air.table import TILE
from core_vm.air.table_set import TableSet
from core_vm.field.extension import K, to_planes
from core_vm.host.memory import aligned_words
from core_vm.host.threads import run_ranges, run_weighed
from core_vm.stark.gkr.column_forms import WeightedForms
from core_vm.stark.gkr.input_forms import input_forms
from core_vm.stark.gkr.inputs import Combination, Inputs
from core_vm.stark.gkr.tree import FractionTree, input_room, low_depth
from core_vm.stark.gkr.verifier import Fingerprint
from core_vm.stark.shape import ShardShape
from core_vm.stark.words import FRACTION_WORDS, INPUT_WORDS, Int64, Words
from core_vm.witness.trace import FilledTables


def inputs_of(tables: TableSet, shape: ShardShape, trace: FilledTables, fingerprint: Fingerprint) -> Inputs:
    """The input layer: every interaction's multiplicity and fingerprint on every row."""
    forms, places = input_forms(tables), shape.layout.column_places()
    weights = to_planes(fingerprint.place_weights)
    key_places = np.stack([forms.key_places, np.full_like(forms.key_places, TILE)], axis=1)
    multiplicity = np.ascontiguousarray(forms.multiplicity.under(to_planes([K.one]))[0])
    kept = int(forms.tiles_kept(shape.tiles).sum())
    return Inputs(
        trace.q,
        forms.key_values,
        (forms.multiplicity.first, places[forms.multiplicity.columns], multiplicity),
        _combination(forms.columns, places, weights),
        _combination(forms.keys, key_places, weights),
        _flat(forms.constants(weights)),
        aligned_words(kept * INPUT_WORDS),
        np.zeros(0, np.uint32),
    )


def _combination(forms: WeightedForms, places: Int64, weights: Words) -> Combination:
    return forms.first, places[forms.columns], _flat(forms.under(weights))


def _flat(planes: Words) -> Words:
    """Planes as interleaved elements."""
    return np.ascontiguousarray(planes.T).reshape(-1)


def keep_long_inputs(tables: TableSet, inputs: Inputs, shape: ShardShape, threads: int) -> None:
    """Compute the inputs that are kept, tile by tile of a table, so that its columns stay in the cache."""
    from core_vm.field.packed.linear import WEIGHED_TOGETHER
    from core_vm.stark.gkr.input_kernels import keep_inputs

    forms = input_forms(tables)
    tiles = forms.tiles_kept(shape.tiles)
    interaction = np.repeat(np.arange(len(tiles)), tiles)
    number = np.arange(len(interaction))
    tile = number - (np.cumsum(tiles) - tiles)[interaction]
    rows = np.stack([interaction, tile, number], axis=1)[np.lexsort((interaction, tile, forms.tables[interaction]))]

    def work(start: int, stop: int) -> None:
        keep_inputs(inputs, rows, aligned_words(WEIGHED_TOGETHER * TILE), start, stop)

    run_ranges(work, len(rows), threads)


def write_low_layers(tables: TableSet, shape: ShardShape, memory: Words, tree: FractionTree, threads: int) -> None:
    """Fill the `low_depth` layers above the inputs."""
    from core_vm.stark.gkr.tree_kernels import write_low_layers as kernel

    keep_long_inputs(tables, tree.inputs, shape, threads)
    depth = low_depth(shape.tile_bits)
    places = tree.interaction_places(depth)
    first_interaction, first_chunk = _chunks(tables, shape, depth)
    memory[:FRACTION_WORDS] = 0  # the tile of zeros that stands for every missing fraction

    def work(start: int, stop: int) -> None:
        kernel(input_room(), tree.inputs, memory, *places, first_interaction, first_chunk, start, stop)

    if depth:  # a chunk costs what its table's interactions do, of which some tables have a thousand
        run_weighed(work, np.repeat(np.diff(first_interaction), np.diff(first_chunk)).tolist(), threads)


def _chunks(tables: TableSet, shape: ShardShape, depth: int) -> tuple[Int64, Int64]:
    """The first interaction and the first chunk of every table, and the numbers of all."""
    interactions = [len(table.interactions) for table in tables.tables]
    chunks = [-(-tiles >> depth) if n else 0 for n, tiles in zip(interactions, shape.tiles, strict=True)]
    return np.cumsum([0, *interactions]).astype(np.int64), np.cumsum([0, *chunks]).astype(np.int64)
