"""What bytes that prove nothing cost: never more than a small multiple of an honest proof of their length, by counting.

A verifier takes bytes from anybody. Whatever it does before it refuses them is work that a stranger can ask for.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

import quire
from core_vm.errors import MalformedProof, Rejection, StatementMismatch
from core_vm.field.koalabear import P
from core_vm.stark.length import least_shard_words
from core_vm.statement.proof import MAX_SHARDS, SHARD_HEADER, RunProof, ShardProof
from core_vm.statement.public_input import PublicInput
from precompiles.standard.machine import standard_machine
from precompiles.standard.security import proof_security
from tests.soundness.counting import Work, counted
from tests.soundness.runs import EXIT_CODE, counting

TABLES = standard_machine().profiles[0].tables
MOST = 3
"""Times the work of an honest proof of the same length: what the security page says."""


@cache
def honest() -> RunProof:
    """A run of three shards."""
    proven = quire.prove(
        counting()[0].program, b"input", public_input=True, shard_cells=2**20, workers=1, kind="shards"
    )
    return RunProof.from_bytes(proven.proof)


def verify(data: bytes, input_bytes: bytes | None = None) -> quire.VerifiedRun:
    return quire.verify(data, counting()[0].program.program_id, exit_code=EXIT_CODE, input=input_bytes)


@cache
def honest_work() -> Work:
    data = honest().to_bytes()
    verify(data)  # what is made once and kept does not count
    with counted() as work:
        verify(data)
    assert work.permutations > 20_000
    return work


def refused(data: bytes) -> tuple[Work, Rejection]:
    """The work of refusing, which is checked against an honest proof's."""
    bound = honest_work().of_size(len(honest().to_bytes()), len(data))
    with counted() as work, pytest.raises(Rejection) as caught:
        verify(data)
    assert work.permutations <= MOST * bound.permutations
    assert work.calls <= MOST * bound.calls
    return work, caught.value


def with_shards(*shards: ShardProof) -> bytes:
    return replace(honest(), shards=shards).to_bytes()


def of_words(words: np.ndarray | list[int], last: bool = False) -> ShardProof:
    first = honest().shards[0]
    end = {"halted": True, "end_time": 0, "pc_end": 0} if last else {}
    return replace(first, words=np.asarray(words, np.uint32), **end)


def garbage(count: int) -> np.ndarray:
    """A possible beginning, and then anything."""
    words = np.random.default_rng(count).integers(0, P, count, np.uint32)
    words[: len(TABLES.tables)] = honest().shards[0].words[: len(TABLES.tables)]
    return words


def test_an_honest_proof_is_what_the_bound_is_made_of() -> None:
    assert verify(honest().to_bytes()).shards == len(honest().shards) >= 3


@pytest.mark.parametrize("count", [1000, MAX_SHARDS - 1])
def test_empty_shards_are_refused_by_their_number_alone(count: int) -> None:
    empty = with_shards(of_words([]))
    one = empty[-SHARD_HEADER.size :]
    data = empty[: -len(one) - 4] + struct.pack("<I", count) + count * one
    work, rejection = refused(data)
    assert isinstance(rejection, MalformedProof)
    assert rejection.where == "number of shards"
    assert work.permutations == 0
    assert work.calls < 3000


@pytest.mark.parametrize("words_of", [np.zeros, garbage, lambda n: np.full(n, P - 1)], ids=["zeros", "garbage", "p-1"])
def test_many_shards_of_the_least_length_end_at_the_first(words_of: Callable[[int], np.ndarray]) -> None:
    tiny = words_of(least_shard_words(TABLES))
    work, _ = refused(with_shards(*[of_words(tiny)] * 500, of_words(tiny, last=True)))
    assert work.permutations < honest_work().permutations // 10


def test_a_shard_too_short_for_its_profile_is_refused_before_any_shard_is_looked_at() -> None:
    short = of_words(np.zeros(least_shard_words(TABLES) - 1), last=True)
    work, rejection = refused(with_shards(*honest().shards[:-1], short))
    assert isinstance(rejection, MalformedProof)
    assert rejection.where == f"shard {len(honest().shards) - 1}, number of words"
    assert work.permutations == 0


