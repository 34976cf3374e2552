"""Squeezed elements as bits: indices of leaves, points of a domain and their weights, work, and ranges."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core_vm.air.table import Table
from core_vm.field.extension import DEGREE
from core_vm.field.koalabear import TWO_ADICITY, root_of_unity
from recursion.tables.builder import CircuitTable
from recursion.tables.buses import LEAF, WEIGHT
from recursion.tables.element import Element, Scalar, lifted
from recursion.tables.rows import CircuitModule, Rows

ELEMENT_BITS = 31
COORDINATES_A_ROW = 5


def query_table() -> Table:
    """The bits of an element of F, the number that the masked ones make, and the domain's point at that leaf.

    `mask_i` is 1 for the bits that are wanted: `log_domain` low ones of a drawn index, the bits of a nonce's work, or
    as many as a number may have. Where the masked number is read as zero, or as the element itself, it is asserted.

    The bits are those of the element's canonical integer. They make an integer below 2^31 that is the element modulo
    p, so it is the canonical one or that plus p; the latter, and p - 1, are the integers from 2^31 - 2^24 = p - 1 on,
    which are those with the top seven bits all ones. Refused is p - 1 too, as by the transcript.

    Leaf b lies at root_of_unity(log_domain) ^ bitreverse(b) = prod over its bits of root_of_unity(bit + 1).
    """
    t = CircuitTable("query", documentation=query_table.__doc__ or "")
    value, low = t.column("value"), t.column("low")
    bits = [t.bit(f"bit_{i}") for i in range(ELEMENT_BITS)]
    points = t.columns("point", TWO_ADICITY)
    top = t.columns("top", 2)
    real, mask = t.fixed("real"), [t.fixed(f"mask_{i}") for i in range(ELEMENT_BITS)]
    at_value, at_low, times_low = t.address(), t.address("low"), t.times("low")
    at_leaf, times_leaf = t.address("leaf"), t.times("leaf")
    at_weight, times_weight = t.address("weight"), t.times("weight")

    t.constrain("value_is_the_sum_of_the_bits", value - _number(bits))
    masked = [bit * wanted for bit, wanted in zip(bits, mask, strict=True)]
    t.constrain("low_is_the_sum_of_the_masked_bits", low - _number(masked))
    t.constrain("top_0_is_whether_bits_24_to_26_are_ones", top[0] - bits[24] * bits[25] * bits[26])
    t.constrain("top_1_is_whether_bits_27_to_29_are_ones", top[1] - bits[27] * bits[28] * bits[29])
    t.constrain("not_all_of_the_top_seven_bits_are_ones", top[0] * top[1] * bits[30])
    before = real  # instead of 1, so that a row of zeros holds
    for i, point in enumerate(points):
        t.constrain(f"point_{i}_takes_bit_{i}", point - _next_point(before, masked[i], i))
        before = point

    t.read(at_value, value, real)
    t.write(at_low, low, times_low)
    nothing_yet = [0] * (len(LEAF.fields) - 2)
    t.send(LEAF, (at_leaf, low, *nothing_yet), times_leaf)
    t.send(WEIGHT, (at_weight, points[-1], *lifted(1).coefficients), times_weight)
    return t.build()


def _number(bits: Sequence[Scalar]) -> Scalar:
    return sum((bit * 2**i for i, bit in enumerate(bits[1:], 1)), bits[0])


def _next_point(before: Scalar, bit: Scalar, number: int) -> Scalar:
    return before + before * bit * (root_of_unity(number + 1) - 1)


def _fill_query(rows: Rows) -> list[Any]:
    value = rows.column("value")
    bits = rows.bits(value, ELEMENT_BITS)
    masked = [bit * rows.fixed(f"mask_{i}") for i, bit in enumerate(bits)]
    points, before = [], rows.fixed("real")
    for i in range(TWO_ADICITY):
        before = _next_point(before, masked[i], i)
        points.append(before)
    return [value, _number(masked), bits, points, bits[24] * bits[25] * bits[26], bits[27] * bits[28] * bits[29]]


def weight_table() -> Table:
    """Five factors 1 + y (x - 1) of a query's weight, x squared from one to the next.

    The extension of i -> x^i at the coordinates y is the product of 1 + y_b (x^(2^b) - 1). A factor that is not wanted
    reads y = 0, and is 1. Rows are chained by fixed addresses; the last one writes the product.
    """
    t = CircuitTable("weight", documentation=weight_table.__doc__ or "")
    x, product = [t.column("x")], [t.element("product")]
    coordinates = t.elements("y", COORDINATES_A_ROW)
    for j in range(COORDINATES_A_ROW):
        x.append(t.column(f"x_{j}"))
        product.append(t.element(f"product_{j}"))
    goes_on, ends = t.fixed("goes_on"), t.fixed("ends")
    address, at_output = t.address(), t.address("output")
    at_coordinates = [t.address(f"y_{j}") for j in range(COORDINATES_A_ROW)]
    real = goes_on + ends
    for j, y in enumerate(coordinates):
        t.constrain(f"x_{j}_is_the_square", x[j + 1] - x[j] * x[j])
        t.require_equal(f"product_{j}_takes_the_factor", product[j + 1], _next_product(product[j], x[j], y))
        t.read(at_coordinates[j], y, real)
    t.receive(WEIGHT, (address, x[0], *product[0].coefficients), real)
    t.send(WEIGHT, (address + 1, x[-1], *product[-1].coefficients), goes_on)
    t.write(at_output, product[-1], ends)
    return t.build()


def _next_product(product: Element, x: Scalar, y: Element) -> Element:
    return product + product * (y * (x - 1))


def _fill_weight(rows: Rows) -> list[Any]:
    x, product, coordinates = rows.column("x"), rows.element("product"), rows.elements("y", COORDINATES_A_ROW)
    parts: list[Any] = [x, product, coordinates]
    for y in coordinates:
        x, product = x * x, _next_product(product, x, y)
        parts += [x, product]
    return parts


QUERY = CircuitModule(query_table(), _fill_query, {"value": 1})
WEIGHT_STEP = CircuitModule(weight_table(), _fill_weight, {"x": 1, "product": DEGREE, "y": COORDINATES_A_ROW * DEGREE})
