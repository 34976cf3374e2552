"""The calls as the interpreters make them: dwords of b, read, and of a, written."""

from __future__ import annotations

from core_vm.host.kernel_cache import njit
from core_vm.host.kernel_language import carray
from core_vm.machine.execute.call_kernels import compute_kernel
from precompiles.fp12.fields import BLS12_381, BN254
from precompiles.shared.fp12_field import NUMBERS
from precompiles.shared.fp12_kernels import put_product
from precompiles.shared.primes import like

_BN254, _BLS12_381 = BN254.montgomery_constants, BLS12_381.montgomery_constants
_OF_BN254, _OF_BLS12_381 = BN254.real_of_xi, BLS12_381.real_of_xi
_FOUR, _SIX = like(BN254.bits), like(BLS12_381.bits)


@njit
def _multiply(values, constants, real_of_xi, like):
    """a b in the place of a."""
    b, a = values[: NUMBERS * len(like)], values[NUMBERS * len(like) :]
    put_product(a.copy(), b, a, constants, real_of_xi, like)


@compute_kernel
def compute(values, parameter):
    """Both fields in one function; the parameter says which (`precompile.parameter_of`)."""
    if parameter == 0:
        _multiply(carray(values, 2 * NUMBERS * len(_FOUR)), _BN254, _OF_BN254, _FOUR)
    else:
        _multiply(carray(values, 2 * NUMBERS * len(_SIX)), _BLS12_381, _OF_BLS12_381, _SIX)
    return True
