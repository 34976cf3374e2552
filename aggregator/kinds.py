"""What a proof of a run can be: its shards', one that can be folded on, or the last one."""

from __future__ import annotations

from collections.abc import Sequence

from core_vm.errors import UsageError

SHARDS, FOLDED, FINAL = "shards", "folded", "final"
ONE_PROOF = (FOLDED, FINAL)
"""A folded proof can be folded on; a final one is smaller, hides what is below it, and ends the chain."""
KINDS = (*ONE_PROOF, SHARDS)


def require_kind(kind: str, kinds: Sequence[str]) -> None:
    """Raises UsageError for a kind that there is not."""
    if kind not in kinds:
        raise UsageError(f"a proof is of kind {' or '.join(kinds)}, not {kind!r:.40}")
