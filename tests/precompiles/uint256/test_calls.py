"""The compiled operations against the reference, the reference against Python's integers, and guests that call."""

from __future__ import annotations

import ctypes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core_vm.errors import GuestTrap
from precompiles.standard.machine import standard_machine
from precompiles.uint256 import call_kernels
from precompiles.uint256.precompile import PRECOMPILES
from precompiles.uint256.reference import PRODUCTS, SUMS, compute_product, compute_sum
from tests.conformance.assembler import Assembler, guest
from tests.conformance.checking import shards_of
from tests.core_vm.machine.running import execute
from tests.precompiles.uint256.calls import EDGES, MOST, Case, cases, dwords, is_sum, plain_cases, result_of
from tests.precompiles.uint256.guest import input_of, output_of, program

CALL = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.POINTER(ctypes.c_uint64), ctypes.c_int64)
numbers = st.integers(0, MOST) | st.sampled_from(EDGES) | st.integers(0, 256).map(lambda bits: 2**bits - 1)
each_operation = pytest.mark.parametrize("operation", [*SUMS, *PRODUCTS])


def called(case: Case) -> tuple[int, int] | None:
    """What the kernel makes of a call."""
    operation, x, y, other = case
    values = dwords([y, x, other]).reshape(-1)[: 9 if is_sum(operation) else 12].copy()
    if is_sum(operation):
        call, place = CALL(call_kernels.compute_sum.address), SUMS.index(operation)
    else:
        call, place = CALL(call_kernels.compute_product.address), PRODUCTS.index(operation)
    if not call(values.ctypes.data_as(ctypes.POINTER(ctypes.c_uint64)), place):
        return None
    assert (values[:4] == dwords([y])[0]).all()
    new_x, new_other = (int.from_bytes(part.tobytes(), "little") for part in (values[4:8], values[8:]))
    return new_x, new_other


@each_operation
def test_kernels_compute_what_the_reference_says(operation: str) -> None:
    for case in cases((operation,), 400):
        assert called(case) == result_of(case), case


@given(numbers, numbers, numbers, st.integers(0, 1))
def test_what_is_computed_is_what_it_is_called(x: int, y: int, z: int, carry: int) -> None:
    """Of the kernels, by equations that nothing under test was written from."""
    total, over = called(("add", x, y, carry)) or (0, 0)
    assert total + (over << 256) == x + y + carry
    rest, under = called(("subtract", x, y, carry)) or (0, 0)
    assert rest - (under << 256) == x - y - carry
    assert called(("compare", x, y, carry)) == (x, int(x - y - carry < 0))
    low, high = called(("multiply", x, y, z)) or (0, 0)
    assert low + (high << 256) == x * y
    low, high = called(("multiply_add", x, y, z)) or (0, 0)
    assert low + (high << 256) == x * y + z
    assert called(("divide", x, y, z)) == ((x // y, x % y) if y else (0, 0))


@pytest.mark.parametrize("operation", SUMS)
def test_a_carry_that_is_no_bit_has_no_result(operation: str) -> None:
    for carry in (2, 2**16, 2**16 + 1, 2**63, 2**64 - 1):
        assert called((operation, 1, 2, carry)) is None
        assert compute_sum(operation, 1, 2, carry) is None


@each_operation
def test_a_call_of_zeros_gives_zero(operation: str) -> None:
    assert called((operation, 0, 0, 0)) == (0, 0)


def test_six_calls_share_two_tables() -> None:
    assert [precompile.number for precompile in PRECOMPILES] == [*range(0x1080, 0x1083), *range(0x1088, 0x108B)]
    names = [table.name for table in standard_machine().everything.tables.tables]
    assert [names.count(f"uint256_{name}") for name in ("sums", "products")] == [1, 1]


@pytest.mark.parametrize(("x", "y"), [(2**255, MOST), (5, 0), (2**255 + 3, 7), (17, MOST - 4), (MOST, MOST)])
def test_a_guest_gets_every_result(x: int, y: int) -> None:
    data = input_of(x, y, MOST // 7, 1)
    run = execute(program(), data, precompiles=standard_machine().precompiles, with_records=False)
    assert run.output == output_of(x, y, MOST // 7, 1)


def test_a_shard_with_calls_is_in_the_profile_of_curves() -> None:
    _, x, y, z = plain_cases(PRODUCTS)[0]
    (shard,) = shards_of(program(), input_of(x, y, z, 1))
    assert standard_machine().profile_for(shard.record.num_calls).name == "curves"
    shard.check()


def one_call(number: int, x: int, y: int, z: int) -> Assembler:
    code = Assembler()
    for register, value in {10: x, 11: y, 12: z, 17: number}.items():
        code.set(register, value)
    code.emit("ecall")
    code.exit()
    return code


DATA = 0x20_0000
X, Y, Z = DATA, DATA + 32, DATA + 64


@pytest.mark.parametrize(
    ("number", "pointers", "message"),
    [
        (0x1080, (X + 4, Y, Z), "uint256_add: operand at .* misaligned or outside"),
        (0x1088, (X, Y + 1, Z), "uint256_multiply: operand at .* misaligned or outside"),
        (0x108A, (X, Y, Z + 7), "uint256_divide: operand at .* misaligned or outside"),
        (0x1080, (X, Y, X + 24), "uint256_add: the operand at .* overlaps"),
        (0x1081, (X, Y, X), "uint256_subtract: the operand at .* overlaps"),
        (0x108A, (X, Y, X - 24), "uint256_divide: the operand at .* overlaps"),
        (0x1088, (X, Y, 2**32 - 8), "uint256_multiply"),
        (0x1089, (X, 2**32, Z), "uint256_multiply_add"),
        (0x1082, (2**32 - 32, Y, Z), "uint256_compare"),
    ],
)
def test_bad_pointers_are_traps(number: int, pointers: tuple[int, int, int], message: str) -> None:
    made = guest("pointers", one_call(number, *pointers), bytes(128), DATA)
    with pytest.raises(GuestTrap, match=message):
        execute(made.program, b"", precompiles=standard_machine().precompiles, with_records=False)


def test_a_carry_that_is_no_bit_is_a_trap_with_its_name() -> None:
    made = guest("carry", one_call(0x1080, X, Y, Z), bytes(64) + bytes([2]) + bytes(63), DATA)
    with pytest.raises(GuestTrap, match="uint256_add: the call has no result"):
        execute(made.program, b"", precompiles=standard_machine().precompiles, with_records=False)


@pytest.mark.parametrize(
    ("number", "pointers"),
    [(0x1080, (X, X, Z)), (0x1081, (X, Y, Y + 8)), (0x1088, (X, X, Z)), (0x108A, (Y, Y, Z)), (0x1089, (X, Z, Z)),
     (0x108A, (X, X + 16, X + 32)), (0x1082, (X, X + 8, X + 32))],
)  # fmt: skip
def test_overlaps_that_are_allowed_have_a_trace(number: int, pointers: tuple[int, int, int]) -> None:
    """What is written lies in y, whole or in part."""
    data = bytes(range(1, 33)) + (bytes([1, *[0] * 7]) * 8) + bytes(32)
    made = guest("overlaps", one_call(number, *pointers), data, DATA)
    (shard,) = shards_of(made.program)
    shard.check()


def test_the_reference_says_what_the_header_does() -> None:
    assert compute_product("divide", 7, 0, 5) == (0, 0)
    assert compute_product("multiply_add", MOST, MOST, MOST) == (0, MOST)
    assert compute_sum("compare", 4, 4, 0) == (4, 0)
    assert compute_sum("compare", 4, 4, 1) == (4, 1)
