"""The two ends of a proof whose scalars are masked: the prover adds a pad to each, the verifier takes each as a form.

Both sides mask the same elements in the same order: all elements of K that are sent while masking is on, but those of
`CLEAR`. The prover's algorithms compute with the true values, the verifier's source with `Masked` ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt

from core_vm.errors import UsageError
from core_vm.field.extension import DEGREE, K
from core_vm.transcript.pruned import PrunedProverChannel, PrunedVerifierChannel
from core_vm.transcript.sponge import Event, Permutation
from recursion.hiding.arithmetic import MaskedArithmetic
from recursion.hiding.masked import Masked, Part, Products, element

# The product of all fingerprints, less one, is uniform by itself (`tables.blind`), and has to be seen not to be -1.
CLEAR = {"gkr_root": (1,)}


def is_masked(label: str, place: int) -> bool:
    """Whether the element at this place of a message is sent with a pad."""
    return place not in CLEAR.get(label, ())


class MaskingChannel(PrunedProverChannel):
    """The prover's end. Raises UsageError when pads run out, or are left."""

    def __init__(self, permute: Permutation | None = None, log: list[Event] | None = None) -> None:
        super().__init__(permute, log)
        self._pads: Iterator[K] | None = None

    @contextmanager
    def masked(self, pads: Sequence[K]) -> Iterator[None]:
        """What is sent within gets these pads, one after the other, each once."""
        self._pads = iter(pads)
        try:
            yield
            if next(self._pads, None) is not None:
                raise UsageError("a pad is left: fewer elements were sent than were planned")
        finally:
            self._pads = None

    def send_coefficients(self, label: str, values: list[int]) -> None:
        super().send_coefficients(label, values if self._pads is None else self._padded(label, values))

    def _padded(self, label: str, values: list[int]) -> list[int]:
        elements = (K(*values[at : at + DEGREE]) for at in range(0, len(values), DEGREE))
        padded = [x + self._next_pad() if is_masked(label, place) else x for place, x in enumerate(elements)]
        return [c for x in padded for c in x.c]

    def _next_pad(self) -> K:
        assert self._pads is not None
        pad = next(self._pads, None)
        if pad is None:
            raise UsageError("the pads have run out: a pad is never used twice")
        return pad


class MaskedChannel(PrunedVerifierChannel):
    """The verifier's end: within `masked`, what was sent with a pad is received as a `Masked` value."""

    def __init__(
        self, words: npt.NDArray[np.uint32], permute: Permutation | None = None, log: list[Event] | None = None
    ) -> None:
        super().__init__(words, permute, log)
        self.checks = MaskedArithmetic()
        self.arithmetic = self.checks
        self.products, self.num_pads = Products(), 0
        self._masking = False

    @contextmanager
    def masked(self) -> Iterator[None]:
        """What is received within is masked."""
        self._masking = True
        try:
            yield
        finally:
            self._masking = False

    def receive_extension(self, label: str, count: int) -> list[Any]:
        return self._masked(label, super().receive_extension(label, count))

    def _masked(self, label: str, elements: list[K]) -> list[Any]:
        if not self._masking:
            return elements
        return [self._less_a_pad(x) if is_masked(label, place) else x for place, x in enumerate(elements)]

    def _less_a_pad(self, sent: K) -> Masked:
        pad, self.num_pads = element(Part.PAD, self.num_pads), self.num_pads + 1
        return Masked(self.products, sent, {pad: -K.one})
