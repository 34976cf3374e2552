"""The compiled product against the reference, the reference against py_ecc, and guests that call."""

from __future__ import annotations

import ctypes
import random

import pytest
from py_ecc.fields import bls12_381_FQ12, bn128_FQ12

from precompiles.fp12 import call_kernels
from precompiles.fp12.fields import BLS12_381, BN254, FIELDS, name_of
from precompiles.fp12.precompile import PRECOMPILES, parameter_of
from precompiles.fp12.reference import Element, multiply
from precompiles.shared.fp12_field import NUMBERS, Field
from precompiles.standard.machine import standard_machine
from tests.conformance.checking import shards_of
from tests.core_vm.machine.running import execute
from tests.precompiles.fp12.calls import Case, cases, dwords, plain_case, result_of
from tests.precompiles.fp12.guest import element_bytes, input_of, program

CALL = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.POINTER(ctypes.c_uint64), ctypes.c_int64)
ORACLES = {BN254: bn128_FQ12, BLS12_381: bls12_381_FQ12}
each_field = pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)


def called(case: Case) -> Element:
    """What the kernel makes of a call."""
    field, a, b = case
    values = dwords([b, a], field.bits).reshape(-1).copy()
    call = CALL(call_kernels.compute.address)
    assert call(values.ctypes.data_as(ctypes.POINTER(ctypes.c_uint64)), parameter_of(field))
    assert (values[: NUMBERS * field.dwords] == dwords([b], field.bits)[0]).all()
    numbers = values[NUMBERS * field.dwords :].reshape(NUMBERS, -1)
    return tuple(int.from_bytes(number.tobytes(), "little") for number in numbers)


@each_field
def test_the_kernel_computes_what_the_reference_says(field: Field) -> None:
    for case in cases(field, 300):
        assert called(case) == result_of(case), case
        assert max(result_of(case)) < field.modulus


def polynomial(field: Field, element: Element) -> list[int]:
    """In w alone, as py_ecc has Fp12: u is w^6 less the real part of xi."""
    real, imaginary = element[::2], element[1::2]
    return [*(a0 - field.real_of_xi * a1 for a0, a1 in zip(real, imaginary, strict=True)), *imaginary]


@each_field
def test_the_reference_agrees_with_py_ecc(field: Field) -> None:
    generator, fq12 = random.Random(1), ORACLES[field]
    for _ in range(20):
        a, b = (tuple(generator.randrange(field.modulus) for _ in range(NUMBERS)) for _ in range(2))
        expected = fq12(polynomial(field, a)) * fq12(polynomial(field, b))
        found = multiply(a, b, field.real_of_xi, field.modulus)
        assert fq12(polynomial(field, found)) == expected


@each_field
def test_a_guest_gets_a_product_a_square_and_a_product_with_what_overlaps(field: Field) -> None:
    _, a, b = plain_case(field)
    run = execute(program(), input_of(field, a, b), precompiles=standard_machine().precompiles, with_records=False)
    half = NUMBERS // 2
    overlapping = (field, (*a[:half], *b[:half]), b)
    results = [result_of((field, a, b)), result_of((field, a, a)), (*result_of(overlapping), *b[half:])]
    assert run.output == b"".join(element_bytes(field, result) for result in results)


def test_each_field_has_a_call_and_a_table() -> None:
    assert [precompile.number for precompile in PRECOMPILES] == [0x10A0, 0x10A1]
    names = [table.name for table in standard_machine().everything.tables.tables]
    assert [names.count(f"fp12_{field.name}") for field in FIELDS] == [1, 1]


@pytest.mark.parametrize(
    "field", [BN254, pytest.param(BLS12_381, marks=pytest.mark.slow)], ids=lambda field: field.name
)
def test_a_shard_with_calls_is_in_the_profile_of_its_pairings(field: Field) -> None:
    """And in none before: what only checks signatures does not carry columns of pairings."""
    _, a, b = plain_case(field)
    (shard,) = shards_of(program(), input_of(field, a, b))
    assert shard.record.num_calls[name_of(field)] == 3
    assert standard_machine().profile_for(shard.record.num_calls).name == f"pairings_{field.name}"
    shard.check()
