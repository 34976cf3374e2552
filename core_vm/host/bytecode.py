"""Python's own compiled code of our modules, made once.

Python compiles a module anew in each process where it may not keep the result: in a checkout of another user, a
read-only installation, or under PYTHONDONTWRITEBYTECODE, as containers have it. That takes as long as the rest
of loading our modules.
"""

from __future__ import annotations

import compileall
from collections.abc import Iterable
from pathlib import Path

from core_vm.host.kernel_sources import PACKAGES, ROOT

OUR_DIRECTORIES = tuple(ROOT / name for name in (*PACKAGES, "aggregator"))


def keep_bytecode(directories: Iterable[Path] = OUR_DIRECTORIES) -> None:
    """Keep the bytecode of all modules in these directories where Python looks for it. What is there and of the same
    source stays; where nothing can be written, nothing is."""
    for directory in directories:
        compileall.compile_dir(directory, quiet=2)
