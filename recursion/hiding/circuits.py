"""Hiding proofs of circuits: final proofs (`recursion.final`) that show the digest, and nothing of what it stands for.

The digest is part of the statement. A circuit whose digest is a function of a secret with few possible values shows the
secret, whatever its proof hides: what a digest is of is for the circuit to choose.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core_vm.stark.final.key import FinalConfig, FinalKey
from core_vm.stark.soundness import SecurityReport
from core_vm.statement.packing import unpack_words
from recursion.final.proof import FINAL, final_key
from recursion.hiding.argument import hiding_security
from recursion.hiding.shape import HidingShape
from recursion.hiding.verifier import verify_hiding
from recursion.proof import public_values
from recursion.regime import Regime
from recursion.tables.rows import Columns
from recursion.tables.standard import TABLES


def hiding_shape(fixed: Mapping[str, Columns], config: FinalConfig = FINAL[Regime.LIST]) -> HidingShape:
    """The shape of hiding proofs of a circuit: fixed columns by table, canonical (num_fixed, rows).

    Raises UsageError if they do not fit, or are not those of a circuit (`tables.key_check`).
    """
    return shape_of_key(final_key(fixed, config), config)


def shape_of_key(key: FinalKey, config: FinalConfig = FINAL[Regime.LIST]) -> HidingShape:
    """The same for a circuit whose final key is known: its columns decide everything."""
    return HidingShape.of(TABLES, key.fixed, config, public_values([0] * 8).messages)


def security_report(shape: HidingShape) -> SecurityReport:
    """The error of every challenge of a hiding proof of this shape."""
    return hiding_security(shape, public_values([0] * 8))


def verify(shape: HidingShape, proof: bytes, digest: Sequence[Any]) -> float:
    """Verify that the circuit of `shape` accepts with this digest. Returns the bits of security; raises a `Rejection`.

    The caller knows that the shape is the right circuit's.
    """
    return verify_hiding(shape, unpack_words(proof, "hiding proof"), public_values(digest))
