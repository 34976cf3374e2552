"""A real scheduler and real workers on this machine, each a process of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import IO

from tests.places import ROOT

MEMORY_GIB = 2


class DaskCluster:
    """Processes by name: `scheduler`, `quire` (a `quire worker`), `plain` (a `dask worker`)."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{self._port}"
        self._folder = folder
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def start_scheduler(self) -> None:
        self._start("scheduler", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", str(self._port))

    def start_quire_worker(self) -> None:
        self._start("quire", "core_vm.cli.main", "worker", self.address, "--workers", "1", "--memory-limit", MEMORY_GIB)

    def start_plain_worker(self) -> None:
        self._start("plain", "distributed.cli.dask_worker", self.address, "--nthreads", 1, "--memory-limit", "2GiB")

    def await_workers(self, count: int) -> None:
        """Until so many are registered: one that died takes its time to come back."""
        from distributed import Client

        with Client(self.address, set_as_default=False) as client:
            client.wait_for_workers(count, timeout=120)

    def end(self, name: str, number: signal.Signals = signal.SIGKILL) -> int:
        """The exit status of a process that got a signal."""
        process = self.processes.pop(name)
        process.send_signal(number)
        return process.wait(60)

    def close(self) -> None:
        for process in self.processes.values():
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.wait()

    def log(self, name: str) -> str:
        return (self._folder / f"{name}.log").read_text(encoding="utf-8")

    def _start(self, name: str, module: str, *arguments: object) -> None:
        with (self._folder / f"{name}.log").open("ab") as log:
            self.processes[name] = _process(module, arguments, log)


def _process(module: str, arguments: tuple[object, ...], log: IO[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", module, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        start_new_session=True,
    )
