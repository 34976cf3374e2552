"""The standard machine reaches 128 bits at every size that a verifier accepts; weaker parameters are refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core_vm.air.public import PublicValues
from core_vm.errors import SecurityError
from core_vm.pcs.whir.config import LOG_SEGMENTS
from core_vm.stark.config import STANDARD
from core_vm.stark.opening_soundness import opening_terms
from core_vm.stark.shape import ShardShape
from core_vm.stark.soundness import TARGET_BITS
from core_vm.stark.verifier import security_of
from precompiles.standard.machine import standard_machine
from precompiles.standard.security import largest_shard_security

NOTHING_PUBLIC = PublicValues((), ())


def test_the_standard_target_is_128_bits() -> None:
    assert STANDARD.whir.security_bits == TARGET_BITS == 128


@pytest.mark.parametrize("log_segment", LOG_SEGMENTS)
def test_every_opening_reaches_the_target(log_segment: int) -> None:
    opening = STANDARD.opening_shape(log_segment)
    terms = opening_terms(opening.rounds, opening.log_final)
    assert min(term.bits for term in terms) >= TARGET_BITS


def test_the_largest_shard_reaches_the_target() -> None:
    assert largest_shard_security().check().bits >= TARGET_BITS


def test_a_larger_shard_is_never_more_secure() -> None:
    of_largest = []
    for tables in standard_machine().profile_tables:
        shapes = [ShardShape.of_height(tables, [1] * len(tables.tables), height) for height in LOG_SEGMENTS]
        bits = [security_of(tables, shape, NOTHING_PUBLIC, STANDARD).bits for shape in shapes]
        assert bits == sorted(bits, reverse=True)
        of_largest.append(bits[-1])
    assert TARGET_BITS <= largest_shard_security().bits == min(of_largest)


@pytest.mark.parametrize(
    ("weak", "culprit"),
    [
        (replace(STANDARD, fingerprint_grinding_bits=0), "LogUp fingerprint"),
        (replace(STANDARD, whir=replace(STANDARD.whir, security_bits=100)), "queries"),
    ],
    ids=["no_grinding", "fewer_queries"],
)
def test_weaker_parameters_are_refused_by_name(weak, culprit: str) -> None:
    tables = standard_machine().everything.tables
    shape = ShardShape.of_height(tables, [1] * len(tables.tables), LOG_SEGMENTS[-1], weak)
    with pytest.raises(SecurityError, match=culprit):
        security_of(tables, shape, NOTHING_PUBLIC, weak).check()
