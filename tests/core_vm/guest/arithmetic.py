"""What programs/arithmetic.c can do: each operation's C expression beside its meaning in Python."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from tests.core_vm.guest import ieee754
from tests.core_vm.guest.ieee754 import BFLOAT16, BINARY16, BINARY32, BINARY64, BINARY128, NAN, Format, Real

REALS = {form.name: form for form in (BINARY16, BFLOAT16, BINARY32, BINARY64, BINARY128)}
INTEGERS = {"int32_t": 32, "uint32_t": 32, "int64_t": 64, "uint64_t": 64, "i128": 128, "u128": 128}
_SUFFIXES = {"float": "f", "double": "", "binary128": "l"}
_COMPARISON = " | ".join(
    f"(uint64_t)({test}) << {place}"
    for place, test in enumerate(
        ("a == b", "a != b", "a < b", "a <= b", "a > b", "a >= b", "__builtin_isunordered(a, b)")
    )
)


@dataclass(frozen=True)
class Operation:
    """`meaning(a, b, c)` maps operands' bits to the result's bits; None where C leaves the result open."""

    name: str
    operand: str
    result: str
    expression: str
    meaning: Callable[[int, int, int], int | None]


def operations() -> list[Operation]:
    """All of them; an operation's number is its place."""
    found: list[Operation] = []
    for form in REALS.values():
        found += _basic_operations(form) + _conversions(form)
    for form in (BINARY32, BINARY64, BINARY128):
        found += _library_operations(form)
    return found + _integer_operations()


def header() -> str:
    """arithmetic_operations.h: one line an operation."""
    lines = [f"OPERATION({op.name}, {op.operand}, {op.result}, {op.expression})\n" for op in operations()]
    return "".join(lines)


def request(number: int, a: int, b: int, c: int) -> bytes:
    return struct.pack("<2Q", number, 0) + b"".join(value.to_bytes(16, "little") for value in (a, b, c))


def random_operand(randoms: random.Random, kind: str) -> int:
    """Bits of an operand of this C type, with a taste for the edges."""
    return _random_real(randoms, REALS[kind]) if kind in REALS else _random_integer(randoms, INTEGERS[kind])


def related_operand(randoms: random.Random, kind: str, other: int) -> int:
    """As `random_operand`, and often one near `other`: cancellation and equal numbers are rare among strangers."""
    choice = randoms.random()
    width = REALS[kind].width if kind in REALS else INTEGERS[kind]
    if choice < 0.6:
        return random_operand(randoms, kind)
    near = other + randoms.randint(-3, 3) if choice < 0.8 else other ^ 1 << randoms.randrange(width)
    return near % (1 << width)


