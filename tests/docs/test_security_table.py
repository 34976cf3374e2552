"""Every challenge that `quire security` prints is explained on its page, by the name that it is printed under."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import chain

import pytest

from core_vm.stark.soundness import SecurityReport
from precompiles.standard.security import largest_shard_security
from recursion.hiding.circuits import security_report as final_report
from recursion.hiding.known import known_shape
from recursion.proof import SHRUNK, security_report
from recursion.regime import Regime
from tests.places import ROOT

PAGE = ROOT / "docs" / "how-to" / "read-the-security-table.md"
REPORTS: dict[str, Callable[[], SecurityReport]] = {
    "shard": largest_shard_security,
    "recursion proof": security_report,
    **{f"shrunk, {regime}": lambda regime=regime: security_report(SHRUNK[regime]) for regime in Regime},
    **{f"final, {regime}": lambda regime=regime: final_report(known_shape(regime)) for regime in Regime},
}


def explained() -> set[str]:
    """The names in the first column of the page's table of terms."""
    rows = PAGE.read_text(encoding="utf-8").partition("| term (")[2].partition("\n\n")[0].splitlines()[2:]
    return set(chain.from_iterable(re.split(r"[,;] ", row.split("|")[1].strip()) for row in rows))


def kind(term: str) -> str:
    """A term's name without the number of its round; a fold after the first two has no name of its own."""
    return re.sub(r"^fold [3-9]\d*$", "..", re.sub(r"^WHIR( round \d+)?:? ", "", term))


@pytest.mark.parametrize("report", REPORTS)
def test_every_term_is_explained(report: str) -> None:
    assert {kind(term.name) for term in REPORTS[report]().terms} <= explained()


def test_nothing_is_explained_that_no_table_has() -> None:
    printed = {kind(term.name) for report in REPORTS.values() for term in report().terms}
    assert explained() <= printed
