"""Big integers in the columns of a row, as digits to the base 256 whose bounds are known.

Digits are of 8 bits because memory's limbs have 16: *unsigned* ones, bytes, for values from and to memory, or
*balanced* ones, -128 to 127, for what the prover chooses itself, such as quotients: that is free, by an offset in the
lookup, and halves every product. What is only added stays in limbs of 16 bits, at every other place.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from core_vm.air.expression import Expression, constant
from core_vm.air.identity import Number
from core_vm.tables.gadgets.accesses import AccessTable

Bounds = tuple[int, int]
"""The least and the greatest value of a digit, as an integer."""
Values = Callable[[Any], np.ndarray]
"""From a chunk's rows to the digits, int32 (n, digits)."""

BYTE: Final = (0, 255)
BALANCED: Final = (-128, 127)
LIMB: Final = (0, 0xFFFF)


@dataclass(frozen=True, slots=True)
class Part:
    """`number` where `selector` is 1; its negative where it is -1; without a selector the number itself."""

    number: Number
    selector: Expression | None = None


@dataclass(frozen=True, slots=True)
class Digits:
    """A big integer: the sum of its parts, of which each digit lies between its `bounds`, whatever a prover does."""

    parts: tuple[Part, ...]
    bounds: tuple[Bounds, ...]
    values: Values

    def __len__(self) -> int:
        return len(self.bounds)

    @property
    def number(self) -> Number:
        """The digits of what has one part and no selector."""
        (part,) = self.parts
        assert part.selector is None
        return part.number


def unsigned(columns: Sequence[Expression], values: Values) -> Digits:
    """Of columns that are bytes already."""
    return Digits((Part(tuple(columns)),), (BYTE,) * len(columns), values)


def balanced(t: AccessTable, name: str, count: int, values: Values) -> Digits:
    """New columns: every residue modulo m <= 256^count has such a form, and none has two."""
    columns = t.columns(name, count, lambda rows: np.asarray(values(rows), np.int32))
    for column in columns:
        t.is_byte(column + 128)
    return Digits((Part(tuple(columns)),), (BALANCED,) * count, values)


def of_limbs(limbs: Sequence[Expression], values: Values) -> Digits:
    """Of limbs that are below 2^16 already; `values` are theirs. They stand at the even places."""

    def spread(rows: Any) -> np.ndarray:
        given = values(rows)
        digits = np.zeros((len(given), 2 * len(limbs)), np.int32)
        digits[:, ::2] = given
        return digits

    number = tuple(digit for limb in limbs for digit in (limb, constant(0)))
    return Digits((Part(number),), (LIMB, (0, 0)) * len(limbs), spread)


def shifted(digits: Digits, places: int) -> Digits:
    """256^places times a number of one part without a selector."""

    def values(rows: Any) -> np.ndarray:
        return np.pad(digits.values(rows), ((0, 0), (places, 0)))

    number = (*(constant(0) for _ in range(places)), *digits.number)
    return Digits((Part(number),), (((0, 0),) * places) + digits.bounds, values)


def one_digit(expression: Expression, bounds: Bounds, values: Callable[[Any], np.ndarray]) -> Digits:
    """An affine expression; `values` is (n,)."""
    return Digits((Part((expression,)),), (bounds,), lambda rows: np.asarray(values(rows), np.int32)[:, None])


def difference(a: Digits, b: Digits) -> Digits:
    """a - b, digit by digit, of numbers of one part without a selector."""
    number = tuple(x - y for x, y in zip(a.number, b.number, strict=True))
    bounds = tuple((low - most, high - least) for (low, high), (least, most) in zip(a.bounds, b.bounds, strict=True))
    return Digits((Part(number),), bounds, lambda rows: a.values(rows) - b.values(rows))


def total(a: Digits, b: Digits) -> Digits:
    """a + b, digit by digit, of numbers of one part without a selector."""
    number = tuple(x + y for x, y in zip(a.number, b.number, strict=True))
    bounds = tuple((low + least, high + most) for (low, high), (least, most) in zip(a.bounds, b.bounds, strict=True))
    return Digits((Part(number),), bounds, lambda rows: a.values(rows) + b.values(rows))


def scaled(digits: Digits, factor: int) -> Digits:
    """Digit by digit, of a number of one part without a selector, by a factor that is not negative."""
    number = tuple(digit * factor for digit in digits.number)
    bounds = tuple((factor * low, factor * high) for low, high in digits.bounds)
    return Digits((Part(number),), bounds, lambda rows: factor * digits.values(rows))


def one_of(
    selectors: Sequence[Expression], numbers: Sequence[Sequence[int]], which: Callable[[Any], np.ndarray]
) -> Digits:
    """The bytes of one of several constants, by columns that are bits of which at most one is set; of 0 if none is.
    `which` (n,) is its place."""
    digits = [
        sum((s * byte for s, byte in zip(selectors, at, strict=True) if byte), constant(0))
        for at in zip(*numbers, strict=True)
    ]
    table = np.array(numbers, np.int32)
    values = remembered(lambda rows: table[which(rows)])
    return Digits((Part(tuple(digits)),), tuple((0, max(at)) for at in zip(*numbers, strict=True)), values)


@dataclass(frozen=True, slots=True)
class Choice:
    """`digits` where the `selector` is 1, its negative where it is -1, nothing where it is 0; `values` is (n,)."""

    selector: Expression
    digits: Digits
    values: Callable[[Any], np.ndarray]
    can_be_negative: bool = False


def chosen(*choices: Choice) -> Digits:
    """One of several numbers without a selector. The caller has constrained the selectors: integers as `Choice` says,
    and at most one of them is other than 0 in a row. So a digit is bounded by what it is in one choice or another."""
    size = max(len(choice.digits) for choice in choices)
    ends: list[list[int]] = [[0] for _ in range(size)]
    for choice in choices:
        for k, (low, high) in enumerate(choice.digits.bounds):
            ends[k] += [low, high, *((-low, -high) if choice.can_be_negative else ())]

    def values(rows: Any) -> np.ndarray:
        total = np.zeros((len(rows), size), np.int32)
        for choice in choices:
            selected = np.asarray(choice.values(rows), np.int32)[:, None]
            total[:, : len(choice.digits)] += selected * choice.digits.values(rows)
        return total

    parts = tuple(Part(choice.digits.number, choice.selector) for choice in choices)
    return Digits(parts, tuple((min(e), max(e)) for e in ends), values)


def uncentred(numbers: np.ndarray, count: int) -> np.ndarray:
    """The balanced digits, int32 (.., count), of what kernels find: dwords (.., d) whose bytes are the digits plus
    128."""
    return numbers.view(np.uint8)[..., :count].astype(np.int32) - 128


def remembered(values: Values) -> Values:
    """The same, computed once for all that need it."""
    return lambda rows: rows.once(values)


def remembered_digits(digits: Digits) -> Digits:
    """The same, whose values are computed once for all products that it is in."""
    return Digits(digits.parts, digits.bounds, remembered(digits.values))


def modulo_p(values: np.ndarray) -> np.ndarray:
    """Small integers as canonical elements."""
    from core_vm.field.koalabear import P

    return np.asarray(values, np.int64) % P
