"""The rounds of one layer of the fraction tree as the prover's control flow sees them: messages out, challenges in.

Between two rounds nothing becomes an object but the challenge. What a round computes with stays in words, from the
kernels that sum to those that fold.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from core_vm.field.extension import DEGREE, K
from core_vm.field.koalabear import MONTGOMERY_R, P, inverse
from core_vm.stark.gkr.round_kernels import LINEAR, STATE_WORDS
from core_vm.stark.word_kernels import invert_all
from core_vm.stark.words import Words, elements_of, interleaved

if TYPE_CHECKING:
    from core_vm.transcript.channel import ProverChannel

HALF = inverse(2)


class LayerRounds:
    """`point` is that of the claim about the layer above, `constants` and `state` are what `round_kernels` says."""

    def __init__(self, channel: ProverChannel, point: Sequence[K], claim: K, batching: K) -> None:
        self.channel, self.batching = channel, batching
        self.point = interleaved(point)
        self.inverses = np.empty_like(self.point)
        invert_all(self.point, self.inverses)
        if len(point) and not self.inverses.any():
            raise ZeroDivisionError("a coordinate of the point is zero")  # once in |K|
        self.constants = interleaved([K.zero, batching * HALF])
        self.state = np.zeros(STATE_WORDS, np.uint32)
        self.state[:DEGREE] = interleaved([claim])
        self.message = np.empty(2 * DEGREE, np.uint32)
        self.bound: list[K] = []

    @property
    def round_words(self) -> tuple[Words, Words, int, Words, Words, Words]:
        """The last arguments of a kernel that makes this round's message."""
        return self.point, self.inverses, len(self.bound), self.constants, self.state, self.message

    def exchange(self) -> K:
        """Send the message that is ready. The challenge is the first of the constants, too."""
        self.channel.send_coefficients("gkr_round", self.message.tolist())
        r = self.channel.challenge("gkr_round")
        self.constants[:DEGREE] = [c * MONTGOMERY_R % P for c in r.c]
        self.bound.append(r)
        return r

    def forget_retired(self) -> None:
        """All interactions take part from now on."""
        self.state[LINEAR:] = 0

    @property
    def claim(self) -> K:
        """As the last kernel left it."""
        return elements_of(self.state[:DEGREE])[0]
