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
