"""Products and inverses in Fp2 as functions that are called: what is inlined everywhere takes long to compile."""

from __future__ import annotations

from core_vm.host.kernel_cache import njit
from core_vm.host.kernel_language import intrinsic, types
from precompiles.g2 import value_kernels
from precompiles.shared.dword_kernels import store
from precompiles.shared.montgomery_kernels import decoded


@intrinsic
def _is_called(_):
    """Says of the function around it that it is not to be inlined."""

    def emit(context, b, signature, args):
        b.function.attributes.add("noinline")
        return context.get_dummy_value()

    return types.none(), emit


@njit
def times(a, b, modulus):
    _is_called()
    return value_kernels.times(a, b, modulus)


@njit
def inverse_of(a, modulus):
    """0 of 0."""
    _is_called()
    return value_kernels.inverse_of(a, modulus)


@njit
def put(numbers, place, value):
    """The parts of an element from a place on, of numbers one after the other."""
    for part in range(2):
        store(numbers, (place + part) * len(value[0]), value[part])


@njit
def put_decoded(numbers, place, value, modulus):
    """What they are the Montgomery form of."""
    _is_called()
    put(numbers, place, (decoded(value[0], modulus), decoded(value[1], modulus)))
