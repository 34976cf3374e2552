"""The how-to page names every place that a precompile needs, and shows the toy's files: nothing else knows of one."""

from __future__ import annotations

import re

import pytest

from precompiles.guest_sources import guest_sources
from tests.places import ROOT

PAGE = (ROOT / "docs" / "how-to" / "add-a-precompile.md").read_text(encoding="utf-8")
TOY = ROOT / "tests" / "precompiles" / "toy"
SHOWN_IN_WORDS = {"test_execution.py", "test_proof.py", "guests.py"}
CODE = ("core_vm", "precompiles", "recursion", "aggregator")
NAMED_LIKE_OTHER_THINGS = {
    "poseidon2": r'precompiles\.poseidon2|poseidon2/|quire_poseidon2|"poseidon2"',
    "modular": r'precompiles\.modular|modular/|quire_modular|"modular"',
    "curve": r'precompiles\.curve|curve/|quire_curve|"curve"',
    "fp2": r'precompiles\.fp2|fp2/|quire_fp2|"fp2"',
    "fp12": r'precompiles\.fp12|fp12/|quire_fp12|"fp12"',
    "g2": r'precompiles\.g2|g2/|quire_g2|"g2"',
    "claim": r"precompiles\.claim|claim/guest|quire_claim",
}
"""Not every mention of the word is one of the precompile."""
ACCELERATORS = ROOT / "precompiles" / "accelerators"
"""Guest code, which calls precompiles as any guest does."""
PRECOMPILES = [source for source in guest_sources() if source.name == "guest.c"]


def test_the_page_shows_every_file_of_the_toy() -> None:
    shown = set(re.findall(r"^```\w+ file=(\S+)$", PAGE, flags=re.MULTILINE))
    files = {path for path in TOY.rglob("*") if path.suffix in (".py", ".c", ".h") and path.stat().st_size}
    assert shown == {path.relative_to(ROOT).as_posix() for path in files if path.name not in SHOWN_IN_WORDS}


@pytest.mark.parametrize("name", [source.parent.name for source in PRECOMPILES])
def test_code_outside_its_folder_names_a_precompile_only_where_the_page_says(name: str) -> None:
    own = [source.parent for source in PRECOMPILES if source.parent.name == name] + [ACCELERATORS]
    files = [path for folder in CODE for path in (ROOT / folder).rglob("*") if path.suffix in (".py", ".c", ".h")]
    mention, naming = re.compile(NAMED_LIKE_OTHER_THINGS.get(name, name)), set()
    for path in [*files, ROOT / "quire.py"]:
        words = path.read_text(encoding="utf-8").lower().replace(f"hashlib.{name}", "")
        if mention.search(words) and not any(path.is_relative_to(folder) for folder in own):
            naming.add(path.relative_to(ROOT).as_posix())
    always = {"precompiles/standard/machine.py", "precompiles/quire_precompiles.h"}
    assert always <= naming <= {*always, "precompiles/zkvm_accelerators.h"}
    assert all(f"| `{place}` |" in PAGE for place in naming)
