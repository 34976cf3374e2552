"""Floating point, conversions and 128-bit integers in guests, bit for bit, against exact arithmetic in Python."""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
import pytest

from core_vm.guest.build import build
from tests.core_vm.guest import arithmetic, reference_machine
from tests.core_vm.guest.arithmetic import Operation
from tests.places import GUEST_PROGRAMS

SOURCE = GUEST_PROGRAMS / "arithmetic.c"
OPERATIONS = arithmetic.operations()
NUMBERS = {operation.name: number for number, operation in enumerate(OPERATIONS)}

Calculator = Callable[[list[tuple[Operation, int, int, int]]], list[int]]


@pytest.fixture(scope="module", params=["-O2", "-O0"])
def calculate(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Calculator:
    """`calculate(cases)` are the guest's results for (operation, a, b, c)."""
    directory = tmp_path_factory.mktemp("arithmetic")
    (directory / "arithmetic_operations.h").write_text(arithmetic.header(), encoding="utf-8")
    build([SOURCE], directory / "guest.elf", request.param, include_directories=[directory])

    def calculate(cases: list[tuple[Operation, int, int, int]]) -> list[int]:
        requests = b"".join(arithmetic.request(NUMBERS[operation.name], *operands) for operation, *operands in cases)
        finished = reference_machine.run(directory / "guest.elf", requests)
        assert finished.exit_code == 0
        output = finished.output
        return [int.from_bytes(output[at : at + 16], "little") for at in range(0, len(output), 16)]

    return calculate


def _check(calculate: Calculator, operations: list[Operation], num_cases: int, seed: int) -> None:
    randoms = random.Random(seed)
    cases, expected = [], []
    for operation in operations:
        for _ in range(num_cases):
            a = arithmetic.random_operand(randoms, operation.operand)
            b = arithmetic.related_operand(randoms, operation.operand, a)
            c = arithmetic.related_operand(randoms, operation.operand, a)
            meaning = operation.meaning(a, b, c)
            if meaning is not None:
                cases.append((operation, a, b, c))
                expected.append(meaning)
    wrong = [
        (case[0].name, *map(hex, (*case[1:], meaning, got)))
        for case, meaning, got in zip(cases, expected, calculate(cases), strict=True)
        if not arithmetic.agrees(case[0], meaning, got)
    ]
    assert not wrong, f"{len(wrong)} of {len(cases)} results are wrong: {wrong[:10]}"


def test_every_operation(calculate: Calculator) -> None:
    _check(calculate, OPERATIONS, 40, seed=1)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 6))
def test_every_operation_often(calculate: Calculator, seed: int) -> None:
    _check(calculate, OPERATIONS, 2000, seed)


def test_quotients_around_the_smallest_numbers(calculate: Calculator) -> None:
    """Below the normal numbers a quotient is rounded at another place than above them."""
    randoms = random.Random(7)
    cases, expected = [], []
    for form in arithmetic.REALS.values():
        operation = OPERATIONS[NUMBERS[f"div_{form.name}"]]
        for _ in range(400):
            quotient_exponent = randoms.randint(-form.fraction_bits - 3, 2)
            divisor_exponent = randoms.randint(form.fraction_bits + 5, 2 * form.bias - form.fraction_bits - 5)
            dividend_exponent = max(divisor_exponent - form.bias + quotient_exponent, 0)
            a, b = (
                exponent << form.fraction_bits | randoms.getrandbits(form.fraction_bits)
                for exponent in (dividend_exponent, divisor_exponent)
            )
            cases.append((operation, a, b, 0))
            expected.append(operation.meaning(a, b, 0))
    wrong = [case for case, meaning, got in zip(cases, expected, calculate(cases), strict=True) if meaning != got]
    assert not wrong, f"{len(wrong)} of {len(cases)} quotients are wrong, first {wrong[0]}"


def test_products_with_long_carries(calculate: Calculator) -> None:
    """Of significands that are nearly all ones: their products' parts carry into one another."""
    randoms = random.Random(8)
    cases, expected = [], []
    for form in arithmetic.REALS.values():
        operation = OPERATIONS[NUMBERS[f"mul_{form.name}"]]
        ones = (1 << form.fraction_bits) - 1
        for _ in range(400):
            a, b = (
                randoms.randint(form.bias // 2, form.bias * 3 // 2) << form.fraction_bits
                | ones - randoms.choice([randoms.randrange(8), (1 << randoms.randrange(form.fraction_bits)) - 1])
                for _ in range(2)
            )
            cases.append((operation, a, b, 0))
            expected.append(operation.meaning(a, b, 0))
    wrong = [case for case, meaning, got in zip(cases, expected, calculate(cases), strict=True) if meaning != got]
    assert not wrong, f"{len(wrong)} of {len(cases)} products are wrong, first {wrong[0]}"


@pytest.mark.parametrize(
    ("form", "real", "bits"),
    [(arithmetic.BINARY32, np.float32, np.uint32), (arithmetic.BINARY64, np.float64, np.uint64)],
)
def test_exact_arithmetic_is_that_of_this_computer(form: arithmetic.Format, real: type, bits: type) -> None:
    """The reference itself, against hardware."""
    randoms = random.Random(3)
    first = [arithmetic.random_operand(randoms, form.name) for _ in range(1000)]
    second = [arithmetic.related_operand(randoms, form.name, a) for a in first]
    a, b = (np.array(values, bits).view(real) for values in (first, second))
    with np.errstate(all="ignore"):
        computed = {"add": a + b, "sub": a - b, "mul": a * b, "div": a / b, "sqrt": np.sqrt(a)}
    for name, values in computed.items():
        operation = OPERATIONS[NUMBERS[f"{name}_{form.name}"]]
        for x, y, result in zip(first, second, values.view(bits).tolist(), strict=True):
            assert arithmetic.agrees(operation, operation.meaning(x, y, 0) or 0, result), (name, x, y)
