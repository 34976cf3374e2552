"""What the verifier does with the values it is handed besides +, - and *: an interface, so that there is one verifier.

The verifier's functions (`stark`, `pcs`) are written once. They branch on the shape of a proof and on nothing else, and
all they do with a value is in this list. Handed numbers, they verify (`numbers`); handed values that count, they say
what verifying costs (`counting`); handed the variables of a circuit, they are that circuit.

A value mixes with its like, with `K` and with integers under +, - and *. Everything else about it is the
implementation's own, and so is what a digest, a row or an index is: the verifier passes them on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from core_vm.errors import Rejection

Value = Any
"""A field element: of K, or of F where the verifier knows it to be (tile counts, points of a domain)."""


class Arithmetic(Protocol):
    """See the module's head. `rejection` says what a number that does not fit means."""

    # ------------------------------------------------------------------------------------------ what must hold
    def require_zero(self, value: Value, rejection: Rejection) -> None: ...

    def require_equal(self, a: Value, b: Value, rejection: Rejection) -> None: ...

    def require_nonzero(self, value: Value, rejection: Rejection) -> None: ...

    def require_below(self, count: Value, log_bound: int, rejection: Rejection) -> None:
        """`count`, an element of F, is an integer below 2^log_bound."""
        ...

    def inverse(self, value: Value, rejection: Rejection) -> Value:
        """1 / value; zero has none."""
        ...

    # ------------------------------------------------------------------------------------------ sums
    def inner(self, a: Sequence[Value], b: Sequence[Value]) -> Value:
        """sum_i a_i b_i, of equal lengths."""
        ...

    def sparse_inner(self, weights: Sequence[Value], values: Mapping[int, Value]) -> Value:
        """sum_i weights[i] values[i] over the given i, at least one."""
        ...

    def horner(self, x: Value, values: Sequence[Value]) -> Value:
        """sum_k values[k] x^(k + 1): never x^0, the coefficient of what the sum is added to."""
        ...

    def eq_table(self, point: Sequence[Value], count: int | None = None, first: Value = 1) -> list[Value]:
        """`first` times the 2^n values eq(point, x); bit i of the index goes with coordinate i. With `count` only so
        many of them, or a few more."""
        ...

    # ------------------------------------------------------------------------------------------ tile counts as data
    def rows_below(self, tiles: Value, point: Sequence[Value]) -> Value:
        """sum of eq(point, t) over t < tiles; `tiles` was required to be below 2^len(point)."""
        ...

    def shifted_sums(
        self, blocks: Sequence[tuple[Value, Value]], bit_points: Sequence[tuple[Value, Value]]
    ) -> list[Value]:
        """For each (start, tiles): sum over j < tiles of eq(z, j) eq(y, start + j).

        `bit_points` are the coordinates (z, y) of each bit, lowest first. start + tiles is below 2^len(bit_points). For
        bits that places have and tiles have not, the highest ones, z is the integer 0; tiles is below 2^(the others).
        """
        ...

    # ------------------------------------------------------------------------------------------ oracles
    def fold_rows(self, rows: Sequence[Any], point: Sequence[Value], in_extension: bool) -> list[Value]:
        """sum_j eq(point, j) segment_j at each leaf; `rows` has the leaves of one tree after the other.

        A segment is one base-field element of a row, and those of all trees are numbered through; segments that no tree
        has are zero. With `in_extension` there is one tree, of a vector in K: a row holds the constant coefficients of
        all segments, then the coefficients of X, and so on.
        """
        ...

    def domain_points(self, indices: Any, log_domain: int) -> Any:
        """The points of the domain of 2^log_domain at these leaves: leaf b lies at root_of_unity ^ bitreverse(b)."""
        ...

    def power_extensions(self, points: Any, coordinates: Sequence[Value]) -> list[Value]:
        """For each point x the multilinear extension of i -> x^i at `coordinates`: prod_b (1 + y_b (x^(2^b) - 1))."""
        ...

    # ------------------------------------------------------------------------------------------ reports
    def part(self, name: str) -> AbstractContextManager[None]:
        """What is computed within belongs to this part of the verifier; of two that are open the inner one counts."""
        ...
