"""A claim as the interpreters call it: it changes nothing in memory. Who drives them notes what is claimed."""

from __future__ import annotations

import numpy as np

from core_vm.field.koalabear import P
from core_vm.machine.execute.call_kernels import compute_kernel

CLAIM_DWORDS = 8
_P, _HALF, _MASK = np.uint64(P), np.uint64(32), np.uint64(0xFFFFFFFF)


@compute_kernel
def compute(values):
    """8 dwords, all of them only read. Only digests are claims: no word of them reaches p."""
    for i in range(CLAIM_DWORDS):
        if values[i] & _MASK >= _P or values[i] >> _HALF >= _P:
            return False
    return True
