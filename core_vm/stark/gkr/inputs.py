"""What the input layer of the fraction tree is computed from (prover side): most of it is never stored."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from core_vm.field.extension import DEGREE, K, to_planes
from core_vm.field.reference import extension_multiply
from core_vm.stark.words import FRACTION_WORDS, INPUT_WORDS, Int64, Words

# First term of each interaction, (place, stride) of each term, coefficients.
Combination = tuple[Int64, Int64, Words]
# An input tile is known by a code: i << LOG_CODE | t for tile t of interaction i, of which there are at most 2^18; or
# KEPT | k for tile k of those that are kept. The codes of an interaction's tiles are consecutive.
LOG_CODE = 24
KEPT = 1 << 60
NO_INPUT = -1
# Where kernels write inputs: behind a tile of zeros the child tiles of two partners, and two tiles of what they are
# folded to.
INPUT_SLOTS = 4
FOLDED = (1 + INPUT_SLOTS) * INPUT_WORDS
ROOM_WORDS = FOLDED + 2 * FRACTION_WORDS


class Inputs(NamedTuple):
    """What the kernels compute input tiles from.

    `multiplicity` and `message` combine columns of `source`, the dense vector; `key_message` combines closed-form
    columns, which lie in `keys`; d - 1 starts from `constants`, five words an interaction. Input tiles that take long
    to compute are in `kept`. Once the layer's first challenge r is known, `folded` are the coefficients of `message`
    times 1 - r and times r.
    """

    source: Words
    keys: Words
    multiplicity: Combination
    message: Combination
    key_message: Combination
    constants: Words
    kept: Words
    folded: Words

    def folded_by(self, r: K) -> Inputs:
        """The same, once r is known."""
        coefficients = self.message[2].reshape(-1, DEGREE).T
        both = [extension_multiply(coefficients, to_planes([factor])) for factor in (1 - r, r)]
        return self._replace(folded=np.ascontiguousarray(np.stack(both).transpose(2, 0, 1)).reshape(-1))
