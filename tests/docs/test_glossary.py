"""The glossary says a word once, its files exist, and what a newcomer searches for is found by the word."""

from __future__ import annotations

import re

import pytest

from tests.places import ROOT

PAGE = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
WORDS = re.findall(r"^\| ([^|]+?) \| ", PAGE, flags=re.MULTILINE)
HOMES = {
    "SRAI": "core_vm/tables/**/shift.py",
    "Merkle path": "core_vm/hash/merkle.py",
    "shard size": "core_vm/machine/**/shard.py",
}


def test_every_word_is_said_once() -> None:
    words = [word for line in WORDS if line != "word" for word in line.split(", ")]
    assert len(words) > 50
    assert len(set(words)) == len(words)


def test_the_files_it_names_exist() -> None:
    paths = re.findall(r"`((?:core_vm|precompiles|recursion|aggregator)/[\w/.]+)`", PAGE)
    assert len(paths) > 10
    assert [path for path in paths if not (ROOT / path).exists()] == []


@pytest.mark.parametrize(("word", "home"), HOMES.items())
def test_a_word_is_found_where_the_thing_is(word: str, home: str) -> None:
    (path,) = ROOT.glob(home)
    assert word in path.read_text(encoding="utf-8")
