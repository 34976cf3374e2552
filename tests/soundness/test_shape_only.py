"""The verifier branches on the shape of a proof alone: it is handed values that cannot be looked at."""

from __future__ import annotations

import builtins
import operator

import pytest

from core_vm.air.table_set import TableSet
from core_vm.machine.machine import Profile
from core_vm.pcs.whir.config import LOG_SEGMENTS
from core_vm.stark.config import STANDARD, StarkConfig
from core_vm.stark.keyed import verify_keyed_argument
from core_vm.stark.length import check_length
from core_vm.stark.prover import prove_shard
from core_vm.stark.shape import ShardShape
from core_vm.stark.verifier import verify_argument
from core_vm.statement.shard import shard_values
from precompiles.standard.machine import standard_machine
from recursion.proof import R, public_values
from recursion.tables.standard import TABLES as CIRCUIT_TABLES
from tests.soundness.opaque import Opaque, OpaqueChannel, opaque
from tests.soundness.runs import QUICK, TABLES, everything


def run(tables: TableSet, log_segment: int, config: StarkConfig) -> OpaqueChannel:
    """The verifier from the tile counts on, for any shard of the profile and the height."""
    channel, shape = OpaqueChannel(), ShardShape.of_height(tables, opaque(len(tables.tables)), log_segment, config)
    public = shard_values(
        *(opaque(8), Opaque(), opaque(8), Opaque(), opaque(8)),
        *(Opaque(), Opaque(), (Opaque(), Opaque()), opaque(8), Opaque(), opaque(8)),
    )
    verify_argument(channel, tables, shape, public.messages, config)  # type: ignore[arg-type]
    return channel


@pytest.mark.parametrize("log_segment", LOG_SEGMENTS)
@pytest.mark.parametrize("profile", standard_machine().profiles, ids=lambda profile: profile.name)
def test_nothing_but_shape_decides(profile: Profile, log_segment: int) -> None:
    channel = run(profile.tables, log_segment, STANDARD)
    assert channel.words > 50_000
    assert channel.arithmetic.required > len(profile.tables.tables)


def test_a_real_proof_has_the_words_that_the_shape_says() -> None:
    words = prove_shard(TABLES, everything().trace(), everything().public, config=QUICK)
    assert len(words) == len(TABLES.tables) + run(TABLES, LOG_SEGMENTS[0], QUICK).words


def test_a_key_is_looked_at_no_more_than_a_proof() -> None:
    """The root, the tile counts, the digest of the key and the statement are values, as a circuit has them."""
    channel, count = OpaqueChannel(), len(CIRCUIT_TABLES.tables)
    key = opaque(8), opaque(count)
    verify_keyed_argument(channel, CIRCUIT_TABLES, *key, public_values(opaque(8)), R, lambda *_: opaque(8))  # type: ignore[arg-type]
    shape = R.shape(CIRCUIT_TABLES, [0] * count)
    check_length(channel.words, CIRCUIT_TABLES, shape, R.stark)


@pytest.mark.parametrize("name", ["bool", "hash", "int", "len", "iter"])
def test_opaque_values_cannot_be_looked_at(name: str) -> None:
    with pytest.raises(AssertionError, match="looked at"):
        vars(builtins)[name](Opaque())


def test_opaque_values_cannot_be_compared_or_index() -> None:
    for compare in (operator.eq, operator.ne, operator.lt, operator.ge):
        with pytest.raises(AssertionError, match="looked at"):
            compare(Opaque(), 0)
    with pytest.raises(AssertionError, match="looked at"):
        operator.index(Opaque())
