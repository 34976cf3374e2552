"""What the leaf layer of the fraction tree is computed from (prover side): the layer itself is never stored."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from core_vm.stark.words import Integers, Words

# First term of each interaction, (place, stride) of each term, coefficients.
Combination = tuple[Integers, Integers, Words]
# How many leaf tiles of an interaction are computed before the next interaction's: their columns stay in the cache.
LEAVES_AT_ONCE = 32


class Leaves(NamedTuple):
    """What the kernels compute leaf tiles from.

    Interaction i of table tables[i] has the tiles from starts[i] to starts[i + 1], and tiles[i] of them have rows.
    `multiplicity` and `message` combine columns of `source`, the dense vector; `key_message` combines closed-form
    columns, which lie in `keys`; d - 1 starts from `constants`.
    """

    source: Words
    keys: Words
    tables: Integers
    tiles: Integers
    starts: Integers
    multiplicity: Combination
    message: Combination
    key_message: Combination
    constants: Words

    def ranges(self, pairs: Integers, tiles: int) -> Integers | None:
        """In which order to go through pairs, each of so many leaf tiles, where interaction i has those from pairs[i]
        to pairs[i + 1]: (count, 2) ranges, a few of every interaction of a table before the next few.

        None if pairs are not grouped by interaction: then they are few, and any order does.
        """
        if len(pairs) != len(self.starts):
            return None
        length = LEAVES_AT_ONCE // tiles
        counts = -(-np.diff(pairs) // length)
        interaction = np.repeat(np.arange(len(counts)), counts)
        number = np.arange(len(interaction)) - np.repeat(np.cumsum(counts) - counts, counts)
        start = pairs[interaction] + length * number
        ranges = np.stack([start, np.minimum(start + length, pairs[interaction + 1])], axis=1)
        return ranges[np.lexsort((interaction, number, self.tables[interaction]))]
