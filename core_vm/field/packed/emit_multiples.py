"""LLVM code for sums of many elements and for multiples by small numbers and inverse powers of two.

Some elements are *words*: any 32-bit numbers of their class modulo p. What takes or gives words says so; all else is
canonical, below p. Every bound rests on p = 127 * 2^24 + 1 and 2 p = 2^32 - 2^25 + 2.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from core_vm.field.koalabear import P
from core_vm.field.packed.emit import Builder, Value, constant32, double, minimum, opaque, tree

SHIFT_OF_P = 24
LEAST_SHIFT_TO_WORDS = 8
MOST_WORDS = 42


def _hidden(b: Builder, vector: Value) -> Value:
    [same] = opaque(b, [vector])
    return same


def _product(b: Builder, x: Value, factor: int) -> Value:
    """One instruction, or a shift."""
    constant = constant32(factor)
    beside_a_power = (factor - 1) & (factor - 2) == 0 or factor & (factor + 1) == 0
    return b.mul(x, _hidden(b, constant) if beside_a_power else constant)


def canonical(b: Builder, word: Value) -> Value:
    """A word below p: it is below 2 p + 2^25, so p is subtracted at most twice."""
    once = minimum(b, word, b.sub(word, constant32(P)))
    return minimum(b, once, b.sub(once, constant32(P)))


# ----------------------------------------------------------------------------------------------------------------- sums
def sums_of_two(b: Builder, values: Sequence[Value]) -> list[Value]:
    """Words, half as many, with the sum of canonical values: 2 p < 2^32."""
    odd = list(values[-1:]) if len(values) % 2 else []
    return [b.add(x, y) for x, y in zip(values[0::2], values[1::2], strict=False)] + odd


def sum_of_many(b: Builder, once: Sequence[Value], twice: Sequence[Value]) -> Value:
    """The sum of the words `once` and of two times the words `twice`, with one reduction at the end.

    The sum S of n words, those of `twice` counted twice, is taken modulo 2^32; that it lies in [t, t + n) 2^24 is known
    from t, the sum of the words' top bytes. With h = floor(t / 128) <= 2 n - 1, S - h p lies in
    [0, (127 + n + h) 2^24), which is below 2 p for n up to 42: one conditional subtraction is left.
    """
    if not once or not twice or len(once) + 2 * len(twice) > MOST_WORDS:
        raise ValueError(f"expected up to {MOST_WORDS} words, some once and some twice, not {len(once)}, {len(twice)}")
    tops = _once_and_twice(b, _top_bytes(b, once), _top_bytes(b, twice))
    multiple = b.mul(b.lshr(tops, constant32(7)), constant32(P))
    total = b.sub(_once_and_twice(b, once, twice), multiple)
    return minimum(b, total, b.sub(total, constant32(P)))


def _top_bytes(b: Builder, words: Sequence[Value]) -> list[Value]:
    return [b.lshr(word, constant32(24)) for word in words]


def _once_and_twice(b: Builder, once: Sequence[Value], twice: Sequence[Value]) -> Value:
    half = tree(b.add, twice)
    return b.add(b.add(half, half), tree(b.add, once))


# ------------------------------------------------------------------------------------------------------------ multiples
def divide_by_power_of_two(b: Builder, x: Value, k: int) -> Value:
    """x / 2^k for 1 <= k <= 24: (x + m p) / 2^k with m = -x modulo 2^k, as p = 1 modulo 2^24; below p, as is x + m p
    below 2^k p.

    It is ceil(x / 2^k) + 127 * 2^(24 - k) m; and m is the complement of x + 2^k - 1, modulo 2^k.
    """
    mask = constant32((1 << k) - 1)
    raised = _hidden(b, b.add(x, mask))
    m = b.and_(b.not_(raised), mask)
    return b.add(b.lshr(raised, constant32(k)), b.mul(m, constant32(127 << (SHIFT_OF_P - k))))


def add_quotient(b: Builder, raised: Value, word: Value, k: int) -> Value:
    """A word of the class of t + x / 2^k, for a word x, `raised` = t + p with a canonical t, and 8 <= k <= 48.

    With x = 2^k h + l, x / 2^k = (x - l p) / 2^k = h - 127 * 2^(24 - k) l for k up to 24. The product is at most
    127 * 2^24 - 127 * 2^(24 - k), and h is below 2^(32 - k) <= 2^24: so the result lies in (0, 2 p + 2^24), within 32
    bits. From k = 25 on the division by 2^24 comes first, its result y in [-127 * (2^24 - 1), 2^8) a signed word. The
    division of y by the rest of 2^k, for which k stands again, has an h of at least -127 * 2^(24 - k): with the most
    that the product can be, no more than p - 1 is taken from raised >= p.
    """
    if not LEAST_SHIFT_TO_WORDS <= k <= 2 * SHIFT_OF_P:
        raise ValueError(f"expected a shift of {LEAST_SHIFT_TO_WORDS} to {2 * SHIFT_OF_P}, got {k}")
    shift_right = b.lshr
    if k > SHIFT_OF_P:
        word, shift_right, k = b.sub(*_parts_of_quotient(b, b.lshr, word, SHIFT_OF_P)), b.ashr, k - SHIFT_OF_P
    high, low = _parts_of_quotient(b, shift_right, word, k)
    return b.sub(b.add(raised, high), low)


def _parts_of_quotient(b: Builder, shift_right: Callable, word: Value, k: int) -> tuple[Value, Value]:
    """h and 127 * 2^(24 - k) l."""
    low = b.and_(word, constant32((1 << k) - 1))
    return shift_right(word, constant32(k)), _product(b, low, 127 << (SHIFT_OF_P - k))


def multiply_by_small(b: Builder, x: Value, factor: int) -> Value:
    """factor x for a factor of 2 to 14, or 16.

    With g = floor(x / 2^27) < 16 and h = floor(factor g / 16), factor x lies between 2^27 factor g >= 2^31 h and
    2^27 factor (g + 1) <= 2^27 (16 h + 15 + factor). So factor x - h p is at least 0 and less than
    2^27 (15 + factor) + 2^24 factor, which 2 p is not below. If factor is 16, factor g is 16 h, and there is no 15.
    """
    if factor == 2:
        return double(b, x)
    rest = 0 if factor == 16 else 15
    if not 2 < factor <= 16 or (rest + factor << 27) + (factor << 24) > 2 * P:
        raise ValueError(f"expected a factor of 2 to 14, or 16, got {factor}")
    h = b.lshr(x, constant32(27))
    if factor < 16:
        h = b.lshr(b.mul(h, constant32(factor)), constant32(4))
    total = b.sub(_product(b, x, factor), b.mul(h, constant32(P)))
    return minimum(b, total, b.sub(total, constant32(P)))
