"""The compiled chains against the reference, the reference against sums of multiples, and guests that call."""

from __future__ import annotations

import ctypes
import random
from dataclasses import replace

import numpy as np
import pytest

from core_vm.errors import GuestTrap
from precompiles.curve.chain import call_kernels
from precompiles.curve.chain.operands import STEPS
from precompiles.curve.chain.precompile import PRECOMPILES
from precompiles.curve.chain.reference import NO_POINT, digits_of
from precompiles.curve.curves import BN254, CURVES, SECP256K1, SECP256R1, Curve, curves_of
from precompiles.curve.reference import Point, add, double
from precompiles.standard.machine import standard_machine
from tests.conformance.checking import shards_of
from tests.core_vm.machine.running import execute
from tests.precompiles.curve.calls import dwords, on_curve
from tests.precompiles.curve.chain.calls import MODULES, Chain, exceptional_chain, program, random_chain
from tests.precompiles.curve.guest import point_bytes

CALL = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.POINTER(ctypes.c_uint64), ctypes.c_int64)
each_curve = pytest.mark.parametrize("curve", CURVES, ids=lambda curve: curve.name)


def called(chain: Chain) -> Point | None:
    """What the kernel makes of a call."""
    bits = chain.curve.bits
    values = np.concatenate(
        [dwords(chain.points, bits).ravel(), np.array(chain.digits, np.uint64), dwords([chain.p], bits).ravel()]
    )
    before = values.copy()
    call = CALL(call_kernels.chain.address)
    has_result = call(values.ctypes.data_as(ctypes.POINTER(ctypes.c_uint64)), CURVES.index(chain.curve))
    size = bits // 32 if has_result else 0
    assert np.array_equal(values[: len(values) - size], before[: len(values) - size])
    if not has_result:
        return None
    x, y = (int.from_bytes(half.tobytes(), "little") for half in values[-size:].reshape(2, -1))
    return x, y


@each_curve
def test_a_kernel_computes_what_the_reference_says(curve: Curve) -> None:
    generator = random.Random(curve.name)
    chains = [random_chain(generator, curve, is_on_curve=k < 4) for k in range(20)]
    chains += [exceptional_chain(generator, curve, place, place % 2 == 0) for place in (0, 1, 6, 31, 62, 63)]
    results = [chain.result for chain in chains]
    assert [called(chain) for chain in chains] == results
    assert all(max(result) < curve.modulus for result in results if result)
    assert len(set(results) - {NO_POINT}) > 5
    assert results[-6:] == [NO_POINT] * 6


@each_curve
def test_an_x_that_is_not_reduced_has_no_result(curve: Curve) -> None:
    honest = random_chain(random.Random(1), curve)
    for x in (curve.modulus, 2**curve.bits - 1):
        for place in (0, 7):
            points = [(x, y) if k == place else (other, y) for k, (other, y) in enumerate(honest.points)]
            assert called(replace(honest, points=tuple(points))) is None
        assert called(replace(honest, p=(x, honest.p[1]))) is None


@each_curve
def test_a_call_of_zeros_has_a_result(curve: Curve) -> None:
    assert called(Chain(curve, NO_POINT, (NO_POINT,) * 8, (0, 0, 0, 0))) == NO_POINT


@each_curve
def test_two_chains_are_a_sum_of_multiples(curve: Curve) -> None:
    """2^128 S + k_0 B_0 + .. + k_3 B_3 by the digits and points that the guest's header describes."""
    generator, m = random.Random(2), curve.modulus
    start, *bases = (on_curve(generator, curve) for _ in range(5))
    multiples = [generator.randrange(2**128) | 1 for _ in range(4)]
    points: list[Point] = []
    for index in range(8):
        point = bases[3]
        for j in range(3):
            x, y = bases[j]
            point = _sum(curve, point, (x, m - y if index >> j & 1 else y))
        points.append(point)
    p = start
    for half in (1, 0):
        bits = [(k + 2**128 - 1) // 2 >> 64 * half & 2**64 - 1 for k in multiples]
        digits = (*(b ^ bits[3] for b in bits[:3]), bits[3])
        after = called(Chain(curve, p, tuple(points), digits))
        assert after
        p = after
    expected = start
    for _ in range(128):
        expected = _double(curve, expected)
    for k, base in zip(multiples, bases, strict=True):
        expected = _sum(curve, expected, _multiple(curve, k, base))
    assert p == expected


def _sum(curve: Curve, p: Point, q: Point) -> Point:
    found = add(curve, p, q)
    assert found
    return found


def _double(curve: Curve, p: Point) -> Point:
    found = double(curve, p)
    assert found
    return found


def _multiple(curve: Curve, k: int, point: Point) -> Point:
    found = point
    for bit in bin(k)[3:]:
        found = _double(curve, found)
        if bit == "1":
            found = _sum(curve, found, point)
    return found


def test_the_highest_bits_are_the_first_digit() -> None:
    digits = digits_of([1 << 63, 1, 1 << 63, 1 << 62])
    assert (digits[0], digits[1], digits[63]) == ((5, -1), (0, 1), (2, -1))
    assert len(digits) == STEPS


@pytest.mark.parametrize("curve", curves_of(256), ids=lambda curve: curve.name)
def test_a_guest_gets_the_end_of_a_chain(curve: Curve) -> None:
    generator = random.Random(3)
    for chain in (random_chain(generator, curve), exceptional_chain(generator, curve, 9, is_opposite=True)):
        run = execute(program(), chain.input, precompiles=standard_machine().precompiles, with_records=False)
        assert chain.result
        assert run.output == point_bytes(curve, chain.result)


def test_a_call_without_a_result_is_a_trap_with_its_name() -> None:
    chain = replace(random_chain(random.Random(4), BN254), p=(BN254.modulus, 1))
    with pytest.raises(GuestTrap, match="curve_chain_bn254: the call has no result"):
        execute(program(), chain.input, precompiles=standard_machine().precompiles, with_records=False)


def test_calls_of_a_width_share_five_tables() -> None:
    """Of which the standard machine has those of 256 bits."""
    assert [precompile.number for precompile in PRECOMPILES] == [*range(0x1060, 0x1064)]
    names = [table.name for table in standard_machine().everything.tables.tables]
    assert [names.count(f"curve_chain_{table}_256") for table in MODULES] == [1] * 5
    long, *_ = (precompile for precompile in PRECOMPILES if precompile.name == "curve_chain_bls12_381")
    assert [module.table.name for module in long.tables] == [f"curve_chain_{table}_384" for table in MODULES]
    assert long.name not in {precompile.name for precompile in standard_machine().precompiles}


@pytest.mark.parametrize("curve", [SECP256K1, pytest.param(SECP256R1, marks=pytest.mark.slow)], ids=lambda c: c.name)
def test_a_shard_with_calls_balances(curve: Curve) -> None:
    """With a chain that fails as with one that does not."""
    generator = random.Random(5)
    for chain in (random_chain(generator, curve), exceptional_chain(generator, curve, 3, is_opposite=False)):
        (shard,) = shards_of(program(), chain.input)
        assert standard_machine().profile_for(shard.record.num_calls).name == "curves"
        shard.check()
