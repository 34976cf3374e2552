"""Arithmetic in K: words in, one word out. The output is an affine or quadratic form of what the row reads.

Every row determines its output: the constraint says it outright. That what it reads was written, and written once, is
for the buses.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core_vm.air.expression import Expression
from core_vm.air.table import Table
from core_vm.field.extension import DEGREE
from recursion.tables.builder import CircuitTable
from recursion.tables.buses import BUNDLE, BUNDLE_WORDS
from recursion.tables.element import Element, Scalar
from recursion.tables.rows import CircuitModule, Rows


def arith_table() -> Table:
    """output = product * a b + factor_a * a + factor_b * b + factor_c * c + constant. An unused operand reads zero."""
    t = CircuitTable("arith", documentation=arith_table.__doc__ or "")
    a, b, c, output = (t.element(name) for name in ("a", "b", "c", "output"))
    real, product = t.fixed("real"), t.fixed("product")
    factors, constant = [t.fixed(f"factor_{name}") for name in "abc"], t.fixed("constant")
    addresses = [t.address(name) for name in ("a", "b", "c", "output")]
    times = t.times()
    t.require_equal("output_is_the_value", output, _arith(a, b, c, product, factors, constant))
    for address, operand in zip(addresses, (a, b, c), strict=False):
        t.read(address, operand, real)
    t.write(addresses[3], output, times)
    return t.build()


def _arith(a: Element, b: Element, c: Element, product: Scalar, factors: Sequence[Scalar], constant: Scalar) -> Element:
    return a * b * product + a * factors[0] + b * factors[1] + c * factors[2] + constant


def _fill_arith(rows: Rows) -> list[Any]:
    a, b, c = (rows.element(name) for name in "abc")
    factors = [rows.fixed(f"factor_{name}") for name in "abc"]
    return [a, b, c, _arith(a, b, c, rows.fixed("product"), factors, rows.fixed("constant"))]


def linear_table() -> Table:
    """output = sum of factor_j * x_j, four words, + constant. An unused operand reads zero."""
    t = CircuitTable("linear", documentation=linear_table.__doc__ or "")
    operands, output = t.elements("x", BUNDLE_WORDS), t.element("output")
    real, constant = t.fixed("real"), t.fixed("constant")
    factors = [t.fixed(f"factor_{j}") for j in range(BUNDLE_WORDS)]
    addresses, at_output = [t.address(f"x_{j}") for j in range(BUNDLE_WORDS)], t.address("output")
    times = t.times()
    t.require_equal("output_is_the_value", output, _linear(operands, factors, constant))
    for address, operand in zip(addresses, operands, strict=True):
        t.read(address, operand, real)
    t.write(at_output, output, times)
    return t.build()


def _linear(operands: Sequence[Element], factors: Sequence[Scalar], constant: Scalar) -> Element:
    return sum((x * factor for x, factor in zip(operands, factors, strict=True)), Element.of([constant]))


def _fill_linear(rows: Rows) -> list[Any]:
    operands, factors = rows.elements("x", BUNDLE_WORDS), [rows.fixed(f"factor_{j}") for j in range(BUNDLE_WORDS)]
    return [operands, _linear(operands, factors, rows.fixed("constant"))]


def dot_table() -> Table:
    """output = accumulator + sum of the bundle's words times four words."""
    t = CircuitTable("dot", documentation=dot_table.__doc__ or "")
    accumulator, output = t.element("accumulator"), t.element("output")
    bundle, words = t.elements("bundle", BUNDLE_WORDS), t.elements("word", BUNDLE_WORDS)
    real, times = t.fixed("real"), t.times()
    at_accumulator, at_bundle = t.address("accumulator"), t.address("bundle")
    at_words, at_output = [t.address(f"word_{j}") for j in range(BUNDLE_WORDS)], t.address("output")
    t.require_equal("output_is_the_value", output, _dot(accumulator, bundle, words))
    t.read(at_accumulator, accumulator, real)
    receive_bundle(t, at_bundle, bundle, real)
    for address, word in zip(at_words, words, strict=True):
        t.read(address, word, real)
    t.write(at_output, output, times)
    return t.build()


def _dot(accumulator: Element, bundle: Sequence[Element], words: Sequence[Element]) -> Element:
    return sum((x * y for x, y in zip(bundle, words, strict=True)), accumulator)


def _fill_dot(rows: Rows) -> list[Any]:
    accumulator = rows.element("accumulator")
    bundle, words = rows.elements("bundle", BUNDLE_WORDS), rows.elements("word", BUNDLE_WORDS)
    return [accumulator, _dot(accumulator, bundle, words), bundle, words]


