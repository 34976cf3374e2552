"""What a proof of a run can be: its shards', one that can be folded on, or the last one."""

from __future__ import annotations

from collections.abc import Sequence

from core_vm.errors import UsageError
from core_vm.given import shown
from recursion.regime import Regime

SHARDS, FOLDED, FINAL = "shards", "folded", "final"
ONE_PROOF = (FOLDED, FINAL)
"""A folded proof can be folded on; a final one is smaller, hides what is below it, and ends the chain."""
KINDS = (*ONE_PROOF, SHARDS)


def require_kind(kind: str, kinds: Sequence[str]) -> None:
    """Raises UsageError for a kind that there is not."""
    if kind not in kinds:
        raise UsageError(f"a proof is of kind {' or '.join(kinds)}, not {shown(kind, 40)}")


def regime_of(kind: str, name: str) -> Regime:
    """Of a last proof, by its name. Raises UsageError for one that there is not, or that is chosen for another kind."""
    if name not in list(Regime):
        raise UsageError(f"the regime of a final proof is {' or '.join(Regime)}, not {shown(name, 40)}")
    if kind != FINAL and name != Regime.LIST:
        raise UsageError(f"a proof of kind {kind} has no regime to choose: that is for the kind {FINAL}")
    return Regime(name)
