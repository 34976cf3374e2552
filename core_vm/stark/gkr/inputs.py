"""What the input layer of the fraction tree is computed from (prover side): most of it is never stored."""

from __future__ import annotations

from typing import NamedTuple

from core_vm.stark.words import Int64, Words

# First term of each interaction, (place, stride) of each term, coefficients.
Combination = tuple[Int64, Int64, Words]
# An input tile is known by a code: i << LOG_CODE | t for tile t of interaction i, of which there are at most 2^18; or
# KEPT | k for tile k of those that are kept. The codes of an interaction's tiles are consecutive.
LOG_CODE = 24
KEPT = 1 << 60
NO_INPUT = -1


class Inputs(NamedTuple):
    """What the kernels compute input tiles from.

    `multiplicity` and `message` combine columns of `source`, the dense vector; `key_message` combines closed-form
    columns, which lie in `keys`; d - 1 starts from `constants`, five words an interaction. Input tiles that take
    long to compute are in `kept`.
    """

    source: Words
    keys: Words
    multiplicity: Combination
    message: Combination
    key_message: Combination
    constants: Words
    kept: Words
