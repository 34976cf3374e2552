"""Final proofs of small tables with fixed columns: what is accepted under a key, and what a key is."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from unittest.mock import patch

import numpy as np
import pytest

from core_vm.errors import (
    OpeningRejection,
    Rejection,
    SecurityRejection,
    UsageError,
)
from core_vm.field.koalabear import P, Words
from core_vm.stark.config import STANDARD
from core_vm.stark.final.key import FinalConfig, FinalKey
from core_vm.stark.final.prover import prove_final
from core_vm.stark.final.security import security_of_final
from core_vm.stark.final.verifier import verify_final
from tests.core_vm.stark.final.proofs import (
    CONFIGS,
    RESERVED,
    UNIQUE,
    both,
    key,
    proof,
    public,
    trace,
    verify,
)
from tests.core_vm.stark.keyed_toys import TABLES
from tests.core_vm.stark.toys import QUICK
from tests.elements import random_point

FROZEN = {
    "unique decoding": "eb65ab82518e283efd54b834629df71c21f34648f14f560e7fe8e50a44e0b158",
    "list decoding": "b4f101e7526647957d687191f7dcfe021cac859725e154f8aac5c9947d316666",
}
"""What proofs are made of: if these change, and were meant to, proofs made before are void (`PROTOCOL_VERSION`)."""


@both
def test_an_honest_proof_is_accepted(config: FinalConfig) -> None:
    assert verify_final(key(config), proof(config), public()) >= 8


@pytest.mark.parametrize("name", CONFIGS)
def test_the_words_are_the_frozen_ones(name: str) -> None:
    assert hashlib.sha256(proof(CONFIGS[name]).astype("<u4").tobytes()).hexdigest() == FROZEN[name]


def test_reserved_runs_belong_to_no_table() -> None:
    """Whatever lies there, the proof is one: the prover may put random cells there."""
    placed = key().placement.placed

    def with_noise(cells: Words) -> Words:
        vector = placed(cells)
        vector.reshape(-1, 64)[list(RESERVED)] = np.arange(1, 65)
        return vector

    with patch("core_vm.pcs.placements.Placement.placed", lambda _, cells: with_noise(cells)):
        words = prove_final(key(), trace(key()), public())
    assert not np.array_equal(words, proof())
    assert verify(key(), words) >= 8


OTHER_KEYS: dict[str, Callable[[], FinalKey]] = {
    "another constant": lambda: key(first=4),
    "another height": lambda: key(rows=69),
    "other reserved runs": lambda: key(reserved=(0, 7, 8, 41)),
    "another configuration": lambda: replace(key(), config=replace(UNIQUE, segments=13)),
}


@pytest.mark.parametrize("other", OTHER_KEYS.values(), ids=OTHER_KEYS.keys())
def test_no_other_key_takes_the_proof(other: Callable[[], FinalKey]) -> None:
    with pytest.raises(Rejection):
        verify(other(), proof())


def test_a_key_with_other_columns_but_the_same_digest_would_not_take_it_either() -> None:
    """The columns are not only absorbed: they are in the constraints and in the messages."""
    other = key(first=4)
    with patch.object(FinalKey, "limbs", key().limbs), pytest.raises(OpeningRejection):
        verify_final(other, proof(), public())


def test_another_statement_is_refused() -> None:
    right = public()
    with pytest.raises(Rejection):
        verify_final(key(), proof(), replace(right, absorbed=(right.absorbed[0] + 1,)))
    with pytest.raises(Rejection):
        verify_final(key(), proof(), replace(right, messages=()))


def test_a_configuration_below_its_target_is_refused() -> None:
    weak = replace(key(), config=FinalConfig(8, 12, replace(QUICK, whir=replace(QUICK.whir, grinding_bits=0))))
    assert security_of_final(weak, public()).bits >= 8
    stark = replace(STANDARD, fingerprint_grinding_bits=0)
    low = replace(key(), config=FinalConfig(8, 12, replace(stark, whir=replace(stark.whir, security_bits=150))))
    with pytest.raises(SecurityRejection):
        verify_final(low, proof(), public())


def test_a_key_takes_only_what_fits() -> None:
    columns = key().fixed
    with pytest.raises(UsageError, match="fixed columns"):
        replace(key(), fixed=(columns[0][:2], *columns[1:]))
    with pytest.raises(UsageError, match="canonical"):
        replace(key(), fixed=(np.full_like(columns[0], P), *columns[1:]))
    with pytest.raises(UsageError, match="do not fit"):
        replace(key(rows=200), config=FinalConfig(8, 1, QUICK), reserved=())


def test_the_digest_is_of_everything() -> None:
    digests = {of().digest for of in OTHER_KEYS.values()} | {key().digest}
    assert len(digests) == len(OTHER_KEYS)  # the configuration is among the parameters and the shape
    changed = key().fixed[0].copy()
    changed[2, 69] += 1
    assert replace(key(), fixed=(changed, *key().fixed[1:])).digest not in digests


def test_a_key_comes_back_from_its_bytes_and_from_no_others() -> None:
    data = key().to_bytes()
    again = FinalKey.from_bytes(data, key().digest, TABLES, UNIQUE)
    assert (again.digest, again.reserved, again.num_rows) == (key().digest, RESERVED, key().num_rows)
    assert all(np.array_equal(a, b) for a, b in zip(again.fixed, key().fixed, strict=True))
    assert verify(again, proof()) >= 8
    for changed in (data[:-1], data + b"\0", bytes([data[0] ^ 1]) + data[1:], b""):
        with pytest.raises(UsageError, match="make it anew"):
            FinalKey.from_bytes(changed, key().digest, TABLES, UNIQUE)


def test_fixed_columns_are_evaluated_where_the_zerocheck_ends() -> None:
    import random

    from core_vm.field.extension import K, eq_table, from_planes

    point = random_point(random.Random(1), key().shape.row_variables)
    eq, values = eq_table(point), from_planes(key().fixed_at(point))
    for number in (2, 3, 4):
        column = key().fixed[0][number - 2].tolist()
        assert values[number] == sum((e * x for e, x in zip(eq, column, strict=False)), K.zero)
    assert values[0] == values[1] == K.zero
