"""The tree over the column values, against the compression function one pair at a time."""

from __future__ import annotations

import numpy as np
import pytest

from core_vm.field.koalabear import P
from core_vm.hash.poseidon2 import compress, compress_batch
from core_vm.transcript.channel import compress_by_kernel
from core_vm.transcript.column_digest import column_digest


def plain_digest(values: list[int]) -> list[int]:
    level = [(values[at : at + 8] + [0] * 8)[:8] for at in range(0, len(values), 8)]
    while len(level) > 1:
        level += [[0] * 8] * (len(level) % 2)
        level = [list(compress(a, b)) for a, b in zip(level[::2], level[1::2], strict=True)]
    return level[0]


@pytest.mark.parametrize("compress", [compress_batch, compress_by_kernel])
@pytest.mark.parametrize("count", [1, 8, 9, 40, 100])
def test_the_digest_is_that_of_the_plain_tree(count, compress):
    values = [(P - 1 - i * i * (i % 3)) for i in range(count)]
    assert column_digest(np.array(values, np.uint32), compress) == plain_digest(values)


def test_every_value_changes_the_digest():
    values = np.arange(100, dtype=np.uint32)
    digests = {tuple(column_digest(values))}
    for place in (0, 7, 8, 55, 99):
        changed = values.copy()
        changed[place] += 1
        digests.add(tuple(column_digest(changed)))
    assert len(digests) == 6
