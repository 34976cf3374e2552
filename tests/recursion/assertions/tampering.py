"""A prover that lies once: one message is another one than it should be, and all that follows is honest again.

Challenges come after what is sent. So a proof that was changed afterwards fails wherever its challenges are of use; one
whose prover lied, and went on from the challenges that his lie led to, fails where somebody looks at the lie.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from unittest.mock import patch

from core_vm.field.extension import DEGREE, K
from core_vm.transcript.channel import ProverChannel

Change = Callable[[list[K]], list[K]]
MODULES = ("core_vm.stark.prover", "core_vm.stark.keyed_prover")


def one_more(values: list[K]) -> list[K]:
    """Of a message, with another last element."""
    return [*values[:-1], values[-1] + 1]


def scaled_root(values: list[K]) -> list[K]:
    """Of the root of all fractions: three times numerator and denominator, which is the same sum."""
    n, e = values
    return [n * 3, (1 + e) * 3 - 1]


class LyingChannel(ProverChannel):
    """Its `occurrence`-th message, or grind, under `label` is a lie."""

    label, occurrence, change = "", 0, one_more

    def send_coefficients(self, label: str, values: list[int]) -> None:
        if self._is_it(label):
            elements = [K(*values[at : at + DEGREE]) for at in range(0, len(values), DEGREE)]
            values = [c for element in self._changed(elements) for c in element.c]
        super().send_coefficients(label, values)

    def grind(self, label: str, bits: int, num_indices: int = 0, threads: int = 1) -> None:
        if not bits or not self._is_it(label):
            super().grind(label, bits, num_indices, threads)
            return
        nonce = next(nonce for nonce in range(1000) if not self._is_accepted(label, nonce, bits, 0))
        self._has_work(label, nonce, bits)
        self._write([nonce])

    def _changed(self, values: list[K]) -> list[K]:
        return type(self).change(values)

    def _is_it(self, label: str) -> bool:
        counts = self.__dict__.setdefault("counts", Counter())
        counts[label] += 1
        return label == self.label and counts[label] == self.occurrence + 1


class LaterNonces(ProverChannel):
    """As honest as any; its nonces are not the smallest, so its challenges are others."""

    offset = 0

    def _find_nonce(self, bits: int, first: int, threads: int) -> int:
        return super()._find_nonce(bits, max(first, self.offset), threads)


@contextmanager
def drawing_again(times: int) -> Iterator[None]:
    """Provers within the block draw other challenges than at other times."""
    channel = type("Later", (LaterNonces,), {"offset": 1000 * times})
    with patch(f"{MODULES[0]}.ProverChannel", channel), patch(f"{MODULES[1]}.ProverChannel", channel):
        yield


@contextmanager
def lying(label: str, occurrence: int = 0, change: Change = one_more) -> Iterator[None]:
    """Provers within the block lie so."""
    channel = type("Lying", (LyingChannel,), {"label": label, "occurrence": occurrence, "change": staticmethod(change)})
    with patch(f"{MODULES[0]}.ProverChannel", channel), patch(f"{MODULES[1]}.ProverChannel", channel):
        yield
