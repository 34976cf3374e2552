"""The verifier branches on the shape of a proof alone: it is handed values that cannot be looked at.

So does what a proof's length is, and what is drawn for it: both are those of the shape, in every profile and height and
in every shape of a recursion proof.
"""

from __future__ import annotations

import builtins
import operator
from collections import Counter

import pytest

from core_vm.air.table_set import TableSet
from core_vm.machine.machine import Profile
from core_vm.pcs.whir.config import LOG_SEGMENTS
from core_vm.stark.config import STANDARD, StarkConfig
from core_vm.stark.keyed import KeyedConfig, verify_keyed_argument
from core_vm.stark.length import check_length
from core_vm.stark.prover import prove_shard
from core_vm.stark.shape import ShardShape
from core_vm.stark.soundness import SecurityReport
from core_vm.stark.verifier import security_of, verify_argument
from core_vm.statement.shard import shard_values
from precompiles.standard.machine import standard_machine
from recursion.proof import SHRUNK, R, public_values, security_report
from recursion.tables.standard import TABLES as CIRCUIT_TABLES
from tests.soundness.opaque import Opaque, OpaqueChannel, opaque
from tests.soundness.runs import QUICK, TABLES, everything

SHARD = shard_values(
    *(opaque(8), Opaque(), opaque(8), Opaque(), opaque(8)),
    *(Opaque(), Opaque(), (Opaque(), Opaque()), opaque(8), Opaque(), opaque(8)),
)


def run(tables: TableSet, log_segment: int, config: StarkConfig) -> OpaqueChannel:
    """The verifier from the tile counts on, for any shard of the profile and the height."""
    channel, shape = OpaqueChannel(), ShardShape.of_height(tables, opaque(len(tables.tables)), log_segment, config)
    verify_argument(channel, tables, shape, SHARD.messages, config)
    return channel


def listed(report: SecurityReport) -> Counter[str]:
    """How many elements its terms say are drawn, by label."""
    return sum((Counter(dict(term.draws)) for term in report.terms), Counter[str]())


@pytest.mark.parametrize("log_segment", LOG_SEGMENTS)
@pytest.mark.parametrize("profile", standard_machine().profiles, ids=lambda profile: profile.name)
def test_nothing_but_shape_decides(profile: Profile, log_segment: int) -> None:
    channel = run(profile.tables, log_segment, STANDARD)
    assert channel.arithmetic.required > len(profile.tables.tables)
    shape = ShardShape.of_height(profile.tables, [0] * len(profile.tables.tables), log_segment, STANDARD)
    check_length(channel.words, profile.tables, shape, STANDARD)
    assert channel.drawn == listed(security_of(profile.tables, shape, SHARD, STANDARD))


def test_a_real_proof_has_the_words_that_the_shape_says() -> None:
    words = prove_shard(TABLES, everything().trace(), everything().public, config=QUICK)
    assert len(words) == len(TABLES.tables) + run(TABLES, LOG_SEGMENTS[0], QUICK).words


@pytest.mark.parametrize("config", [R, *SHRUNK.values()], ids=["R", *SHRUNK])
def test_a_key_is_looked_at_no_more_than_a_proof(config: KeyedConfig) -> None:
    """The root, the tile counts, the digest of the key and the statement are values, as a circuit has them."""
    channel, count = OpaqueChannel(), len(CIRCUIT_TABLES.tables)
    key = opaque(8), opaque(count)
    verify_keyed_argument(channel, CIRCUIT_TABLES, *key, public_values(opaque(8)), config, lambda *_: opaque(8))
    shape = config.shape(CIRCUIT_TABLES, [0] * count)
    check_length(channel.words, CIRCUIT_TABLES, shape, config.stark)
    assert channel.drawn == listed(security_report(config))


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
