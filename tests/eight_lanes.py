"""Tests that run once more for a processor without AVX-512, whose kernels have eight lanes in place of sixteen."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Final

from tests.places import ROOT

AVX2: Final = {"NUMBA_CPU_NAME": "haswell", "NUMBA_CPU_FEATURES": "+avx,+avx2,+bmi,+bmi2,+fma,+popcnt,+sse4.2"}
PLAIN: Final = {"NUMBA_CPU_NAME": "nehalem", "NUMBA_CPU_FEATURES": ""}


def check_with_eight_lanes(*paths: str, processor: Mapping[str, str] = AVX2) -> None:
    """The fast tests of these files, named from the root, pass there as well."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *paths]
    run = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **processor}, capture_output=True, encoding="utf-8", check=False
    )
    assert run.returncode == 0, run.stdout[-4000:]
