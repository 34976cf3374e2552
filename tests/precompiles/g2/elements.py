"""Elements of Fp2 over the integers, as the equations have them."""

from __future__ import annotations

from precompiles.g2.reference import Element


def plus(a: Element, b: Element) -> Element:
    return a[0] + b[0], a[1] + b[1]


def minus(a: Element, b: Element) -> Element:
    return a[0] - b[0], a[1] - b[1]


def times(factor: int, a: Element) -> Element:
    return factor * a[0], factor * a[1]


def product(a: Element, b: Element) -> Element:
    return a[0] * b[0] - a[1] * b[1], a[0] * b[1] + a[1] * b[0]


def modulo(a: Element, m: int) -> Element:
    return a[0] % m, a[1] % m


def quotient(a: Element, b: Element) -> Element:
    """The nearest Gaussian integer."""
    above, norm = product(a, (b[0], -b[1])), b[0] * b[0] + b[1] * b[1]
    return (2 * above[0] + norm) // (2 * norm), (2 * above[1] + norm) // (2 * norm)


def multiple_near(factor: Element, m: int, near: tuple[Element, Element]) -> tuple[Element, Element]:
    """An element and `factor` times it modulo m, both as close to the given ones as the root of m: in a basis of all
    such pairs that half of Euclid's algorithm finds, the nearest by its coordinates."""
    (one, first), (other, second) = ((0, 0), (m, 0)), ((1, 0), factor)
    while second[0] ** 2 + second[1] ** 2 > m:
        by = quotient(first, second)
        (one, first), (other, second) = (
            (other, second),
            (minus(one, product(by, other)), minus(first, product(by, second))),
        )
    determinant = minus(product(one, second), product(other, first))
    a = quotient(minus(product(near[0], second), product(near[1], other)), determinant)
    b = quotient(minus(product(one, near[1]), product(first, near[0])), determinant)
    return plus(product(a, one), product(b, other)), plus(product(a, first), product(b, second))
