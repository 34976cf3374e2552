"""The compiled operations against the reference, the reference against published multiples, and guests that call."""

from __future__ import annotations

import ctypes
import random

import numpy as np
import pytest

from core_vm.errors import GuestTrap
from precompiles.curve.call_kernels import compute as kernel
from precompiles.curve.curves import BLS12_381, BN254, CURVES, OPERATIONS, SECP256K1, SECP256R1, Curve
from precompiles.curve.precompile import PRECOMPILES, parameter_of
from precompiles.curve.reference import Point, add, double
from precompiles.standard.machine import standard_machine
from tests.conformance.checking import shards_of
from tests.core_vm.machine.running import execute
from tests.precompiles.curve.calls import SIZES, Case, compute, dwords, on_curve, random_case
from tests.precompiles.curve.guest import input_of, point_bytes, program

CALL = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.POINTER(ctypes.c_uint64), ctypes.c_int64)
each_curve = pytest.mark.parametrize("curve", CURVES, ids=lambda curve: curve.name)
each_operation = pytest.mark.parametrize("operation", OPERATIONS)
BASES: dict[Curve, tuple[int, int]] = {
    SECP256K1: (
        0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798,
        0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141,
    ),
    SECP256R1: (
        0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
        0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    ),
    BN254: (1, 0x30644E72E131A029B85045B68181585D2833E84879B9709143E1F593F0000001),
    BLS12_381: (
        0x17F1D3A73197D7942695638C4FA9AC0FC3688C4F9774B905A14E3A3F171BAC586C55E83FF97A1AEFFB3AF00ADB22C6BB,
        0x73EDA753299D7D483339D80809A1D80553BDA402FFFE5BFEFFFFFFFF00000001,
    ),
}
"""The x of each group's generator, and its order."""


def called(case: Case) -> Point | None:
    """What the kernel makes of a call."""
    operation, curve, p, q = case
    points = [q, p] if operation == "add" else [p]
    values = dwords(points, curve.bits).reshape(-1).copy()
    call = CALL(kernel.address)
    before = values.copy()
    if not call(values.ctypes.data_as(ctypes.POINTER(ctypes.c_uint64)), parameter_of(operation, curve)):
        assert np.array_equal(values, before)
        return None
    x, y = (int.from_bytes(half.tobytes(), "little") for half in values[-2 * curve.dwords :].reshape(2, -1))
    return x, y


@each_curve
@each_operation
def test_a_kernel_computes_what_the_reference_says(operation: str, curve: Curve) -> None:
    generator, results = random.Random(curve.name), 0
    for _ in range(200):
        case = random_case(generator, operation, curve)
        expected = compute(case)
        assert called(case) == expected, case
        results += expected is not None
        assert expected is None or max(expected) < curve.modulus
    assert 60 < results < 200


def multiple(curve: Curve, scalar: int, point: Point) -> Point:
    """By calls alone, from the second highest bit down."""
    found = point
    for bit in bin(scalar)[3:]:
        doubled = called(("double", curve, found, found))
        assert doubled
        found = doubled
        if bit == "1":
            total = called(("add", curve, found, point))
            assert total
            found = total
    return found


@each_curve
def test_one_less_than_the_order_times_the_generator_is_its_negative(curve: Curve) -> None:
    """Where any wrong formula would be somewhere else."""
    x, order = BASES[curve]
    m = curve.modulus
    y = pow(x**3 - curve.minus_a * x + curve.b, (m + 1) // 4, m)
    assert multiple(curve, order - 1, (x, y)) == (x, m - y)


@each_curve
def test_results_are_on_the_line_and_on_the_curve(curve: Curve) -> None:
    generator, m = random.Random(7), curve.modulus
    for _ in range(20):
        p, q = on_curve(generator, curve), on_curve(generator, curve)
        for result in (add(curve, p, q), double(curve, p)):
            assert result
            x, y = result
            assert (y * y - x**3 + curve.minus_a * x - curve.b) % m == 0


@each_curve
def test_what_has_no_result(curve: Curve) -> None:
    m, (x, y) = curve.modulus, on_curve(random.Random(1), curve)
    for p, q in (((x, y), (x, y)), ((x, y), (x, m - y)), ((m, y), (x, y)), ((x, y), (m, y)), ((x, y), (m + 1, y))):
        assert called(("add", curve, p, q)) is None
    for p in ((x, 0), (x, m), (x, m + 1), (x, 2**curve.bits - 1)):
        assert called(("double", curve, p, p)) is None


@each_curve
def test_a_guest_gets_sum_and_double(curve: Curve) -> None:
    generator = random.Random(2)
    p, q = on_curve(generator, curve), on_curve(generator, curve)
    run = execute(
        program(), input_of(curve, p, q), precompiles=standard_machine().precompiles, with_records=False
    )  # fmt: skip
    total, twice = add(curve, p, q), double(curve, p)
    assert total
    assert twice
    assert run.output == point_bytes(curve, total) + point_bytes(curve, twice)


def test_a_call_without_a_result_is_a_trap_with_its_name() -> None:
    point = on_curve(random.Random(3), BN254)
    with pytest.raises(GuestTrap, match="curve_add_bn254: the call has no result"):
        execute(
            program(),
            input_of(BN254, point, point),
            precompiles=standard_machine().precompiles,
            with_records=False,
        )


def test_eight_calls_share_four_tables() -> None:
    assert [precompile.number for precompile in PRECOMPILES] == [*range(0x1040, 0x1044), *range(0x1048, 0x104C)]
    names = [table.name for table in standard_machine().everything.tables.tables]
    assert [names.count(f"curve_{operation}_{bits}") for operation in OPERATIONS for bits in SIZES] == [1] * 4


def test_a_shard_with_calls_is_in_the_profile_of_curves() -> None:
    generator = random.Random(4)
    data = input_of(SECP256R1, on_curve(generator, SECP256R1), on_curve(generator, SECP256R1))
    (shard,) = shards_of(program(), data)
    assert standard_machine().profile_for(shard.record.num_calls).name == "curves"
    shard.check()
