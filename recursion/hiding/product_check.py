"""Products of pads are what they are said to be: one identity of polynomials, checked at one point.

Row k, k = 1 .. n, says PRODUCT_k = left_k * right_k. Let f and g be the polynomials of degree n through the left and
right factors at the points 1 .. n, and through two further random pads at 0; h the one of degree 2 n through the
products at 1 .. n, and through committed elements at 0 and n + 1 .. 2 n. The prover sends f(tau) and g(tau) for a
challenge tau. That these are the values, and that h(tau) is their product, are three linear equations in committed
elements.

Soundness: all three polynomials are committed to before tau is drawn. If a product is false, f g - h is not zero and
has degree 2 n, so it is zero at tau with probability 2 n / |K|. Nothing else is used: were the products a table whose
constraint the masked zerocheck proves, that proof would rest on the very products that it is about, and a prover could
prove other constraints than those of the tables by products that are false in a consistent way.

Hiding: f(tau) and g(tau) are uniform, for their pads at 0 are used nowhere else, if tau is none of the points.
Source: the proofs on secret-shared data of Prio (Corrigan-Gibbs and Boneh, NSDI 2017, section 4).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, reduce
from itertools import accumulate

import numpy as np

from core_vm.field.extension import K, inner
from core_vm.field.koalabear import P
from recursion.hiding.linear_algebra import Matrix, product
from recursion.hiding.masked import Element, Masked, Part, Products, add_term, element

Row = tuple[Element, Element]


def factors(rows: Sequence[Row], num_pads: int, side: int) -> list[Element]:
    """What f (side 0) or g (side 1) goes through at 0, 1, .., n: a random pad behind those of messages, and factors."""
    return [element(Part.PAD, num_pads + side), *(row[side] for row in rows)]


def products(count: int) -> list[Element]:
    """What h goes through at 0, 1, .., 2 n."""
    of_rows = [element(Part.PRODUCT, number) for number in range(count)]
    return [element(Part.BEYOND, 0), *of_rows, *(element(Part.BEYOND, number) for number in range(1, count + 1))]


def values_at(tau: K, rows: Sequence[Row], num_pads: int, elements: Mapping[Element, K]) -> list[K]:
    """f(tau) and g(tau)."""
    weights = lagrange(tau, 1 + len(rows))
    return [inner(weights, [elements[e] for e in factors(rows, num_pads, side)]) for side in (0, 1)]


def equations(
    register: Products, tau: K, rows: Sequence[Row], num_pads: int, sent: Sequence[K]
) -> list[Masked]:  # fmt: skip
    """The three that must be zero."""
    f, g = sent
    low, whole = lagrange(tau, 1 + len(rows)), lagrange(tau, 1 + 2 * len(rows))
    return [
        _through(register, factors(rows, num_pads, 0), low, f),
        _through(register, factors(rows, num_pads, 1), low, g),
        _through(register, products(len(rows)), whole, f * g),
    ]


def _through(register: Products, elements: Sequence[Element], weights: Sequence[K], value: K) -> Masked:
    form: dict[Element, K] = {}
    for number, weight in zip(elements, weights, strict=True):
        add_term(form, number, weight)
    return Masked(register, -value, form)


def lagrange(tau: K, count: int) -> list[K]:
    """For k < count the polynomial of degree count - 1 that is 1 at k and 0 at the other integers below, at tau."""
    before, after = [K.one], [K.one]
    for k in range(count - 1):
        before.append(before[-1] * (tau - k))
        after.append(after[-1] * (tau - (count - 1 - k)))
    return [before[k] * after[count - 1 - k] * scale for k, scale in enumerate(_scales(count))]


@cache
def _scales(count: int) -> list[int]:
    """For k < count the inverse of the product of k - j over the other j."""
    inverse = list(accumulate(range(1, count), lambda done, k: done * pow(k, -1, P) % P, initial=1))  # of factorials
    return [inverse[k] * inverse[count - 1 - k] * (-1) ** (count - 1 - k) % P for k in range(count)]


def beyond(rows: Sequence[Row], num_pads: int, elements: Mapping[Element, K]) -> dict[Element, K]:
    """What h is at 0 and n + 1 .. 2 n."""
    f, g = (_continued([elements[e] for e in factors(rows, num_pads, side)]) for side in (0, 1))
    return {element(Part.BEYOND, number): x * y for number, (x, y) in enumerate(zip(f, g, strict=True))}


def _continued(values: Sequence[K]) -> list[K]:
    """The polynomial of degree n through `values` at 0 .. n: at 0, and at n + 1 .. 2 n."""
    further = product(_weights_behind(len(values)), np.array([value.c for value in values], np.uint64))
    return [values[0], *(K(*row) for row in further.tolist())]


@cache
def _weights_behind(count: int) -> Matrix:
    """`lagrange` at the points count .. 2 count - 2, which lie in F: a row each."""
    scales, inverses, rows = _scales(count), [0, *(pow(k, -1, P) for k in range(1, 2 * count))], list[list[int]]()
    for point in range(count, 2 * count - 1):
        whole = reduce(lambda done, k: done * (point - k) % P, range(count), 1)
        rows.append([whole * inverses[point - k] * scales[k] % P for k in range(count)])
    return np.array(rows, np.uint64).reshape(count - 1, count)
