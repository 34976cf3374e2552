"""The oracle of some columns: the rows of their code word under a Merkle tree, without the code word where it is long.

At a low rate a code word is many times as long as what it encodes, and few of its rows are ever asked for again. Then
it is made a few cosets of the domain at a time, in one buffer, from which the rows are hashed: fresh memory for all of
it would cost about as much as encoding and hashing. Rows that queries open are computed again, as values of the columns
at points of the domain, five at a time: the kernel that multiplies cells with weights in K takes each weight's five
coordinates for the powers of five points.

A code word at a high rate has too many queries for that. The longest ones are made twice instead, in the scratch,
which is free both times: some hundredths of a shard's time, for half a gigabyte held from the first round to the last.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core_vm.air.table import LOG_TILE, TILE
from core_vm.field.extension import DEGREE
from core_vm.field.koalabear import P, Words, to_montgomery
from core_vm.hash.merkle import LEVELS_MADE_AGAIN, MerkleTree
from core_vm.hash.poseidon2 import DIGEST
from core_vm.host.memory import aligned_words
from core_vm.host.scratch import recycled, scratch_words
from core_vm.pcs.whir.runs import run_products_of
from core_vm.pcs.whir.weights import Canonical, power_of, powers_of
from core_vm.poly.ntt import padded_columns
from core_vm.transcript.numbers import NUMBERS

# At higher rates there are more queries and fewer cosets: values cost as much as memory. Short code words are soon had.
LOG_LEAST_INVERSE_RATE = 4
LEAST_WORDS = 1 << 22
COSET_WORDS = 7 << 20
"""As many cosets as have so many words in all are made at once, or one: each time the columns are read anew. A final
proof's are made two or four at a time."""
KEPT_WORDS = 3 << 25
"""Of the longest code word that is held: that of the largest shard there is unless the caller asks for more."""


def commit_columns(columns: Words, width: int, log_size: int, log_inverse_rate: int, threads: int = 1) -> MerkleTree:
    """The tree of the code words of `width` columns, of which the first are stored: flat, Montgomery form, 2^log_size
    coefficients each. The columns are held, not copied."""
    from core_vm.poly.ntt_kernels import encode_segments

    stored = len(columns) >> log_size
    words = padded_columns(stored) << log_size + log_inverse_rate
    if log_inverse_rate < LOG_LEAST_INVERSE_RATE and words > KEPT_WORDS:
        return _made_twice(columns, width, log_size, log_inverse_rate, threads)
    if log_inverse_rate < LOG_LEAST_INVERSE_RATE or log_size < LOG_TILE or words < LEAST_WORDS:
        is_long = words >= LEAST_WORDS
        room = recycled(words, np.uint32).reshape(-1, padded_columns(stored)) if is_long else None
        rows = encode_segments(columns, stored, log_size, log_inverse_rate, room, threads)
        return MerkleTree.commit(rows, width, threads, LEVELS_MADE_AGAIN if is_long else 0)
    code_word = CodeWord(columns, log_size, log_inverse_rate, threads)
    return MerkleTree(code_word.leaves(width), width, code_word.rows_at, threads)


def _made_twice(columns: Words, width: int, log_size: int, log_inverse_rate: int, threads: int) -> MerkleTree:
    """`commit_columns` with a code word that is there while it is hashed, and while rows are opened."""
    from core_vm.hash.poseidon2_kernels import hash_matrix
    from core_vm.poly.ntt_kernels import encode_segments

    stored = len(columns) >> log_size
    row, height = padded_columns(stored), 1 << log_size + log_inverse_rate

    @contextmanager
    def code_word() -> Iterator[Words]:
        with scratch_words(row * height) as room:
            yield encode_segments(columns, stored, log_size, log_inverse_rate, room.reshape(height, row), threads)

    def rows_at(indices: npt.NDArray[np.int64]) -> Words:
        with code_word() as rows:
            return rows[indices, :width]  # a copy

    with code_word() as rows:
        leaves = hash_matrix(rows, width, threads)
    return MerkleTree(leaves, width, rows_at, threads, LEVELS_MADE_AGAIN)


@dataclass(frozen=True, slots=True)
class CodeWord:
    """The code word of whole columns, 2^log_size >= 64 coefficients each, of which only some rows are there at once."""

    columns: Words
    log_size: int
    log_inverse_rate: int
    threads: int = 1

    def leaves(self, width: int) -> Words:
        """The digests of all rows, of a tree of `width` columns."""
        from core_vm.hash.poseidon2_kernels import hash_matrix
        from core_vm.poly.ntt_kernels import encode_segments

        stored, height = len(self.columns) >> self.log_size, 1 << self.log_size
        row, cosets = padded_columns(stored), 1 << self.log_inverse_rate
        at_once = min(max(1, COSET_WORDS // (row * height)), cosets)
        leaves, room = np.empty((cosets * height, DIGEST), np.uint32), aligned_words(at_once * height * row)
        for first in range(0, cosets, at_once):
            some = range(first, min(first + at_once, cosets))
            rows = room[: len(some) * height * row].reshape(-1, row)
            encode_segments(
                self.columns, stored, self.log_size, self.log_inverse_rate, rows, threads=self.threads, cosets=some
            )
            leaves[some.start * height : some.stop * height] = hash_matrix(rows, width, self.threads)
        return leaves

    def rows_at(self, indices: npt.NDArray[np.int64]) -> Words:
        """These rows: what the columns are at their points, in Montgomery form."""
        points = NUMBERS.domain_points(indices.tolist(), self.log_size + self.log_inverse_rate)
        parts = [self._values(points[first : first + DEGREE]) for first in range(0, len(points), DEGREE)]
        return np.concatenate(parts)

    def _values(self, points: Canonical) -> Words:
        """At up to five points. Runs of 64 coefficients become one, times a power of x, until few are left."""
        x = np.ones(DEGREE, np.uint64)
        x[: len(points)] = points
        sums, log_left, places = self.columns[None], self.log_size, np.zeros(DEGREE, np.int64)
        while log_left >= LOG_TILE:
            products = run_products_of(sums.reshape(-1), to_montgomery(powers_of(x, TILE)), self.threads)
            sums = products.reshape(DEGREE, len(sums), -1)[np.arange(DEGREE), places]  # point by point, of its own sums
            x, log_left, places = power_of(x, TILE), log_left - LOG_TILE, np.arange(DEGREE)
        terms = sums.reshape(DEGREE, -1, 1 << log_left) * powers_of(x, 1 << log_left)[:, None] % P
        return (terms.sum(axis=2) % P).astype(np.uint32)[: len(points)]
