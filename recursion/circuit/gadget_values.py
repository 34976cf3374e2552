"""What each gadget computes, in plain Python: the definition that the tables' rows are compared with.

A function takes the values of the inputs, the gadget's words of the hints and its constants, and returns the values of
the outputs. None of them fails, whatever the words are: what must hold is asserted elsewhere (`interpreter`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from core_vm.field.extension import DEGREE, K, eq_table, lift
from core_vm.field.koalabear import P
from core_vm.hash.poseidon2 import DIGEST, compress, permute
from core_vm.hash.poseidon2_parameters import POSEIDON2_24
from core_vm.poly.tile_sums import bit_products, shifted_step
from core_vm.transcript.numbers import NUMBERS
from recursion.circuit.gadgets import COLUMNS_A_ROW, TERMS_A_ROW, Kind

Values = Sequence[Any]
"""Integers for elements of F, `K` or integers for elements of K."""


def _element(inputs: Values, hints: Sequence[int], constants: Sequence[int]) -> Values:
    return [K(*hints), *hints]


def _columns(inputs: Values, hints: Sequence[int], constants: Sequence[int]) -> Values:
    return [*(K(*hints[DEGREE * i : DEGREE * (i + 1)]) for i in range(COLUMNS_A_ROW)), *hints]


def _hints(inputs: Values, hints: Sequence[int], constants: Sequence[int]) -> Values:
    return hints


def _sponge(inputs: Values, hints: Sequence[int], constants: Sequence[int]) -> Values:
    state = permute(inputs)
    return [K(*state[:DEGREE]), *state]


def _compress(inputs: Values, hints: Sequence[int], constants: Sequence[int]) -> Values:
    return compress(tuple(inputs[:DIGEST]), tuple(inputs[DIGEST:]))


def _leaf(inputs: Values, block: Sequence[int], constants: Sequence[int]) -> Values:
    digest, total, weights = inputs[1 : 1 + DIGEST], lift(inputs[1 + DIGEST]), inputs[2 + DIGEST :]
    low, high = weights[:TERMS_A_ROW], weights[TERMS_A_ROW:]
    for j, weight in enumerate(high):
        four = block[TERMS_A_ROW * j : TERMS_A_ROW * (j + 1)]
        total = total + weight * sum((x * y for x, y in zip(low, four, strict=True)), K.zero)
    permuted = permute([*digest, *block], POSEIDON2_24)
    return [*((x + y) % P for x, y in zip(permuted, digest, strict=False)), total]


def _path(inputs: Values, sibling: Sequence[int], constants: Sequence[int]) -> Values:
    index, digest = inputs[0], tuple(inputs[1:])
    pair = (tuple(sibling), digest) if index & 1 else (digest, tuple(sibling))
    return [index >> 1, *compress(*pair)]


def _index(inputs: Values, hints: Sequence[int], constants: Sequence[int]) -> Values:
    low = inputs[0] & ((1 << constants[0]) - 1)
    return [low, int(NUMBERS.domain_points([low], constants[0])[0])]


def _below(inputs: Values, hints: Sequence[int], constants: Sequence[int]) -> Values:
    tiles, less, z = inputs
    inside = lift(z) * less
    return [tiles >> 1, 1 - z + inside if tiles & 1 else lift(less) - inside]


def _jagged(inputs: Values, hints: Sequence[int], constants: Sequence[int]) -> Values:
    start, tiles, *rest = inputs
    least_0, less_0, least_1, less_1, z, y = map(lift, rest)
    after = shifted_step(((least_0, less_0), (least_1, less_1)), bit_products(z, y), start & 1, tiles & 1)
    return [start >> 1, tiles >> 1, *after[0], *after[1]]


def _weight(inputs: Values, hints: Sequence[int], constants: Sequence[int]) -> Values:
    x, product, *coordinates = inputs
    product = lift(product)
    for y in coordinates:
        product, x = product + product * y * (x - 1), x * x % P
    return [x, product]


def _inverse(inputs: Values, hints: Sequence[int], constants: Sequence[int]) -> Values:
    """Of zero, zero: then the product that is asserted to be one is zero."""
    value = lift(inputs[0])
    return [value.inverse() if value else K.zero]


def _expand(inputs: Values, hints: Sequence[int], constants: Sequence[int]) -> Values:
    e, z0, z1 = map(lift, inputs)
    return [e * factor for factor in eq_table([z0, z1])]


def _dot(inputs: Values, hints: Sequence[int], constants: Sequence[int]) -> Values:
    total, pairs = lift(inputs[0]), zip(inputs[1 : 1 + TERMS_A_ROW], inputs[1 + TERMS_A_ROW :], strict=True)
    return [sum((x * y for x, y in pairs), total)]


def _horner(inputs: Values, hints: Sequence[int], constants: Sequence[int]) -> Values:
    total, x, *words = inputs
    for word in words:
        total = (lift(total) + word) * x
    return [total]


def _nothing(inputs: Values, hints: Sequence[int], constants: Sequence[int]) -> Values:
    return []


COMPUTED: dict[Kind, Callable[[Values, Sequence[int], Sequence[int]], Values]] = {
    Kind.WORD: _hints,
    Kind.ELEMENT: _element,
    Kind.COLUMNS: _columns,
    Kind.OCTET: _hints,
    Kind.CAP: _hints,
    Kind.SPONGE: _sponge,
    Kind.COMPRESS: _compress,
    Kind.LEAF: _leaf,
    Kind.PATH: _path,
    Kind.PATH_END: _nothing,
    Kind.INDEX: _index,
    Kind.RANGE: _nothing,
    Kind.BELOW: _below,
    Kind.JAGGED: _jagged,
    Kind.WEIGHT: _weight,
    Kind.INVERSE: _inverse,
    Kind.EXPAND: _expand,
    Kind.DOT: _dot,
    Kind.HORNER: _horner,
    Kind.PUBLIC: _nothing,
}
