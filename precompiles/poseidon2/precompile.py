"""Poseidon2 compression as a precompile: call 0x1008, a0 = digest, a1 = left, a2 = right. A call is a row.

The permutation is none of this table's business: the row asks the core's table of compressions, where the memory tree's
are proved too, and equal ones once. Here eight words of 32 bits are read as elements, and written as such.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from core_vm.field.koalabear import P
from core_vm.machine.precompile import ComputeKernel, Operand, Precompile
from core_vm.tables.gadgets.calls import CallRows, CallTable, flat
from core_vm.witness.module import TableModule
from precompiles.poseidon2.reference import DIGEST_DWORDS
from precompiles.shared.elements import elements, require_canonical, words

NAME: Final = "poseidon2"
NUMBER: Final = 0x1008
OPERANDS: Final = (
    Operand(11, DIGEST_DWORDS, "read"),
    Operand(12, DIGEST_DWORDS, "read"),
    Operand(10, DIGEST_DWORDS, "write"),
)
_LEFT, _RIGHT, _DIGEST = 0, 1, 2


def _kernel() -> ComputeKernel:
    """Loaded when a guest calls: the verifier imports this module and needs no compiler."""
    from precompiles.poseidon2.compress_kernels import compute

    return compute


def _table() -> TableModule:
    t = CallTable(NAME, NUMBER, OPERANDS, __doc__ or "")
    left, right = flat(t.read("left", _LEFT)), flat(t.read("right", _RIGHT))
    _, after = t.update("digest", _DIGEST)
    digest = flat(after)
    # Else there would be a second digest of the same inputs.
    require_canonical(t, "digest", digest, lambda rows: rows.after(_DIGEST))
    t.compress((*elements(left), *elements(right)), elements(digest), t.real, _inputs)
    return t.module(NAME)


def _inputs(rows: CallRows) -> np.ndarray:
    return np.concatenate([words(rows.before(operand)) % P for operand in (_LEFT, _RIGHT)], axis=1)


PRECOMPILE: Final = Precompile(NAME, NUMBER, OPERANDS, _kernel, lambda: (_table(),))
"""The entry for a machine's list of precompiles."""
