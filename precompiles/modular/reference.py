"""Modular arithmetic as the calls define it, in plain Python. A modulus of 0 means 2^bits."""

from __future__ import annotations

from math import gcd
from typing import Final

OPERATIONS: Final = ("multiply", "add", "subtract", "invert", "root")


def modulus_of(m: int, bits: int) -> int:
    """The modulus that an operand m means."""
    return m or 1 << bits


def compute(operation: str, x: int, y: int, m: int, bits: int) -> int | None:
    """The new x, below the modulus; None if the call has no result. x, y and m are below 2^bits."""
    modulus = modulus_of(m, bits)
    if operation == "multiply":
        return multiply(x, y, modulus, bits)
    if operation == "invert":
        return invert(y, modulus)
    if operation == "root":
        return root(y, modulus)
    return (x + y if operation == "add" else x - y) % modulus


def largest_quotient(bits: int) -> int:
    """Of bits / 8 + 1 digits between -128 and 127."""
    digits = bits // 8 + 1
    return 127 * (256**digits - 1) // 255


def multiply(x: int, y: int, modulus: int, bits: int) -> int | None:
    """x y; none if their product holds the modulus more often than tables can say: reduced operands never do."""
    quotient, rest = divmod(x * y, modulus)
    return rest if quotient <= largest_quotient(bits) else None


def invert(y: int, modulus: int) -> int | None:
    """1 / y; 0 for 0, none if y has a factor in common with the modulus."""
    if y % modulus == 0:
        return 0
    return pow(y, -1, modulus) if gcd(y, modulus) == 1 else None


def root(y: int, modulus: int) -> int | None:
    """The even one of the two roots of y or of -y, whichever has roots; 0 for 0.

    Where the modulus is a prime that leaves 3 modulo 4, one of the two has roots, and of them one is even. Where it is
    not, there may be none that this formula finds.
    """
    if y % modulus == 0:
        return 0
    if modulus % 4 != 3:
        return None
    found = pow(y, (modulus + 1) // 4, modulus)
    found = found if found % 2 == 0 else modulus - found
    return found if (found * found - y) % modulus == 0 or (found * found + y) % modulus == 0 else None
