"""Poseidon2 compression as a precompile: call 0x1008, a0 = digest, a1 = left, a2 = right. A call is a row.

The permutation is none of this table's business: the row asks the core's table of compressions, where the memory tree's
are proved too, and equal ones once. Here eight words of 32 bits are read as elements, and written as such.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from core_vm.air.expression import Expression
from core_vm.field.koalabear import P
from core_vm.machine.precompile import ComputeKernel, Operand, Precompile
from core_vm.tables.gadgets.calls import CallRows, CallTable, flat
from core_vm.tables.gadgets.inverses import inverses
from core_vm.witness.module import TableModule
from precompiles.poseidon2.reference import DIGEST_DWORDS

NAME: Final = "poseidon2"
NUMBER: Final = 0x1008
OPERANDS: Final = (
    Operand(11, DIGEST_DWORDS, "read"),
    Operand(12, DIGEST_DWORDS, "read"),
    Operand(10, DIGEST_DWORDS, "write"),
)
_LEFT, _RIGHT, _DIGEST = 0, 1, 2
_WORDS: Final = 2 * DIGEST_DWORDS
_HIGHEST: Final = P >> 16
"""The high limb of p - 1, whose low limb is 0."""


def _kernel() -> ComputeKernel:
    """Loaded when a guest calls: the verifier imports this module and needs no compiler."""
    from precompiles.poseidon2.compress_kernels import compute

    return compute


def _table() -> TableModule:
    t = CallTable(NAME, NUMBER, OPERANDS, __doc__ or "")
    left, right = flat(t.read("left", _LEFT)), flat(t.read("right", _RIGHT))
    _, after = t.update("digest", _DIGEST)
    digest = flat(after)
    _require_canonical(t, digest)
    t.compress((*_elements(left), *_elements(right)), _elements(digest), t.real, _inputs)
    return t.module(NAME)


def _elements(limbs: Sequence[Expression]) -> list[Expression]:
    """One element for each word of two limbs: its residue modulo p, whatever the word."""
    return [low + high * 2**16 for low, high in zip(limbs[::2], limbs[1::2], strict=True)]


def _require_canonical(t: CallTable, limbs: Sequence[Expression]) -> None:
    """Each word is below p: else word + p, which is below 2^32 as well, would be a second digest of the same inputs.

    All limbs are looked up to be below 2^16. The distance of the high limb to that of p - 1 is then an integer between
    -2^16 and 2^15; looked up to be below 2^15, it is not negative. Where it is 0, the constraint says that the low limb
    is 0 and the word p - 1. Where it is not, it has an inverse, and a word with a smaller high limb is below p.
    """
    columns = t.columns(
        "inverse_of_distance", _WORDS, lambda rows: inverses(_distances(rows).ravel()).reshape(-1, _WORDS)
    )
    for i, inverse in enumerate(columns):
        low, distance = limbs[2 * i], _HIGHEST - limbs[2 * i + 1]
        t.bit_range(15, distance, t.real)
        t.constrain(f"digest_word_{i}_is_below_p", low * (distance * inverse - 1))


def _distances(rows: CallRows) -> np.ndarray:
    return _HIGHEST - (_words(rows.after(_DIGEST)) >> 16)


def _inputs(rows: CallRows) -> np.ndarray:
    return np.concatenate([_words(rows.before(operand)) % P for operand in (_LEFT, _RIGHT)], axis=1)


def _words(dwords: np.ndarray) -> np.ndarray:
    """Words (n, 8) int64 of dwords (n, 4) uint64, the low half first."""
    return np.ascontiguousarray(dwords).view(np.uint32).astype(np.int64)


PRECOMPILE: Final = Precompile(NAME, NUMBER, OPERANDS, _kernel, lambda: (_table(),))
"""The entry for a machine's list of precompiles."""
