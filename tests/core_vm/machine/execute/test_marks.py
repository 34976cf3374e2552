"""Marks hold a byte: shards are counted from the beginning again, and nothing of a run depends on when."""

from __future__ import annotations

import numpy as np
import pytest

from core_vm.isa.encode import encode, load_immediate
from core_vm.machine.execute.marks import LOADED, MOST_SHARDS, forget_shards, initial_marks, register_nodes
from core_vm.state.memory_map import NUM_REGISTER_LEAVES, TREE_DEPTH
from tests.core_vm.machine.elf_builder import DATA_BASE
from tests.core_vm.machine.execute.both_ways import check_both_ways, run_one_way
from tests.core_vm.machine.execute.small_shards import ONE_CELL_A_ROW
from tests.core_vm.machine.snippets import EXIT, program_of, walk_program


def test_shards_are_forgotten_and_what_is_loaded_is_not() -> None:
    rng = np.random.default_rng(5)
    marks = initial_marks([(2**20, 2**10), (2**31 + 40, 1)])
    before = [marks[: 2**20].copy(), marks[2**TREE_DEPTH :][: 2**18].copy()]
    leaves = np.concatenate([rng.integers(0, 2**TREE_DEPTH, 50), rng.integers(0, 2**14, 50)])
    paths = np.unique((leaves[:, None] + 2**TREE_DEPTH) >> np.arange(TREE_DEPTH + 1))
    marks[paths] = rng.integers(2, 256, len(paths))
    forget_shards(marks)
    assert (marks[paths] == LOADED).all()
    for part, first in zip(before, (0, 2**TREE_DEPTH), strict=True):
        inside = paths[(paths >= first) & (paths < first + len(part))] - first
        part[inside] = LOADED
        np.testing.assert_array_equal(marks[first : first + len(part)], part)
    forgotten = marks[paths].copy()
    forget_shards(marks)
    np.testing.assert_array_equal(marks[paths], forgotten)


def test_the_marks_of_registers_are_below_what_is_forgotten() -> None:
    marks, nodes = initial_marks([]), register_nodes()
    marks[nodes] = 2 * MOST_SHARDS + 1
    forget_shards(marks)
    assert (marks[nodes] == LOADED).all()
    assert len(nodes) > NUM_REGISTER_LEAVES


@pytest.mark.parametrize("compile_after", [None, 0])
def test_runs_of_more_shards_than_marks_tell_apart(compile_after: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for most in (10**6, 1, 2, 5):
        monkeypatch.setattr("core_vm.machine.execute.cutting.MOST_SHARDS", min(most, MOST_SHARDS))
        _, shards = run_one_way(compile_after, walk_program(), b"", costs=ONE_CELL_A_ROW, shard_cells=1900)
        found.append(shards)
    for shards in found[1:]:
        assert len(shards) == len(found[0]) > 10
        for one, other in zip(found[0], shards, strict=True):
            for name, value in one.items():
                np.testing.assert_equal(other[name], value, name)


def test_a_run_of_more_shards_than_a_mark_holds() -> None:
    """They touch the same memory again and again, also after shards were forgotten."""
    loop = [encode("andi", 6, 5, 0, 255), encode("slli", 6, 6, 0, 3), encode("add", 6, 6, 8), encode("ld", 7, 6),
            encode("sd", 0, 6, 5, 0), encode("addi", 5, 5, 0, -1)]  # fmt: skip
    start = [*load_immediate(5, 20_000), *load_immediate(8, DATA_BASE)]
    program = program_of(*start, *loop, encode("bne", 0, 5, 0, -4 * len(loop)), *EXIT, data=bytes([1]) * 512)
    assert check_both_ways(program, costs=ONE_CELL_A_ROW, shard_cells=2600) > 1000
    run, _ = run_one_way(None, program, b"", costs=ONE_CELL_A_ROW, shard_cells=2600)
    assert run.summary().num_shards > MOST_SHARDS
