"""Arguments of soundness that numbers decide, checked where they are made, whatever flags Python runs with."""

from __future__ import annotations

from core_vm.errors import SecurityError


def rely_on(condition: bool, argument: str) -> None:
    """Raises SecurityError where a constant breaks an argument that the proof system rests on."""
    if not condition:
        raise SecurityError(f"an argument of the proof system does not hold: {argument}")
