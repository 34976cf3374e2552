"""Files of commands: read within bounds, written whole, through devices and links, and never over an input."""

from __future__ import annotations

import os
import socket
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from core_vm.errors import InputTooLargeError, ResourceError, UsageError
from core_vm.host.files import STDOUT, check_output, is_stdout, read_file, write_output

DATA = bytes(range(256)) * 5000


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    """A directory in which nothing temporary is left."""
    yield tmp_path
    assert not [path for path in tmp_path.rglob("*") if path.name.startswith(".")]


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def through_a_pipe(path: Path, *data: bytes) -> threading.Thread:
    """Somebody who writes to the pipe at `path`, and minds nobody who stops reading."""

    def write() -> None:
        try:
            with path.open("wb", buffering=0) as pipe:
                for part in data:
                    pipe.write(part)
        except BrokenPipeError:
            pass

    thread = threading.Thread(target=write)
    thread.start()
    return thread


def test_a_new_file_has_the_usual_permissions(place: Path) -> None:
    old = os.umask(0o027)
    try:
        write_output(place / "proof", DATA)
        write_output(place / "guest", DATA, executable=True)
    finally:
        os.umask(old)
    assert (place / "proof").read_bytes() == DATA
    assert (mode_of(place / "proof"), mode_of(place / "guest")) == (0o640, 0o750)


def test_a_replaced_file_keeps_its_permissions_and_other_names_their_content(place: Path) -> None:
    path, other = place / "proof", place / "other"
    path.write_bytes(b"old")
    path.chmod(0o600)
    os.link(path, other)
    check_output(path)
    write_output(path, DATA)
    assert (path.read_bytes(), mode_of(path), other.read_bytes()) == (DATA, 0o600, b"old")
    path.chmod(0o640)
    write_output(path, DATA, executable=True)
    assert mode_of(path) == 0o750


def test_a_replaced_file_keeps_its_owner(place: Path) -> None:
    path, owner = place / "proof", (1234, 1235) if os.geteuid() == 0 else (os.geteuid(), os.getegid())
    path.write_bytes(b"old")
    os.chown(path, *owner)
    write_output(path, DATA)
    assert (path.stat().st_uid, path.stat().st_gid) == owner


@pytest.mark.parametrize("exists", [True, False], ids=["existing", "dangling"])
def test_a_link_stays_and_its_target_is_written(place: Path, exists: bool) -> None:
    (place / "far").mkdir()
    target, link, second = place / "far" / "target", place / "link", place / "second"
    if exists:
        target.write_bytes(b"old")
    link.symlink_to("far/target")
    second.symlink_to(link)
    check_output(second)
    write_output(second, DATA)
    assert (link.is_symlink(), second.is_symlink(), target.is_symlink()) == (True, True, False)
    assert target.read_bytes() == DATA


def test_links_that_lead_nowhere_are_refused(place: Path) -> None:
    (place / "a").symlink_to("b")
    (place / "b").symlink_to("a")
    (place / "lost").symlink_to("missing/file")
    for name, why in {"a": "symbolic links", "lost": "there is no directory", "missing/file": "no directory"}.items():
        with pytest.raises(UsageError, match=why):
            check_output(place / name)
    assert sorted(path.name for path in place.iterdir()) == ["a", "b", "lost"]


@pytest.mark.parametrize("name", ["input", "./input", "sub/../input", "link", "hard", "via/input"])
def test_an_input_is_never_written_by_any_name(place: Path, name: str) -> None:
    path = place / "input"
    path.write_bytes(b"precious")
    (place / "sub").mkdir()
    (place / "via").symlink_to(".")
    (place / "link").symlink_to("input")
    os.link(path, place / "hard")
    for output, source in ((place / name, path), (path, place / name)):
        with pytest.raises(UsageError, match="it is the input"):
            check_output(output, [source])
    assert path.read_bytes() == b"precious"


def test_an_input_that_is_our_own_descriptor_is_never_written(place: Path) -> None:
    path = place / "input"
    path.write_bytes(b"precious")
    with path.open("ab") as file, pytest.raises(UsageError, match="it is the input"):
        check_output(Path(f"/dev/fd/{file.fileno()}"), [path])


def test_a_write_protected_file_is_refused_for_root_too(place: Path) -> None:
    path = place / "proof"
    path.write_bytes(b"old")
    path.chmod(0o444)
    (place / "link").symlink_to(path)
    for name in ("proof", "link"):
        with pytest.raises(UsageError, match="write-protected"):
            check_output(place / name)


def test_a_directory_is_refused_and_stays(place: Path) -> None:
    (place / "directory").mkdir()
    with pytest.raises(UsageError, match="it is a directory"):
        check_output(place / "directory")
    with pytest.raises(ResourceError, match="directory"):
        write_output(place / "directory", DATA)


