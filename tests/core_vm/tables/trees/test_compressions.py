"""Compressions of the trees: what is proved is the hash, and equal ones are proved once."""

from __future__ import annotations

import numpy as np
import pytest

from core_vm.field.koalabear import P
from core_vm.hash.poseidon2 import compress_batch
from core_vm.hash.poseidon2_parameters import POSEIDON2_16
from core_vm.tables.gadgets.poseidon2_kernels import permutation_columns
from core_vm.tables.trees import compressions
from core_vm.tables.trees.compression import COMPRESSION
from core_vm.witness.check import violations


def test_compressions_are_those_of_the_hash() -> None:
    rng = np.random.default_rng(5)
    inputs = np.concatenate([rng.integers(0, P, (70, 16)), np.full((1, 16), P - 1), np.zeros((1, 16), np.int64)])
    columns = permutation_columns(POSEIDON2_16, inputs.astype(np.uint32), num_outputs=8, feed_forward=True)
    columns = np.vstack([columns, np.ones((1, len(inputs)), np.uint32)])
    assert violations(COMPRESSION.table, columns) == []
    zero = compress_batch(np.zeros((1, 8)), np.zeros((1, 8)))[0]
    digests = (columns[-9:-1].T.astype(np.int64) + zero) % P
    assert np.array_equal(digests, compress_batch(inputs[:, :8], inputs[:, 8:]))


def test_equal_compressions_are_proved_once(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = np.repeat(np.arange(32, dtype=np.uint32).reshape(2, 16), [3, 2], axis=0)[[0, 3, 1, 4, 2]]
    expected = [(tuple(range(16)), 3), (tuple(range(16, 32)), 2)]
    for mixer in (compressions.MIXER, 0):  # with 0 different rows hash alike
        monkeypatch.setattr(compressions, "MIXER", mixer)
        counted = compressions.distinct(rows)
        assert sorted(zip(map(tuple, counted.inputs.tolist()), counted.multiplicity.tolist(), strict=True)) == expected
