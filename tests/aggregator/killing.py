"""Commands that keep what they make in a store, killed at random moments and given again."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.places import ROOT


def started(*arguments: object) -> subprocess.Popen[bytes]:
    """A command in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "core_vm.cli.main", *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


@dataclass(frozen=True)
class KilledCommand:
    """`arguments` are all but the store and the output; `entries` is the pattern of what is counted in the store."""

    arguments: Sequence[object]
    store: Path
    entries: str

    @property
    def kept(self) -> int:
        return len(list(self.store.glob(self.entries)))

    def kill(self, counts: Sequence[int], seconds: float, output: Path) -> int:
        """Once for each of `counts`: within so many seconds, drawn at random, after the store has as many entries.

        Nothing that was kept is lost. The entries that there are in the end.
        """
        moments, kills = random.Random(len(counts)), 0
        for count in counts:
            before = self.kept
            with self._started(output) as process:
                while self.kept < count and process.poll() is None:
                    time.sleep(0.01)
                time.sleep(moments.uniform(0, seconds))
                kills += process.poll() is None
                process.kill()
            assert self.kept >= before
        assert kills
        assert self.kept
        return self.kept

    def finish(self, output: Path) -> tuple[bytes, dict[str, Any]]:
        """What the command writes and reports when it is let."""
        with self._started(output) as process:
            report, errors = process.communicate()
        assert process.returncode == 0, errors
        return output.read_bytes(), json.loads(report)

    def _started(self, output: Path) -> subprocess.Popen[bytes]:
        return started(*self.arguments, "--store", self.store, "-o", output, "--json")
