"""256-bit integers as the calls define them, in plain Python. Operands are below 2^256, carries below 2^64."""

from __future__ import annotations

from typing import Final

BITS: Final = 256
SUMS: Final = ("add", "subtract", "compare")
PRODUCTS: Final = ("multiply", "multiply_add", "divide")


def compute_sum(operation: str, x: int, y: int, carry: int) -> tuple[int, int] | None:
    """The new x and the new carry; None if the carry was neither 0 nor 1."""
    if carry > 1:
        return None
    if operation == "add":
        return (x + y + carry) % 2**BITS, int(x + y + carry >= 2**BITS)
    borrow = int(x < y + carry)
    return (x if operation == "compare" else (x - y - carry) % 2**BITS), borrow


def compute_product(operation: str, x: int, y: int, z: int) -> tuple[int, int]:
    """The new x and the new z: the low and the high half of a product, or quotient and remainder; both are 0 if y is.

    x y + z is below 2^512, as (2^256 - 1)^2 + 2^256 - 1 is.
    """
    if operation == "divide":
        return divmod(x, y) if y else (0, 0)
    high, low = divmod(x * y + (z if operation == "multiply_add" else 0), 2**BITS)
    return low, high
