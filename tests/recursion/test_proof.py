"""Whole proofs of a small circuit in the shape R: what is accepted, and that every lie is refused by name."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from unittest.mock import patch

import numpy as np
import pytest

from core_vm.errors import (
    LogUpRejection,
    MalformedProof,
    OpeningRejection,
    ProofOfWorkRejection,
    Rejection,
    UsageError,
    WitnessError,
    ZerocheckRejection,
)
from core_vm.field.koalabear import P, Words
from core_vm.stark.keyed import KeyedConfig, VerifyingKey
from core_vm.stark.keyed_prover import KeyedTrace, ProvingKey
from recursion.proof import R, security_report, verify
from recursion.prover import check, key_of, prove, trace_of
from recursion.tables.rows import Columns
from recursion.tables.standard import MODULE_OF, TABLES
from tests.core_vm.stark.toys import QUICK
from tests.recursion.sample import sample

SMALL = KeyedConfig(log_segment=10, main_segments=112, fixed_segments=16, tile_bits=3, stark=QUICK)
"""The same proportions with few queries, for proofs that are meant to fail."""
CHECK_END = "core_vm.pcs.whir.prover.Opening.check_end"


@pytest.fixture(scope="module")
def small_key() -> ProvingKey:
    return key_of(sample().circuit.fixed_columns(), SMALL)


def main_columns() -> dict[str, Columns]:
    return sample().circuit.main_columns()


def prove_falsely(key: ProvingKey, trace: KeyedTrace) -> Words:
    """Of a prover that looks at nothing."""
    with patch(CHECK_END):
        return prove(key, trace, sample().digest, SMALL, check=False)


def cell(table: str, column: str) -> tuple[int, int]:
    declared = MODULE_OF[table].table
    return TABLES.tables.index(declared), declared.columns.index(column)


def test_a_proof_in_the_shape_of_all_recursion_proofs() -> None:
    circuit, digest = sample().circuit, sample().digest
    key = key_of(circuit.fixed_columns(), threads=2)
    trace = trace_of(key, main_columns())
    check(trace, digest)
    words = prove(key, trace, digest, threads=2)
    assert verify(key.verifying, words, digest) == security_report().bits >= 128
    with pytest.raises(Rejection):
        verify(key.verifying, words, (*digest[:7], (digest[7] + 1) % P))


def test_the_security_of_recursion_proofs() -> None:
    bits = {term.name: round(term.bits, 2) for term in security_report().terms}
    assert bits["LogUp fingerprint"] == 136.36
    assert bits["WHIR round 0: folding"] == 137.94
    assert bits["WHIR round 0: queries"] == 128.06
    assert min(bits.values()) == 128.06
    rounds = R.shape(TABLES, [0] * 17).opening.rounds
    assert [(r.num_folds, r.log_size, r.log_inverse_rate, r.num_queries) for r in rounds] == [
        (7, 16, 1, 270), (4, 12, 2, 166), (4, 8, 4, 123)
    ]  # fmt: skip


def test_keys_and_proofs_are_the_same_every_time(small_key: ProvingKey) -> None:
    again = key_of(sample.__wrapped__().circuit.fixed_columns(), SMALL, threads=2)
    assert again.verifying == small_key.verifying
    proofs = [prove(k, trace_of(k, main_columns(), SMALL), sample().digest, SMALL) for k in (small_key, again)]
    assert np.array_equal(*proofs)
    assert verify(small_key.verifying, proofs[0], sample().digest, SMALL) >= 8


def test_one_key_proves_every_input(small_key: ProvingKey) -> None:
    other = sample(2)
    assert other.digest != sample().digest
    assert key_of(other.circuit.fixed_columns(), SMALL).verifying == small_key.verifying
    words = prove(small_key, trace_of(small_key, other.circuit.main_columns(), SMALL), other.digest, SMALL)
    assert verify(small_key.verifying, words, other.digest, SMALL) >= 8
    with pytest.raises(Rejection):
        verify(small_key.verifying, words, sample().digest, SMALL)


@pytest.mark.parametrize(
    "change",
    [
        lambda key: dataclasses.replace(key, root=(*key.root[:7], (key.root[7] + 1) % P)),
        lambda key: dataclasses.replace(key, tiles=(0, *key.tiles[1:])),
        lambda key: dataclasses.replace(key, tiles=(*key.tiles[:5], 2, *key.tiles[6:])),
    ],
    ids=["root", "no_constants", "another_height"],
)
def test_a_proof_under_another_key_is_refused(
    small_key: ProvingKey, change: Callable[[VerifyingKey], VerifyingKey]
) -> None:
    words = prove(small_key, trace_of(small_key, main_columns(), SMALL), sample().digest, SMALL)
    with pytest.raises((ProofOfWorkRejection, LogUpRejection, OpeningRejection, ZerocheckRejection)):
        verify(change(small_key.verifying), words, sample().digest, SMALL)


def test_heights_that_do_not_fit_are_refused(small_key: ProvingKey) -> None:
    words = prove(small_key, trace_of(small_key, main_columns(), SMALL), sample().digest, SMALL)
    for tiles in ((1,) * 16, (8, *[1] * 16), (7,) * 17):
        with pytest.raises(MalformedProof, match="key"):
            verify(dataclasses.replace(small_key.verifying, tiles=tiles), words, sample().digest, SMALL)


@pytest.mark.parametrize(
    ("table", "column", "expected"),
    [
        ("compress", "full_3_0", ZerocheckRejection),
        ("horner", "square_2", ZerocheckRejection),
        ("query", "top_1", ZerocheckRejection),
        ("arith", "output_0", LogUpRejection),
        ("leaf", "sum_after_4", LogUpRejection),
        ("word", "value_0", LogUpRejection),
        ("octet", "value_7", LogUpRejection),
        ("cap", "paths", LogUpRejection),
    ],
)
def test_a_changed_main_column_is_refused(small_key: ProvingKey, table: str, column: str, expected: type) -> None:
    main = main_columns()
    _, number = cell(table, column)
    main[table][number, 0] = (int(main[table][number, 0]) + 1) % P
    trace = trace_of(small_key, main, SMALL)
    with pytest.raises(WitnessError):
        check(trace, sample().digest)
    with pytest.raises(expected):
        verify(small_key.verifying, prove_falsely(small_key, trace), sample().digest, SMALL)


@pytest.mark.parametrize(
    ("table", "column"),
    [("arith", "real"), ("compress", "plain"), ("cap", "real"), ("word", "times"), ("leaf", "ends")],
)
def test_rows_not_in_use_stay_so(small_key: ProvingKey, table: str, column: str) -> None:
    """The prover's own copy of a fixed column says otherwise, and the rest of its trace agrees with that copy."""
    trace = trace_of(small_key, main_columns(), SMALL)
    place, number = cell(table, column)
    values = trace.read(place, number)
    values[trace.num_rows[place]] = 1
    trace.write(place, number, 0, values)
    with pytest.raises(Rejection) as caught:
        verify(small_key.verifying, prove_falsely(small_key, trace), sample().digest, SMALL)
    assert isinstance(caught.value, LogUpRejection | ZerocheckRejection | OpeningRejection)


def test_fixed_columns_of_another_circuit_are_not_opened(small_key: ProvingKey) -> None:
    """A constant of another circuit, used as if it were this one's: everything holds but the opening."""
    circuit = sample.__wrapped__().circuit
    spare = circuit.constant(77)
    circuit.arith(spare, spare, spare, factors=(1, 0, 0))
    other = key_of(circuit.fixed_columns(), SMALL)
    assert other.verifying.tiles == small_key.verifying.tiles
    trace = trace_of(other, circuit.main_columns(), SMALL)
    check(trace, sample().digest)
    with pytest.raises(OpeningRejection):
        verify(small_key.verifying, prove_falsely(small_key, trace), sample().digest, SMALL)


def test_a_circuit_too_large_is_refused() -> None:
    fixed = sample().circuit.fixed_columns()
    fixed["constant"] = np.pad(fixed["constant"], ((0, 0), (0, 8 * 64)))
    with pytest.raises(UsageError, match="9 tiles of table constant"):
        key_of(fixed, SMALL)
