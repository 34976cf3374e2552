"""The commands of all that is installed: every distribution lists its own as entry points of the group below.

An entry point is a line `name = module:attribute` in the distribution's `entry_points.txt` (packaging.python.org,
"Entry points specification"). Python's own reader of these files, `importlib.metadata`, brings in all that it takes to
read mail: a third of the time of a command that has nothing to compute.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

GROUP = "[quire.commands]"
METADATA_SUFFIXES = (".dist-info", ".egg-info")


@cache
def installed_commands() -> dict[str, str]:
    """Name -> `module:attribute`, of whichever distribution comes first on `sys.path`."""
    commands: dict[str, str] = {}
    for directory in sys.path:
        for text in _entry_points(Path(directory)):
            for name, target in _of_group(text):
                commands.setdefault(name, target)
    return commands


def command_of(name: str) -> Any:
    """The command that is installed under that name, imported; None if there is none."""
    target = installed_commands().get(name)
    if target is None:
        return None
    module, _, attribute = target.partition(":")
    return getattr(import_module(module), attribute)


def _entry_points(directory: Path) -> Iterator[str]:
    """The texts of all entry points of the distributions in a directory; what cannot be read is not installed."""
    with suppress(OSError):  # an archive, or a directory that is not there
        for distribution in sorted(directory.iterdir()):
            if distribution.suffix in METADATA_SUFFIXES:
                with suppress(OSError, UnicodeDecodeError):
                    yield (distribution / "entry_points.txt").read_text(encoding="utf-8")


def _of_group(text: str) -> Iterator[tuple[str, str]]:
    group = ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("["):
            group = line
        elif group == GROUP and "=" in line and not line.startswith(("#", ";")):
            name, _, target = line.partition("=")
            yield name.strip(), target.partition("[")[0].strip()  # extras, as older packages name them, mean nothing
