"""Values of which the verifier only knows a masked form: the third thing that its source computes with.

The prover sends m + s in place of m, and has committed to the pad s, five cells, before any challenge. So the verifier
knows m as an affine form: the number that was sent, less the element s. Sums and multiples of forms are forms. A
product of two of them has products of elements in it, which are committed too and checked by themselves
(`product_check`). (The idea of a transcript encrypted with committed pads is that of Longfellow: Frigo and shelat,
ePrint 2024/2010.)

Which elements there are, and in which order they are first used, depends on the shape of the proof alone: coefficients
that happen to be zero are kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import IntEnum
from typing import Any

from core_vm.field.extension import K
from core_vm.transcript.unseen import Unseen

Element = int
"""A committed element of K: its number shifted up by two bits, and its `Part`."""


class Part(IntEnum):
    """What an element is: a pad, a product of pads, or a value that their check needs beside them."""

    PAD = 0
    PRODUCT = 1
    BEYOND = 2


def element(part: Part, number: int) -> Element:
    """The element of this kind and number."""
    return number << 2 | part


class Products:
    """The products of pads that have been asked for: `rows` names the factors of each, pads or earlier products."""

    def __init__(self) -> None:
        self.rows: list[tuple[Element, Element]] = []
        self._factors: list[tuple[Element, ...]] = []
        self._known: dict[tuple[Element, ...], Element] = {}

    def product(self, a: Element, b: Element) -> Element:
        """The element that is a * b; the same one for all ways to multiply the same pads."""
        return self._of(tuple(sorted((*self._pads_of(a), *self._pads_of(b)))))

    def _pads_of(self, factor: Element) -> tuple[Element, ...]:
        return self._factors[factor >> 2] if factor & 3 == Part.PRODUCT else (factor,)

    def _of(self, pads: tuple[Element, ...]) -> Element:
        if pads not in self._known:
            left = pads[0] if len(pads) == 2 else self._of(pads[:-1])
            self._known[pads] = element(Part.PRODUCT, len(self.rows))
            self.rows.append((left, pads[-1]))
            self._factors.append(pads)
        return self._known[pads]


class Masked(Unseen):
    """value + sum of form[e] * e over committed elements e. Mixes with its like, with `K` and with integers."""

    __slots__ = ("form", "products", "value")

    def __init__(self, products: Products, value: K, form: dict[Element, K]) -> None:
        self.products, self.value, self.form = products, value, form

    def __add__(self, other: Masked | K | int) -> Masked:
        if not isinstance(other, Masked):
            return Masked(self.products, self.value + other, self.form)
        return Masked(self.products, self.value + other.value, _sum(self.form, other.form))

    def __sub__(self, other: Masked | K | int) -> Masked:
        if not isinstance(other, Masked):
            return Masked(self.products, self.value - other, self.form)
        return Masked(self.products, self.value - other.value, _sum(self.form, _scaled(other.form, -1)))

    def __rsub__(self, other: K | int) -> Masked:
        return Masked(self.products, other - self.value, _scaled(self.form, -1))

    def __mul__(self, other: Masked | K | int) -> Masked:
        if not isinstance(other, Masked):
            return Masked(self.products, self.value * other, _scaled(self.form, other))
        form = _sum(_scaled(self.form, other.value), _scaled(other.form, self.value))
        for a, x in self.form.items():
            for b, y in other.form.items():
                add_term(form, self.products.product(a, b), x * y)
        return Masked(self.products, self.value * other.value, form)

    __radd__, __rmul__ = __add__, __mul__

    def refusal(self) -> TypeError:
        return TypeError("what a masked value is nobody can know: require it to be")

    def open(self, elements: Mapping[Element, K]) -> K:
        """What it stands for, given the elements."""
        total = self.value
        for number, coefficient in self.form.items():
            total = total + coefficient * elements[number]
        return total


def combination(terms: Iterable[tuple[Any, Any]]) -> Any:
    """sum of weight * value, of which at most one a term is masked; a number if none is."""
    value, form, products = K.zero, {}, None
    for weight, term in terms:
        if isinstance(weight, Masked):
            weight, term = term, weight
        if not isinstance(term, Masked):
            value = value + term * weight
            continue
        value, products = value + term.value * weight, term.products
        for number, coefficient in term.form.items():
            add_term(form, number, coefficient * weight)
    return value if products is None else Masked(products, value, form)


def add_term(form: dict[Element, K], number: Element, coefficient: K) -> None:
    """form[number] += coefficient, in place."""
    known = form.get(number)
    form[number] = coefficient if known is None else known + coefficient


def _sum(a: dict[Element, K], b: dict[Element, K]) -> dict[Element, K]:
    total = dict(a)
    for number, coefficient in b.items():
        add_term(total, number, coefficient)
    return total


def _scaled(form: dict[Element, K], factor: K | int) -> dict[Element, K]:
    return {number: coefficient * factor for number, coefficient in form.items()}
