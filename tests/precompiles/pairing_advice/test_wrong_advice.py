"""Guests that are given wrong advice answer as all others do, and the proofs of their runs are verified."""

from __future__ import annotations

from functools import cache

import pytest

from aggregator.runs.prove import prove_run
from core_vm.machine.shard import Run
from core_vm.statement.verifier import verify_run
from precompiles.fp12.fields import FIELDS
from precompiles.fp12.fields import name_of as product_in
from precompiles.pairing_advice.curves import BN254, CURVES, Curve
from precompiles.standard.machine import standard_machine
from tests.core_vm.machine.running import execute
from tests.precompiles.accelerators import bls12_381_points, bn254_points
from tests.precompiles.accelerators.functions import FALSE, TRUE, Call, Function, program
from tests.precompiles.accelerators.openings import of_line
from tests.precompiles.accelerators.pairing_friendly import balanced
from tests.precompiles.pairing_advice.calls import ORACLES
from tests.precompiles.pairing_advice.liars import LIES, Lie, lying_machine, machine_of_nonsense, not_reduced

each_curve = pytest.mark.parametrize("curve", CURVES, ids=lambda curve: curve.name)
each_lie = pytest.mark.parametrize("lie", LIES, ids=lambda lie: lie.__name__)
FEW_PRODUCTS = {"bn254": 270, "bls12_381": 210}
"""In Fp12, for two pairs whose product is 1."""
EXPONENTIATION = {"bn254": 240, "bls12_381": 340}
"""Products in Fp12 that it takes at least."""


@cache
def check(curve: Curve, count: int, error: int) -> Call:
    points = bn254_points if curve is BN254 else bls12_381_points
    pairs = balanced(ORACLES[curve.name], count, seed=20 + count, error=error)
    operands = b"".join(points.encoded(p) + points.encoded(q) for p, q in pairs)
    return Call(Function.BN254_PAIRING if curve is BN254 else Function.BLS12_PAIRING, operands)


def run(call: Call, lie: Lie | None = None) -> Run:
    machine = standard_machine() if lie is None else lying_machine(lie)
    return execute(program(), call.record(), precompiles=machine.precompiles)


def answer(call: Call, finished: Run) -> bytes | None:
    assert finished.exit_code == 0
    return call.outcome(finished.output)


def products(curve: Curve, finished: Run) -> int:
    """In Fp12."""
    (field,) = (field for field in FIELDS if field.name == curve.name)
    return sum(record.num_calls[product_in(field)] for record in finished.shards)


@each_curve
def test_with_good_advice_nothing_is_exponentiated(curve: Curve) -> None:
    finished = run(check(curve, 2, 0))
    assert answer(check(curve, 2, 0), finished) == TRUE
    assert products(curve, finished) < FEW_PRODUCTS[curve.name]


@each_lie
@each_curve
def test_no_advice_changes_an_answer(curve: Curve, lie: Lie) -> None:
    """Of products that are 1 and of others; of one group of pairs and of two."""
    for count in (2, 5):
        right, wrong = (run(check(curve, count, error), lie) for error in (0, 1))
        assert answer(check(curve, count, 0), right) == TRUE
        assert answer(check(curve, count, 1), wrong) == FALSE
        exponentiated = products(curve, wrong) - products(curve, run(check(curve, count, 0)))
        assert exponentiated > EXPONENTIATION[curve.name]
        assert (products(curve, right) == products(curve, wrong)) == (lie is not not_reduced)


@each_lie
def test_nor_that_of_an_opening(lie: Lie) -> None:
    for error, expected in ((0, TRUE), (1, FALSE)):
        call = of_line(3, 4, 5, error)
        assert answer(call, run(call, lie)) == expected


@pytest.mark.parametrize("error", [0, 1])
@pytest.mark.parametrize("curve", [BN254, pytest.param(CURVES[1], marks=pytest.mark.slow)], ids=lambda c: c.name)
def test_a_run_with_nonsense_for_advice_is_proved(curve: Curve, error: int) -> None:
    """By the tables of the standard machine: they know no advice from another."""
    call = check(curve, 2, error)
    proven = prove_run(program(), machine_of_nonsense, call.record(), public_input=True)
    profiles, program_id = standard_machine().profile_tables, program().program_id
    verified = verify_run(profiles, proven.proof, program_id, input_bytes=call.record())
    assert call.outcome(verified.output) == (FALSE if error else TRUE)
