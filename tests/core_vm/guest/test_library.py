"""Runtime and libraries are compiled once: what is kept is what would be made, and anything else has another name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core_vm.errors import UsageError
from core_vm.guest import library as libraries
from core_vm.guest.build import build
from core_vm.guest.compiler import find_compiler
from core_vm.guest.library import library
from core_vm.host.cache_place import OVERRIDE_VARIABLE, PRIVATE_VARIABLE, kernel_place

CALLING = "#include <sums/guest.h>\nint main(void) { return sum(1, 2); }\n"
HEADER, SOURCE = "int sum(int a, int b);\n", "#include <sums/guest.h>\nint sum(int a, int b) { return a + b; }\n"


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A place of the test's own for what is kept."""
    monkeypatch.setenv(OVERRIDE_VARIABLE, str(tmp_path / "cache"))
    monkeypatch.delenv(PRIVATE_VARIABLE, raising=False)
    kernel_place.cache_clear()
    yield tmp_path / "cache" / "kernels"
    kernel_place.cache_clear()


@pytest.fixture
def sources(tmp_path: Path) -> list[Path]:
    """A library with its header."""
    folder = tmp_path / "library" / "sums"
    folder.mkdir(parents=True)
    (folder / "guest.h").write_text(HEADER, encoding="utf-8")
    (folder / "guest.c").write_text(SOURCE, encoding="utf-8")
    return [folder / "guest.c"]


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """As many elements as libraries were compiled."""
    found, make = list[object](), libraries.compile_library
    monkeypatch.setattr(libraries, "compile_library", lambda *given: found.append(given) or make(*given))
    return found


def entries(place: Path) -> list[Path]:
    return sorted(place.glob("library-*.kernel"))


def test_it_is_compiled_once(tmp_path: Path, place: Path, sources: list[Path], made: list[object]) -> None:
    """And programs are the same, whether it was or not."""
    (tmp_path / "main.c").write_text(CALLING, encoding="utf-8")
    elves = [build([tmp_path / "main.c"], tmp_path / "a.elf", library_sources=sources).elf for _ in range(2)]
    assert (len(made), len(entries(place))) == (1, 1)
    entries(place)[0].write_bytes(b"torn")
    elves.append(build([tmp_path / "main.c"], tmp_path / "a.elf", library_sources=sources).elf)
    assert len(made) == 2
    assert elves[0] == elves[1] == elves[2]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("sums/guest.c", SOURCE.replace("+", "-")),
        ("sums/guest.h", HEADER + "#define MORE\n"),
        ("sums/private.h", "\n"),
        ("beside.h", "\n"),
    ],
)
def test_any_other_source_or_header_is_another_library(
    place: Path, sources: list[Path], made: list[object], name: str, text: str
) -> None:
    library(find_compiler(), sources)
    (sources[0].parent.parent / name).write_text(text, encoding="utf-8")
    library(find_compiler(), sources)
    assert (len(made), len(entries(place))) == (2, 2)


def test_the_same_elsewhere_is_the_same(tmp_path: Path, sources: list[Path], made: list[object]) -> None:
    here = library(find_compiler(), sources)
    sources[0].parent.parent.rename(tmp_path / "moved")
    assert library(find_compiler(), [tmp_path / "moved" / "sums" / "guest.c"]) == here
    assert len(made) == 1


def test_what_is_made_of_more_than_the_name_tells_is_not_kept(tmp_path: Path, place: Path, sources: list[Path]) -> None:
    """Here, of a header in another folder, which may change."""
    outside = tmp_path / "library" / "outside"
    outside.mkdir()
    (outside / "one.h").write_text("#define ONE 1\n", encoding="utf-8")
    sources[0].write_text('#include "../outside/one.h"\n' + SOURCE, encoding="utf-8")
    before = library(find_compiler(), sources)
    assert entries(place) == []
    (outside / "one.h").write_text("#define ONE 1\nint one(void) { return ONE; }\n", encoding="utf-8")
    assert library(find_compiler(), sources) != before


def test_a_library_that_is_not_there_is_refused(sources: list[Path]) -> None:
    with pytest.raises(UsageError, match=r"cannot read .*nothing\.c"):
        library(find_compiler(), [*sources, sources[0].with_name("nothing.c")])
