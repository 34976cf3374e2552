"""What the rows of Fp2 hold besides elements: quotients, as balanced digits."""

from __future__ import annotations

from core_vm.host.kernel_cache import njit
from precompiles.fp2.value_kernels import add_part, element_of
from precompiles.shared.balanced_kernels import quotient_digits
from precompiles.shared.integer_kernels import add
from precompiles.shared.side_kernels import sides_modulo


@njit(cache=True, nogil=True)
def fill_quotients(operations, m, a, b, result, quotients):
    """Fill `quotients` (2, n, 8 d + 1), int64, for n calls: `operations` (n,) int64, elements (n, 2 d) of dwords, and
    the modulus as limbs (2 d + 1,)."""
    for row in range(len(operations)):
        x, y, r = element_of(a[row]), element_of(b[row]), element_of(result[row])
        for part in range(2):
            sides = sides_modulo(m)
            add_part(operations[row], part, x, y, sides)
            add(sides[1], r[part])
            quotients[part, row], _ = quotient_digits(sides[0], sides[1], m, quotients.shape[2])
