"""One line of a security report."""

from __future__ import annotations

from dataclasses import dataclass

from core_vm.stark.list_decoding import Reading

Draws = tuple[tuple[str, int], ...]
"""Labels of the transcript, and how many elements are drawn under each."""


@dataclass(frozen=True, slots=True)
class SecurityTerm:
    """One kind of challenge: -log2 of its error, how many challenges of the proof have it, and the formula.

    `draws` are the labels under which the transcript draws them, and how many elements under each. All terms together
    list every element that a verification draws, once; a term of elements that another one lists has none.
    `grinding` bits of the figure are work; `readings` has what the figure is under each bound of list decoding.
    """

    name: str
    bits: float
    count: int
    formula: str
    draws: Draws = ()
    grinding: int = 0
    readings: tuple[tuple[Reading, float], ...] = ()


def work(label: str, bits: int) -> Draws:
    """The element that shows the work of a grind."""
    return ((label, 1),) if bits else ()


def grinding_text(bits: int) -> str:
    """What a formula says of it."""
    return f", {bits} bits of grinding" if bits else ""
