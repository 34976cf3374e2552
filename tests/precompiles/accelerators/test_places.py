"""Operands and results in the memory of the code, the input and the output, and in one another's place."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from core_vm.errors import GuestTrap
from core_vm.state.memory_map import INPUT_START, OUTPUT_START, REGION_HEADER
from tests.precompiles.accelerators.functions import FIRST_OPERAND, RESULT_SIZES, Call, Function, outcomes, program, run
from tests.precompiles.accelerators.samples import samples

INPUT, OUTPUT = INPUT_START + REGION_HEADER, OUTPUT_START + REGION_HEADER
each_function = pytest.mark.parametrize("function", list(Function), ids=lambda function: function.name)
STATUS = 8
POINTS = {
    Function.SECP256K1_VERIFY: 3,
    Function.SECP256R1_VERIFY: 3,
    Function.BN254_G1_ADD: 1,
    Function.BN254_PAIRING: 1,
    Function.G1_ADD: 1,
    Function.G1_MSM: 1,
    Function.G2_ADD: 2,
    Function.G2_MSM: 1,
    Function.BLS12_PAIRING: 1,
    Function.KZG: 4,
}
"""Which pointer is to a point."""


def offset_of_operands(call: Call) -> int:
    """In a record, of which the last that is shown is the operands."""
    return len(call.record()) - -(-len(call.operands) // 8) * 8


@each_function
def test_operands_may_lie_in_the_input(function: Function) -> None:
    """And nowhere else: what the record has for operands is read where it is."""
    call, expected = samples()[function]
    if function == Function.BLAKE2F:
        call = replace(call, pointer=(2, INPUT + offset_of_operands(call) + 64))
    else:
        call = replace(call, pointer=(1, INPUT + offset_of_operands(call)))
    assert outcomes([call]) == [expected]


def test_operands_may_lie_in_code() -> None:
    """Code is read as it stands in the file."""
    segment = min(program().segments, key=lambda segment: segment.address)
    data = bytes(segment.data[:500])
    call = Call(Function.SHA256, b"", pointer=(1, segment.address), count=len(data))
    assert outcomes([call]) == [hashlib.sha256(data).digest()]


@pytest.mark.parametrize("function", POINTS, ids=lambda function: function.name)
def test_code_is_no_point(function: Function) -> None:
    call, _ = samples()[function]
    assert outcomes([replace(call, pointer=(POINTS[function], program().entry))]) == [None]


def test_a_result_over_code_changes_what_is_read_and_not_what_runs() -> None:
    entry = program().entry
    first = Call(Function.SHA256, b"first", pointer=(2, entry))
    second = Call(Function.SHA256, b"", pointer=(1, entry), count=32)
    finished = run([first, second])
    digest = hashlib.sha256(hashlib.sha256(b"first").digest()).digest()
    assert finished.output[-second.room :][:32] == digest


def test_operands_and_results_may_lie_in_the_output() -> None:
    """What was written can be read; what a result wrote is written over by what comes there."""
    first = Call(Function.SHA256, b"first")
    place = OUTPUT + STATUS + first.room + STATUS
    second = Call(Function.KECCAK256, b"", pointer=(1, OUTPUT + STATUS), count=32)
    third = Call(Function.SHA256, b"third", pointer=(2, place))
    alone, _ = outcomes([first, replace(second, operands=hashlib.sha256(b"first").digest(), pointer=(0, 0))])
    assert alone == hashlib.sha256(b"first").digest()
    both = run([first, second]).output
    expected = run([first, replace(second, operands=alone, pointer=(0, 0))]).output
    assert both == expected
    assert run([first, third]).output[: STATUS + first.room] == both[: STATUS + first.room]


def test_a_result_behind_the_output_has_no_proof() -> None:
    with pytest.raises(GuestTrap, match="the output region holds more"):
        run([Call(Function.SHA256, b"", pointer=(2, OUTPUT + 2**20))])


def test_a_result_over_the_input_is_read_there() -> None:
    first = Call(Function.SHA256, b"first", pointer=(2, INPUT + 2**20))
    second = Call(Function.SHA256, b"", pointer=(1, INPUT + 2**20), count=32)
    digest = hashlib.sha256(hashlib.sha256(b"first").digest()).digest()
    assert run([first, second]).output[-second.room :][:32] == digest


SUMS = (Function.BN254_G1_ADD, Function.G1_ADD, Function.G2_ADD)


@pytest.mark.parametrize("function", SUMS, ids=lambda function: function.name)
def test_both_points_and_the_sum_may_be_one_object(function: Function) -> None:
    call, _ = samples()[function]
    point = call.operands[: len(call.operands) // 2]
    doubled = outcomes([replace(call, operands=point + point)])
    same = replace(call, pointer=(2, FIRST_OPERAND))
    assert outcomes([same]) == doubled
    assert outcomes([replace(same, place=0)]) == doubled


@each_function
def test_the_result_may_lie_anywhere_in_the_operands(function: Function) -> None:
    call, expected = samples()[function]
    if function == Function.BLAKE2F:
        pytest.skip("its state is operand and result")
    size = RESULT_SIZES.get(function, 33 if function == Function.MODEXP else 1)
    operands = call.operands.ljust(size, b"\0")
    places = sorted({0, 1, 8, (len(operands) - size) // 2, len(operands) - size} & set(range(len(operands) - size + 1)))
    calls = [replace(call, operands=operands, place=place, count=call.count) for place in places]
    assert outcomes(calls) == [expected] * len(calls)