@pytest.mark.parametrize("output", [bytes(2**24), random.Random(1).randbytes(2**24)], ids=["sparse", "dense"])
def test_an_output_is_not_hashed_for_shards_that_prove_nothing(output: bytes) -> None:
    shards = (of_words(garbage(20_000)), of_words(garbage(20_000), last=True))
    work, _ = refused(replace(honest(), output=output, shards=shards).to_bytes())
    assert work.permutations < honest_work().permutations // 10


@pytest.mark.parametrize("size", [2**16, 2**20])
def test_another_output_for_an_honest_run_costs_what_its_bytes_allow(size: int) -> None:
    _, rejection = refused(replace(honest(), output=random.Random(size).randbytes(size)).to_bytes())
    assert isinstance(rejection, StatementMismatch)
    assert rejection.where == "output"


def test_a_large_input_is_not_hashed_for_shards_that_prove_nothing() -> None:
    data = bytearray(honest().to_bytes())
    data[-1] ^= 1
    input_bytes = random.Random(2).randbytes(2**22)
    with counted() as work, pytest.raises(StatementMismatch, match="another public input"):
        verify(bytes(data), input_bytes)
    assert work.permutations < 100
    claimed = replace(honest(), public_input=PublicInput(len(input_bytes), honest().public_input.siblings))
    with counted() as work, pytest.raises(StatementMismatch, match="is not that of the input bound"):
        verify(claimed.to_bytes(), input_bytes)
    assert work.permutations < 100


@pytest.mark.parametrize("tiles", [1, 100, 2047, 2**16 - 1, 2**16, P - 1])
def test_claims_of_huge_tables_cost_no_more_than_their_words(tiles: int) -> None:
    words = garbage(40_000)
    words[[i for i, table in enumerate(TABLES.tables) if table.log_height is None]] = tiles
    work, _ = refused(with_shards(of_words(words), of_words(words, last=True)))
    assert work.permutations < honest_work().permutations // 4


@pytest.mark.parametrize("number", [0, 1, -1])
@pytest.mark.parametrize("kept", [0, 100, 30_000, -1])
def test_valid_shards_and_then_garbage_cost_no_more_than_the_whole(number: int, kept: int) -> None:
    shards = list(honest().shards)
    words = shards[number].words
    shards[number] = replace(shards[number], words=np.concatenate([words[:kept], garbage(len(words))])[: len(words)])
    refused(with_shards(*shards))


@pytest.mark.parametrize("last_word", [0, 1])
def test_words_beyond_the_end_are_parsed_and_no_more(last_word: int) -> None:
    """One shard of an honest beginning and of many megabytes that nothing asks for."""
    first = honest().shards[0]
    work, _ = refused(
        with_shards(of_words(np.append(first.words, np.full(2**22, last_word))), of_words(first.words, True))
    )
    assert work.permutations <= honest_work().permutations


@pytest.mark.parametrize("place", range(6, 60, 7))
def test_prefixes_and_noise_cost_nothing(place: int) -> None:
    noise = np.random.default_rng(place).bytes(2**20)
    work, _ = refused(honest().to_bytes()[:place] + noise)
    assert work.permutations < 100


@pytest.mark.parametrize("count", [2**20 - 1, 2**29, 2**30 - 1, 2**32 - 1])
def test_a_count_that_the_bytes_left_cannot_hold_is_refused(count: int) -> None:
    data = honest().to_bytes()
    last = len(data) - 4 * len(honest().shards[-1].words) - 4
    work, rejection = refused(data[:last] + struct.pack("<I", count) + data[last + 4 :])
    assert isinstance(rejection, MalformedProof)
    assert work.permutations == 0


def test_looking_at_claims_is_as_cheap() -> None:
    """`inspect` knows no tables, `security` does; neither makes anything of shards that are too short."""
    empty = with_shards(of_words([]))
    one = empty[-SHARD_HEADER.size :]
    data = empty[: -len(one) - 4] + struct.pack("<I", MAX_SHARDS - 1) + (MAX_SHARDS - 1) * one
    for look in (quire.inspect, proof_security):
        look(honest().to_bytes())  # what is made once and kept does not count
        with counted() as work, pytest.raises(MalformedProof, match="number of shards"):
            look(data)
        assert work.calls < 3000
