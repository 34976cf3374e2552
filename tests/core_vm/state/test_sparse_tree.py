"""Two ways to compress with one result, and when a process takes which."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from core_vm.field.koalabear import P
from core_vm.state import roots, sparse_tree
from core_vm.state.sparse_tree import WORTH_A_COMPILER, compress_in_numpy, compress_pairs, expect_compressions
from tests.places import ROOT

LARGE = WORTH_A_COMPILER // 2 * 32  # bytes: a compression a leaf, and nearly one more for the nodes above


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a process that has not hashed yet."""
    monkeypatch.setattr(sparse_tree, "compressor", sparse_tree.Compressor(compress_in_numpy))


@pytest.mark.parametrize("count", [0, 1, 3, 16, 5000])
def test_both_ways_agree(count: int, fresh: None) -> None:
    pairs = np.random.default_rng(count).integers(0, P, (count, 16), np.uint32)
    by_numpy = compress_pairs(pairs)
    assert by_numpy.shape == (count, 8)
    sparse_tree.use_compiled_permutation()
    assert np.array_equal(compress_pairs(pairs), by_numpy)


def test_a_little_is_hashed_by_numpy_and_much_by_a_compiler(fresh: None) -> None:
    expect_compressions(WORTH_A_COMPILER - 1)
    assert sparse_tree.compressor.compress is compress_in_numpy
    expect_compressions(WORTH_A_COMPILER)
    assert sparse_tree.compressor.compress is not compress_in_numpy


def verifier_process(code: str) -> str:
    """What a fresh process prints after it has computed the root of an input."""
    prelude = "import sys\nfrom core_vm.state import roots\n"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = [sys.executable, "-c", prelude + code]
    return subprocess.run(run, capture_output=True, encoding="utf-8", check=True, env=environment).stdout


@pytest.mark.parametrize(
    "obstacle", ["sys.modules['numba'] = None", "import os; os.environ['NUMBA_DISABLE_JIT'] = '1'"]
)
def test_a_large_input_is_hashed_by_numpy_where_nothing_compiles(obstacle: str) -> None:
    data = bytes(range(1, 256)) * 4
    code = (
        f"{obstacle}\nfrom core_vm.state import sparse_tree\nsparse_tree.WORTH_A_COMPILER = 10\n"
        f"print(roots.input_root_of({data!r}) , sparse_tree.compressor.compress is sparse_tree.compress_in_numpy)"
    )
    assert verifier_process(code).split(") ") == [str(roots.input_root_of(data))[:-1], "True\n"]


@pytest.mark.parametrize(("size", "loads"), [(1000, False), (LARGE, True)])
def test_the_size_of_the_input_decides_what_a_verifier_loads(size: int, loads: bool) -> None:
    code = f"roots.input_root_of(b'x' * {size}); print('llvmlite' in sys.modules)"
    assert verifier_process(code) == f"{loads}\n"


def test_hashing_reports_how_far_it_is() -> None:
    seen: list[int] = []
    roots.input_root_of(b"x" * (5 * 2**20), on_hashed=seen.append)
    assert len(seen) >= 5
    assert seen == sorted(seen)
    assert seen[-1] >= 5 * 2**20
