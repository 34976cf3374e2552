"""Runs that call functions of the standard are proved, results and refusals alike."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

import quire
from tests.precompiles.accelerators.functions import Call, Function, program, run
from tests.precompiles.accelerators.signatures import K1, R1

SIGNED = K1.multiple(5, K1.generator)
SIGNED_R1 = R1.multiple(5, R1.generator)
POINT = bytes(31) + b"\1" + bytes(31) + b"\2"
"""The generator of bn254."""


def prove(calls: Sequence[Call]) -> None:
    data = b"".join(call.record() for call in calls)
    proven = quire.prove(program(), data, public_input=True)
    assert quire.verify(proven.proof, program().program_id, input=data).output == run(calls).output


def test_a_run_of_short_functions_is_proved() -> None:
    prove(
        [
            Call(Function.RIPEMD160, b"proved", misalignment=3),
            Call(Function.BLAKE2F, bytes(range(208)), (12, 1), place=0),
            Call(Function.BLAKE2F, bytes(208), (12, 2), place=0),
            Call(Function.MODEXP, b"\3" * 64 + b"\1\0\1" + b"\xf1" * 32, (64, 3, 32)),
            Call(Function.MODEXP, b"\3" * 32 + b"\5" + b"\xf2" * 56, (32, 1, 56)),
            Call(Function.BN254_G1_ADD, POINT + POINT),
            Call(Function.BN254_G1_ADD, POINT + bytes(63) + b"\1"),
        ]
    )


@pytest.mark.slow
def test_runs_of_signatures_are_proved() -> None:
    """True ones and false ones."""
    key, z, s = K1.key(SIGNED, 7, 9), 9, 7
    prove([K1.check(z, SIGNED[0], s, key), K1.check(z + 1, SIGNED[0], s, key), K1.check(z, SIGNED[0], s, (1, 1))])
    key = R1.key(SIGNED_R1, 7, 9)
    prove([R1.check(z, SIGNED_R1[0], s, key), R1.check(z, SIGNED_R1[0], s + 1, key)])


@pytest.mark.slow
def test_a_run_of_a_recovery_and_a_multiple_is_proved() -> None:
    operands = b"".join(number.to_bytes(32, "big") for number in (9, SIGNED[0], 7))
    calls = [Call(Function.ECRECOVER, operands, (recid,)) for recid in (SIGNED[1] % 2, 2, 4)]
    prove([*calls, Call(Function.BN254_G1_MUL, POINT + bytes(range(100, 132)))])
