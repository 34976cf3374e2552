"""The number of lanes follows the processor, and the kernels are right with either number."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from core_vm.field.packed.lanes import choose_lanes
from tests.places import ROOT

AVX2 = {"NUMBA_CPU_NAME": "haswell", "NUMBA_CPU_FEATURES": "+avx,+avx2,+bmi,+bmi2,+fma,+popcnt,+sse4.2"}
KERNEL_TESTS = ("field/packed/test_packed.py", "hash/test_poseidon2.py", "poly/test_ntt.py", "poly/test_multilinear.py")


@pytest.mark.parametrize(
    ("cpu_name", "host_has_avx512", "lanes"),
    [
        (None, True, 16),
        (None, False, 8),
        ("haswell", True, 8),
        ("generic", True, 8),
        ("znver4", False, 16),
        ("skylake-avx512", False, 16),
    ],
)
def test_lanes_fill_a_register(cpu_name: str | None, host_has_avx512: bool, lanes: int) -> None:
    assert choose_lanes(cpu_name, host_has_avx512) == lanes


@pytest.mark.slow
def test_kernels_are_right_with_eight_lanes() -> None:
    tests = [str(ROOT / "tests" / "core_vm" / name) for name in KERNEL_TESTS]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests]
    run = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **AVX2}, capture_output=True, encoding="utf-8", check=False
    )
    assert run.returncode == 0, run.stdout[-4000:]
