"""The generated reference pages say what the code says, and links between pages lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.generator import load_generator
from tests.places import ROOT

PAGES = [*(ROOT / "docs").rglob("*.md"), ROOT / "README.md"]


def test_generated_pages_are_current() -> None:
    assert load_generator().outdated() == [], "run `make docs`"


def test_names_are_folded() -> None:
    generator = load_generator()
    assert generator.fold_names(("a", "x_0", "x_1", "x_2", "y_1", "y_3")) == "`a`, `x_0` .. `x_2`, `y_1`, `y_3`"


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    missing = [target for target in targets if "://" not in target and not (page.parent / target).exists()]
    assert missing == []
