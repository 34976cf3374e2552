"""The C compiler as guests are compiled by it: zig (the `guest` extra), its flags, and what it may know.

An object is a function of its sources: where they lie, when they are compiled and what the environment says does not
reach it.
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
from core_vm.host import temporary
from core_vm.host.cache_place import compiler_directory

SOURCE_SUFFIXES = (".c", ".s", ".S")

# Base integer instructions, multiplication, and misaligned accesses, which the machine proves as one instruction.
# No atomics, floating point or compressed instructions.
TARGET_FLAGS = (
    "-target",
    "riscv64-freestanding-none",
    "-mcpu=generic_rv64+m+zicclsm+unaligned_scalar_mem",
    "-mcmodel=medany",
    "-fno-pic",
)
CODE_FLAGS = (
    *TARGET_FLAGS,
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
ASSEMBLY_FLAGS = (*TARGET_FLAGS, "-g0")

PASSED_ON = (
    *(
        "PATH",
        "HOME",
        "USERPROFILE",
        "TMPDIR",
        "TEMP",
        "TMP",
        "SYSTEMROOT",
        "APPDATA",
        "LOCALAPPDATA",
        "XDG_CACHE_HOME",
    ),
    *("ZIG_GLOBAL_CACHE_DIR", "ZIG_LOCAL_CACHE_DIR"),
)
"""Of the environment. Others would add directories of headers and flags (CPATH, CCC_OVERRIDE_OPTIONS), and a program
would depend on them."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """One object a source, in order, what the compiler had to say, and every file that it read."""

    objects: list[Path]
    warnings: str
    read: list[Path]


def find_compiler() -> Path:
    """The zig executable of the installed `ziglang` package; UsageError where there is none."""
    specification = importlib.util.find_spec("ziglang")
    if specification is None or specification.origin is None:
        raise UsageError("building guests needs the zig compiler: pip install -e '.[guest]' in a checkout")
    compiler = Path(specification.origin).parent / ("zig.exe" if os.name == "nt" else "zig")
    if not compiler.is_file():
        raise UsageError(f"the ziglang package holds no compiler at {compiler}: pip install --force-reinstall ziglang")
    return compiler


@contextmanager
def workspace() -> Iterator[Path]:
    """A directory for objects that is gone in the end. Raises ResourceError where the system has no room for it."""
    try:
        with temporary.directory() as directory:
            yield directory
    except OSError as error:
        raise ResourceError(f"cannot build in {tempfile.gettempdir()}: {error.strerror or error}") from error


def compile_sources(
    compiler: Path,
    sources: Sequence[Path],
    flags: Sequence[str],
    directory: Path,
    include_directories: Sequence[Path] = (),
    system_directories: Sequence[Path] = (),
    cache: Path | None = None,
) -> Compiled:
    """Compiles each source to an object in `directory`. Numbered names: two sources may share theirs."""
    directory.mkdir()
    includes = [Path(include).absolute() for include in include_directories]
    ours = list(system_directories)
    include_flags = [*(f"-I{include}" for include in includes), *(f"-isystem{path}" for path in ours)]
    objects, warnings, read = list[Path](), "", list[Path]()
    for number, source in enumerate(sources):
        source = Path(source).absolute()
        target = directory / f"{number}_{source.stem}.o"
        arguments = ["-Wno-unused-command-line-argument", *ASSEMBLY_FLAGS] if source.suffix == ".s" else CODE_FLAGS
        arguments = [*arguments, *flags, *include_flags, *_prefix_maps([source.parent, *includes, *ours])]
        rule = target.with_suffix(".d")
        arguments += ["-MD", "-MF", str(rule)]
        warnings += run_compiler(compiler, ["cc", *arguments, "-c", str(source), "-o", str(target)], cache)
        objects.append(target)
        read += files_of_rule(rule.read_text(encoding="utf-8", errors="surrogateescape")) if rule.exists() else [source]
    return Compiled(objects, warnings, [*read, *named_files(read, includes)])


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


def run_compiler(compiler: Path, arguments: Sequence[str], cache: Path | None = None) -> str:
    """Runs zig with the user's cache, or with objects in `cache`. What it has to say where it succeeds."""
    environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
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
