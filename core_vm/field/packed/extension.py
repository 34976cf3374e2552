"""Packed elements of K: five `Packed` planes, and their intrinsics.

Bulk K data are five planes of `plane_size` words each: coefficient k of element i is array[k * plane_size + i].
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from llvmlite import ir

from core_vm.field.extension import DEGREE
from core_vm.field.packed import emit
from core_vm.field.packed.base import kinds, load_vector, require_words, store_vector, word_address
from core_vm.host.kernel_language import intrinsic, types

Factors = list[tuple[ir.Value, ir.Value]]


def unpack(b, element) -> list[ir.Value]:
    """The five planes of a packed element."""
    return [b.extract_value(element, k) for k in range(DEGREE)]


def _rows(b, y) -> list[list[ir.Value]]:
    """Row k holds what a's coefficients are multiplied with for coefficient k of a y: X^5 = 1 - X^2 folded into y."""
    b0, b1, b2, b3, b4 = y
    m, n, q = emit.sub(b, b0, b3), emit.sub(b, b1, b4), emit.sub(b, b4, b2)
    s = emit.sub(b, b3, n)
    return [
        [b0, b4, b3, b2, n],
        [b1, b0, b4, b3, b2],
        [b2, n, m, q, s],
        [b3, b2, n, m, q],
        [b4, b3, b2, n, m],
    ]


def multiply(b, x, y) -> list[ir.Value]:
    """The product of two elements: five sums of products, each with one reduction."""
    return sums_of_products(b, factors_of(b, x, y))


def _multiply_pairs(b, x, y, z, w) -> list[ir.Value]:
    """x y + z w, with the reductions of a single product."""
    return sums_of_products(
        b, [first + second for first, second in zip(factors_of(b, x, y), factors_of(b, z, w), strict=True)]
    )


def factors_of(b, x, y) -> list[Factors]:
    """For each coefficient of x y what is multiplied and added up."""
    return [list(zip(x, row, strict=True)) for row in _rows(b, y)]


def sums_of_products(b, coefficients: Sequence[Factors]) -> list[ir.Value]:
    """For each coefficient, the sum of as many products: of all even lanes first, then of all odd ones, and of one
    element of K before the next. The operands of one half and one element, and its sums, fit the processor's
    registers."""

    def sums(odd: bool) -> tuple[list[ir.Value], int]:
        steps = [[(_half(b, x, odd), _half(b, y, odd)) for x, y in step] for step in zip(*coefficients, strict=True)]
        return emit.sums_of_products(b, steps, DEGREE)

    (even, bound), (odd, _) = sums(odd=False), sums(odd=True)
    return [emit.reduce(b, low, high, bound) for low, high in zip(even, odd, strict=True)]


def _half(b, value, odd: bool) -> ir.Value:
    """Even or odd lanes as 64-bit words; not `emit.halves`, which would make both at once, and keep both."""
    wide = b.bitcast(value, emit.V64)
    return b.lshr(wide, emit.constant64(32)) if odd else b.and_(wide, emit.constant64(emit.LOW_WORD))


def _operation(operation: Callable, arity: int):
    """An intrinsic on `arity` extension elements."""

    def generate(context, b, signature, args):
        return context.make_tuple(b, kinds.Extension, operation(b, *(unpack(b, x) for x in args)))

    if arity == 2:

        @intrinsic
        def on_two(_, x, y):
            return kinds.Extension(kinds.Extension, kinds.Extension), generate

        return on_two

    @intrinsic
    def on_four(_, x, y, z, w):
        return kinds.Extension(kinds.Extension, kinds.Extension, kinds.Extension, kinds.Extension), generate

    return on_four


def _planewise(operation: Callable) -> Callable:
    return lambda b, x, y: [operation(b, u, v) for u, v in zip(x, y, strict=True)]


ext_add = _operation(_planewise(emit.add), 2)
ext_sub = _operation(_planewise(emit.sub), 2)
ext_mul = _operation(multiply, 2)
ext_mul_pairs = _operation(_multiply_pairs, 4)


@intrinsic
def ext_mul_base(_, element, factor):
    """An extension element times a base element, lane by lane."""

    def generate(context, b, signature, args):
        factor = emit.halves(b, args[1])
        planes = [emit.dot(b, [emit.halves(b, v)], [factor]) for v in unpack(b, args[0])]
        return context.make_tuple(b, kinds.Extension, planes)

    return kinds.Extension(kinds.Extension, kinds.Packed), generate


@intrinsic
def ext_add_base(_, element, term):
    """An extension element plus a base element, lane by lane."""

    def generate(context, b, signature, args):
        planes = unpack(b, args[0])
        return context.make_tuple(b, kinds.Extension, [emit.add(b, planes[0], args[1]), *planes[1:]])

    return kinds.Extension(kinds.Extension, kinds.Packed), generate


@intrinsic
def ext_zero(_):
    """Zero in every lane."""
    return kinds.Extension(), lambda context, b, signature, args: context.make_tuple(
        b, kinds.Extension, [emit.constant32(0)] * DEGREE
    )


@intrinsic
def lift(_, value):
    """Base elements as extension elements."""

    def generate(context, b, signature, args):
        return context.make_tuple(b, kinds.Extension, [args[0]] + [emit.constant32(0)] * (DEGREE - 1))

    return kinds.Extension(kinds.Packed), generate


def _offsets(b, index, plane_size) -> list[ir.Value]:
    return [b.add(index, b.mul(plane_size, ir.Constant(emit.I64, k))) for k in range(DEGREE)]


@intrinsic
def ext_load(_, array, index, plane_size):
    """LANES consecutive elements from `index`."""
    require_words(array)

    def generate(context, b, signature, args):
        offsets = _offsets(b, args[1], args[2])
        return context.make_tuple(
            b, kinds.Extension, [load_vector(context, b, signature.args[0], args[0], o) for o in offsets]
        )

    return kinds.Extension(array, types.intp, types.intp), generate


@intrinsic
def ext_store(_, array, index, plane_size, value):
    """Writes LANES consecutive elements from `index`."""
    require_words(array)

    def generate(context, b, signature, args):
        for offset, plane in zip(_offsets(b, args[1], args[2]), unpack(b, args[3]), strict=True):
            store_vector(context, b, signature.args[0], args[0], offset, plane)
        return context.get_dummy_value()

    return types.void(array, types.intp, types.intp, kinds.Extension), generate


@intrinsic
def ext_splat(_, array, index, plane_size):
    """The element at `index` in every lane."""
    require_words(array)

    def generate(context, b, signature, args):
        pointers = [word_address(context, b, signature.args[0], args[0], o) for o in _offsets(b, args[1], args[2])]
        return context.make_tuple(b, kinds.Extension, [emit.broadcast(b, b.load(pointer)) for pointer in pointers])

    return kinds.Extension(array, types.intp, types.intp), generate
