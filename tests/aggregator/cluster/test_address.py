"""What is no address of a scheduler, or lacks certificates, is refused by one typed line before anybody is asked."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from aggregator.cluster.address import check_certificates, reach, scheduler_address
from aggregator.cluster.executor import Cluster
from core_vm.cli.main import main
from core_vm.errors import ResourceError, UsageError

WRONG = [
    "",
    "foo",
    "127.0.0.1:8786",
    "http://127.0.0.1:8786",
    "tcp://",
    "tcp://:8786",
    "tcp://127.0.0.1",
    "tcp://127.0.0.1:",
    "tcp://127.0.0.1:0",
    "tcp://127.0.0.1:65536",
    "tcp://127.0.0.1:99999",
    "tcp://127.0.0.1:-1",
    "tcp://127.0.0.1:8786/",
    "tcp://127.0.0.1:8786\n",
    "tcp://::1:8786",
    "tcp://[::1",
    "tcp://[::1]",
    "tcp://::1]:8786",
    "tcp://a:b:8786",
]


@pytest.mark.parametrize("address", WRONG)
def test_what_is_no_address_is_wrong_usage(address: str) -> None:
    with pytest.raises(UsageError, match="a scheduler is tcp://HOST:PORT"):
        Cluster(address)
    result = CliRunner().invoke(main, ["worker", "--", address])
    assert result.exit_code == 2
    assert "a scheduler is tcp://HOST:PORT" in result.stderr


@pytest.mark.parametrize(
    "address", ["tcp://host:1", "tls://10.0.0.1:65535", "tcp://[::1]:8786", "tcp://[fe80::1%eth0]:1"]
)
def test_addresses_are_taken_as_they_are(address: str) -> None:
    assert scheduler_address(address) == address


@pytest.mark.parametrize("scheduler", [None, 8786, b"tcp://127.0.0.1:8786"])
def test_what_is_neither_address_nor_client_is_wrong_usage(scheduler: Any) -> None:
    with pytest.raises(UsageError, match="the address of a scheduler, or a Client"):
        Cluster(scheduler)


@pytest.mark.parametrize("role", ["client", "worker"])
def test_tls_takes_certificates_that_can_be_read(role: str, tmp_path: Path) -> None:
    from dask import config

    check_certificates("tcp://127.0.0.1:8786", role)
    with pytest.raises(UsageError, match="name ca-file, cert and key"):
        check_certificates("tls://127.0.0.1:8786", role)
    (tmp_path / "empty").touch()
    for name in ("missing", "empty"):
        file = str(tmp_path / name)
        tls = {f"distributed.comm.tls.{key}": file for key in ("ca-file", f"{role}.cert", f"{role}.key")}
        with config.set(tls), pytest.raises(UsageError, match="cannot be used"):
            check_certificates("tls://127.0.0.1:8786", role)


def test_a_worker_without_certificates_does_not_start() -> None:
    result = CliRunner().invoke(main, ["worker", "tls://127.0.0.1:8786"])
    assert result.exit_code == 1
    assert result.stderr.startswith("quire: tls://127.0.0.1:8786 takes certificates")


@pytest.fixture(params=[b"", b"HTTP/1.0 400 Bad request\r\n\r\n", b"\xff" * 64], ids=["silent", "http", "noise"])
def stranger(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of somebody who listens and is no scheduler."""
    with socket.create_server(("127.0.0.1", 0)) as server, ExitStack() as kept:

        def answer() -> None:
            with suppress(OSError):
                while True:
                    connection = kept.enter_context(server.accept()[0])
                    connection.sendall(request.param)

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield f"tcp://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


def test_who_listens_and_is_no_scheduler_is_not_waited_for(stranger: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aggregator.cluster.executor.CONNECT_SECONDS", 0.5)
    with pytest.raises(ResourceError, match="no scheduler answers at"):
        Cluster(stranger, patience=0.2).__enter__()
    with pytest.raises(OSError):
        asyncio.run(reach(stranger, "worker", 0.5))


async def _within_a_loop(address: str) -> None:
    Cluster(address, patience=0.2).__enter__()


def test_a_cluster_may_be_entered_where_a_loop_is_running(stranger: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aggregator.cluster.executor.CONNECT_SECONDS", 0.2)
    with pytest.raises(ResourceError, match="no scheduler answers at"):
        asyncio.run(_within_a_loop(stranger))
