"""Builds C guests for RV64IM: the user's sources, compiled as ordinary hosted C, so that the compiler knows what memcpy
means and expands it where that is shorter; then what they use of runtime and libraries (`core_vm.guest.library`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core_vm.errors import UsageError
from core_vm.guest.compiler import (
    SOURCE_SUFFIXES,
    TARGET_FLAGS,
    compile_sources,
    find_compiler,
    run_compiler,
    workspace,
)
from core_vm.guest.library import (
    ARCHIVE_NAME,
    GUEST_DIRECTORY,
    INCLUDE_DIRECTORY,
    LINKER_SCRIPT,
    Library,
    header_directories,
    ingredients,
    kit_files,
    library,
    library_headers,
)
from core_vm.host.files import check_output, write_output

_DEFINITION = re.compile(r"(?!\d)[\w$]+(?:\(|=|\Z)")
"""Of a macro, perhaps with parameters."""
OPTIMISATIONS = ("-O0", "-O1", "-O2", "-O3", "-Os", "-Oz")


@dataclass(frozen=True, slots=True)
class Built:
    """An executable, and what the compiler had to say about its sources (empty: nothing)."""

    elf: bytes
    warnings: str


def build(
    sources: Sequence[Path],
    output: Path,
    optimisation: str = "-O2",
    defines: Sequence[str] = (),
    include_directories: Sequence[Path] = (),
    library_sources: Sequence[Path] = (),
) -> Built:
    """Compiles and links `sources` into the RV64IM executable `output`.

    `defines` are `NAME` or `NAME=VALUE`. `library_sources` are compiled like the runtime and linked only where used.
    `output` appears complete or not at all, and never in the place of a file that was compiled into it.

    Raises UsageError: no compiler installed, a source that is missing or of another kind, an include directory that is
    missing, a definition of no name, an output that cannot be written, or an error of the compiler or linker, whose
    message it carries. Raises ResourceError: a full disk.
    """
    compiler = find_compiler()
    _check_arguments(sources, output, optimisation, defines, include_directories)
    check_output(Path(output), (*sources, *ingredients(library_sources)))
    flags = ["-fhosted", optimisation, *(f"-D{define}" for define in defines)]
    with workspace() as directory:
        # A cache of its own: objects that zig has already come without their warnings.
        cache = directory / "cache"
        guest = compile_sources(
            compiler,
            sources,
            flags,
            directory / "guest",
            include_directories,
            [INCLUDE_DIRECTORY, *header_directories(library_sources)],
            cache,
        )
        check_output(Path(output), guest.read)
        elf, more = _link(compiler, guest.objects, library(compiler, library_sources), directory)
    write_output(Path(output), elf, executable=True)
    return Built(elf, guest.warnings + more)


def write_kit(directory: Path, library_sources: Sequence[Path] = ()) -> None:
    """Writes what another compiler or language needs to link a guest: `libguest.a`, `link.ld` and `include/`.

    Raises UsageError and ResourceError as `build` does.
    """
    compiler = find_compiler()
    include = directory / INCLUDE_DIRECTORY.name
    kit = {directory / path.relative_to(GUEST_DIRECTORY): path for path in kit_files()}
    kit |= {include / name: path for name, path in library_headers(library_sources).items()}
    archive = directory / ARCHIVE_NAME
    try:
        for folder in {include, *(target.parent for target in kit)}:
            folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot write the kit to {directory}: {error.strerror}") from error
    for target in (*kit, archive):
        check_output(target, ingredients(library_sources))
    write_output(archive, library(compiler, library_sources).archive)
    for target, source in kit.items():
        write_output(target, source.read_bytes())


def _check_arguments(
    sources: Sequence[Path],
    output: Path,
    optimisation: str,
    defines: Sequence[str],
    include_directories: Sequence[Path],
) -> None:
    if not sources:
        raise UsageError("nothing to build: give at least one C source")
    for source in sources:
        if not Path(source).is_file():
            raise UsageError(f"no such source file: {source}")
        if Path(source).suffix not in SOURCE_SUFFIXES:
            raise UsageError(f"cannot compile {source}: expected one of {', '.join(SOURCE_SUFFIXES)}")
    for directory in include_directories:
        if not Path(directory).is_dir():  # the compiler would go on without it
            raise UsageError(f"no such include directory: {directory}")
    if optimisation not in OPTIMISATIONS:
        raise UsageError(f"unknown optimisation {optimisation!r}: expected one of {', '.join(OPTIMISATIONS)}")
    for define in defines:
        if not _DEFINITION.match(define):  # an empty one would take the flag that comes next for its name
            raise UsageError(f"cannot define {define!r:.80}: expected NAME or NAME=VALUE")
    if Path(output).suffix in (*SOURCE_SUFFIXES, ".h"):
        raise UsageError(f"cannot write {output}: that is the name of a source, expected that of an executable")


def _link(compiler: Path, objects: Sequence[Path], parts: Library, directory: Path) -> tuple[bytes, str]:
    """The executable, and the linker's warnings."""
    archive, linked = directory / ARCHIVE_NAME, directory / "guest.elf"
    first = [directory / f"{number}_first.o" for number in range(len(parts.first))]
    for path, content in zip([archive, *first], [parts.archive, *parts.first], strict=True):
        path.write_bytes(content)
    arguments = ["cc", *TARGET_FLAGS, "-fno-lto", "-fno-sanitize=all", "-static", "-nostdlib", "-O2"]
    arguments += ["-Wl,--gc-sections,--build-id=none", "-T", str(LINKER_SCRIPT)]  # whose path may have a comma
    # compiler_rt last: 128-bit division and software floating point, in reach of guests that use them.
    arguments += [*map(str, [*objects, *first, archive]), "-lcompiler_rt", "-o", str(linked)]
    warnings = run_compiler(compiler, arguments)
    return linked.read_bytes(), warnings
