"""How many words a shard's proof has: the shape decides it, so a proof of another length is refused before any work.

That keeps the work on hostile bytes in proportion to their number: nothing is computed for a shard that is shorter than
an honest one of its shape.
"""

from __future__ import annotations

from core_vm.air.table_set import TableSet
from core_vm.errors import MalformedProof
from core_vm.field.extension import DEGREE
from core_vm.hash.poseidon2 import DIGEST
from core_vm.pcs.whir.config import WhirShape
from core_vm.pcs.whir.rounds import WhirRound
from core_vm.stark.config import STANDARD, StarkConfig
from core_vm.stark.gkr import verifier as logup_gkr
from core_vm.stark.shape import ShardShape
from core_vm.stark.zerocheck import verifier as zerocheck


def check_length(remaining: int, tables: TableSet, shape: ShardShape, config: StarkConfig = STANDARD) -> None:
    """Raises MalformedProof unless the words after the tile counts are as many as a proof of this shape has."""
    needed = argument_words(tables, shape, config) + opening_words(shape.opening)
    if remaining != needed:
        raise MalformedProof("tile counts", f"a proof of this shape has {needed} words, {remaining} are left")


def least_shard_words(tables: TableSet, config: StarkConfig = STANDARD) -> int:
    """What a shard of the smallest height has, tile counts included."""
    count = len(tables.tables)
    shape = ShardShape.of_height(tables, [0] * count, config.whir.log_segments[0], config)
    return count + argument_words(tables, shape, config) + opening_words(shape.opening)


def least_opening_words(config: StarkConfig = STANDARD) -> int:
    """The same for shards of whatever tables: their openings alone."""
    return opening_words(config.opening_shape(config.whir.log_segments[0]))


def argument_words(tables: TableSet, shape: ShardShape, config: StarkConfig) -> int:
    """Root, nonce, the tree of messages, the zerocheck, the columns' values."""
    rounds = logup_gkr.num_rounds(shape.gkr_layers, shape.grouping)
    tree = logup_gkr.num_root_values(shape.grouping) + logup_gkr.DEGREE * rounds + 4 * shape.gkr_layers
    rows = zerocheck.DEGREE * shape.row_variables + tables.num_columns
    return DIGEST + _nonce(config.fingerprint_grinding_bits) + DEGREE * (tree + rows)


def opening_words(opening: WhirShape) -> int:
    """All rounds of WHIR, and the last vector in clear."""
    words = DEGREE * ((1 << opening.log_final) + 2 * opening.log_final) + DIGEST * (len(opening.rounds) - 1)
    for whir_round in opening.rounds:
        words += DEGREE * (2 * whir_round.num_folds + whir_round.num_samples)
        words += sum(_nonce(bits) for bits in (whir_round.query_grinding, *whir_round.fold_grinding))
        words += sum(_tree_words(width, whir_round) for width in whir_round.widths)
    return words


def _tree_words(width: int, whir_round: WhirRound) -> int:
    """The cap of one tree, and a row and its Merkle path a query."""
    path = DIGEST * (whir_round.log_domain - whir_round.log_cap)
    return whir_round.num_queries * (width + path) + (DIGEST << whir_round.log_cap)


def _nonce(bits: int) -> int:
    return int(bits > 0)
