"""Proofs of tables with fixed columns: what is accepted under a key, and what no other key, height or column is."""

from __future__ import annotations

import dataclasses
from unittest.mock import patch

import numpy as np
import pytest

from core_vm.air.multiplicity import check_multiplicities
from core_vm.air.public import PublicValues
from core_vm.air.table_builder import TableBuilder
from core_vm.errors import (
    LogUpRejection,
    MalformedProof,
    OpeningRejection,
    ProofOfWorkRejection,
    Rejection,
    TableDefinitionError,
    UsageError,
    WitnessError,
    ZerocheckRejection,
)
from core_vm.field.koalabear import P
from core_vm.hash.poseidon2 import compress
from core_vm.pcs.layout import KeyedLayout
from core_vm.stark.keyed import KeyedConfig, VerifyingKey, key_digest, verify_keyed
from core_vm.stark.keyed_prover import KeyedTrace, ProvingKey, make_key, prove_keyed
from core_vm.stark.shape import ShardShape
from core_vm.witness.check import check_trace
from tests.core_vm.stark.keyed_toys import CELL, ROWS, TABLES, fixed_columns, main_columns, public_of
from tests.core_vm.stark.toys import QUICK, toy_tables

CONFIG = KeyedConfig(log_segment=8, main_segments=12, fixed_segments=4, tile_bits=3, stark=QUICK)


def filled(key: ProvingKey, main: list[np.ndarray]) -> KeyedTrace:
    trace = KeyedTrace(TABLES, key, CONFIG)
    for number, columns in enumerate(main):
        trace.fill(number, columns)
    return trace


@pytest.fixture(scope="module")
def key() -> ProvingKey:
    return make_key(TABLES, fixed_columns(), CONFIG)


@pytest.fixture(scope="module")
def proof(key: ProvingKey):
    main = main_columns()
    trace, public = filled(key, main), public_of(int(main[0][1, -1]))
    check_trace(trace, public.messages)
    return prove_keyed(TABLES, trace, key, public, CONFIG, threads=2), public


def test_under_a_key_too_a_table_of_fixed_height_is_whole_or_absent():
    tables = toy_tables(7)
    for whole_or_absent in (0, 2):
        CONFIG.require_fits(tables, [1, 1, whole_or_absent, 0])
    for count in (1, 3):
        with pytest.raises(MalformedProof, match="range: neither none nor all"):
            CONFIG.require_fits(tables, [1, 1, count, 0])


def test_an_honest_proof_is_accepted(key, proof):
    words, public = proof
    assert verify_keyed(TABLES, key.verifying, words, public, CONFIG) >= 8


def test_fixed_columns_lie_behind_the_main_ones(key):
    trace = filled(key, main_columns())
    assert (trace.read_table(0)[2:, :ROWS] == fixed_columns()[0]).all()
    assert (trace.read_table(1)[:, :1] == fixed_columns()[1]).all()
    blocks = trace.layout.blocks
    covered = sorted((b.first_column, b.first_column + (1 << b.log_width)) for b in blocks)
    assert [start for start, _ in covered] == [0, *(end for _, end in covered[:-1])]
    assert covered[-1][1] == TABLES.num_columns
    assert {b.start >= CONFIG.fixed_start for b in blocks if b.cells} == {False, True}


@pytest.mark.parametrize(
    "change",
    [
        lambda k: dataclasses.replace(k, root=(*k.root[:7], (k.root[7] + 1) % P)),
        lambda k: dataclasses.replace(k, tiles=(k.tiles[1], k.tiles[0], k.tiles[2])),
        lambda k: dataclasses.replace(k, tiles=(*k.tiles[:2], 1)),
        lambda k: make_key(TABLES, fixed_columns(first=4), CONFIG).verifying,
    ],
    ids=["root", "swapped_heights", "another_height", "another_circuit"],
)
def test_no_other_key_takes_the_proof(key, proof, change):
    words, public = proof
    with pytest.raises(Rejection) as caught:
        verify_keyed(TABLES, change(key.verifying), words, public, CONFIG)
    assert isinstance(caught.value, ProofOfWorkRejection | LogUpRejection | OpeningRejection | ZerocheckRejection)


def test_a_key_is_a_chain_of_its_parts():
    root, tiles = tuple(range(8)), tuple(range(1, 18))
    digest = compress(root, tiles[:8])
    digest = compress(tuple(digest), tiles[8:16])
    assert key_digest(root, tiles) == tuple(compress(tuple(digest), (17, *[0] * 7)))
    assert VerifyingKey(root, tiles).digest == key_digest(root, tiles)


