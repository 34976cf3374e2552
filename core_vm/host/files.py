"""Files that commands read and write.

Reading stops at a bound. Writing is settled before long work starts: never onto an input, never over what is write
protected. A regular file then appears whole or not at all, where its links lead; what is no regular file (a device, a
pipe, a descriptor that is open already) is written through.
"""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
import select
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from core_vm.errors import QuireError, ResourceError, UsageError

STDOUT = Path("/dev/stdout")
"""Names our own standard output on every system."""

MAX_PROGRAM_BYTES = 2**30
MAX_PROOF_BYTES = 2**32
_READ_AT_ONCE = 2**20
_MAX_LINKS = 40  # as the system follows


def read_file(path: Path, limit: int, *, magic: bytes = b"", too_large: type[QuireError] = UsageError) -> bytes:
    """What the file holds, at most `limit` bytes, and no byte more is read.

    One that does not begin with `magic` is not read to its end: whoever parses it says what is wrong. Raises UsageError
    where the system refuses, ResourceError where memory is short, and `too_large` beyond the limit.
    """
    try:
        with _opened(path) as descriptor:
            status = os.fstat(descriptor)
            size = status.st_size if stat.S_ISREG(status.st_mode) else 0
            parts = _read(descriptor, size, limit, magic) if size <= limit else None
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error
    except MemoryError as error:
        raise ResourceError(f"cannot read {path}: there is not enough memory for it") from error
    if parts is None:
        raise too_large(f"{path} has more than {limit} bytes, the most that there may be")
    return b"".join(parts)


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    """A descriptor to read from: our own where the path names one. Opening that anew would fail for a socket, and find
    something where it was closed (`streams.guard`)."""
    place = _destination(path)
    descriptor = place if isinstance(place, int) else os.open(path, os.O_RDONLY)
    try:
        yield descriptor
    finally:
        if descriptor != place:
            os.close(descriptor)


def _read(descriptor: int, expected: int, limit: int, magic: bytes) -> list[bytes] | None:
    """The file in parts, by its `expected` size if it has one; None where it goes on beyond the limit."""
    parts, count, head = list[bytes](), 0, b""
    while part := os.read(descriptor, max(expected - count, _READ_AT_ONCE)):
        parts.append(part)
        count += len(part)
        if count > limit:
            return None
        head += part[: len(magic) - len(head)]
        if not magic.startswith(head):
            break
    return parts


def is_stdout(path: Path) -> bool:
    """Whether writing to `path` is writing to our standard output."""
    return _destination(path) == 1


def check_output(path: Path, inputs: Iterable[Path] = ()) -> None:
    """Raises UsageError, before long work, where its result could not be written to `path` or would destroy an input.

    An input is the same file by any name: through links, relative, or a second hard link.
    """
    destination = _destination(path)
    try:
        status = os.fstat(destination) if isinstance(destination, int) else os.stat(path)
    except FileNotFoundError:
        status = None  # a new file, perhaps at the end of a link
    except OSError as error:
        raise _refusal(path, f"{error.strerror}") from error
    if status is not None:
        _check_existing(path, destination, status)
        _check_no_input(path, status, inputs)
    if isinstance(destination, Path) and (status is None or stat.S_ISREG(status.st_mode)):
        _check_directory(path, destination.parent)


def write_output(path: Path, data: bytes, *, executable: bool = False) -> None:
    """The file is there whole or not at all. Raises ResourceError where the system refuses.

    A file that is replaced keeps its permissions and, where we may give it away, its owner.
    """
    destination = _destination(path)
    try:
        if isinstance(destination, int):
            write_all(destination, data)
        elif destination.exists() and not destination.is_file():
            _write_into(destination, data, 0)
        else:
            _replace(destination, data, executable)
    except OSError as error:
        raise ResourceError(f"cannot write {_shown(path)}: {error.strerror}") from error


