"""Kernels are compiled beside one another because they are listed: the lists name what proving calls, and no more."""

from __future__ import annotations

import subprocess
import sys

from core_vm.host.compilation import listed_kernels


def test_the_lists_are_what_a_proof_calls() -> None:
    script = "from aggregator.kernel_list import called_kernels; print(*called_kernels(), sep='\\n')"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, encoding="utf-8", check=True)
    called = set(done.stdout.splitlines())
    assert called == set(map(str, listed_kernels())), "write the lists again: python -m aggregator.kernel_list"
