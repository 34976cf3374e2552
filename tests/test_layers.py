"""The layering aggregator > recursion > precompiles > core_vm, and that no verifier module reaches numba."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.places import ROOT


def test_import_contracts_are_kept() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert result.returncode == 0, result.stdout
