"""In which regime the last two proofs of a chain are sound; every proof below them is in that of unique decoding."""

from __future__ import annotations

from enum import StrEnum


class Regime(StrEnum):
    """How far from a codeword an oracle may be.

    LIST goes up to the Johnson radius, where few queries do: the smallest proofs, which rest on bounds of list decoding
    of which some are recent (`core_vm.stark.list_decoding`). UNIQUE rests on Ben-Sasson, Carmon, Ishai, Kopparty and
    Saraf, eprint 2020/654, alone, as shards do, and has twice the bytes.
    """

    LIST = "list"
    UNIQUE = "unique"

    @property
    def suffix(self) -> str:
        """Of names of circuits and keys: the list regime's have none."""
        return "" if self is Regime.LIST else f"-{self}"
