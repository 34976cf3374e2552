"""The least number of words that a shard's proof has: what claims more than its words can hold is refused at once.

All messages have lengths that the shape decides, but for the openings, of which there is at least one leaf an oracle.
The bounds keep the work on hostile bytes in proportion to their number: nothing is computed for a shard that is shorter
than an honest one of its shape could be.
"""

from __future__ import annotations

from core_vm.air.table_set import TableSet
from core_vm.errors import MalformedProof
from core_vm.field.extension import DEGREE
from core_vm.hash.poseidon2 import DIGEST
from core_vm.pcs.whir.config import LOG_SEGMENT_MIN, WhirShape
from core_vm.stark import logup_gkr, zerocheck
from core_vm.stark.config import STANDARD, StarkConfig
from core_vm.stark.proof import ShardShape, smallest_tile_counts


def check_length(
    remaining: int, tables: TableSet, shape: ShardShape, opening: WhirShape, config: StarkConfig = STANDARD
) -> None:
    """Raises MalformedProof unless the words after the tile counts can hold a proof of this shape."""
    needed = argument_words(tables, shape, config) + opening_words(opening)
    if remaining < needed:
        raise MalformedProof("tile counts", f"a proof of this shape needs {needed} words, {remaining} are left")


def least_shard_words(tables: TableSet, config: StarkConfig = STANDARD) -> int:
    """A bound for every shard of these tables, from the smallest shape; openings are left out."""
    shape = ShardShape.of(tables, smallest_tile_counts(tables))
    return len(tables.tables) + argument_words(tables, shape, config)


def least_opening_words(config: StarkConfig = STANDARD) -> int:
    """A bound for every shard of whatever tables: its opening, of one segment of whatever height."""
    heights = range(LOG_SEGMENT_MIN, config.whir.log_segment_max + 1)
    return min(opening_words(WhirShape.for_segments(height, (1,), config.whir)) for height in heights)


def argument_words(tables: TableSet, shape: ShardShape, config: StarkConfig) -> int:
    """Root, nonce, the tree of fractions, the zerocheck, the columns' values."""
    layers = shape.gkr_variables
    tree = 2 + sum(logup_gkr.DEGREE * rounds + 4 for rounds in range(layers))
    rows = zerocheck.DEGREE * shape.row_variables + tables.num_columns
    return DIGEST + _nonce(config.fingerprint_grinding_bits) + DEGREE * (tree + rows)


def opening_words(opening: WhirShape) -> int:
    """All rounds of WHIR, with the fewest openings, and the last vector in clear."""
    words = DEGREE * ((1 << opening.log_final) + 2 * opening.log_final) + DIGEST * (len(opening.rounds) - 1)
    for whir_round in opening.rounds:
        words += 2 * DEGREE * whir_round.num_folds + _nonce(opening.config.grinding_bits)
        words += sum(least_opening(width, whir_round.log_domain) for width in whir_round.widths)
    return words


def least_opening(width: int, depth: int) -> int:
    """The fewest words that open leaves of `width` elements, at least one: a level costs a sibling or a second half."""
    words = width
    for _ in range(depth):
        words += min(words, DIGEST)
    return words


def _nonce(bits: int) -> int:
    return int(bits > 0)