def test_a_name_may_be_as_long_as_the_system_allows(place: Path) -> None:
    path = place / ("n" * 255)
    check_output(path)
    write_output(path, DATA)
    assert path.read_bytes() == DATA
    with pytest.raises(UsageError, match="too long"):
        check_output(place / ("n" * 256))


def test_a_pipe_is_written_through(place: Path) -> None:
    pipe, read = place / "pipe", list[bytes]()
    os.mkfifo(pipe)
    check_output(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    write_output(pipe, DATA)
    reader.join()
    assert read == [DATA]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_pipe_that_nobody_reads_to_its_end_is_an_error(place: Path) -> None:
    pipe = place / "pipe"
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: pipe.open("rb", buffering=0).close())
    reader.start()
    with pytest.raises(ResourceError, match="Broken pipe"):
        write_output(pipe, DATA)
    reader.join()


def test_descriptors_are_written_where_they_stand(place: Path) -> None:
    path = place / "log"
    path.write_bytes(b"before ")
    with path.open("ab", buffering=0) as file:
        name = Path(f"/dev/fd/{file.fileno()}")
        check_output(name)
        write_output(name, DATA)
        file.write(b" after")
        (place / "link").symlink_to(name)
        write_output(place / "link", b"!")
    assert path.read_bytes() == b"before " + DATA + b" after!"
    with path.open("rb") as file, pytest.raises(UsageError, match="not open for writing"):
        check_output(Path(f"/dev/fd/{file.fileno()}"))
    with pytest.raises(UsageError, match="Bad file descriptor"):
        check_output(Path("/dev/fd/987"))


def test_standard_output_has_several_names(place: Path) -> None:
    (place / "link").symlink_to("/dev/stdout")
    assert all(is_stdout(path) for path in (STDOUT, Path("/dev/fd/1"), Path("/proc/self/fd/1"), place / "link"))
    assert not any(is_stdout(path) for path in (Path("1"), Path("/dev/fd/2"), Path("/dev/null"), place / "file"))


def device(path: Path, name: str, minor: int) -> Path:
    """The device /dev/`name`; for root, who could do it harm, a copy of it."""
    if os.geteuid() != 0:
        path.symlink_to(Path("/dev", name))
    else:
        os.mknod(path, 0o600 | stat.S_IFCHR, os.makedev(1, minor))
    return path


def test_devices_are_written_through(place: Path) -> None:
    null, full = device(place / "null", "null", 3), device(place / "full", "full", 7)
    check_output(null, [null])
    write_output(null, DATA)
    check_output(full)
    with pytest.raises(ResourceError, match="No space left"):
        write_output(full, DATA)
    assert all(stat.S_ISCHR(path.stat().st_mode) for path in (null, full))


def test_reading_stops_at_the_limit(place: Path) -> None:
    path, pipe = place / "file", place / "pipe"
    path.write_bytes(DATA)
    os.mkfifo(pipe)
    assert read_file(path, len(DATA)) == DATA
    with pytest.raises(UsageError, match="more than"):
        read_file(path, len(DATA) - 1)
    for limit in (len(DATA), len(DATA) - 1):
        writer = through_a_pipe(pipe, DATA[:10], DATA[10:])
        if limit == len(DATA):
            assert read_file(pipe, limit) == DATA
        else:
            with pytest.raises(InputTooLargeError, match="more than"):
                read_file(pipe, limit, too_large=InputTooLargeError)
        writer.join()


def test_an_endless_file_ends_at_the_limit() -> None:
    with pytest.raises(UsageError, match=r"/dev/zero has more than 5000000 bytes"):
        read_file(Path("/dev/zero"), 5_000_000)


def test_what_does_not_begin_as_expected_is_not_read_on(place: Path) -> None:
    assert len(read_file(Path("/dev/zero"), 2**40, magic=b"\x7fELF")) <= 2**20
    pipe = place / "pipe"
    os.mkfifo(pipe)
    writer = through_a_pipe(pipe, b"\x7fE", b"LF and more")
    assert read_file(pipe, 2**40, magic=b"\x7fELF").startswith(b"\x7fE")
    writer.join()


def test_an_open_descriptor_is_read_where_it_stands(place: Path) -> None:
    ours, theirs = socket.socketpair()
    theirs.sendall(b"data")
    theirs.close()
    assert read_file(Path(f"/dev/fd/{ours.fileno()}"), 10) == b"data"
    ours.close()
    with (place / "file").open("wb") as file, pytest.raises(UsageError, match="Bad file descriptor"):
        read_file(Path(f"/dev/fd/{file.fileno()}"), 10)


def test_what_cannot_be_read_is_one_error(place: Path) -> None:
    for name in ("missing", "."):
        with pytest.raises(UsageError, match="cannot read"):
            read_file(place / name, 10)
