"""Recursion proofs: what all circuits of the circuit machine have in common.

A proof is about one digest, which the verifier takes from the node bus once. Its shape R is the same for every circuit,
so one circuit verifies proofs of all of them: 112 segments of 2^16 cells for a trace, 16 for a key, tables of fewer
than 2^10 tiles, 2^16 rows.

The last circuit of a chain has a shape of its own, SHRUNK, whose proofs no other circuit takes: half the cells, at
lower rates, so that fewer queries do and the last proof is smaller. There is one in either `Regime`: in the
list-decoding regime (`stark.list_decoding`), and in that of unique decoding, where two oracles do. A third one would
cost the circuit that verifies it more than the longer vector in clear.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from core_vm.air.public import PublicMessage, PublicValues
from core_vm.hash.poseidon2 import Digest
from core_vm.pcs.layout import KeyedLayout
from core_vm.pcs.whir.config import WhirConfig
from core_vm.pcs.whir.rounds import RoundChoice
from core_vm.stark.config import StarkConfig
from core_vm.stark.keyed import KeyedConfig, VerifyingKey, verify_keyed, verify_keyed_on
from core_vm.stark.soundness import SecurityReport
from core_vm.stark.verifier import security_of
from core_vm.transcript.channel import VerifierChannel
from recursion.regime import Regime
from recursion.tables.buses import NODE, PUBLIC_ADDRESS
from recursion.tables.standard import TABLES

R = KeyedConfig(log_segment=16, main_segments=112, fixed_segments=16, tile_bits=10)


def _shrunk(*rounds: RoundChoice) -> KeyedConfig:
    stark = StarkConfig(WhirConfig(rounds=rounds), fingerprint_grinding_bits=0)
    return KeyedConfig(log_segment=15, main_segments=96, fixed_segments=16, tile_bits=8, stark=stark)


SHRUNK = {
    Regime.LIST: _shrunk(
        RoundChoice(7, 3, 83, 18, multiplicity=4, num_samples=2, fold_grinding=(12, *(11,) * 6)),
        RoundChoice(4, 5, 49, 16, multiplicity=4, num_samples=1, fold_grinding=(12,) * 4),
        RoundChoice(4, 7, 35, 16, multiplicity=3, num_samples=1, fold_grinding=(11,) * 4),
    ),
    Regime.UNIQUE: _shrunk(RoundChoice(7, 3, 132, 19), RoundChoice(4, 4, 120, 19)),
}


def public_values(digest: Sequence[Any]) -> PublicValues:
    """The statement of a recursion proof: the digest is absorbed, and received where every circuit writes it."""
    return PublicValues(tuple(digest), (PublicMessage(NODE, -1, (PUBLIC_ADDRESS, 0, *digest)),))


def security_report(config: KeyedConfig = R) -> SecurityReport:
    """The error of every challenge of a recursion proof."""
    shape = config.shape(TABLES, [0] * len(TABLES.tables))
    return security_of(TABLES, shape, public_values([0] * 8), config.stark)


def verify(key: VerifyingKey, words: npt.NDArray[np.uint32], digest: Digest, config: KeyedConfig = R) -> float:
    """Verify that the circuit of `key` accepts with this digest. Returns the bits of security; raises a `Rejection`.

    The caller knows that the key is one of a circuit that may say so.
    """
    return verify_keyed(TABLES, key, words, public_values(digest), config)


def verify_on(channel: VerifierChannel, key: VerifyingKey, digest: Digest, config: KeyedConfig = R) -> float:
    """The same of what a channel reads."""
    return verify_keyed_on(channel, TABLES, key, public_values(digest), config)


def stored_columns(key: VerifyingKey, config: KeyedConfig = R) -> list[int]:
    """For each tree of an opening, in the order in which they are opened: how many columns are not zero in all rows.

    Of main and fixed columns those segments are that a table's cells lie in; of later oracles all are.
    """
    shape = config.shape(TABLES, key.tiles)
    layout = KeyedLayout(TABLES.main_widths, TABLES.fixed_widths, key.tiles, config.fixed_start)
    first = [-(-part.used >> config.log_segment) for part in (layout.main, layout.fixed)]
    return [*first, *(width for whir_round in shape.opening.rounds[1:] for width in whir_round.widths)]
