"""The compression as the interpreters call it while they run a guest."""

from __future__ import annotations

import numpy as np

from core_vm.field.koalabear import P
from core_vm.hash.poseidon2 import DIGEST, WIDTH
from core_vm.hash.poseidon2_kernels import permute_rows
from core_vm.machine.execute.call_kernels import compute_kernel
from precompiles.poseidon2.reference import DIGEST_DWORDS

_P = np.uint64(P)
_HALF, _MASK = np.uint64(32), np.uint64(0xFFFFFFFF)
_OPERANDS = 2 * DIGEST_DWORDS


@compute_kernel
def compute(values):
    """The precompile's call: 4 dwords left and 4 right, read, and 4 of digest, written."""
    inputs = np.empty(WIDTH, np.uint32)
    for i in range(_OPERANDS):
        inputs[2 * i] = (values[i] & _MASK) % _P
        inputs[2 * i + 1] = (values[i] >> _HALF) % _P
    state = inputs.copy()
    permute_rows(state, True)
    digest = np.empty(DIGEST, np.uint64)
    for i in range(DIGEST):
        digest[i] = (np.uint64(state[i]) + np.uint64(inputs[i])) % _P
    for i in range(DIGEST_DWORDS):
        values[_OPERANDS + i] = digest[2 * i] | digest[2 * i + 1] << _HALF
    return True
