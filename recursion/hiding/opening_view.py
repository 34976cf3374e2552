"""What a verifier sees of an opening's first fold, as a linear map of the committed cells: does it hide them?

With all challenges fixed, the out-of-domain answers, the messages of the first fold, the folded vector q1 and the
opened leaves are linear in the cells; all that is sent afterwards is a function of q1. Two relations hold in every
view: <q1, folded weight> is the carried claim, and each leaf folds to the value of q1's code word. If the random cells
alone reach all views of which those relations are true, the view is uniform among them whatever the data are, so it
depends on nothing but the claim. That is a rank over F. In triangular form, for segments of any height:

1. a_0 .. a_7, the folding weights of the random segments, span K over F: at each position five of eight directions of
   the random segments move q1 freely, and three, the kernel of a, do not move it;
2. the queries' Vandermonde matrix on the positions of a random tile has full rank: a data segment's leaves are moved
   freely by its random cells (and q1 moved back by 1), those of random segments by the kernel of a, three a query;
3. what is left moves neither q1 nor leaves: segments' directions d with <a, d> = 0, times positions' directions in the
   kernel of the Vandermonde matrix, in random tiles and in the random segments elsewhere. It must reach the
   out-of-domain answers and messages: five dimensions fewer than they have, since the last claim is fixed by q1.

Random tiles alone do not reach them, as all weights there are powers of few points: the random segments have data
beside them, whose weight the folds bring together with theirs. Whether the conditions hold depends on the challenges,
which are public and drawn without regard to the witness; so a prover can look, and publish nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core_vm.field.extension import DEGREE, K, eq_table, powers, to_planes
from core_vm.field.koalabear import P, Words, from_montgomery
from core_vm.field.reference import extension_add, extension_multiply, extension_subtract
from core_vm.pcs.whir.sampling import power_planes
from recursion.hiding.linear_algebra import Matrix, kernel, product, rank

Positions = npt.NDArray[np.int64]


@dataclass(frozen=True)
class OpeningView:
    """The challenges of one opening. The first `num_random` of `num_segments` segments of `size` cells are random, and
    the last `tail` cells of the others.

    `folds` are those of the first fold, highest segment bit first; `queries` the different points at which the first
    oracle is asked, in F; `samples` the points out of the domain, whose weights join the opened one with `factors`.
    `weight` gives the opened weight, samples apart, at some positions of all 2^len(folds) segments: planes (5,
    segments, positions).
    """

    num_segments: int
    num_random: int
    size: int
    tail: int
    folds: Sequence[K]
    queries: Sequence[int]
    samples: Sequence[K]
    factors: Sequence[K]
    weight: Callable[[Positions], Words]

    @property
    def total_segments(self) -> int:
        return 1 << len(self.folds)

    def conditions(self, spare: int) -> dict[str, bool]:
        """The three conditions; of the directions that are left over at positions of a kind, up to `spare` are used.

        They are sufficient, with any number of directions.
        """
        a = self.weights_of_segments()
        tiles = np.arange(self.size - self.tail, self.size)
        others = np.arange(min(self.size - self.tail, len(self.queries) + spare))
        of_tiles = self.vandermonde(tiles)
        directions = [
            self._invisible(tiles, of_tiles, a, spare),
            self._invisible(others, self.vandermonde(others), a[:, : self.num_random], spare),
        ]
        scalars = len(self.samples) + 2 * len(self.folds)
        return {
            "span": rank(a[:, : self.num_random]) == DEGREE,
            "leaves": rank(of_tiles) == len(self.queries),
            "scalars": rank(np.concatenate(directions, axis=1)) == DEGREE * (scalars - 1),
        }

    def weights_of_segments(self) -> Matrix:
        """a: five rows, a column a segment."""
        return np.array([w.c for w in eq_table(self.folds[::-1])[: self.num_segments]], np.uint64).T

    def vandermonde(self, positions: Positions) -> Matrix:
        """A row a query: x^position."""
        square, found = np.array(self.queries, np.uint64)[:, None], np.ones((1, len(positions)), np.uint64)
        for bit in range(self.size.bit_length()):
            found = np.where(positions >> bit & 1, found * square % P, found)
            square = square * square % P
        return np.broadcast_to(found, (len(self.queries), len(positions)))

    def scalar_rows(self, positions: Positions, directions: Matrix | None = None) -> Matrix:
        """Answers and messages, five rows each, over the cells (segment, position) of the segments that exist; or over
        (segment, direction), given directions in the space of positions, (positions, n)."""
        samples = [self.sample_weight(z, positions, directions) for z in self.samples]
        total = along(self.weight(positions), directions)
        for factor, of_sample in zip(self.factors, samples, strict=True):
            total = extension_add(total, extension_multiply(to_planes([factor])[:, :, None], of_sample))
        planes = [*samples, *self.messages(total)]
        kept = [from_montgomery(p[:, : self.num_segments].reshape(DEGREE, -1)) for p in planes]
        return np.concatenate(kept).astype(np.uint64)

    def sample_weight(self, z: K, positions: Positions, directions: Matrix | None = None) -> Words:
        """z^cell, planes (5, segments, positions), or along directions."""
        first, count = int(positions.min(initial=self.size)), int(np.ptp(positions)) + 1 if len(positions) else 0
        of_segments = power_planes(z**self.size, self.total_segments)
        of_positions = to_planes(powers(z, count, z**first))[:, None, positions - first]
        return extension_multiply(of_segments[:, :, None], along(of_positions, directions))

    def messages(self, weight: Words) -> list[Words]:
        """The coefficients of cells in all messages, h(0) and that of X^2 a round; linear in the weight of each cell,
        planes (5, segments, cells of a segment), which the folds do not mix."""
        prefix, found = to_planes([K.one]), list[Words]()
        for number, r in enumerate(self.folds):
            half = self.total_segments >> number + 1
            low, high = weight[:, :half], weight[:, half:]
            slope, zero = extension_subtract(high, low), np.zeros_like(low)
            for at_low, at_high in ((low, zero), (extension_subtract(zero, slope), slope)):
                one = np.concatenate([at_low, at_high], axis=1)  # of the segments of one prefix
                each = extension_multiply(prefix[:, :, None, None], one[:, None])
                found.append(each.reshape(DEGREE, self.total_segments, -1))
            weight = extension_add(low, extension_multiply(to_planes([r])[:, :, None], slope))
            # The bit just bound is the lowest one of the prefix.
            pair = np.stack([to_planes([1 - r]), to_planes([r])], axis=2)
            prefix = extension_multiply(prefix[:, :, None], pair).reshape(DEGREE, -1)
        return found

    def _invisible(self, positions: Positions, vandermonde: Matrix, a: Matrix, spare: int) -> Matrix:
        """What answers and messages become along directions that move neither q1 nor an opened leaf, at these positions
        of the first segments, as many as `a` has columns."""
        segments, directions = kernel(a), kernel(vandermonde)[:, :spare]
        rows = self.scalar_rows(positions, directions)
        height, width, count = len(rows), a.shape[1], directions.shape[1]
        by_direction = rows.reshape(height, self.num_segments, count)[:, :width].transpose(0, 2, 1)
        both = product(by_direction.reshape(height * count, width), segments)
        return both.reshape(height, count * segments.shape[1])


def along(planes: Words, directions: Matrix | None) -> Words:
    """Planes (5, n, positions) as (5, n, directions): what is linear in positions, at each direction in their space."""
    if directions is None:
        return planes
    degree, height, width = planes.shape
    contracted = product(planes.reshape(degree * height, width), directions).astype(np.uint32)
    return contracted.reshape(degree, height, directions.shape[1])
