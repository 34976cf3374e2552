"""Values in bytes, and products of bytes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core_vm.air.expression import Expression
from core_vm.tables.gadgets.builder import InstructionTable
from core_vm.tables.gadgets.rows import split_bytes
from core_vm.tables.gadgets.witness_table import Value


def limbs_of_bytes(values: Sequence[Expression]) -> list[Expression]:
    """16-bit limbs from bytes, lowest first."""
    return [low + 2**8 * high for low, high in zip(values[::2], values[1::2], strict=True)]


def read_bytes(t: InstructionTable, name: str, register: Value, offset: int, count: int = 8) -> list[Expression]:
    """The lowest `count` bytes of a register; the rest of it is read as limbs.

    Limbs on the memory bus are below 2^16 and these bytes below 2^8, so their split is unique.
    """
    byte = t.columns(f"{name}_byte", count, lambda rows: split_bytes(rows.value(name))[:, :count])
    limbs = limbs_of_bytes(byte)
    if count < 8:
        limbs += t.columns(f"{name}_upper", 4 - count // 2, lambda rows: rows.limbs(name)[:, count // 2 :])
    t.byte_pairs(byte, t.real)
    t.access_register(name, register, limbs, limbs, offset)
    return byte


def convolution(a: Sequence[Expression], b: Sequence[Expression], position: int) -> Expression:
    """The sum of a_i b_j over i + j = position."""
    total: Expression | int = 0
    for i, x in enumerate(a):
        if 0 <= position - i < len(b):
            total = total + x * b[position - i]
    assert isinstance(total, Expression), "no product has this position"
    return total


def convolutions(a: np.ndarray, b: np.ndarray, count: int) -> list[np.ndarray]:
    """The same on bytes (n, 8): int64 (n,) for positions 0 .. count - 1."""
    a, b = (np.ascontiguousarray(x.T).astype(np.int64) for x in (a, b))
    out = []
    for position in range(count):
        pairs = [(i, position - i) for i in range(len(a)) if 0 <= position - i < len(b)]
        out.append(sum((a[i] * b[j] for i, j in pairs), np.zeros(a.shape[1], np.int64)))
    return out
