"""A run is cut and shared out so that it fits the memory it is given."""

from __future__ import annotations

import pytest

from aggregator import plan as planning
from aggregator.plan import ShardPlan, plan_shards, shard_bytes
from core_vm.errors import ResourceError
from core_vm.host.room import PROCESS_BYTES
from core_vm.machine.limits import MIN_SHARD_CELLS

GIB = 2**30


def test_a_plan_fits_its_memory() -> None:
    for limit in (2 * GIB, 4 * GIB, 8 * GIB, 64 * GIB):
        for workers in (1, 2, 8):
            plan = plan_shards(None, workers, limit)
            assert plan.workers * shard_bytes(plan.shard_cells) <= limit
            assert 1 <= plan.workers <= workers
            assert plan.shard_cells >= MIN_SHARD_CELLS


def test_more_memory_never_means_smaller_shards() -> None:
    sizes = [plan_shards(None, 2, limit * GIB).shard_cells for limit in (2, 4, 8, 16, 64)]
    assert sizes == sorted(sizes)


def test_two_workers_keep_to_six_gibibytes_however_much_there_is() -> None:
    plan = plan_shards(None, 2, 64 * GIB, folding=True)
    assert (plan.first_shard_cells, plan.shard_cells) == (2**24, 3 * 2**24)
    assert plan.proving_bytes < 6 * GIB - PROCESS_BYTES


def test_shards_of_a_size_keep_all_workers_busy() -> None:
    assert [plan_shards(None, workers, 2**40).shards_of_a_size for workers in (1, 2, 3, 16)] == [8, 8, 12, 64]


@pytest.mark.parametrize("cells", [3 * 2**24, 2**25, 2**24, 2**20])
def test_shards_that_do_not_fit_are_the_next_power_of_two(cells: int) -> None:
    assert plan_shards(None, 2, 2 * shard_bytes(cells)).shard_cells == cells
    if cells > MIN_SHARD_CELLS:
        smaller = plan_shards(None, 2, 2 * shard_bytes(cells) - 1).shard_cells
        assert smaller == max(size for size in (2**25, 2**24, 2**23) if size < cells)


def test_a_size_asked_for_is_kept_with_fewer_workers() -> None:
    assert plan_shards(2**26, 8, 2 * shard_bytes(2**26)) == ShardPlan(2**26, 2**26, 2)


@pytest.mark.parametrize(
    ("cells", "advice"),
    [(None, "give a higher --memory-limit"), (2**20, "give a higher --memory-limit"), (2**26, "smaller --shard-cells")],
)
def test_too_little_memory_is_refused(cells: int | None, advice: str) -> None:
    with pytest.raises(ResourceError, match=advice):
        plan_shards(cells, None, shard_bytes(MIN_SHARD_CELLS) - 1)


def test_the_limit_defaults_to_what_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "available_memory", lambda: 4 * GIB)
    plan = plan_shards(None, 2, None)
    assert plan.workers * shard_bytes(plan.shard_cells) <= 4 * GIB * 9 // 10
