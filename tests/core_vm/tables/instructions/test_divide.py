"""Division (DIV, DIVU, REM, REMU, DIVW, DIVUW, REMW, REMUW) has one answer: every edge case, and provers who try
others."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import numpy as np
import pytest

from core_vm.isa.operations import Operation
from core_vm.tables.instructions import divide
from core_vm.witness.module import TableModule
from tests.core_vm.tables.single_rows import CHANGES, EDGES, ODD, Case, accepted, rows_of, signed

VALUES = EDGES + ODD
TABLES = {module.table.name: module for module in divide.MODULES}
OPERATIONS = {
    "divide": ("DIV", "DIVU"),
    "remainder": ("REM", "REMU"),
    "divide_word": ("DIVW", "DIVUW"),
    "remainder_word": ("REMW", "REMUW"),
}
ALL = [(TABLES[table], Operation[name]) for table, names in OPERATIONS.items() for name in names]


def answer(operation: Operation, a: int, b: int) -> int:
    """The ISA's words, in plain integers; 64 bits, sign-extended for the word forms."""
    name = operation.name
    bits = 32 if name.endswith("W") else 64
    read: Callable[[int], int] = (lambda x: x % 2**bits) if "U" in name else (lambda x: signed(x, bits))
    a, b = read(a), read(b)
    quotient = -1 if b == 0 else abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)
    result = a - b * quotient if name.startswith("REM") else quotient
    return signed(result, bits) % 2**64


def cases(operation: Operation, change: Callable[[int], int] = lambda x: x) -> list[Case]:
    return [Case(operation, a, b, change(answer(operation, a, b))) for a, b in product(VALUES, VALUES)]


@pytest.mark.parametrize(("module", "operation"), ALL, ids=lambda x: getattr(x, "name", ""))
def test_every_edge_case_is_accepted(module: TableModule, operation: Operation) -> None:
    assert accepted(module, rows_of(module, cases(operation))).all()


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize(("module", "operation"), ALL, ids=lambda x: getattr(x, "name", ""))
def test_another_result_is_refused(module: TableModule, operation: Operation, change: Callable[[int], int]) -> None:
    forged = cases(operation, change)
    # The columns of a word form are the low 32 bits, and the sign that extends them.
    bits = 32 if operation.name.endswith("W") else 64
    other = [(c.result - answer(operation, c.rs1, c.rs2)) % 2**bits != 0 for c in forged]
    wrong = accepted(module, rows_of(module, forged)) & np.array(other)
    assert not wrong.any(), forged[int(wrong.argmax())]


def _divide_again(m: divide.Magnitudes) -> None:
    m.quotient = m.dividend // np.where(m.by_zero, np.uint64(1), m.divisor)
    m.quotient[m.by_zero] = 0
    m.remainder = m.dividend - m.quotient * m.divisor & m.mask
    m.quotient_negative = (m.first_negative != m.second_negative) & ~m.by_zero


class Lies:
    """Changes to the magnitudes from which all other columns follow."""

    @staticmethod
    def dividend_sign(m: divide.Magnitudes) -> None:
        m.first_negative = ~m.first_negative
        m.dividend = -m.dividend & m.mask
        _divide_again(m)

    @staticmethod
    def divisor_sign(m: divide.Magnitudes) -> None:
        m.second_negative = ~m.second_negative
        m.divisor = -m.divisor & m.mask
        _divide_again(m)

    @staticmethod
    def larger_quotient(m: divide.Magnitudes) -> None:
        m.quotient, m.remainder = m.quotient + np.uint64(1) & m.mask, m.remainder - m.divisor & m.mask

    @staticmethod
    def smaller_quotient(m: divide.Magnitudes) -> None:
        m.quotient, m.remainder = m.quotient - np.uint64(1) & m.mask, m.remainder + m.divisor & m.mask

    @staticmethod
    def no_quotient(m: divide.Magnitudes) -> None:
        m.quotient, m.remainder = np.zeros_like(m.quotient), m.dividend

    @staticmethod
    def quotient_sign(m: divide.Magnitudes) -> None:
        m.quotient_negative = ~m.quotient_negative

    @staticmethod
    def zero_divisor(m: divide.Magnitudes) -> None:
        m.by_zero = ~m.by_zero

    @staticmethod
    def inverse_modulo_two_to_the_64(m: divide.Magnitudes) -> None:
        """For an odd divisor there is a quotient that fits modulo 2^64 (2^32) without a remainder."""
        inverse = np.ones_like(m.divisor)
        for _ in range(6):
            inverse = inverse * (np.uint64(2) - m.divisor * inverse)
        m.quotient, m.remainder = m.dividend * inverse & m.mask, np.zeros_like(m.remainder)


LIES = {name: lie.__func__ for name, lie in vars(Lies).items() if isinstance(lie, staticmethod)}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
@pytest.mark.parametrize(("module", "operation"), ALL, ids=lambda x: getattr(x, "name", ""))
def test_a_lie_about_magnitudes_changes_no_result(
    module: TableModule, operation: Operation, lie: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Quotient, remainder, signs and the mark of a zero divisor are forged; the result follows from them."""
    is_word, is_remainder = operation.name.endswith("W"), operation.name.startswith("REM")
    mask = np.uint64(2**32 - 1 if is_word else 2**64 - 1)
    results: list[int] = []

    class Forged(divide.Magnitudes):
        def __init__(self, *arguments: object) -> None:
            super().__init__(*arguments)
            self.mask = mask
            lie(self)
            self.distance = np.where(self.by_zero, np.uint64(0), self.divisor - self.remainder - np.uint64(1) & mask)
            magnitude = self.remainder if is_remainder else self.quotient
            negative = self.first_negative if is_remainder else self.quotient_negative & ~self.by_zero
            value = np.where(negative, -magnitude, magnitude) & mask
            if not is_remainder:
                value = np.where(self.by_zero, mask, value)
            results.extend(signed(int(v), 32 if is_word else 64) % 2**64 for v in value)

    monkeypatch.setattr(divide, "Magnitudes", Forged)
    honest = cases(operation)
    rows_of(module, honest)  # only to learn the forged results
    forged = [Case(c.operation, c.rs1, c.rs2, r) for c, r in zip(honest, results, strict=True)]
    other = np.array([f.result != h.result for f, h in zip(forged, honest, strict=True)])
    assert other.any() or is_remainder  # a remainder may well survive a lie about the quotient
    wrong = accepted(module, rows_of(module, forged)) & other
    assert not wrong.any(), forged[int(wrong.argmax())]
