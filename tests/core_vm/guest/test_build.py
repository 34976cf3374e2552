"""What `build` makes, and what it refuses."""

from __future__ import annotations

import errno
import importlib.util
import os
import struct
import subprocess
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile

from core_vm.errors import ResourceError, UsageError
from core_vm.guest import compiler as compilation
from core_vm.guest.build import build, write_kit
from core_vm.guest.compiler import find_compiler
from core_vm.guest.library import GUEST_DIRECTORY, INCLUDE_DIRECTORY, LINKER_SCRIPT
from core_vm.host import files

PLAIN = "int main(void) { return 0; }\n"
COPYING = """
#include <string.h>
#include <zkvm_io.h>
struct big { unsigned char bytes[500]; } source, destination;
int main(void) {
    destination = source;  /* the compiler calls memcpy */
    const unsigned char *input;
    size_t size;
    read_input(&input, &size);
    memset(&source, (int)size, size);
    double ratio = (double)size / 3.0;
    return (int)ratio + destination.bytes[3];
}
"""


def _source(directory: Path, text: str, name: str = "main.c") -> Path:
    path = directory / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def copying(tmp_path: Path) -> ELFFile:
    output = tmp_path / "guest.elf"
    build([_source(tmp_path, COPYING)], output)
    return ELFFile(output.open("rb"))


def test_header_promises_neither_compressed_nor_floating_point_code(copying: ELFFile) -> None:
    assert (copying.elfclass, copying["e_machine"], copying["e_type"]) == (64, "EM_RISCV", "ET_EXEC")
    assert copying["e_flags"] == 0
    assert copying["e_entry"] == 0x0010_0000


def test_every_instruction_is_four_bytes_of_the_base_encoding(copying: ELFFile) -> None:
    code = copying.get_section_by_name(".text").data()
    assert len(code) % 4 == 0
    allowed = {0x03, 0x13, 0x17, 0x1B, 0x23, 0x33, 0x37, 0x3B, 0x63, 0x67, 0x6F, 0x73}
    assert {word & 0x7F for (word,) in struct.iter_unpack("<I", code)} <= allowed


def test_segments_lie_in_the_image_and_begin_on_leaves(copying: ELFFile) -> None:
    segments = list(copying.iter_segments("PT_LOAD"))
    assert segments[0]["p_vaddr"] == 0x0010_0000
    for segment in segments:
        assert segment["p_vaddr"] % 32 == 0
        assert segment["p_vaddr"] + segment["p_memsz"] <= 0xC000_0000


def test_memory_functions_are_ours(copying: ELFFile) -> None:
    names = [symbol.name for symbol in copying.get_section_by_name(".symtab").iter_symbols()]
    assert names.count("memcpy") == 1
    assert "memory.c" in names
    assert not [name for name in names if "compiler_rt.mem" in name]


def test_same_sources_make_the_same_program(tmp_path: Path) -> None:
    source = _source(tmp_path, COPYING)
    build([source], tmp_path / "first.elf")
    build([source], tmp_path / "second.elf")
    assert (tmp_path / "first.elf").read_bytes() == (tmp_path / "second.elf").read_bytes()


NAMED = """
#include <assert.h>
#include <stdio.h>
#include "parts/part.h"
#include <shared.h>
#include "../common.h"
void from_library(int value);
int main(void) {
    assert(part() + shared() + common());
    from_library(1);
    puts(__FILE__ __BASE_FILE__);
    return 0;
}
"""
DATED = "#include <stdio.h>\nint main(void) { puts(__DATE__ __TIME__ __TIMESTAMP__); return 0; }\n"


