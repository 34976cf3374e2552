"""What the verifier does with the openings of an oracle, on numbers: authenticate the leaves, fold them, place them.

This is the part of the verifier that is done in batches with numpy. `NumericOpenings` is the surface that the rest of
the verifier uses: an implementation over circuit variables takes its place in recursion.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from core_vm.field.extension import DEGREE, K, inner, to_planes
from core_vm.field.koalabear import P, from_montgomery, root_of_unity, to_montgomery
from core_vm.field.reference import add, extension_multiply, multiply
from core_vm.hash.merkle import num_siblings, verify_openings
from core_vm.hash.poseidon2 import DIGEST
from core_vm.hash.transcript import VerifierChannel
from core_vm.pcs.whir.config import WhirRound

Words = npt.NDArray[np.uint32]


class NumericOpenings:
    """Openings read from a proof. Indices are draws, in order and with repetitions; each leaf is in the proof once."""

    def receive_folded(
        self,
        channel: VerifierChannel,
        roots: Sequence[Sequence[int]],
        whir_round: WhirRound,
        draws: Sequence[int],
        weights: Sequence[K],
    ) -> list[K]:
        """Reads and authenticates one leaf of every tree a distinct index, and folds it: one value a draw.

        `weights`: eq of the round's folding challenges, at least one for each segment. Raises MerkleRejection.
        """
        distinct = sorted(set(draws))
        leaves = [
            self._receive_leaves(channel, root, width, distinct, whir_round.log_domain)
            for root, width in zip(roots, whir_round.widths, strict=True)
        ]
        folded = fold_leaves(np.concatenate(leaves, axis=1), weights, whir_round.in_extension)
        at = dict(zip(distinct, folded, strict=True))
        return [at[draw] for draw in draws]

    def points(self, draws: Sequence[int], log_domain: int) -> list[int]:
        """The points of the domain at these leaves: leaf b lies at root_of_unity ^ bitreverse(b)."""
        generator = root_of_unity(log_domain)
        return [pow(generator, reverse_bits(draw, log_domain), P) for draw in draws]

    def query_weight(self, coefficients: Sequence[K], points: Sequence[int], coordinates: Sequence[K]) -> K:
        """sum_q coefficient_q * (the multilinear extension of i -> x_q^i at `coordinates`).

        The extension is prod_b (1 + y_b (x^(2^b) - 1)).
        """
        total, powers = to_planes(coefficients), np.array(points, np.uint64)
        for y in coordinates:
            factors = multiply(to_planes([y]), to_montgomery((powers + P - 1) % P))
            factors[0] = add(factors[0], to_montgomery([1]))
            total, powers = extension_multiply(total, factors), powers * powers % P
        return K(*from_montgomery(total).astype(np.int64).sum(axis=1).tolist())

    def inner(self, a: Sequence[K], b: Sequence[K]) -> K:
        """sum_i a_i b_i."""
        return inner(a, b)

    def _receive_leaves(
        self, channel: VerifierChannel, root: Sequence[int], width: int, distinct: Sequence[int], depth: int
    ) -> Words:
        rows = channel.receive_hint("whir_leaves", len(distinct) * width).reshape(len(distinct), width)
        siblings = channel.receive_hint("whir_siblings", num_siblings(distinct, depth) * DIGEST)
        verify_openings("whir_openings", root, distinct, rows, siblings.reshape(-1, DIGEST), depth)
        return rows


def reverse_bits(value: int, count: int) -> int:
    """The `count` low bits of `value` in reverse order."""
    return int(f"{value:0{count}b}"[::-1], 2) if count else 0


def fold_leaves(rows: Words, weights: Sequence[K], in_extension: bool) -> list[K]:
    """sum_j weights[j] * segment_j for each row of canonical values (n, width).

    A segment is one element of a row, or five consecutive ones where the vector lies in K. Spare weights belong to
    missing segments, which are zero.
    """
    if in_extension:
        basis = [K(*(int(i == k) for i in range(DEGREE))) for k in range(DEGREE)]
        images = [weight * x for weight in weights for x in basis]
    else:
        images = list(weights)
    matrix = np.array([image.c for image in images[: rows.shape[1]]], np.uint64)
    low, high = rows.astype(np.uint64) & 0xFFFF, rows.astype(np.uint64) >> 16
    # Entries are below 2^16 and 2^31: 2^17 of their products add up without overflow.
    values = (low @ matrix + ((high @ matrix % P) << np.uint64(16))) % P
    return [K(*value) for value in values.tolist()]
