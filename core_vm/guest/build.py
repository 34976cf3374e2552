"""Compiles C guests to RV64IM with the zig compiler (the `guest` extra).

Three kinds of source meet in one program. The user's is compiled as ordinary hosted C, so that the compiler knows what
memcpy means and expands it where that is shorter. The runtime of this package (start-up, memory, strings, heap,
printing) is compiled freestanding, so that its memcpy does not become a call of memcpy. So are library sources that a
caller hands in, such as a precompile's `NAME/guest.c`. Runtime and libraries go into an archive of weak definitions:
what a guest does not use is left out, and what it defines itself takes precedence. A library's headers are found where
its source is: `NAME/guest.h` as <NAME/guest.h>, and a header beside the folder NAME by its own name.

A program is a function of its sources: where they lie and when they are compiled does not reach it.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from core_vm.errors import ResourceError, UsageError
from core_vm.guest.dependencies import files_of_rule, named_files
from core_vm.guest.weak_symbols import weaken
from core_vm.host import temporary
from core_vm.host.cache_place import compiler_directory
from core_vm.host.files import check_output, write_output

GUEST_DIRECTORY = Path(__file__).resolve().parent
INCLUDE_DIRECTORY = GUEST_DIRECTORY / "include"
RUNTIME_DIRECTORY = GUEST_DIRECTORY / "runtime"
LINKER_SCRIPT = GUEST_DIRECTORY / "link.ld"

ARCHIVE_NAME = "libguest.a"
SOURCE_SUFFIXES = (".c", ".s", ".S")
OPTIMISATIONS = ("-O0", "-O1", "-O2", "-O3", "-Os", "-Oz")

# Base integer instructions, multiplication, and misaligned accesses, which the machine proves as one instruction.
# No atomics, floating point or compressed instructions.
_TARGET_FLAGS = (
    "-target",
    "riscv64-freestanding-none",
    "-mcpu=generic_rv64+m+zicclsm+unaligned_scalar_mem",
    "-mcmodel=medany",
    "-fno-pic",
)
_CODE_FLAGS = (
    *_TARGET_FLAGS,
    "-fno-sanitize=all",  # zig turns undefined-behaviour traps on by default
    # A place that nothing may reach holds an instruction that stops the run; else it would go on in what lies behind.
    # The first flags are for __builtin_unreachable() and after calls of noreturn functions, the last for what the
    # optimiser finds by itself.
    *("-fsanitize=unreachable", "-fsanitize-trap=unreachable", "-mllvm", "-trap-unreachable"),
    # Address 0 is memory: without this the compiler drops an access to a null pointer, and what follows it.
    "-fno-delete-null-pointer-checks",
    # Frames are probed once a MiB on their way down, so that none jumps over the guard below the stack (link.ld).
    *("-Xclang", "-fstack-clash-protection", "-Xclang", f"-mstack-probe-size={2**20}"),
    "-fno-lto",
    "-fomit-frame-pointer",
    "-fno-unwind-tables",
    "-fno-asynchronous-unwind-tables",
    "-fno-stack-protector",
    "-ffunction-sections",
    "-fdata-sections",
    "-g0",
    "-UNDEBUG",  # zig defines it when it optimises; assertions of a guest are part of what it proves
    "-Wno-atomic-alignment",  # says of every atomic operation that it is a call
    # The clock must not change a program id.
    "-Wno-builtin-macro-redefined",
    '-D__DATE__="Jan  1 1970"',
    '-D__TIME__="00:00:00"',
    '-D__TIMESTAMP__="Thu Jan  1 00:00:00 1970"',
)
_ASSEMBLY_FLAGS = (*_TARGET_FLAGS, "-g0")

_BEFORE_LIBRARIES = ("division.c", "multiplication.c")
"""Of the runtime: linked as objects, where used. The compiler's library has these functions too, wrong ones, and other
functions there would rather call those than look into our archive."""


@dataclass(frozen=True, slots=True)
class Built:
    """An executable, and what the compiler had to say about its sources (empty: nothing)."""

    elf: bytes
    warnings: str


@dataclass(frozen=True, slots=True)
class _Compiled:
    """One object a source, in order, what the compiler had to say, and every file that it read."""

    objects: list[Path]
    warnings: str
    read: list[Path]


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

    Raises UsageError: no compiler installed, a source that is missing or of another kind, an output that cannot be
    written, or an error of the compiler or linker, whose message it carries. Raises ResourceError: a full disk.
    """
    compiler = find_compiler()
    _check_arguments(sources, output, optimisation)
    check_output(Path(output), (*sources, *_ingredients(library_sources)))
    flags = ["-fhosted", optimisation, *(f"-D{define}" for define in defines)]
    with _workspace() as directory:
        # A cache of its own: objects that zig has already come without their warnings.
        cache = directory / "cache"
        guest = _compile(
            compiler,
            sources,
            flags,
            directory / "guest",
            include_directories,
            _header_directories(library_sources),
            cache,
        )
        check_output(Path(output), guest.read)
        first, archive = _build_library(compiler, library_sources, directory)
        elf, more = _link(compiler, [*guest.objects, *first], archive)
    write_output(Path(output), elf, executable=True)
    return Built(elf, guest.warnings + more)


