"""A guest that makes every call on numbers that it reads, and what it has to write."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from core_vm.machine.program.program import Program
from precompiles.uint256.reference import PRODUCTS, SUMS, compute_product
from tests.precompiles.guests import built
from tests.precompiles.uint256.calls import result_of

HERE = Path(__file__).resolve().parent


@cache
def program() -> Program:
    return built(HERE / "uint256.c")


def in_bytes(*numbers: int) -> bytes:
    return b"".join(number.to_bytes(32, "little") for number in numbers)


def input_of(x: int, y: int, z: int, carry: int) -> bytes:
    return in_bytes(x, y, z) + carry.to_bytes(8, "little")


def signed(number: int) -> int:
    """In two's complement."""
    return number - 2**256 if number >> 255 else number


def divided_signed(x: int, y: int) -> tuple[int, int]:
    a, b = signed(x), signed(y)
    if not b:
        return 0, 0
    quotient, rest = divmod(abs(a), abs(b))
    return (quotient if (a < 0) == (b < 0) else -quotient) % 2**256, (rest if a >= 0 else -rest) % 2**256


def output_of(x: int, y: int, z: int, carry: int) -> bytes:
    written = b""
    for operation in SUMS:
        result, out = result_of((operation, x, y, carry))
        written += in_bytes(result) + out.to_bytes(8, "little")
    for operation in PRODUCTS:
        written += in_bytes(*result_of((operation, x, y, z)))
    written += in_bytes(*divided_signed(x, y))
    written += int(x < y).to_bytes(8, "little") + int(signed(x) < signed(y)).to_bytes(8, "little")
    return written + in_bytes(*compute_product("multiply", x, x, 0)) + in_bytes(*compute_product("divide", x, y, 0))
