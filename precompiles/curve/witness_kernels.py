"""What the rows of curves hold besides points: slopes and quotients, as balanced digits."""

from __future__ import annotations

import numpy as np

from core_vm.host.kernel_cache import njit
from precompiles.curve.curves import X, Y
from precompiles.curve.value_kernels import point_of, slope_of_chord, slope_of_tangent
from precompiles.shared.balanced_kernels import balanced_digits, quotient_digits
from precompiles.shared.integer_kernels import add
from precompiles.shared.modulo_kernels import add_modulo
from precompiles.shared.side_kernels import add_product, add_product_of_difference, sides_modulo, signed_residue


@njit(cache=True, nogil=True)
def fill_sums(which, moduli, p, q, result, slopes, quotients):
    """Fill `slopes` (n, 8 d) and `quotients` (3, n, 8 d + 1), int64, for n sums: p, q and result are points (n, 2 d)
    of dwords, and moduli[which] those of their curves as limbs (curves, 2 d + 1)."""
    for row in range(len(which)):
        first, second, third, m = point_of(p[row]), point_of(q[row]), point_of(result[row]), moduli[which[row]]
        residue = np.empty_like(first[X])
        slope_of_chord(first[X], first[Y], second[X], second[Y], m, residue)
        slope, is_negative = signed_residue(residue, m)
        slopes[row] = balanced_digits(slope, is_negative, slopes.shape[1])

        sides = sides_modulo(m)
        add_product_of_difference(slope, is_negative, second[X], first[X], sides)
        add(sides[0], first[Y])
        add(sides[1], second[Y])
        quotients[0, row], _ = quotient_digits(sides[0], sides[1], m, quotients.shape[2])

        sides = sides_modulo(m)
        add_product(slope, False, slope, sides)
        add(sides[1], first[X])
        add(sides[1], second[X])
        add(sides[1], third[X])
        quotients[1, row], _ = quotient_digits(sides[0], sides[1], m, quotients.shape[2])

        sides = sides_modulo(m)
        add_product_of_difference(slope, is_negative, first[X], third[X], sides)
        add(sides[1], first[Y])
        add(sides[1], third[Y])
        quotients[2, row], _ = quotient_digits(sides[0], sides[1], m, quotients.shape[2])


@njit(cache=True, nogil=True)
def fill_doubles(which, moduli, minus_a, p, result, slopes, quotients):
    """The same for doubles: `minus_a` uint64 (curves,); `slopes` are twice the slopes of the tangents."""
    for row in range(len(which)):
        point, third, m = point_of(p[row]), point_of(result[row]), moduli[which[row]]
        residue, twice = np.empty_like(point[X]), np.empty_like(point[X])
        slope_of_tangent(point[X], point[Y], minus_a[which[row]], m, residue)
        add_modulo(residue, residue, m, twice)
        slope, is_negative = signed_residue(twice, m)
        slopes[row] = balanced_digits(slope, is_negative, slopes.shape[1])

        sides = sides_modulo(m)
        add_product(slope, is_negative, point[Y], sides)
        add(sides[0], minus_a[which[row] : which[row] + 1])
        for _ in range(3):
            add_product(point[X], True, point[X], sides)
        quotients[0, row], _ = quotient_digits(sides[0], sides[1], m, quotients.shape[2])

        sides = sides_modulo(m)
        add_product(slope, False, slope, sides)
        for _ in range(8):
            add(sides[1], point[X])
        for _ in range(4):
            add(sides[1], third[X])
        quotients[1, row], _ = quotient_digits(sides[0], sides[1], m, quotients.shape[2])

        sides = sides_modulo(m)
        add_product_of_difference(slope, is_negative, point[X], third[X], sides)
        for _ in range(2):
            add(sides[1], point[Y])
            add(sides[1], third[Y])
        quotients[2, row], _ = quotient_digits(sides[0], sides[1], m, quotients.shape[2])