def proof_with(key: ProvingKey, main: list[np.ndarray], public: PublicValues, alter=lambda trace: None):
    """Of a prover that looks at nothing."""
    trace = filled(key, main)
    alter(trace)
    return prove_keyed(TABLES, trace, key, public, CONFIG, check=False)


def test_a_changed_main_column_is_refused_where_it_fails(key, proof):
    public = proof[1]
    main = main_columns()
    main[0][1, 5] = main[0][0, 6] = 1  # a message that balances, of a wrong square
    with pytest.raises(ZerocheckRejection):
        verify_keyed(TABLES, key.verifying, proof_with(key, main, public), public, CONFIG)
    main = main_columns()
    main[0][:, 5] = 5, 25
    with pytest.raises(LogUpRejection):
        verify_keyed(TABLES, key.verifying, proof_with(key, main, public), public, CONFIG)
    trace = filled(key, main)
    with pytest.raises(WitnessError, match="cell"):
        check_trace(trace, public.messages)


def test_a_row_that_is_not_in_use_stays_so(key, proof):
    """The prover switches one on in its own copy of the fixed columns: its messages balance, its opening does not."""
    main = main_columns(ROWS + 1)
    result = int(main[0][1, -1])
    public = public_of(result, ROWS + 1)

    def switch_on(trace: KeyedTrace) -> None:
        for column, values in enumerate([*main[0], *fixed_columns(ROWS + 1)[0]]):
            trace.write(0, column, 0, values)

    with patch("core_vm.pcs.whir.prover.Opening.check_end"):
        words = proof_with(key, main_columns(), public, switch_on)
    with pytest.raises(OpeningRejection):
        verify_keyed(TABLES, key.verifying, words, public, CONFIG)


@pytest.mark.parametrize(
    ("tiles", "reason"),
    [
        ((2, 1), "2 tile counts for 3 tables"),
        ((8, 1, 0), "8 tiles of table square"),
        ((-1, 1, 0), "-1 tiles"),
        ((5, 1, 7), "fixed columns"),
    ],
)
def test_a_key_that_does_not_fit_is_refused(key, proof, tiles, reason):
    words, public = proof
    with pytest.raises(MalformedProof, match=reason):
        verify_keyed(TABLES, dataclasses.replace(key.verifying, tiles=tiles), words, public, CONFIG)


def test_main_columns_must_fit_as_well():
    config = dataclasses.replace(CONFIG, main_segments=1)
    with pytest.raises(UsageError, match="main columns"):
        make_key(TABLES, fixed_columns(), config)


def test_columns_of_another_form_are_refused(key):
    with pytest.raises(UsageError, match="fixed columns of shape"):
        make_key(TABLES, [np.zeros((2, 5)), *fixed_columns()[1:]], CONFIG)
    with pytest.raises(UsageError, match="main columns of shape"):
        filled(key, main_columns(ROWS - 1))


def test_fixed_columns_are_never_left_to_a_trace():
    with pytest.raises(UsageError, match="under a key"):
        ShardShape.of(TABLES, [1, 1, 1], QUICK)


def test_a_fixed_start_within_a_tile_row_is_refused():
    with pytest.raises(ValueError, match="cannot start"):
        KeyedLayout([4], [8], [1], 64)


def test_every_word_and_the_length_of_a_proof_matter(key, proof):
    words, public = proof
    for at in (0, len(words) // 2, len(words) - 1):
        changed = words.copy()
        changed[at] ^= 1
        with pytest.raises(Rejection):
            verify_keyed(TABLES, key.verifying, changed, public, CONFIG)
    for other in (words[:-1], np.append(words, words[:1])):
        with pytest.raises(MalformedProof):
            verify_keyed(TABLES, key.verifying, other, public, CONFIG)


def test_fixed_multiplicities_are_the_keys_own():
    for table in TABLES.tables:
        check_multiplicities(table)
    t = TableBuilder("mixed")
    x, k = t.column("x"), t.fixed("k")
    t.send(CELL, [0, 0], k - x)
    with pytest.raises(TableDefinitionError, match="makes x a bit"):
        check_multiplicities(t.build())
    t = TableBuilder("mixed")
    bit, k = t.bit("x"), t.fixed("k")
    t.send(CELL, [0, 0], k - bit)
    check_multiplicities(t.build())
