"""The table of lookups: its keys, on the cube and off it."""

from __future__ import annotations

import numpy as np
import pytest

from core_vm.air.keys import key_columns
from core_vm.field.extension import K, eq_table, inner, lift
from core_vm.tables.lookups import LOOKUPS


def test_keys_of_the_lookup_table() -> None:
    keys = dict(zip((key.name for key in LOOKUPS.table.keys), key_columns(LOOKUPS.table), strict=True))
    row = np.arange(2**16)
    low, high = row % 256, row // 256
    expected = {"row": row, "first_byte": low, "second_byte": high}
    expected |= {"and": low & high, "or": low | high, "xor": low ^ high}
    bits = np.array([max(r, 1).bit_length() - 1 for r in row.tolist()])
    expected |= {"bits": bits, "limit": 2**bits, "value": np.maximum(row - 2**bits, 0)}
    for name, values in expected.items():
        assert np.array_equal(keys[name], values), name


@pytest.mark.parametrize("key", LOOKUPS.table.keys, ids=lambda key: key.name)
def test_a_key_off_the_cube_is_the_multilinear_extension(key: object) -> None:
    point = [K(3, i, 5, 7, i * i) for i in range(16)]
    values = key_columns(LOOKUPS.table)[LOOKUPS.table.keys.index(key)]
    assert lift(key.function(point)) == inner(eq_table(point), [lift(int(v)) for v in values])
