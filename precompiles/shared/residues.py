"""Numbers modulo a prime in the columns of a row, several to an operand: a point's coordinates, or the parts of an
element of an extension."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core_vm.air.expression import Expression, constant
from core_vm.tables.gadgets.accesses import AccessTable
from core_vm.tables.gadgets.bytes import limbs_of_bytes
from core_vm.tables.gadgets.calls import Dwords
from core_vm.tables.gadgets.rows import split_bytes, split_limbs
from precompiles.shared.comparison import constrain_below
from precompiles.shared.digits import Digits, Values, of_limbs, remembered, unsigned

NumberWitness = Callable[[Any], np.ndarray]
"""From a chunk's rows to the dwords (n, dwords) of a number, such as one of an operand's two."""


def before(operand: int, place: int, parts: int = 2) -> NumberWitness:
    """Of an operand as it was: which of its numbers, of so many."""
    return lambda rows: _part(rows.before(operand), place, parts)


def after(operand: int, place: int, parts: int = 2) -> NumberWitness:
    return lambda rows: _part(rows.after(operand), place, parts)


def _part(dwords: np.ndarray, place: int, parts: int) -> np.ndarray:
    count = dwords.shape[1] // parts
    return np.ascontiguousarray(dwords[:, place * count : (place + 1) * count])


def bytes_of(dwords: np.ndarray) -> np.ndarray:
    """Of numbers in dwords (n, dwords): int32 (n, bytes), lowest first."""
    return split_bytes(dwords).reshape(len(dwords), -1).astype(np.int32)


def limbs_of(dwords: np.ndarray) -> np.ndarray:
    """Of numbers in dwords (n, dwords): int32 (n, limbs of 16 bits), lowest first."""
    return split_limbs(dwords).reshape(len(dwords), -1).astype(np.int32)


@dataclass(frozen=True, slots=True)
class Number:
    """Its digits as identities need them, its limbs of 16 bits, and their values."""

    digits: Digits
    limbs: list[Expression]
    values: Values


def in_bytes(t: AccessTable, name: str, count: int, witness: NumberWitness, are_bytes: bool = False) -> Number:
    """Columns for what is multiplied. Bytes are looked up, unless they come from who did so: the split of a limb below
    2^16 is unique, and a limb that is made of bytes is below 2^16."""
    values = remembered(lambda rows: bytes_of(witness(rows)))
    columns = t.columns(name, count, values)
    for byte in [] if are_bytes else columns:
        t.is_byte(byte)
    return Number(unsigned(columns, values), limbs_of_bytes(columns), lambda rows: limbs_of(witness(rows)))


def bytes_of_either(
    t: AccessTable, name: str, numbers: Mapping[str, tuple[Expression, Sequence[Expression]]], values: Values
) -> list[Expression]:
    """Columns for the bytes of one of several numbers, each given by a bit and limbs below 2^16; at most one bit is
    set. The split of a limb is unique, as bytes are looked up."""
    count = 2 * max(len(limbs) for _, limbs in numbers.values())
    columns = t.columns(name, count, values)
    for byte in columns:
        t.is_byte(byte)
    which = "_or_of_".join(numbers)
    for i, limb in enumerate(limbs_of_bytes(columns)):
        given = sum((selector * limbs[i] for selector, limbs in numbers.values()), constant(0))
        t.constrain(f"{name}_{i}_is_that_of_{which}", limb - given)
    return columns


def in_limbs(t: AccessTable, name: str, count: int, witness: NumberWitness, from_memory: bool) -> Number:
    """Columns for what is only added. Limbs from memory, or from who looked them up, are below 2^16; others are looked
    up here."""
    values = remembered(lambda rows: limbs_of(witness(rows)))
    columns = t.columns(name, count // 2, values)
    for limb in [] if from_memory else columns:
        t.range16(limb, t.real)
    return Number(of_limbs(columns, values), columns, values)


def dwords_of(*numbers: Number) -> Dwords:
    """All as they lie in memory."""
    limbs = [limb for number in numbers for limb in number.limbs]
    return [limbs[i : i + 4] for i in range(0, len(limbs), 4)]


def constrain_reduced(t: AccessTable, name: str, number: Number, modulus: Digits) -> None:
    """number < modulus, which is in bytes."""

    def differences(rows: Any) -> np.ndarray:
        digits = modulus.values(rows)
        return digits[:, ::2] + 256 * digits[:, 1::2] - number.values(rows)

    constrain_below(t, f"{name}_is_reduced", number.limbs, limbs_of_bytes(modulus.number), differences)
