"""Operands and results that are not aligned as their types ask, as where bytes are taken for them by a cast."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.precompiles.accelerators.functions import Call, Function, outcomes
from tests.precompiles.accelerators.signatures import K1, R1

GENERATOR = (1).to_bytes(32, "big") + (2).to_bytes(32, "big")


def examples() -> dict[Function, Call]:
    signed, signed_r1 = K1.multiple(5, K1.generator), R1.multiple(5, R1.generator)
    verify = K1.check(9, signed[0], 7, K1.key(signed, 7, 9))
    return {
        Function.RIPEMD160: Call(Function.RIPEMD160, bytes(range(100))),
        Function.SECP256K1_VERIFY: verify,
        Function.SECP256R1_VERIFY: R1.check(9, signed_r1[0], 7, R1.key(signed_r1, 7, 9)),
        Function.ECRECOVER: Call(Function.ECRECOVER, verify.operands[:96], (signed[1] % 2,)),
        Function.MODEXP: Call(Function.MODEXP, bytes(range(1, 100)), (33, 33, 33)),
        Function.BN254_G1_ADD: Call(Function.BN254_G1_ADD, GENERATOR + GENERATOR),
        Function.BN254_G1_MUL: Call(Function.BN254_G1_MUL, GENERATOR + bytes(range(32))),
        Function.BLAKE2F: Call(Function.BLAKE2F, bytes(range(208)), (12, 1), place=0),
    }


EXAMPLES = examples()


@pytest.mark.parametrize("function", EXAMPLES, ids=lambda function: function.name)
def test_alignment_changes_nothing(function: Function) -> None:
    call = replace(EXAMPLES[function], place=0)
    (expected,) = outcomes([call])
    assert expected is not None
    assert outcomes([replace(call, misalignment=k) for k in range(1, 8)]) == [expected] * 7
