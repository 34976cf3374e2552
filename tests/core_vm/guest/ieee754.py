"""Binary floating point as IEEE 754 defines it, in Python's integers: exact values, rounded once, ties to even.

A bit pattern is decoded to a `Real`, computed with exactly, and rounded by `Format.encode`. Slow and obvious.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import isqrt
from typing import Final

INFINITY: Final = "infinity"
NAN: Final = "nan"


@dataclass(frozen=True)
class Real:
    """A decoded number. `special` is INFINITY, NAN or empty; `magnitude` is exact and not negative."""

    negative: bool
    magnitude: Fraction = Fraction(0)
    special: str = ""

    @property
    def value(self) -> Fraction:
        return -self.magnitude if self.negative else self.magnitude

    @property
    def is_zero(self) -> bool:
        return not self.special and self.magnitude == 0

    def negated(self) -> Real:
        return Real(not self.negative, self.magnitude, self.special)


NOT_A_NUMBER: Final = Real(False, special=NAN)


@dataclass(frozen=True)
class Format:
    """A binary interchange format: `exponent_bits` and `fraction_bits` (the leading bit not counted)."""

    name: str
    exponent_bits: int
    fraction_bits: int

    @property
    def width(self) -> int:
        return 1 + self.exponent_bits + self.fraction_bits

    @property
    def bias(self) -> int:
        return (1 << (self.exponent_bits - 1)) - 1

    @property
    def infinity(self) -> int:
        return ((1 << self.exponent_bits) - 1) << self.fraction_bits

    @property
    def lowest_exponent(self) -> int:
        """Of the last place of a subnormal number."""
        return 1 - self.bias - self.fraction_bits

    @property
    def canonical_nan(self) -> int:
        return self.infinity | 1 << (self.fraction_bits - 1)

    def decode(self, bits: int) -> Real:
        negative = bool(bits >> (self.width - 1))
        exponent = bits >> self.fraction_bits & ((1 << self.exponent_bits) - 1)
        fraction = bits & ((1 << self.fraction_bits) - 1)
        if exponent == (1 << self.exponent_bits) - 1:
            return NOT_A_NUMBER if fraction else Real(negative, special=INFINITY)
        if exponent:
            fraction |= 1 << self.fraction_bits
        return Real(negative, Fraction(fraction) * _power_of_two(max(exponent, 1) - 1 + self.lowest_exponent))

    def encode(self, number: Real) -> int:
        """The nearest number's bits; NaN is the canonical one."""
        if number.special == NAN:
            return self.canonical_nan
        sign = int(number.negative) << (self.width - 1)
        if number.special == INFINITY:
            return sign | self.infinity
        scale = max(_floor_log2(number.magnitude) - self.fraction_bits, self.lowest_exponent)
        scaled = number.magnitude / _power_of_two(scale)
        significand = round(scaled)  # Python rounds ties of fractions to even
        # A significand with its leading bit adds one to the exponent by itself, and so does one rounded up to 2^(p).
        bits = significand + ((scale - self.lowest_exponent) << self.fraction_bits)
        return sign | min(bits, self.infinity)


BINARY16: Final = Format("binary16", 5, 10)
BFLOAT16: Final = Format("bfloat16", 8, 7)
BINARY32: Final = Format("float", 8, 23)
BINARY64: Final = Format("double", 11, 52)
BINARY128: Final = Format("binary128", 15, 112)


def add(a: Real, b: Real) -> Real:
    if NAN in (a.special, b.special) or (a.special and b.special and a.negative != b.negative):
        return NOT_A_NUMBER
    if a.special or b.special:
        return a if a.special else b
    total = a.value + b.value
    if total == 0:  # a sum of zeros of one sign keeps it; any other zero is positive
        return Real(a.negative and b.negative)
    return Real(total < 0, abs(total))


def multiply(a: Real, b: Real) -> Real:
    negative = a.negative != b.negative
    if NAN in (a.special, b.special) or (a.special and b.is_zero) or (b.special and a.is_zero):
        return NOT_A_NUMBER
    if a.special or b.special:
        return Real(negative, special=INFINITY)
    return Real(negative, a.magnitude * b.magnitude)


def divide(a: Real, b: Real) -> Real:
    negative = a.negative != b.negative
    if NAN in (a.special, b.special) or (a.special and b.special) or (a.is_zero and b.is_zero):
        return NOT_A_NUMBER
    if a.special or b.is_zero:
        return Real(negative, special=INFINITY)
    return Real(negative) if b.special else Real(negative, a.magnitude / b.magnitude)


def remainder(a: Real, b: Real) -> Real:
    """C's fmod: the sign of `a`."""
    if NAN in (a.special, b.special) or a.special or b.is_zero:
        return NOT_A_NUMBER
    return a if b.special else Real(a.negative, a.magnitude % b.magnitude)


def square_root(a: Real, precision: int) -> Real:
    """To `precision` bits and some more, with a last bit that says whether anything was cut off."""
    if a.special == NAN or (a.negative and not a.is_zero):
        return NOT_A_NUMBER
    if a.special or a.is_zero:
        return a
    shift = 2 * (precision + 4) - 2 * (_floor_log2(a.magnitude) // 2)
    scaled = a.magnitude * _power_of_two(shift)
    root = isqrt(int(scaled))
    sticky = int(root * root != scaled)
    return Real(False, Fraction(2 * root + sticky) * _power_of_two(-shift // 2 - 1))


def to_integral(a: Real, mode: str) -> Real:
    """floor, ceil, trunc, or round (halves away from zero, as C has it)."""
    if a.special:
        return a
    whole, rest = divmod(a.magnitude, 1)
    away = {"trunc": False, "floor": a.negative, "ceil": not a.negative, "round": rest >= Fraction(1, 2)}[mode]
    return Real(a.negative, Fraction(whole + int(away and rest > 0)))


def _power_of_two(exponent: int) -> Fraction:
    return Fraction(1 << exponent) if exponent >= 0 else Fraction(1, 1 << -exponent)


def _floor_log2(magnitude: Fraction) -> int:
    if magnitude == 0:
        return -(1 << 20)
    guess = magnitude.numerator.bit_length() - magnitude.denominator.bit_length()
    return guess if magnitude >= _power_of_two(guess) else guess - 1
