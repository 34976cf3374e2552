"""How many pads a proof needs, and which of their products: asked of the verifier's own source, which shape decides.

The prover commits to pads and products before the first challenge, so he has to know them beforehand. The verifier is
run once on a channel that knows no proof: it reads zeros and draws fixed elements. No value decides what it asks for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core_vm.air.public import PublicMessage
from core_vm.field.extension import K
from core_vm.stark.final.key import FinalKey
from core_vm.stark.final.verifier import reduce_to_cells
from core_vm.transcript.sponge import Kind
from recursion.hiding.channel import MaskedChannel
from recursion.hiding.masked import Element, Part, element
from recursion.hiding.product_check import beyond


@dataclass(frozen=True, slots=True)
class MaskPlan:
    """`rows` are the factors of each product, in the order in which the verifier asks for them; `num_checks` the
    equations between masked values."""

    num_pads: int
    rows: tuple[tuple[Element, Element], ...]
    num_checks: int

    @staticmethod
    def of(key: FinalKey, messages: Sequence[PublicMessage]) -> MaskPlan:
        """The plan of all proofs under keys of this shape."""
        channel = _Rehearsal()
        with channel.masked():
            reduce_to_cells(channel, key, messages)
        return MaskPlan(channel.num_pads, tuple(channel.products.rows), len(channel.checks.equations))

    @property
    def num_equations(self) -> int:
        """With those of the products' check."""
        return self.num_checks + 3

    @property
    def counts(self) -> tuple[int, int, int]:
        """How many elements there are of each `Part`: pads, two of them for the products' check, products, and what h
        goes through beside them."""
        return self.num_pads + 2, len(self.rows), len(self.rows) + 1

    def elements(self, pads: Sequence[K]) -> dict[Element, K]:
        """All committed elements, from the pads."""
        known = {element(Part.PAD, number): pad for number, pad in enumerate(pads)}
        for row, (left, right) in enumerate(self.rows):
            known[element(Part.PRODUCT, row)] = known[left] * known[right]
        return known | beyond(self.rows, self.num_pads, known)

    def in_order(self) -> list[Element]:
        """All elements, as they lie in the vector."""
        return [element(part, number) for part in Part for number in range(self.counts[part])]


class _Rehearsal(MaskedChannel):
    """Reads zeros, draws 2, 3, 4, ..., absorbs nothing."""

    def __init__(self) -> None:
        super().__init__(np.zeros(0, np.uint32))
        self._drawn = 1

    def read(self, label: str, count: int) -> npt.NDArray[np.uint32]:
        return np.zeros(count, np.uint32)

    def absorb_event(self, kind: Kind, label: str, values: list[int]) -> None:
        pass

    def absorb_digest(self, label: str, digest: object) -> None:
        pass

    def check_grind(self, label: str, bits: int) -> None:
        pass

    def squeeze(self, kind: Kind, label: str, count: int) -> list[int]:
        self._drawn += count
        return list(range(self._drawn - count + 1, self._drawn + 1))