def _random_real(randoms: random.Random, form: Format) -> int:
    sign = randoms.getrandbits(1) << (form.width - 1)
    if randoms.random() < 0.1:
        fraction = 1 << form.fraction_bits
        edges = [0, 1, fraction - 1, fraction, form.infinity - 1, form.infinity, form.infinity | 1, form.canonical_nan]
        return sign | randoms.choice([*edges, form.bias << form.fraction_bits])
    fraction = _random_bits(randoms, form.fraction_bits)
    largest = (1 << form.exponent_bits) - 2
    spread = randoms.choice([3, form.fraction_bits, largest])
    centre = randoms.choice([0, form.bias, form.bias, form.bias // 2, form.bias * 3 // 2, largest])
    exponent = min(max(centre + randoms.randint(-spread, spread), 0), largest)
    return sign | exponent << form.fraction_bits | fraction


def _random_integer(randoms: random.Random, width: int) -> int:
    value = _random_bits(randoms, randoms.randint(1, width)) + randoms.choice([0, 0, 1, -1])
    return (-value if randoms.random() < 0.3 else value) % (1 << width)


def _random_bits(randoms: random.Random, width: int) -> int:
    """Random bits; or with zeros or ones at their end, which make exact results, ties and long carries; or two runs."""
    bits, low_ones = randoms.getrandbits(width), (1 << randoms.randrange(width)) - 1
    runs = (1 << randoms.randint(0, width)) - (1 << randoms.randrange(width))
    return randoms.choice([bits, bits & ~low_ones, bits | low_ones, runs % (1 << width)])


def agrees(operation: Operation, expected: int, got: int) -> bool:
    """Bit for bit; but which NaN comes out, IEEE 754 leaves open."""
    form = REALS.get(operation.result)
    if form and form.decode(expected).special == NAN:
        return form.decode(got).special == NAN
    return expected == got


def _on_bits(form: Format, meaning: Callable[..., Real], num_operands: int) -> Callable[[int, int, int], int]:
    def on_bits(*operands: int) -> int:
        return form.encode(meaning(*map(form.decode, operands[:num_operands])))

    return on_bits


def _basic_operations(form: Format) -> list[Operation]:
    def operation(name: str, expression: str, meaning: Callable[[Real, Real], Real]) -> Operation:
        return Operation(f"{name}_{form.name}", form.name, form.name, expression, _on_bits(form, meaning, 2))

    return [
        operation("add", "a + b", ieee754.add),
        operation("sub", "a - b", lambda a, b: ieee754.add(a, b.negated())),
        operation("mul", "a * b", ieee754.multiply),
        operation("div", "a / b", ieee754.divide),
        Operation(f"compare_{form.name}", form.name, "uint64_t", _COMPARISON, partial(_compare, form)),
    ]


def _library_operations(form: Format) -> list[Operation]:
    """What C's math library has and the compiler's library too."""
    found = []

    def add(name: str, parameters: str, meaning: Callable[[int, int, int], int | None]) -> None:
        call = f"__builtin_{name}{_SUFFIXES[form.name]}({parameters})"
        found.append(Operation(f"{name}_{form.name}", form.name, form.name, call, meaning))

    def fma(a: Real, b: Real, c: Real) -> Real:
        return ieee754.add(ieee754.multiply(a, b), c)

    add("fma", "a, b, c", _on_bits(form, fma, 3))
    add("sqrt", "a", _on_bits(form, lambda a: ieee754.square_root(a, form.fraction_bits), 1))
    add("fmod", "a, b", partial(_remainder, form))
    for mode in ("floor", "ceil", "trunc", "round"):
        add(mode, "a", _on_bits(form, partial(ieee754.to_integral, mode=mode), 1))
    add("fmin", "a, b", partial(_least, form, 1))
    add("fmax", "a, b", partial(_least, form, -1))
    return found


def _remainder(form: Format, a_bits: int, b_bits: int, _: int) -> int | None:
    a, b = form.decode(a_bits), form.decode(b_bits)
    too_long = not (a.special or b.special or b.is_zero) and a.magnitude > b.magnitude * 2**3000
    return None if too_long else form.encode(ieee754.remainder(a, b))  # a round for each bit of the quotient


def _compare(form: Format, a_bits: int, b_bits: int, _: int) -> int:
    a, b = form.decode(a_bits), form.decode(b_bits)
    if NAN in (a.special, b.special):
        return 0b1000010
    left, right = _order(a), _order(b)
    tests = (left == right, left != right, left < right, left <= right, left > right, left >= right)
    return sum(int(test) << place for place, test in enumerate(tests))


def _least(form: Format, sign: int, a_bits: int, b_bits: int, _: int) -> int | None:
    a, b = form.decode(a_bits), form.decode(b_bits)
    if a.is_zero and b.is_zero:
        return a_bits if a_bits == b_bits else None  # C lets either zero be the smaller one
    numbers = [number for number in (a, b) if number.special != NAN]
    if not numbers:
        return form.canonical_nan
    return form.encode((min if sign > 0 else max)(numbers, key=_order))


def _order(number: Real) -> tuple[int, ieee754.Fraction | int]:
    """Sorts as the numbers do: infinities first and last."""
    if number.special:
        return (-1 if number.negative else 1, 0)
    return (0, number.value)


def _conversions(form: Format) -> list[Operation]:
    found = []
    for other in REALS.values():
        if other != form:

            def convert(a: int, _: int, __: int, other: Format = other) -> int:
                return other.encode(form.decode(a))

            found.append(Operation(f"{form.name}_to_{other.name}", form.name, other.name, "a", convert))
    if form == BFLOAT16:  # compilers convert integers by way of float, and round twice
        return found
    for kind, width in INTEGERS.items():
        signed = not kind.startswith("u")

        def to_integer(a: int, _: int, __: int, width: int = width, signed: bool = signed) -> int | None:
            number = form.decode(a)
            whole = int(number.value)
            low, high = (-(1 << (width - 1)), 1 << (width - 1)) if signed else (0, 1 << width)
            return None if number.special or not low <= whole < high else whole % (1 << width)

        def from_integer(a: int, _: int, __: int, width: int = width, signed: bool = signed) -> int:
            value = _signed(a, width) if signed else a
            return form.encode(Real(value < 0, ieee754.Fraction(abs(value))))

        found.append(Operation(f"{form.name}_to_{kind}", form.name, kind, "a", to_integer))
        found.append(Operation(f"{kind}_to_{form.name}", kind, form.name, "a", from_integer))
    return found


def _signed(bits: int, width: int) -> int:
    return bits - (bits >> (width - 1) << width)


def _integer_operations() -> list[Operation]:
    found = []

    def add(name: str, kind: str, result: str, expression: str, meaning: Callable[[int, int], int | None]) -> None:
        width, signed = INTEGERS[kind], not kind.startswith("u")
        result_width = INTEGERS[result]

        def on_bits(a: int, b: int, _: int) -> int | None:
            value = meaning(_signed(a, width), _signed(b, width)) if signed else meaning(a, b)
            return None if value is None else value % (1 << result_width)

        found.append(Operation(f"{name}_{kind}", kind, result, expression, on_bits))

    for kind in ("i128", "u128", "int64_t", "uint64_t"):
        width, signed = INTEGERS[kind], not kind.startswith("u")
        low, high = (-(1 << (width - 1)), 1 << (width - 1)) if signed else (0, 1 << width)
        add("mul", kind, kind, "a * b", lambda a, b, low=low, high=high: a * b if low <= a * b < high else None)
        add("div", kind, kind, "a / b", lambda a, b, high=high: _quotient(a, b, high))
        add("mod", kind, kind, "a % b", lambda a, b, high=high: _modulo(a, b, high))
        add("less", kind, "int32_t", "a < b", lambda a, b: int(a < b))
        add(
            "overflow", kind, "int32_t", "__builtin_mul_overflow(a, b, &c)",
            lambda a, b, low=low, high=high: int(not low <= a * b < high),
        )  # fmt: skip
    add("shl", "u128", "u128", "a << (b & 127)", lambda a, b: a << (b & 127))
    add("shr", "u128", "u128", "a >> (b & 127)", lambda a, b: a >> (b & 127))
    add("sar", "i128", "i128", "a >> (b & 127)", lambda a, b: a >> (b & 127))
    for kind in ("uint64_t", "u128"):
        width = INTEGERS[kind]
        add("clz", kind, "int32_t", f"__builtin_clzg(a, {width})", lambda a, _, width=width: width - a.bit_length())
        add(
            "ctz", kind, "int32_t", f"__builtin_ctzg(a, {width})",
            lambda a, _, width=width: (a & -a).bit_length() - 1 if a else width,
        )  # fmt: skip
        add("popcount", kind, "int32_t", "__builtin_popcountg(a)", lambda a, _: a.bit_count())
    add("parity", "uint64_t", "int32_t", "__builtin_parityll(a)", lambda a, _: a.bit_count() & 1)
    return found


def _quotient(a: int, b: int, high: int) -> int | None:
    quotient = abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1) if b else high
    return None if quotient >= high else quotient


def _modulo(a: int, b: int, high: int) -> int | None:
    quotient = _quotient(a, b, high)
    return None if quotient is None else a - quotient * b
