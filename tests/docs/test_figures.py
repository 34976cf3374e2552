"""Security is said with both figures: that of the challenges never stands without that of the hash's collisions."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from core_vm.stark.soundness import COLLISION_BITS, TARGET_BITS
from tests.places import ROOT

PAGES = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
CODE = [path for folder in ("core_vm", "precompiles", "aggregator") for path in (ROOT / folder).rglob("*.py")]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_paragraph_promises_the_target_alone(page: Path) -> None:
    for paragraph in re.split(r"\n\s*\n", page.read_text(encoding="utf-8")):
        if re.search(rf"\b{TARGET_BITS}[- ]bits?\b(?! (division|product))|at least {TARGET_BITS}\b", paragraph):
            assert str(COLLISION_BITS) in paragraph


@pytest.mark.parametrize("path", [*PAGES, *CODE, ROOT / "quire.py"], ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_rounds_collisions_up(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"2\^124\b|\b124 bits|\b124-bit|\bsay 124\b", text)
