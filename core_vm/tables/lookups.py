"""The lookup table: 2^16 rows that hold every 16-bit value, every pair of bytes, and every value below 2^0 .. 2^15.

Its keys are closed-form multilinear functions of the row number, which the verifier evaluates itself; the only columns
are how often each row is looked up on each bus. The prover counts those (`core_vm.witness.lookups`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core_vm.air.table import Table
from core_vm.air.table_builder import TableBuilder
from core_vm.field.koalabear import P
from core_vm.isa.operations import Operation
from core_vm.tables import buses
from core_vm.witness.module import TableModule

LOG_ROWS = 16


def _number(bits: Sequence[Any]) -> Any:
    """The integer with these bits, lowest first."""
    return sum((bit * 2**i for i, bit in enumerate(bits[1:], start=1)), bits[0])


def _logic(weight_of_sum: int, weight_of_product: int) -> Any:
    """Bitwise on the low and the high byte of the row: weight_of_sum (x + y) + weight_of_product x y for each bit."""

    def function(bits: Sequence[Any]) -> Any:
        out = [(x + y) * weight_of_sum + x * y * weight_of_product for x, y in zip(bits[:8], bits[8:16], strict=True)]
        return _number(out)

    return function


def _leading(bits: Sequence[Any]) -> tuple[list[Any], Any]:
    """(for each position, whether its bit is the row number's highest one; whether the row number is zero)."""
    none_above: Any = 1
    leading: list[Any] = []
    for bit in reversed(bits):
        leading.append(bit * none_above)
        none_above = (1 - bit) * none_above
    return leading[::-1], none_above


def _bits_key(bits: Sequence[Any]) -> Any:
    leading, _ = _leading(bits)
    return sum((flag * i for i, flag in enumerate(leading[2:], start=2)), leading[1])


def _limit_key(bits: Sequence[Any]) -> Any:
    leading, zero = _leading(bits)
    return sum((flag * 2**i for i, flag in enumerate(leading)), zero)


def _value_key(bits: Sequence[Any]) -> Any:
    """The row number without its highest bit: row 2^k + v stands for the value v below 2^k (row 0 for 0 below 1)."""
    leading, _ = _leading(bits)
    return _number(bits) - sum((flag * 2**i for i, flag in enumerate(leading[1:], start=1)), leading[0])


def _table() -> Table:
    t = TableBuilder("lookups", log_height=LOG_ROWS, documentation=__doc__ or "")
    row = t.key("row", _number)
    first = t.key("first_byte", lambda bits: _number(bits[:8]))
    second = t.key("second_byte", lambda bits: _number(bits[8:16]))
    t.receive_counted(buses.RANGE16, (row,), t.column("range16_multiplicity"))
    t.receive_counted(buses.BYTE_PAIR, (first, second), t.column("byte_pair_multiplicity"))
    # AND is x y, OR is x + y - x y, XOR is x + y - 2 x y, bit by bit.
    for operation, weights in ((Operation.AND, (0, 1)), (Operation.OR, (1, P - 1)), (Operation.XOR, (1, P - 2))):
        name = operation.name.lower()
        result = t.key(name, _logic(*weights))
        message = (int(operation), first, second, result)
        t.receive_counted(buses.BYTE_LOGIC, message, t.column(f"{name}_multiplicity"))
    bits, limit, value = t.key("bits", _bits_key), t.key("limit", _limit_key), t.key("value", _value_key)
    t.receive_counted(buses.BIT_RANGE, (bits, limit, value), t.column("bit_range_multiplicity"))
    return t.build()


LOOKUPS = TableModule(_table())
MODULES = (LOOKUPS,)