def write_kit(directory: Path, library_sources: Sequence[Path] = ()) -> None:
    """Writes what another compiler or language needs to link a guest: `libguest.a`, `link.ld` and `include/`.

    Raises UsageError and ResourceError as `build` does.
    """
    compiler = find_compiler()
    include = directory / INCLUDE_DIRECTORY.name
    kit = {directory / path.relative_to(GUEST_DIRECTORY): path for path in _kit_files()}
    kit |= {include / name: path for name, path in _library_headers(library_sources).items()}
    archive = directory / ARCHIVE_NAME
    try:
        for folder in {include, *(target.parent for target in kit)}:
            folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot write the kit to {directory}: {error.strerror}") from error
    for target in (*kit, archive):
        check_output(target, _ingredients(library_sources))
    with _workspace() as objects:
        _, library = _build_library(compiler, library_sources, objects)
        write_output(archive, library.read_bytes())
    for target, source in kit.items():
        write_output(target, source.read_bytes())


def _kit_files() -> list[Path]:
    return [LINKER_SCRIPT, *sorted(INCLUDE_DIRECTORY.iterdir())]


def _header_directories(library_sources: Sequence[Path]) -> list[Path]:
    """Where the headers of library sources are searched: the directories above the sources' own folders."""
    return list(dict.fromkeys(Path(source).absolute().parent.parent for source in library_sources))


def _library_headers(library_sources: Sequence[Path]) -> dict[Path, Path]:
    """The headers that library sources bring, by the name under which a guest includes them."""
    headers = dict[Path, Path]()
    for folder in dict.fromkeys(Path(source).absolute().parent for source in library_sources):
        found = [*folder.parent.glob("*.h"), *folder.glob("*.h")]
        headers |= {header.relative_to(folder.parent): header for header in sorted(found)}
    return headers


def _ingredients(library_sources: Sequence[Path]) -> list[Path]:
    """What every guest is made of besides its own sources."""
    library = [*library_sources, *_library_headers(library_sources).values()]
    return [*library, *_kit_files(), *RUNTIME_DIRECTORY.iterdir()]


@contextmanager
def _workspace() -> Iterator[Path]:
    """A directory for objects that is gone in the end. Raises ResourceError where the system has no room for it."""
    try:
        with temporary.directory() as directory:
            yield directory
    except OSError as error:
        raise ResourceError(f"cannot build in {tempfile.gettempdir()}: {error.strerror or error}") from error


def find_compiler() -> Path:
    """The zig executable of the installed `ziglang` package; UsageError where there is none."""
    specification = importlib.util.find_spec("ziglang")
    if specification is None or specification.origin is None:
        raise UsageError("building guests needs the zig compiler: pip install -e '.[guest]' in a checkout")
    compiler = Path(specification.origin).parent / ("zig.exe" if os.name == "nt" else "zig")
    if not compiler.is_file():
        raise UsageError(f"the ziglang package holds no compiler at {compiler}: pip install --force-reinstall ziglang")
    return compiler


def _check_arguments(sources: Sequence[Path], output: Path, optimisation: str) -> None:
    if not sources:
        raise UsageError("nothing to build: give at least one C source")
    for source in sources:
        if not Path(source).is_file():
            raise UsageError(f"no such source file: {source}")
        if Path(source).suffix not in SOURCE_SUFFIXES:
            raise UsageError(f"cannot compile {source}: expected one of {', '.join(SOURCE_SUFFIXES)}")
    if optimisation not in OPTIMISATIONS:
        raise UsageError(f"unknown optimisation {optimisation!r}: expected one of {', '.join(OPTIMISATIONS)}")
    if Path(output).suffix in (*SOURCE_SUFFIXES, ".h"):
        raise UsageError(f"cannot write {output}: that is the name of a source, expected that of an executable")


