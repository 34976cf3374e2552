"""The compiled operations against the reference, and guests that call them."""

from __future__ import annotations

import ctypes
import random

import numpy as np
import pytest

from core_vm.errors import GuestTrap
from precompiles.modular import call_kernels
from precompiles.modular.precompile import PRECOMPILES, SIZES, parameter_of
from precompiles.modular.reference import OPERATIONS, compute, largest_quotient, modulus_of
from precompiles.standard.machine import standard_machine
from tests.conformance.checking import shards_of
from tests.core_vm.machine.running import execute
from tests.precompiles.modular.calls import PRIMES, dwords, random_case
from tests.precompiles.modular.guest import input_of, program

CALL = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.POINTER(ctypes.c_uint64), ctypes.c_int64)
each_size = pytest.mark.parametrize("bits", SIZES)
each_operation = pytest.mark.parametrize("operation", OPERATIONS)


def number(values: np.ndarray) -> int:
    return int.from_bytes(values.astype("<u8").tobytes(), "little")


def called(operation: str, x: int, y: int, m: int, bits: int) -> int | None:
    """What the kernel makes of a call."""
    values = dwords([y, m, x], bits).reshape(-1).copy()
    call = CALL(call_kernels.compute.address)
    has_result = call(values.ctypes.data_as(ctypes.POINTER(ctypes.c_uint64)), parameter_of(operation, bits))
    return number(values[2 * bits // 64 :]) if has_result else None


@each_size
@each_operation
def test_a_kernel_computes_what_the_reference_says(operation: str, bits: int) -> None:
    generator, results = random.Random(bits), 0
    for _ in range(1000):
        _, x, y, m = random_case(generator, operation, bits)
        expected = compute(operation, x, y, m, bits)
        assert called(operation, x, y, m, bits) == expected, (operation, hex(x), hex(y), hex(m))
        results += expected is not None
        assert expected is None or expected < modulus_of(m, bits)
    assert results > 400


@each_size
def test_roots_and_inverses_are_what_they_are_called(bits: int) -> None:
    generator = random.Random(bits)
    for prime in PRIMES[bits]:
        for _ in range(40):
            y = generator.randrange(1, prime)
            inverse = called("invert", 0, y, prime, bits)
            assert inverse is not None
            assert inverse * y % prime == 1
            if prime % 4 == 3:
                root = called("root", 0, y, prime, bits)
                assert root is not None
                assert root % 2 == 0
                assert root * root % prime in (y, prime - y)


@each_size
@each_operation
def test_a_call_of_zeros_gives_zero(operation: str, bits: int) -> None:
    assert called(operation, 0, 0, 0, bits) == 0


@each_size
def test_products_have_a_result_as_long_as_the_quotient_has_digits(bits: int) -> None:
    most = largest_quotient(bits)
    x = 2**bits - 1
    least = -(-x * x // (most + 1)) or 1
    while x * x // least > most:
        least += 1
    assert called("multiply", x, x, least, bits) == x * x % least
    assert called("multiply", x, x, least - 1, bits) is None


@each_size
def test_what_has_no_result(bits: int) -> None:
    for operation, y, m in (("invert", 6, 9), ("invert", 2, 0), ("root", 2, 13), ("root", 5, 3 * 5 * 7 * 11 + 4)):
        assert called(operation, 0, y, m, bits) is None


@each_size
def test_a_guest_gets_every_result_and_powers(bits: int) -> None:
    generator, prime = random.Random(1), PRIMES[bits][0]
    x, y = generator.randrange(2**bits), generator.randrange(2**bits)
    run = execute(
        program(),
        bytes([bits // 64, 0, 0, 0, 0, 0, 0, 0]) + input_of(bits, x, y, prime),
        precompiles=standard_machine().precompiles,
        with_records=False,
    )
    expected = [compute(operation, x, y, prime, bits) for operation in OPERATIONS]
    expected += [pow(x, y, prime), 1, compute("add", x, x, 0, bits)]
    assert run.output == b"".join((value or 0).to_bytes(bits // 8, "little") for value in expected)


def test_a_call_without_a_result_is_a_trap_with_its_name() -> None:
    data = bytes([4, 0, 0, 0, 0, 0, 0, 0]) + input_of(256, 1, 6, 9)
    with pytest.raises(GuestTrap, match="modular_256_invert: the call has no result"):
        execute(program(), data, precompiles=standard_machine().precompiles, with_records=False)


def test_ten_calls_share_two_tables() -> None:
    assert [precompile.number for precompile in PRECOMPILES] == [*range(0x1020, 0x1025), *range(0x1030, 0x1035)]
    names = [table.name for table in standard_machine().everything.tables.tables]
    assert [names.count(f"modular_{bits}") for bits in SIZES] == [1, 1]


def test_a_shard_with_calls_is_in_the_profile_of_curves() -> None:
    data = bytes([4, 0, 0, 0, 0, 0, 0, 0]) + input_of(256, 3, 5, PRIMES[256][0])
    (shard,) = shards_of(program(), data)
    assert standard_machine().profile_for(shard.record.num_calls).name == "curves"
    shard.check()
