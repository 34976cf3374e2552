"""The compiled operations against the reference, the reference against py_ecc, and guests that call."""

from __future__ import annotations

import ctypes
import random

import pytest
from py_ecc.fields import bls12_381_FQ2, bn128_FQ2

from precompiles.fp2 import call_kernels
from precompiles.fp2.calls import CALLS
from precompiles.fp2.fields import BLS12_381, BN254, FIELDS, Field
from precompiles.fp2.precompile import PRECOMPILES
from precompiles.fp2.reference import OPERATIONS, Element, compute
from precompiles.standard.machine import standard_machine
from tests.conformance.checking import shards_of
from tests.core_vm.machine.running import execute
from tests.precompiles.fp2.calls import Case, cases, dwords, plain_cases, result_of
from tests.precompiles.fp2.guest import element_bytes, input_of, program

CALL = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.POINTER(ctypes.c_uint64), ctypes.c_int64)
ORACLES = {BN254: bn128_FQ2, BLS12_381: bls12_381_FQ2}
each_field = pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
each_operation = pytest.mark.parametrize("operation", OPERATIONS)


def called(case: Case) -> Element:
    """What the kernel makes of a call."""
    operation, field, a, b = case
    values = dwords([b, a], field.bits).reshape(-1).copy()
    call = CALL(call_kernels.compute.address)
    assert call(values.ctypes.data_as(ctypes.POINTER(ctypes.c_uint64)), CALLS.parameter_of(operation, field))
    assert (values[: 2 * field.dwords] == dwords([b], field.bits)[0]).all()
    a0, a1 = (int.from_bytes(half.tobytes(), "little") for half in values[2 * field.dwords :].reshape(2, -1))
    return a0, a1


@each_field
def test_kernels_compute_what_the_reference_says(field: Field) -> None:
    for case in cases(field, 200):
        assert called(case) == result_of(case), case
        assert max(result_of(case)) < field.modulus


@each_field
@each_operation
def test_the_reference_agrees_with_py_ecc(operation: str, field: Field) -> None:
    generator, fq2 = random.Random(1), ORACLES[field]
    for _ in range(20):
        a, b = ([generator.randrange(field.modulus) for _ in range(2)] for _ in range(2))
        x, y = fq2(a), fq2(b)
        expected = x * y if operation == "multiply" else x + y if operation == "add" else x - y
        found = compute(operation, (a[0], a[1]), (b[0], b[1]), field.modulus)
        assert found == tuple(map(int, expected.coeffs))


@each_field
def test_a_guest_gets_every_result_and_a_square(field: Field) -> None:
    _, _, a, b = plain_cases(field)[0]
    run = execute(program(), input_of(field, a, b), precompiles=standard_machine().precompiles, with_records=False)
    results = [
        *(compute(operation, a, b, field.modulus) for operation in OPERATIONS),
        compute("multiply", a, a, field.modulus),
    ]
    assert run.output == b"".join(element_bytes(field, result) for result in results)


def test_six_calls_share_two_tables() -> None:
    assert [precompile.number for precompile in PRECOMPILES] == [*range(0x1050, 0x1053), *range(0x1058, 0x105B)]
    names = [table.name for table in standard_machine().everything.tables.tables]
    assert [names.count(f"fp2_{field.name}") for field in FIELDS] == [1, 1]


@each_field
def test_a_shard_with_calls_is_in_the_profile_of_curves(field: Field) -> None:
    _, _, a, b = plain_cases(field)[0]
    (shard,) = shards_of(program(), input_of(field, a, b))
    assert standard_machine().profile_for(shard.record.num_calls).name == "curves"
    shard.check()
