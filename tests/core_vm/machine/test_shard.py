"""How shards grow with a run, unless the caller says otherwise."""

from __future__ import annotations

from core_vm.machine.shard import DEFAULT_SHARD_CELLS, FIRST_SHARD_CELLS, shard_limit


def test_eight_shards_of_a_size_then_twice_as_large_up_to_the_largest() -> None:
    limits = [shard_limit(index, FIRST_SHARD_CELLS, DEFAULT_SHARD_CELLS) for index in range(26)]
    assert limits == 8 * [2**24] + 8 * [2**25] + 10 * [3 * 2**24]


def test_one_size_stays_it() -> None:
    assert {shard_limit(index, 2**22, 2**22) for index in (0, 7, 8, 10**9)} == {2**22}


def test_a_run_of_any_length_has_a_limit() -> None:
    assert shard_limit(10**18, 1, 2**26) == 2**26
