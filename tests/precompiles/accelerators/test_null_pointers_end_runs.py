"""A null pointer ends the run, whatever the other arguments are."""

from __future__ import annotations

import pytest

from tests.precompiles.accelerators.functions import Call, Function, run

ABORTED = 134
POINTERS = {
    Function.RIPEMD160: 2,
    Function.SECP256K1_VERIFY: 4,
    Function.SECP256R1_VERIFY: 4,
    Function.ECRECOVER: 3,
    Function.MODEXP: 4,
    Function.BN254_G1_ADD: 3,
    Function.BN254_G1_MUL: 3,
    Function.BLAKE2F: 3,
    Function.G1_ADD: 3,
    Function.G1_MSM: 2,
    Function.G2_ADD: 3,
    Function.G2_MSM: 2,
    Function.BLS12_PAIRING: 2,
    Function.BN254_PAIRING: 2,
    Function.MAP_TO_G1: 2,
    Function.MAP_TO_G2: 2,
    Function.KZG: 5,
}
"""Arguments that are pointers."""


@pytest.mark.parametrize("function", list(Function), ids=lambda function: function.name)
def test_a_null_pointer_ends_the_run(function: Function) -> None:
    """Of nothing as well: modexp and ripemd160 are handed no bytes at all, or some."""
    for number in range(1, POINTERS[function] + 1):
        for operands, sizes in ((b"", (0, 0, 0)), (bytes(256), (1, 1, 1))):
            assert run([Call(function, operands, sizes, null_pointer=number)]).exit_code == ABORTED
