"""The headers that precompiles bring to guests: found by a build, written into the kit, all of them in quire.h."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from core_vm.errors import UsageError
from core_vm.guest.build import build, write_kit
from core_vm.guest.compiler import find_compiler
from core_vm.guest.library import INCLUDE_DIRECTORY
from precompiles.guest_sources import guest_sources

FOLDER = guest_sources()[0].parents[1]
HEADERS = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.h"))
TEMPLATES = {header for header in HEADERS if header.endswith("_template.h")}
USES_ALL = """
#include <quire.h>
#include <zkvm_accelerators.h>
int main(void) {
    uint64_t state[25] = {0}, block[17] = {0};
    zkvm_sha256_hash hash;
    zkvm_keccak256_hash other;
    quire_sha256_compress(state, block);
    quire_keccak_absorb(state, block);
    zkvm_keccak256((const uint8_t *)block, sizeof block, &other);
    return zkvm_sha256((const uint8_t *)block, sizeof block, &hash);
}
"""


def source(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_every_precompile_has_its_call_in_quire_h() -> None:
    listed = (FOLDER / "quire_precompiles.h").read_text(encoding="utf-8")
    for guest in FOLDER.glob("*/guest.c"):
        assert guest.with_name("guest.h").is_file()
        assert f'#include "{guest.parent.name}/guest.h"' in listed


def test_every_header_of_the_precompiles_stands_alone(tmp_path: Path) -> None:
    assert {"quire_precompiles.h", "zkvm_accelerators.h", "sha256/guest.h", "keccak/guest.h"} <= set(HEADERS)
    sources = [source(tmp_path, "main.c", "int main(void) { return 0; }")]
    for number, header in enumerate(sorted(set(HEADERS) - TEMPLATES)):
        sources.append(source(tmp_path, f"{number}.c", f"#include <{header}>\n#include <{header}>\nint h{number};\n"))
    build(sources, tmp_path / "guest.elf", "-O0", library_sources=guest_sources())


def test_the_core_alone_knows_no_precompile(tmp_path: Path) -> None:
    for header in INCLUDE_DIRECTORY.glob("*.h"):
        assert "sha256" not in header.read_text(encoding="utf-8").lower(), header.name
    call = "#include <quire.h>\nint main(void) { quire_write(1, 0, 0); return 0; }"
    build([source(tmp_path, "writes.c", call)], tmp_path / "guest.elf")
    with pytest.raises(UsageError, match=r"zkvm_accelerators\.h"):
        build([source(tmp_path, "hashes.c", USES_ALL)], tmp_path / "guest.elf")


def test_the_kit_holds_the_headers_of_the_precompiles(tmp_path: Path) -> None:
    """Another compiler finds in it what `build` finds in the packages."""
    kit = tmp_path / "kit"
    write_kit(kit, guest_sources())
    assert set(HEADERS) <= {path.relative_to(kit / "include").as_posix() for path in (kit / "include").rglob("*.h")}
    target = ["-target", "riscv64-freestanding-none", "-mcpu=generic_rv64+m", "-mcmodel=medany", "-nostdlib", "-static"]
    main = source(tmp_path, "main.c", USES_ALL)
    files = [f"-I{kit / 'include'}", str(main), str(kit / "libguest.a"), f"-Wl,-T,{kit / 'link.ld'}"]
    command = [str(find_compiler()), "cc", *target, *files, "-fno-sanitize=all", "-o", str(tmp_path / "guest.elf")]
    subprocess.run(command, check=True)


def test_where_the_headers_lie_does_not_reach_the_program(tmp_path: Path) -> None:
    """The header's own `__FILE__` in two copies of one library, at two places."""
    programs = []
    for place in ("here", "somewhere/else"):
        library = tmp_path / place / "named"
        library.mkdir(parents=True)
        source(library, "guest.h", "static inline const char *where(void) { return __FILE__; }\n")
        source(library, "guest.c", '#include "guest.h"\nconst char *of_library(void) { return where(); }\n')
        text = "#include <named/guest.h>\nconst char *of_library(void);\n"
        text += "int main(void) { return where()[1] + of_library()[1]; }\n"
        main = source(tmp_path / place, "main.c", text)
        build([main], tmp_path / "guest.elf", library_sources=[library / "guest.c"])
        programs.append((tmp_path / "guest.elf").read_bytes())
    assert programs[0] == programs[1]
