"""Kernels are compiled beside one another because they are listed: the lists name what proving calls, and no more."""

from __future__ import annotations

import subprocess
import sys

from aggregator.tiny_program import fold_tiny_program
from core_vm.host.compilation import listed_kernels
from core_vm.host.kernel_cache import kept_name
from core_vm.host.kernel_store import kept_bytes


def test_the_lists_are_what_a_proof_calls() -> None:
    script = "from aggregator.kernel_list import called_kernels; print(*called_kernels(), sep='\\n')"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, encoding="utf-8", check=True)
    called = set(done.stdout.splitlines())
    assert called == set(map(str, listed_kernels())), "write the lists again: python -m aggregator.kernel_list"


def test_every_kernel_can_be_kept() -> None:
    """One whose code holds an address of this process is compiled anew in every process."""
    fold_tiny_program()
    lost = [str(kernel) for kernel in listed_kernels() if not kept_bytes(kept_name(kernel))]
    assert not lost