def _destination(path: Path) -> int | Path:
    """Where links lead: the end of the path, or a descriptor of ours that it names (/dev/stdout, /dev/fd/63)."""
    descriptors = {os.path.realpath(name) for name in ("/dev/fd", "/proc/self/fd")}
    place = path
    for _ in range(_MAX_LINKS):
        if place == STDOUT:
            return 1
        directory = os.path.realpath(place.parent)
        if directory in descriptors and place.name.isdigit():
            return int(place.name)
        if not os.path.islink(place):
            break
        place = Path(directory, os.readlink(place))
    return Path(os.path.realpath(path))


def _check_existing(path: Path, destination: int | Path, status: os.stat_result) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise _refusal(path, "it is a directory")
    if stat.S_ISSOCK(status.st_mode) and isinstance(destination, Path):
        raise _refusal(path, "it is a socket")
    if isinstance(destination, int):
        if fcntl.fcntl(destination, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY:
            raise _refusal(path, "it is not open for writing")
    elif not status.st_mode & 0o222 or not os.access(destination, os.W_OK):
        # The system lets root write anywhere; who took the permission away meant it for root too.
        raise _refusal(path, "it is write-protected")


def _check_no_input(path: Path, status: os.stat_result, inputs: Iterable[Path]) -> None:
    if stat.S_ISCHR(status.st_mode):
        return  # /dev/null may well be both
    for name in inputs:
        try:
            same = os.path.samestat(os.stat(name), status)
        except OSError:
            continue  # whoever reads it says so
        if same:
            raise _refusal(path, f"it is the input {name}")


def _check_directory(path: Path, directory: Path) -> None:
    if not directory.is_dir():
        raise _refusal(path, f"there is no directory {directory}")
    try:
        descriptor, temporary = _new_file(directory, 0o600)
        os.close(descriptor)
        temporary.unlink()
    except OSError as error:
        raise _refusal(path, f"the directory {directory} is not writable ({error.strerror})") from error


def _refusal(path: Path, why: str) -> UsageError:
    return UsageError(f"cannot write {_shown(path)}: {why}")


def _shown(path: Path) -> str:
    return "standard output" if path == STDOUT else str(path)


def _new_file(directory: Path, mode: int) -> tuple[int, Path]:
    """A file of a name that nobody else has, with `mode` less what the umask takes away."""
    path = directory / f".quire-{secrets.token_hex(8)}"
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), path


def _replace(destination: Path, data: bytes, executable: bool) -> None:
    old = destination.stat() if destination.exists() else None
    descriptor, temporary = _new_file(destination.parent, 0o777 if executable else 0o666)
    try:
        try:
            if old is not None:
                _take_over(descriptor, old, executable)
            write_all(descriptor, data)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        _rename(temporary, destination, data)
    finally:
        temporary.unlink(missing_ok=True)


def _take_over(descriptor: int, old: os.stat_result, executable: bool) -> None:
    mode = stat.S_IMODE(old.st_mode) & 0o777
    if executable:
        mode |= (mode & 0o444) >> 2  # whoever may read it may run it
    try:
        os.fchown(descriptor, old.st_uid, old.st_gid)
    except OSError:
        pass  # only root gives files away
    os.fchmod(descriptor, mode)


def _rename(temporary: Path, destination: Path, data: bytes) -> None:
    try:
        temporary.replace(destination)
    except OSError as error:
        # A file that is mounted by itself, as into a container, or that others own in a sticky directory, cannot be
        # replaced. Hours of proving are not thrown away for that.
        if error.errno not in (errno.EBUSY, errno.EPERM, errno.EACCES) or not destination.is_file():
            raise
        _write_into(destination, data, os.O_TRUNC)


def _write_into(destination: Path, data: bytes, flags: int) -> None:
    descriptor = os.open(destination, os.O_WRONLY | flags)
    try:
        write_all(descriptor, data)
    finally:
        os.close(descriptor)


def write_all(descriptor: int, data: bytes | memoryview) -> None:
    """Writes everything, also where the descriptor does not block by itself. Raises OSError."""
    rest = memoryview(data)
    while rest:
        try:
            rest = rest[os.write(descriptor, rest) :]
        except BlockingIOError:
            select.select([], [descriptor], [])