def _build_library(compiler: Path, library_sources: Sequence[Path], directory: Path) -> tuple[list[Path], Path]:
    """The objects that stand before every library, and runtime and library as an archive.

    The linker script's entry point is what pulls the start-up code out of the archive.
    """
    runtime = [path for path in sorted(RUNTIME_DIRECTORY.iterdir()) if path.suffix in SOURCE_SUFFIXES]
    flags = ["-O2", "-std=gnu17", "-ffreestanding"]
    headers = _header_directories(library_sources)
    objects = _compile(compiler, [*runtime, *library_sources], flags, directory / "library", (), headers).objects
    for compiled in objects:
        weaken(compiled)
    archive = directory / ARCHIVE_NAME
    _run(compiler, ["ar", "rcs", str(archive), *map(str, objects)])
    return [made for made, source in zip(objects, runtime) if source.name in _BEFORE_LIBRARIES], archive


def _compile(
    compiler: Path,
    sources: Sequence[Path],
    flags: Sequence[str],
    directory: Path,
    include_directories: Sequence[Path] = (),
    library_headers: Sequence[Path] = (),
    cache: Path | None = None,
) -> _Compiled:
    """Compiles each source to an object in `directory`. Numbered names: two sources may share theirs."""
    directory.mkdir()
    includes = [Path(include).absolute() for include in include_directories]
    ours = [INCLUDE_DIRECTORY, *library_headers]
    include_flags = [*(f"-I{include}" for include in includes), *(f"-isystem{path}" for path in ours)]
    objects, warnings, read = list[Path](), "", list[Path]()
    for number, source in enumerate(sources):
        source = Path(source).absolute()
        target = directory / f"{number}_{source.stem}.o"
        arguments = ["-Wno-unused-command-line-argument", *_ASSEMBLY_FLAGS] if source.suffix == ".s" else _CODE_FLAGS
        arguments = [*arguments, *flags, *include_flags, *_prefix_maps([source.parent, *includes, *ours])]
        rule = target.with_suffix(".d")
        arguments += ["-MD", "-MF", str(rule)]
        warnings += _run(compiler, ["cc", *arguments, "-c", str(source), "-o", str(target)], cache)
        objects.append(target)
        read += files_of_rule(rule.read_text(encoding="utf-8", errors="surrogateescape")) if rule.exists() else [source]
    return _Compiled(objects, warnings, [*read, *named_files(read, includes)])


def _prefix_maps(directories: Sequence[Path]) -> list[str]:
    """Flags by which `__FILE__` of a file in one of `directories` (absolute) begins below it.

    The compiler takes the last map that fits: the innermost directory. Raises UsageError for a name that no map can
    hold: the program would depend on it.
    """
    prefixes = {os.path.join(directory, "") for directory in directories}
    for prefix in prefixes:
        if "=" in prefix:
            raise UsageError(f"cannot build from {prefix}: use a directory without an equals sign in its path")
    return [f"-ffile-prefix-map={prefix}=" for prefix in sorted(prefixes, key=len)]


def _link(compiler: Path, objects: Sequence[Path], archive: Path) -> tuple[bytes, str]:
    """The executable, and the linker's warnings."""
    linked = archive.parent / "guest.elf"
    arguments = ["cc", *_TARGET_FLAGS, "-fno-lto", "-fno-sanitize=all", "-static", "-nostdlib", "-O2"]
    arguments += [f"-Wl,--gc-sections,--build-id=none,-T,{LINKER_SCRIPT}"]
    # compiler_rt last: 128-bit division and software floating point, in reach of guests that use them.
    arguments += [*map(str, objects), str(archive), "-lcompiler_rt", "-o", str(linked)]
    warnings = _run(compiler, arguments)
    return linked.read_bytes(), warnings


def _run(compiler: Path, arguments: Sequence[str], cache: Path | None = None) -> str:
    """Runs zig with the user's cache, or with objects in `cache`. What it has to say where it succeeds."""
    environment = dict(os.environ)
    own = environment.get("ZIG_LOCAL_CACHE_DIR")
    environment["ZIG_GLOBAL_CACHE_DIR"] = environment.get("ZIG_GLOBAL_CACHE_DIR") or str(compiler_directory())
    environment["ZIG_LOCAL_CACHE_DIR"] = str(cache or own or compiler_directory())
    process = subprocess.run(
        [str(compiler), *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if process.returncode != 0:
        words = process.stderr.strip() or process.stdout.strip() or f"status {process.returncode}, without a word"
        raise UsageError(f"the compiler refused the guest:\n{words}")
    return process.stderr
