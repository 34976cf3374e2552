"""What was compiled into a program is not written over by it, whatever it is called."""

from __future__ import annotations

from pathlib import Path

import pytest

from core_vm.errors import UsageError
from core_vm.guest.build import build
from core_vm.guest.dependencies import files_of_rule, named_files


def test_a_rule_names_files_as_the_compiler_writes_them() -> None:
    rule = "a b.o: main.c /x/a\\ b\\#$$.inc \\\n  /y/back\\\\slash.h \\\n  last\n"
    assert files_of_rule(rule) == [Path("main.c"), Path("/x/a b#$.inc"), Path("/y/back\\slash.h"), Path("last")]
    assert files_of_rule("alone.o: alone.c\n") == [Path("alone.c")]


def test_files_are_found_by_the_names_that_sources_have_for_them(tmp_path: Path) -> None:
    texts = {
        "main.s": '.include "part"\n.incbin "absent"\n',
        "part": '.incbin "data"\n.include "part"\n',
        "data": "1",
        "inline.c": '__asm__(".incbin \\"data\\"\\n");\n# include <sub/header>\n',
        "sub/header": '#embed <data>\n#if 0\n#include "beside"\n#endif\n',
        "sub/beside": "",
    }
    (tmp_path / "sub").mkdir()
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")

    def found(source: str) -> set[str]:
        return {str(path.relative_to(tmp_path)) for path in named_files([tmp_path / source], [tmp_path])}

    assert found("main.s") == {"part", "data"}
    assert found("inline.c") == {"data", "sub/header", "sub/beside"}


@pytest.mark.parametrize("name", ["quire.config", "a b#$.inc", "header", "blob", "part.bin"])
def test_a_file_that_was_read_is_no_output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Included beside the source, from a directory of headers, in a header; embedded; put in by an assembler."""
    headers = tmp_path / "headers"
    headers.mkdir()
    texts = {
        "main.c": '#include "a b#$.inc"\nextern char first[]; int main(void) { return ANSWER + first[0]; }\n',
        "a b#$.inc": "#include <quire.config>\n",
        "headers/quire.config": '#include "header"\n',
        "headers/header": "enum { ANSWER = 42 };\nstatic const char blob[] = {\n#embed <blob>\n};\n",
        "headers/blob": "x",
        "data.s": '.globl first\nfirst: .incbin "part.bin"\n',
        "part.bin": "y",
    }
    for file, text in texts.items():
        (tmp_path / file).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    (output,) = tmp_path.rglob(name)
    sources = [tmp_path / "main.c", tmp_path / "data.s"]
    with pytest.raises(UsageError, match="it is the input"):
        build(sources, output, include_directories=[headers])
    (tmp_path / "link").symlink_to(output)
    with pytest.raises(UsageError, match="it is the input"):
        build(sources, tmp_path / "link", include_directories=[headers])
    assert {file: (tmp_path / file).read_text(encoding="utf-8") for file in texts} == texts