def horner_table() -> Table:
    """output = ((((accumulator + word_0) x + word_1) x + word_2) x + word_3) x, by x^2, which is a column."""
    t = CircuitTable("horner", documentation=horner_table.__doc__ or "")
    accumulator, x, square, output = (t.element(name) for name in ("accumulator", "x", "square", "output"))
    words = t.elements("word", BUNDLE_WORDS)
    real, times = t.fixed("real"), t.times()
    at_accumulator, at_x = t.address("accumulator"), t.address("x")
    at_words, at_output = [t.address(f"word_{j}") for j in range(BUNDLE_WORDS)], t.address("output")
    t.require_equal("square_is_x_times_x", square, x * x)
    t.require_equal("output_is_the_value", output, _horner(accumulator, x, square, words))
    for address, operand in zip([at_accumulator, at_x, *at_words], [accumulator, x, *words], strict=True):
        t.read(address, operand, real)
    t.write(at_output, output, times)
    return t.build()


def _horner(accumulator: Element, x: Element, square: Element, words: Sequence[Element]) -> Element:
    after_two = square * (accumulator + words[0]) + x * words[1]
    return square * (after_two + words[2]) + x * words[3]


def _fill_horner(rows: Rows) -> list[Any]:
    accumulator, x, words = rows.element("accumulator"), rows.element("x"), rows.elements("word", BUNDLE_WORDS)
    square = x * x
    return [accumulator, x, square, _horner(accumulator, x, square, words), words]


def expand_table() -> Table:
    """The bundle e * eq((z0, z1), 0..3), and its four words behind it; bit 0 of the place goes with z0.

    The constraints say o1 + o3 = e z0, o2 + o3 = e z1, o3 = (o1 + o3) z1 and o0 + o1 + o2 + o3 = e. So o3 = e z0 z1,
    o1 = e z0 (1 - z1), o2 = e z1 (1 - z0), and o0 = e (1 - z0) (1 - z1): each is determined.
    """
    t = CircuitTable("expand", documentation=expand_table.__doc__ or "")
    e, z0, z1 = t.element("e"), t.element("z0"), t.element("z1")
    outputs = t.elements("output", BUNDLE_WORDS)
    real, times = t.fixed("real"), t.times()
    at_e, at_z0, at_z1, at_output = (t.address(name) for name in ("e", "z0", "z1", "output"))
    each = [t.times(str(j)) for j in range(BUNDLE_WORDS)]
    with_z0, with_z1 = outputs[1] + outputs[3], outputs[2] + outputs[3]
    t.require_equal("outputs_1_and_3_make_e_z0", with_z0, e * z0)
    t.require_equal("outputs_2_and_3_make_e_z1", with_z1, e * z1)
    t.require_equal("output_3_is_the_product_of_all", outputs[3], with_z0 * z1)
    t.require_equal("all_outputs_make_e", sum(outputs[1:], outputs[0]), e)
    for address, operand in zip((at_e, at_z0, at_z1), (e, z0, z1), strict=True):
        t.read(address, operand, real)
    t.send(BUNDLE, (at_output, *(c for word in outputs for c in word.coefficients)), times)
    for j, word in enumerate(outputs):
        t.write(at_output + (1 + j), word, each[j])
    return t.build()


def _fill_expand(rows: Rows) -> list[Any]:
    e, z0, z1 = (rows.element(name) for name in ("e", "z0", "z1"))
    with_z0, with_z1, with_both = e * z0, e * z1, e * z0 * z1
    return [e, z0, z1, e - with_z0 - with_z1 + with_both, with_z0 - with_both, with_z1 - with_both, with_both]


def receive_bundle(t: CircuitTable, address: Expression, words: Sequence[Element], when: Expression) -> None:
    """The bundle at `address` is these four words."""
    t.receive(BUNDLE, (address, *(c for word in words for c in word.coefficients)), when)


_FOUR = BUNDLE_WORDS * DEGREE
ARITH = CircuitModule(arith_table(), _fill_arith, {"a": DEGREE, "b": DEGREE, "c": DEGREE})
LINEAR = CircuitModule(linear_table(), _fill_linear, {"x": _FOUR})
DOT = CircuitModule(dot_table(), _fill_dot, {"accumulator": DEGREE, "bundle": _FOUR, "word": _FOUR})
HORNER = CircuitModule(horner_table(), _fill_horner, {"accumulator": DEGREE, "x": DEGREE, "word": _FOUR})
EXPAND = CircuitModule(expand_table(), _fill_expand, {"e": DEGREE, "z0": DEGREE, "z1": DEGREE})
