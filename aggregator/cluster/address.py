"""The address of a scheduler, and what it takes to connect to it: refused before Dask is asked, which would raise
whatever it ran into."""

from __future__ import annotations

import re

from core_vm.errors import UsageError

_FORM = re.compile(r"(?:tcp|tls)://(?:[^/\s:\[\]]+|\[[0-9A-Fa-f:.]+(?:%\w+)?\]):(\d{1,5})")
_MAX_PORT = 2**16 - 1


def scheduler_address(text: str) -> str:
    """The address, if it is one. Raises UsageError."""
    form = _FORM.fullmatch(text)
    if form is None or not 0 < int(form[1]) <= _MAX_PORT:
        raise UsageError(
            f"a scheduler is tcp://HOST:PORT or tls://HOST:PORT, with a port from 1 to {_MAX_PORT}, not {text!r:.80}"
        )
    return text


def check_certificates(address: str, role: str) -> None:
    """Raises UsageError where Dask's own configuration lacks those of `role` ("client", "worker") that `tls://` takes,
    or has such as cannot be read."""
    if not address.startswith("tls://"):
        return
    from distributed import Security

    where = f"distributed.comm.tls in Dask's configuration, of a {role}"
    try:
        arguments = Security().get_connection_args(role)
    except (OSError, ValueError) as error:  # of a file that is not there, and of one that holds no certificate
        raise UsageError(f"the certificates that {where} names cannot be used: {error}") from error
    if arguments.get("ssl_context") is None:
        raise UsageError(f"{address} takes certificates: name ca-file, cert and key under {where}")


async def reach(address: str, role: str, seconds: float) -> None:
    """Raises OSError where no scheduler answers within so many seconds. Whoever listens there and never says hello
    would keep Dask waiting for ever, whatever its own timeouts are."""
    import asyncio  # not at the top: commands that connect to nobody start without it

    from distributed import Security
    from distributed.comm.core import connect

    try:
        async with asyncio.timeout(seconds):
            connection = await connect(address, timeout=seconds, **Security().get_connection_args(role))
            await connection.close()
    except OSError:
        raise
    except Exception as error:  # whatever Dask runs into that takes other bytes for a greeting: no memory, no codec
        raise ConnectionError(f"who listens at {address} is no scheduler") from error
