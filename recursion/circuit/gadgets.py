"""Gadgets: what circuits do besides + and *, each of them rows of one table of the circuit machine.

A gadget takes nodes and gives nodes. Some take words of the hints besides, which nothing binds but what is done with
them. What each computes is said in `gadget_values`, and by the tables.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from core_vm.field.extension import DEGREE
from core_vm.hash.poseidon2 import DIGEST, LEAF_RATE, WIDTH

COLUMNS_A_ROW = 8
COORDINATES_A_ROW = 5
TERMS_A_ROW = 4
_F, _K = False, True


class Kind(Enum):
    """How many words of hints it takes, whether each output is of K, and whether it may refuse (`checks`).

    Inputs, in their order, outputs and constants stand in the comments.
    """

    # ------------------------------------------------------------------------------------------ hints
    WORD = ("word", 1, (_F,))
    ELEMENT = ("element", DEGREE, (_K, *[_F] * DEGREE))  # the element, and its coefficients
    # eight elements, and their coefficients
    COLUMNS = ("columns", COLUMNS_A_ROW * DEGREE, (*[_K] * COLUMNS_A_ROW, *[_F] * COLUMNS_A_ROW * DEGREE))
    OCTET = ("octet", DIGEST, (_F,) * DIGEST)
    CAP = ("cap", DIGEST, (_F,) * DIGEST)  # a node of the cap; constants: tree, index
    # ------------------------------------------------------------------------------------------ hashing
    SPONGE = ("sponge", 0, (_K, *[_F] * WIDTH))  # the state -> its first five elements as one of K, the permuted state
    COMPRESS = ("compress", 0, (_F,) * DIGEST)  # left, right
    LEAF = ("leaf", LEAF_RATE, (*[_F] * DIGEST, _K))  # index, digest, sum, four weights a, four weights b; first, last
    PATH = ("path", DIGEST, (_F,) * (1 + DIGEST))  # index, digest -> index of the parent, digest of the parent
    PATH_END = ("path end", 0, (), True)  # index, digest: the node of the cap of `tree` at this index; constants: tree
    # ------------------------------------------------------------------------------------------ bits
    INDEX = ("index", 0, (_F, _F), True)  # element -> its low bits, the domain's point there; constants: bits
    RANGE = ("range", 0, (), True)  # element, expected: the element's low bits are `expected`; constants: bits
    BELOW = ("below", 0, (_F, _K))  # tiles, sum, z -> tiles without their lowest bit, sum; constants: first, last
    JAGGED = ("jagged", 0, (_F, _F, *[_K] * 4))  # start, tiles, four states, z, y -> the same after a bit; first, last
    WEIGHT = ("weight", 0, (_F, _K))  # x, product, five coordinates -> x^32, five factors more; first, last
    # ------------------------------------------------------------------------------------------ arithmetic in K
    INVERSE = ("inverse", 0, (_K,))
    EXPAND = ("expand", 0, (_K,) * TERMS_A_ROW)  # e, z0, z1 -> e * eq((z0, z1), 0..3)
    DOT = ("dot", 0, (_K,))  # accumulator, a bundle of four, four words
    HORNER = ("horner", 0, (_K,))  # accumulator, x, four words -> ((((accumulator + w0) x + w1) x + w2) x + w3) x
    # ------------------------------------------------------------------------------------------ the statement
    PUBLIC = ("public", 0, (), True)  # the digest that a proof of this circuit is about

    hints: int
    outputs: tuple[bool, ...]
    checks: bool

    def __new__(cls, name: str, hints: int, outputs: tuple[bool, ...], checks: bool = False) -> Kind:
        kind = object.__new__(cls)
        kind._value_ = name
        kind.hints, kind.outputs, kind.checks = hints, outputs, checks
        return kind


class Gadget(NamedTuple):
    """`inputs` are nodes, `first_output` numbers the first output's node, `first_hint` the first word of its hints."""

    kind: Kind
    inputs: tuple[int, ...]
    constants: tuple[int, ...]
    first_output: int
    first_hint: int
    part: str

    @property
    def outputs(self) -> range:
        return range(self.first_output, self.first_output + len(self.kind.outputs))
