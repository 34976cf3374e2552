"""What the zerocheck's prover sends each round, from sums: the coefficients that `core_vm.stark.sumcheck` describes.

A sum "at infinity" is the coefficient of X^3, to which only the leading forms of constraints contribute. The first two
rounds share sums on a grid: item 4 j + i is at X1 = (0, 1, -1, infinity)[i] and X2 = (0, 1, -1, infinity)[j]. Where
both are 0 or 1 it is the linear form, as the constraints vanish there on an honest trace; elsewhere it is the batched
constraints alone.
"""

from __future__ import annotations

from core_vm.field.extension import K, eq_table, inner
from core_vm.field.koalabear import inverse
from core_vm.stark.sumcheck import difference_from

HALF = inverse(2)


def _message(difference: K, at_minus_one: K, cube: K) -> list[K]:
    """(d, coefficient of X^2, of X^3) of a cofactor g(0) + d X + X (X - 1) (u + v X), from the last term at -1 and
    v."""
    return [difference, at_minus_one * HALF, cube]


def later_message(difference: K, at_zero: K, at_minus_one: K, cube: K) -> list[K]:
    """The same from the cofactor itself at 0, -1 and infinity."""
    return _message(difference, at_minus_one - at_zero + difference, cube)


def first_message(claim: K, grid: list[K], z_after: K, z_inverse: K) -> list[K]:
    """The message for the first variable; `z_after` belongs to the second one."""
    at_zero, _, *others = (low + z_after * (high - low) for low, high in zip(grid[:4], grid[4:8], strict=True))
    return _message(difference_from(claim, z_inverse, at_zero), *others)


def cubic_shares(r: K) -> list[K]:
    """What a cubic's values at 0, 1, -1 and infinity count for at r.

    A cubic p is p(0) (1 - r^2) + p(1) r (r + 1)/2 + p(-1) r (r - 1)/2 + p(infinity) (r^3 - r).
    """
    square = r * r
    return [1 - square, (square + r) * HALF, (square - r) * HALF, square * r - r]


def grid_shares(first: K, second: K) -> list[K]:
    """What the points of the grid count for where the first two variables are `first` and `second`: those of the linear
    form by eq."""
    shares = [low * high for high in cubic_shares(second) for low in cubic_shares(first)]
    for corner, share in zip((0, 1, 4, 5), eq_table([first, second]), strict=True):
        shares[corner] = share
    return shares


def second_message(claim: K, grid: list[K], r: K, z_inverse: K) -> list[K]:
    """The message for the second variable once the first is `r`."""
    shares = cubic_shares(r)
    low, high = (grid[at] + r * (grid[at + 1] - grid[at]) for at in (0, 4))  # the linear form
    at_zero = low + inner(shares[2:], grid[2:4])
    at_minus_one = low * 2 - high + inner(shares, grid[8:12])
    cube = inner(shares, grid[12:16])
    return later_message(difference_from(claim, z_inverse, at_zero), at_zero, at_minus_one, cube)
