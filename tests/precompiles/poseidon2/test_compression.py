"""Kernel and reference compress as the trees do."""

from __future__ import annotations

import ctypes

import numpy as np

from core_vm.field.koalabear import P
from core_vm.hash.poseidon2 import compress_batch
from precompiles.poseidon2.compress_kernels import compute
from precompiles.poseidon2.reference import compress_dwords
from tests.precompiles.poseidon2.guests import operands


def test_the_kernel_computes_what_the_reference_says() -> None:
    call = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.POINTER(ctypes.c_uint64))(compute.address)
    for values in operands(100, seed=2):
        before = values.tolist()
        assert call(values.ctypes.data_as(ctypes.POINTER(ctypes.c_uint64)))
        assert values.tolist() == [*before[:8], *compress_dwords(before[:4], before[4:8])]


def test_the_reference_is_the_compression_of_the_trees() -> None:
    rows = operands(40)
    words = rows.view(np.uint32) % np.uint32(P)
    expected = compress_batch(words[:, :8], words[:, 8:16])
    found = np.array([compress_dwords(row[:4].tolist(), row[4:8].tolist()) for row in rows], np.uint64)
    assert np.array_equal(found.view(np.uint32), expected)


def test_words_count_modulo_p() -> None:
    words = np.arange(16, dtype=np.uint32)
    plain, beyond = words.view(np.uint64).tolist(), (words + np.uint32(P)).view(np.uint64).tolist()
    assert compress_dwords(plain[:4], plain[4:]) == compress_dwords(beyond[:4], beyond[4:])
