"""The compiled operations against the reference, the reference against py_ecc, and guests that call."""

from __future__ import annotations

import ctypes
import random
from typing import Any

import numpy as np
import pytest
from py_ecc import bls12_381, bn128

from core_vm.errors import GuestTrap
from precompiles.g2 import call_kernels
from precompiles.g2.calls import CALLS
from precompiles.g2.fields import BLS12_381, BN254, FIELDS, Field
from precompiles.g2.precompile import PRECOMPILES
from precompiles.g2.reference import OPERATIONS, Point, Result, add, double
from precompiles.standard.machine import standard_machine
from tests.conformance.checking import shards_of
from tests.core_vm.machine.running import execute
from tests.precompiles.g2.calls import Case, cases, compute, dwords, plain_case, random_case, result_of
from tests.precompiles.g2.guest import Place, input_of, program, result_bytes

CALL = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.POINTER(ctypes.c_uint64), ctypes.c_int64)
BEFORE = ((5, 7), (0, 0), (6, 8))
"""What lies where the line is written."""
ORACLES: dict[Field, Any] = {BN254: bn128, BLS12_381: bls12_381}
each_field = pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
each_operation = pytest.mark.parametrize("operation", OPERATIONS)


def called(case: Case) -> Result | None:
    """What the kernel makes of a call."""
    operation, field, t, q = case
    values = dwords([[*q, *BEFORE, *t]], 7, field).reshape(-1).copy()
    before, call = values.copy(), CALL(call_kernels.compute.address)
    if not call(values.ctypes.data_as(ctypes.POINTER(ctypes.c_uint64)), CALLS.parameter_of(operation, field)):
        assert np.array_equal(values, before)
        return None
    assert np.array_equal(values[: 4 * field.dwords], before[: 4 * field.dwords])
    numbers = [int.from_bytes(number.tobytes(), "little") for number in values.reshape(14, -1)[4:]]
    first, middle, last, x, y = zip(numbers[::2], numbers[1::2], strict=True)
    assert middle == (0, 0)
    return (x, y), (first, last) if field is BN254 else (last, first)


@each_field
@each_operation
def test_kernels_compute_what_the_reference_says(operation: str, field: Field) -> None:
    generator, results = random.Random(field.name), 0
    for case in [*cases(operation, field, 50), *(random_case(generator, operation, field) for _ in range(200))]:
        expected = compute(case)
        assert called(case) == expected, case
        results += expected is not None
        assert expected is None or max(map(max, (*expected[0], *expected[1]))) < field.modulus
    assert 100 < results < 250


def of_oracle(point: Any) -> Point:
    (x0, x1), (y0, y1) = (map(int, coordinate.coeffs) for coordinate in point)
    return (x0, x1), (y0, y1)


@each_field
def test_the_reference_agrees_with_py_ecc(field: Field) -> None:
    """On points of G2, of which it knows no line: that is the one through what it knows."""
    oracle, generator, m = ORACLES[field], random.Random(field.name), field.modulus
    for _ in range(4):
        first, second = (oracle.multiply(oracle.G2, generator.randrange(2**32)) for _ in range(2))
        t, q = of_oracle(first), of_oracle(second)
        for result, expected in ((add(t, q, m), oracle.add(first, second)), (double(t, m), oracle.double(first))):
            assert result
            assert result[0] == of_oracle(expected)
            slope, intercept = map(type(first[0]), result[1])
            assert slope * first[0] + intercept == first[1]
            assert slope * expected[0] + intercept == -expected[1]


@each_field
def test_what_has_no_result(field: Field) -> None:
    """It needs one part in which both are reduced and differ, and no more."""
    m, (_, _, (x, y), _) = field.modulus, plain_case("add", field)
    for t, q in (
        ((x, y), (x, y)),
        ((x, y), (x, (1, 2))),
        ((x, y), ((x[0] + m, x[1]), y)),
        (((x[0], x[1] + m), y), (x, y)),
        (((m, m), y), ((0, 0), y)),
    ):
        assert called(("add", field, t, q)) is None
    for zero in ((0, 0), (m, 0), (0, m), (m + 1, 2**field.bits - 1)):
        assert called(("double", field, (x, zero), (x, y))) is None
    assert called(("add", field, ((x[0], 5), y), ((x[0] + m, 6), y)))
    assert called(("double", field, (x, (m, 1)), (x, y)))


@each_field
def test_a_guest_gets_sum_double_and_lines(field: Field) -> None:
    _, _, t, q = plain_case("add", field)
    expected = result_bytes(field, result_of(("add", field, t, q))) + result_bytes(
        field, result_of(("double", field, t, q))
    )
    for place in (Place.APART, Place.ON_Q):
        data = input_of(field, t, q, place)
        run = execute(program(), data, precompiles=standard_machine().precompiles, with_records=False)
        assert run.output == expected


def refused(data: bytes, message: str) -> None:
    with pytest.raises(GuestTrap, match=message):
        execute(program(), data, precompiles=standard_machine().precompiles, with_records=False)


@each_field
def test_a_line_on_the_point_is_a_trap(field: Field) -> None:
    _, _, t, q = plain_case("add", field)
    refused(input_of(field, t, q, Place.ON_T), f"g2_{field.name}_add: .*overlap")


@each_field
def test_a_line_whose_middle_is_not_zero_is_a_trap(field: Field) -> None:
    """No row is of such a call: in memory there are zeros before and after."""
    _, _, t, q = plain_case("add", field)
    for dword in range(2 * field.dwords):
        refused(input_of(field, t, q, middle=(dword, 1)), f"g2_{field.name}_add: the call has no result")


def test_a_call_without_a_result_is_a_trap_with_its_name() -> None:
    _, _, t, _ = plain_case("add", BN254)
    refused(input_of(BN254, t, t), "g2_bn254_add: the call has no result")


def test_four_calls_share_two_tables() -> None:
    assert [precompile.number for precompile in PRECOMPILES] == [0x1070, 0x1071, 0x1078, 0x1079]
    names = [table.name for table in standard_machine().everything.tables.tables]
    assert [names.count(f"g2_{field.name}") for field in FIELDS] == [1, 1]


@each_field
def test_a_shard_with_calls_is_in_the_profile_of_its_pairings(field: Field) -> None:
    _, _, t, q = plain_case("add", field)
    for place in (Place.APART, Place.ON_Q):
        (shard,) = shards_of(program(), input_of(field, t, q, place))
        assert standard_machine().profile_for(shard.record.num_calls).name == f"pairings_{field.name}"
        shard.check()
