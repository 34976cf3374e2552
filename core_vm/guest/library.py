"""The runtime of guests and the libraries of precompiles: an archive of weak definitions, compiled once and kept.

The runtime (start-up, memory, strings, heap, printing) is compiled freestanding, so that its memcpy does not become a
call of memcpy. So are library sources that a caller hands in, such as a precompile's `NAME/guest.c`. What a guest does
not use is left out, and what it defines itself takes precedence. A library's headers are found where its source is:
`NAME/guest.h` as <NAME/guest.h>, and a header beside the folder NAME by its own name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core_vm.errors import UsageError
from core_vm.guest.compiler import SOURCE_SUFFIXES, compile_sources, run_compiler, workspace
from core_vm.guest.weak_symbols import weaken
from core_vm.host import kernel_store
from core_vm.host.cache_place import kernel_place
from core_vm.host.kernel_sources import source_digest, source_of

GUEST_DIRECTORY = Path(__file__).resolve().parent
INCLUDE_DIRECTORY = GUEST_DIRECTORY / "include"
RUNTIME_DIRECTORY = GUEST_DIRECTORY / "runtime"
LINKER_SCRIPT = GUEST_DIRECTORY / "link.ld"

ARCHIVE_NAME = "libguest.a"

_BEFORE_LIBRARIES = ("division.c", "multiplication.c")
"""Of the runtime: linked as objects, where used. The compiler's library has these functions too, wrong ones, and other
functions there would rather call those than look into our archive."""


@dataclass(frozen=True, slots=True)
class Library:
    """`archive`, and those of its objects that stand before every library."""

    archive: bytes
    first: tuple[bytes, ...]


def library(compiler: Path, sources: Sequence[Path]) -> Library:
    """Runtime and library sources. Kept if all that the compiler read for them is told by the name of the entry."""
    known = ingredients(sources)
    name = _entry(compiler, known)
    if (sections := kernel_store.load(name)) is not None:
        return Library(sections[0], tuple(sections[1:]))
    made, read = compile_library(compiler, sources)
    told = {path.resolve() for path in known}
    others = {path.resolve() for path in read} - told
    if kernel_place().to_write is not None and all(compiler.resolve().parent in path.parents for path in others):
        kernel_store.save(name, [made.archive, *made.first])
    return made


def _entry(compiler: Path, files: Sequence[Path]) -> str:
    """A digest of the compiler, of how it is called, and of what it is given, wherever that lies."""
    status = compiler.stat()
    of_calls = source_digest(source_of(Path(__file__), __name__)).hex()
    digest = hashlib.sha256(repr((status.st_size, status.st_mtime_ns, of_calls)).encode())
    for path in files:
        try:
            digest.update(repr((path.parent.name, path.name, path.read_bytes())).encode())
        except OSError as error:
            raise UsageError(f"cannot read {path}: {error.strerror}") from error
    return f"library-{digest.hexdigest()}"


def compile_library(compiler: Path, sources: Sequence[Path]) -> tuple[Library, list[Path]]:
    """Compiled, and the files that were read.

    The linker script's entry point is what pulls the start-up code out of the archive.
    """
    runtime = [path for path in sorted(RUNTIME_DIRECTORY.iterdir()) if path.suffix in SOURCE_SUFFIXES]
    # Where a function asks to be short, two instructions shall not become another function: calling it takes four.
    flags = ["-O2", "-std=gnu17", "-ffreestanding", "-mno-outline"]
    with workspace() as directory:
        system = [INCLUDE_DIRECTORY, *header_directories(sources)]
        compiled = compile_sources(compiler, [*runtime, *sources], flags, directory / "library", (), system)
        for path in compiled.objects:
            weaken(path)
        archive = directory / ARCHIVE_NAME
        run_compiler(compiler, ["ar", "rcs", str(archive), *map(str, compiled.objects)])
        first = [path for path, source in zip(compiled.objects, runtime) if source.name in _BEFORE_LIBRARIES]
        return Library(archive.read_bytes(), tuple(path.read_bytes() for path in first)), compiled.read


def kit_files() -> list[Path]:
    return [LINKER_SCRIPT, *sorted(INCLUDE_DIRECTORY.iterdir())]


def header_directories(library_sources: Sequence[Path]) -> list[Path]:
    """Where the headers of library sources are searched: the directories above the sources' own folders."""
    return list(dict.fromkeys(Path(source).absolute().parent.parent for source in library_sources))


def library_headers(library_sources: Sequence[Path]) -> dict[Path, Path]:
    """The headers that library sources bring, by the name under which a guest includes them."""
    headers = dict[Path, Path]()
    for folder in dict.fromkeys(Path(source).absolute().parent for source in library_sources):
        found = [*folder.parent.glob("*.h"), *folder.glob("*.h")]
        headers |= {header.relative_to(folder.parent): header for header in sorted(found)}
    return headers


def ingredients(library_sources: Sequence[Path]) -> list[Path]:
    """What every guest is made of besides its own sources."""
    library = [*library_sources, *library_headers(library_sources).values()]
    return [*library, *kit_files(), *sorted(RUNTIME_DIRECTORY.iterdir())]