def _tree(directory: Path, sources: str, include: str) -> tuple[Path, Path]:
    """One and the same program below `directory`: its source and its include directory."""
    for place in (f"{sources}/parts", include):
        (directory / place).mkdir(parents=True)
    for function, path in (("part", f"{sources}/parts/part.h"), ("shared", f"{include}/shared.h")):
        _source(directory, f"static int {function}(void) {{ assert(1); return __FILE__[0]; }}\n", path)
    _source((directory / sources).parent, "static int common(void) { return __FILE__[0]; }\n", "common.h")
    return _source(directory / sources, NAMED), directory / include


def test_place_of_the_sources_is_no_part_of_the_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another directory, another working directory, relative and absolute paths, a copy of the library sources."""
    programs = []
    for number, (sources, include) in enumerate([("src", "include"), ("a b/deeper/src", "other/place")]):
        root = tmp_path / f"tree{number}"
        source, headers = _tree(root, sources, include)
        library = _source(root, "#include <assert.h>\nvoid from_library(int i) { assert(i); }\n", "library.c")
        for working, base in ((tmp_path, tmp_path), (root, root), (source.parent, source.parent), (tmp_path, None)):
            monkeypatch.chdir(working)
            paths = [Path(os.path.relpath(path, base)) if base else path for path in (source, headers, library)]
            build(paths[:1], tmp_path / "guest.elf", include_directories=paths[1:2], library_sources=paths[2:])
            programs.append((tmp_path / "guest.elf").read_bytes())
    assert len(set(programs)) == 1
    assert str(tmp_path).encode() not in programs[0]
    assert b"main.c" in programs[0]


def test_directory_that_the_program_would_depend_on_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a=b").mkdir()
    with pytest.raises(UsageError, match="equals sign"):
        build([_source(tmp_path / "a=b", PLAIN)], tmp_path / "guest.elf")
    with pytest.raises(UsageError, match="equals sign"):
        build([_source(tmp_path, PLAIN)], tmp_path / "guest.elf", include_directories=[tmp_path / "a=b"])


def test_include_directory_that_there_is_not_is_refused(tmp_path: Path) -> None:
    source = _source(tmp_path, PLAIN)
    for missing in (tmp_path / "none", source):
        with pytest.raises(UsageError, match=f"no such include directory: {missing}"):
            build([source], tmp_path / "guest.elf", include_directories=[missing])
    assert not (tmp_path / "guest.elf").exists()


def test_a_date_is_no_part_of_the_program(tmp_path: Path) -> None:
    source = _source(tmp_path, DATED)
    programs = []
    for seconds in (1_000_000_000, 1_700_000_000):
        os.utime(source, (seconds, seconds))
        build([source], tmp_path / "guest.elf")
        programs.append((tmp_path / "guest.elf").read_bytes())
    assert programs[0] == programs[1]
    assert b"Jan  1 1970" in programs[0]


def test_assembly_is_compiled_without_a_word(tmp_path: Path) -> None:
    main = _source(tmp_path, "int plain(void); int processed(void); int main(void) { return plain() + processed(); }\n")
    plain = _source(tmp_path, ".globl plain\nplain:\n li a0, 1\n ret\n", "plain.s")
    processed = _source(tmp_path, ".globl processed\nprocessed:\n li a0, VALUE\n ret\n", "processed.S")
    output = tmp_path / "guest.elf"
    built = build([main, plain, processed], output, defines=["VALUE=41"], include_directories=[tmp_path])
    assert built.warnings == ""


def test_warnings_of_the_guests_own_code_are_told_each_time(tmp_path: Path) -> None:
    source = _source(tmp_path, '#include <stdio.h>\nint main(void) { printf("%d", "text"); return 0; }\n')
    for _ in range(2):
        assert "-Wformat" in build([source], tmp_path / "guest.elf").warnings


def test_unused_parts_of_the_runtime_are_left_out(tmp_path: Path) -> None:
    build([_source(tmp_path, PLAIN)], tmp_path / "guest.elf")
    with (tmp_path / "guest.elf").open("rb") as stream:
        assert ELFFile(stream).get_section_by_name(".text")["sh_size"] < 400


def test_defines_includes_and_several_sources(tmp_path: Path) -> None:
    (tmp_path / "headers").mkdir()
    _source(tmp_path / "headers", "int answer(void);\n", "answer.h")
    main = _source(tmp_path, '#include "answer.h"\nint main(void) { return answer() - VALUE; }\n')
    text = '#include "answer.h"\n#ifndef FLAG\n#error\n#endif\nint answer(void) { return VALUE; }\n'
    other = _source(tmp_path, text, "a.c")
    output = tmp_path / "guest.elf"
    build([main, other], output, "-O1", defines=["VALUE=42", "FLAG"], include_directories=[tmp_path / "headers"])
    assert output.stat().st_mode & 0o111


def test_compile_error_is_shown_and_leaves_nothing_behind(tmp_path: Path) -> None:
    source = _source(tmp_path, "int main(void) { return undeclared_name; }\n")
    with pytest.raises(UsageError, match="undeclared_name"):
        build([source], tmp_path / "guest.elf")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["main.c"]


def test_link_error_names_the_missing_function(tmp_path: Path) -> None:
    source = _source(tmp_path, "void missing_function(void); int main(void) { missing_function(); return 0; }\n")
    with pytest.raises(UsageError, match="missing_function"):
        build([source], tmp_path / "guest.elf")
    assert not (tmp_path / "guest.elf").exists()


@pytest.mark.parametrize("define", ["", "=1", "1X", "-O0", "X Y=1", "X-Y", " X", "X\n=1", "-", "(x)=1"])
def test_what_names_no_macro_is_not_handed_to_the_compiler(tmp_path: Path, define: str) -> None:
    with pytest.raises(UsageError, match="cannot define"):
        build([_source(tmp_path, PLAIN)], tmp_path / "guest.elf", defines=["GOOD", define])


def test_macros_have_any_name_and_parameters(tmp_path: Path) -> None:
    source = _source(tmp_path, "int main(void) { return sum(ONE, $two, größe) + _3 - EMPTY 0; }")
    defines = ["sum(a, b, c)=a + b + c", "ONE", "$two=2", "größe=3=", "_3=4", "EMPTY="]
    with pytest.raises(UsageError, match="the compiler refused"):
        build([source], tmp_path / "guest.elf", defines=defines)
    defines[3] = "größe=3"
    assert build([source], tmp_path / "guest.elf", defines=defines).elf


@pytest.mark.parametrize("name", ["with space", "com,ma", "'quo\"te", "-dash", "@at", "grö$e"])
def test_no_directory_has_a_name_that_the_linker_takes_for_something_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """That of the checkout, of the sources, of the headers, of the executable."""
    directory = tmp_path / name
    directory.mkdir()
    plain = build([_source(tmp_path, PLAIN)], tmp_path / "guest.elf").elf
    script = directory / "link.ld"
    script.write_bytes(LINKER_SCRIPT.read_bytes())
    monkeypatch.setattr("core_vm.guest.build.LINKER_SCRIPT", script)
    source = _source(directory, PLAIN)
    assert build([source], directory / "guest.elf", include_directories=[directory]).elf == plain


def test_refused_arguments(tmp_path: Path) -> None:
    source = _source(tmp_path, PLAIN)
    output = tmp_path / "guest.elf"
    with pytest.raises(UsageError, match="nothing to build"):
        build([], output)
    with pytest.raises(UsageError, match="no such source file"):
        build([tmp_path / "absent.c"], output)
    with pytest.raises(UsageError, match="cannot compile"):
        build([_source(tmp_path, "", "main.py")], output)
    with pytest.raises(UsageError, match="unknown optimisation"):
        build([source], output, "-O9")
    with pytest.raises(UsageError, match="there is no directory"):
        build([source], tmp_path / "absent" / "guest.elf")
    with pytest.raises(UsageError, match="is a directory"):
        build([source], tmp_path)


def test_no_source_is_written_over(tmp_path: Path) -> None:
    source = _source(tmp_path, PLAIN)
    (tmp_path / "guest.elf").symlink_to(source)
    for name, why in {"main.c": "name of a source", "other.h": "name of a source", "guest.elf": "the input"}.items():
        with pytest.raises(UsageError, match=why):
            build([source], tmp_path / name)
    with pytest.raises(UsageError, match="the input"):
        write_kit(GUEST_DIRECTORY)
    assert source.read_text(encoding="utf-8") == PLAIN
    assert sorted(path.name for path in tmp_path.iterdir()) == ["guest.elf", "main.c"]


def test_warnings_are_handed_back(tmp_path: Path) -> None:
    assert build([_source(tmp_path, PLAIN)], tmp_path / "plain.elf").warnings == ""
    warned = build([_source(tmp_path, "#warning take care\n" + PLAIN)], tmp_path / "guest.elf")
    assert "take care" in warned.warnings
    assert warned.elf == (tmp_path / "guest.elf").read_bytes()


@pytest.mark.parametrize(
    ("variable", "value"),
    [("CPATH", "{}"), ("C_INCLUDE_PATH", "{}"), ("CCC_OVERRIDE_OPTIONS", "+-I{}"), ("CCC_ADD_ARGS", "-I{}")],
)
def test_the_environment_adds_nothing_to_a_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    """No directory of headers, and no flag: here, a header that a source asks for if it is there."""
    (tmp_path / "headers").mkdir()
    (tmp_path / "headers" / "found.h").write_text("#error found\n", encoding="utf-8")
    asking = "#if __has_include(<found.h>)\n#include <found.h>\n#endif\n" + PLAIN
    monkeypatch.setenv(variable, value.format(tmp_path / "headers"))
    assert build([_source(tmp_path, asking)], tmp_path / "guest.elf").warnings == ""


def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    source = _source(tmp_path, PLAIN)
    monkeypatch.setattr(files, "write_all", refuse)
    with pytest.raises(ResourceError, match="No space left"):
        build([source], tmp_path / "guest.elf")
    monkeypatch.setattr(compilation.temporary, "directory", refuse)
    with pytest.raises(ResourceError, match="No space left"):
        build([source], tmp_path / "guest.elf")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["main.c"]


def test_missing_compiler_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"pip install -e '\.\[guest\]' in a checkout"):
        build([_source(tmp_path, PLAIN)], tmp_path / "guest.elf")


def test_every_header_stands_alone(tmp_path: Path) -> None:
    sources = []
    for header in sorted(INCLUDE_DIRECTORY.glob("*.h")):
        text = f"#include <{header.name}>\n#include <{header.name}>\nint {header.stem}_included;\n"
        sources.append(_source(tmp_path, text, f"{header.stem}.c"))
    build([_source(tmp_path, PLAIN), *sources], tmp_path / "guest.elf", "-O0")


def test_kit_for_other_compilers_links_with_its_own_script(tmp_path: Path) -> None:
    write_kit(tmp_path / "kit")
    zig = str(find_compiler())
    target = ["-target", "riscv64-freestanding-none", "-mcpu=generic_rv64+m", "-mcmodel=medany", "-nostdlib", "-static"]
    kit = tmp_path / "kit"
    text = "#include <string.h>\nint main(void) { char a[99]; memset(a, 1, 99); return a[98]; }"
    source = _source(tmp_path, text)
    paths = [f"-I{kit / 'include'}", str(source), str(kit / "libguest.a"), f"-Wl,-T,{kit / 'link.ld'}"]
    subprocess.run([zig, "cc", *target, *paths, "-fno-sanitize=all", "-o", str(tmp_path / "guest.elf")], check=True)
    with (tmp_path / "guest.elf").open("rb") as stream:
        assert ELFFile(stream)["e_entry"] == 0x0010_0000
