"""The types of `zkvm_accelerators.h` have the sizes, offsets and alignments of the standards: `layout.c` says which."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from core_vm.errors import UsageError
from core_vm.guest.build import build

HERE = Path(__file__).resolve().parent
SOURCE = HERE / "layout.c"
HEADER = HERE.parents[2] / "precompiles" / "zkvm_accelerators.h"


def compile_source(source: Path, folder: Path) -> str:
    """The compiler's warnings. No function is called, so the header is enough."""
    return build([source], folder / "layout.elf", include_directories=[HEADER.parent]).warnings


def test_every_type_is_laid_out_as_the_standards_say(tmp_path: Path) -> None:
    assert compile_source(SOURCE, tmp_path) == ""


def test_no_type_is_left_out() -> None:
    header = HEADER.read_text(encoding="utf-8")
    declared = set(re.findall(r"^(?:typedef \w+|\}) (\w+);", header, re.MULTILINE))
    assert len(declared) > 30
    named = set(re.findall(r"^(?:BYTES|PAIR)\((\w+)", SOURCE.read_text(encoding="utf-8"), re.MULTILINE))
    assert declared == named | {"zkvm_status"}


def test_another_alignment_would_be_noticed(tmp_path: Path) -> None:
    wrong = tmp_path / "layout.c"
    text = SOURCE.read_text(encoding="utf-8").replace("_Alignof(type) == 8", "_Alignof(type) == 1")
    wrong.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="zkvm_sha256_hash"):
        compile_source(wrong, tmp_path)
