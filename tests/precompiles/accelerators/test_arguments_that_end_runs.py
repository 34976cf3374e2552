"""Null pointers and lengths beyond the memory end a run with exit code 134; no operand lies outside the memory."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import product

import pytest

from core_vm.errors import GuestTrap
from core_vm.state.memory_map import ADDRESS_LIMIT, OUTPUT_END
from tests.precompiles.accelerators.functions import NUM_POINTERS, Call, Function, run
from tests.precompiles.accelerators.samples import samples

ABORTED = 134
BYTES = (Function.KECCAK256, Function.SHA256, Function.RIPEMD160)
PAIRS = (Function.G1_MSM, Function.G2_MSM, Function.BLS12_PAIRING, Function.BN254_PAIRING)
SIZES = {Function.G1_MSM: 128, Function.G2_MSM: 224, Function.BLS12_PAIRING: 288, Function.BN254_PAIRING: 192}
"""Of a pair, in bytes."""
each_function = pytest.mark.parametrize("function", list(Function), ids=lambda function: function.name)


@each_function
def test_a_null_pointer_ends_the_run(function: Function) -> None:
    """Of nothing as well: modexp and ripemd160 are handed no bytes at all, or some."""
    for number in range(1, NUM_POINTERS[function] + 1):
        for operands, sizes in ((b"", (0, 0, 0)), (bytes(256), (1, 1, 1))):
            assert run([Call(function, operands, sizes, pointer=(number, 0))]).exit_code == ABORTED


@pytest.mark.parametrize("function", [*BYTES, *PAIRS], ids=lambda function: function.name)
def test_more_than_the_memory_has_ends_the_run(function: Function) -> None:
    """Also so many that their end comes to lie behind their beginning again, or is there."""
    size = SIZES.get(function, 1)
    call, _ = samples()[function]
    for count in {2**64 - 1, 2**63, 2**61, 2**60, 2**32, 2**64 // (size + 1), ADDRESS_LIMIT // size}:
        assert run([replace(call, count=count)]).exit_code == ABORTED


def test_lengths_of_powers_beyond_the_memory_end_the_run() -> None:
    for position, length in product(range(3), (2**64 - 1, 2**64 - 7, 2**63, 2**61, 2**32, ADDRESS_LIMIT)):
        lengths = [3, 3, 3]
        lengths[position] = length
        assert run([Call(Function.MODEXP, bytes(range(1, 10)), tuple(lengths), place=0)]).exit_code == ABORTED


@each_function
def test_no_operand_or_result_lies_outside_the_memory(function: Function) -> None:
    """Nor partly outside: a run with one has no proof. Where a function is told how much there is, and it does not
    fit, the run ends as with a null pointer."""
    call, _ = samples()[function]
    for number in range(1, NUM_POINTERS[function] + 1):
        for address in (ADDRESS_LIMIT, ADDRESS_LIMIT + 2**20, 2**32, 2**32 + 2**20, 2**63, 2**64 - 8, 2**64 - 1):
            check_ends(replace(call, pointer=(number, address)))
    if function != Function.KZG:  # the first byte says already that it is no point
        check_ends(replace(call, pointer=(1, OUTPUT_END - 8)))


def check_ends(call: Call) -> None:
    try:
        exit_code = run([call]).exit_code
    except GuestTrap as trap:  # of null pointers where what wraps is read first
        exit_code = ABORTED if re.search("outside the memory map|null pointer", trap.reason) else None
    assert exit_code == ABORTED


@each_function
def test_memory_that_belongs_to_nobody_is_diagnosed(function: Function) -> None:
    call, _ = samples()[function]
    for number, address in product(range(1, NUM_POINTERS[function] + 1), (8, 4096, 0xA000_0000)):
        with pytest.raises(GuestTrap, match=r"null pointer|stack"):
            run([replace(call, pointer=(number, address))])
