"""Runs that call functions of the standard are proved, results and refusals alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

import quire
from core_vm.statement.proof import RunProof
from precompiles.standard.machine import standard_machine
from tests.core_vm.machine.running import execute
from tests.precompiles.accelerators.bls12_381_points import G1, encoded, number
from tests.precompiles.accelerators.functions import FALSE, Call, Function, outcomes, program, run
from tests.precompiles.accelerators.samples import samples
from tests.precompiles.accelerators.signatures import K1, R1

LONG = {
    Function.BLS12_PAIRING,
    Function.BN254_PAIRING,
    Function.KZG,
    Function.G2_MSM,
    Function.MAP_TO_G2,
}
"""Of fifty thousand instructions or more."""
SIGNED = K1.multiple(5, K1.generator)


def prove(calls: Sequence[Call], kind: str = "shards", shard_cells: int | None = None) -> quire.ProvenRun:
    """Its output, and the verifier's, is the executor's."""
    data = b"".join(call.record() for call in calls)
    proven = quire.prove(program(), data, public_input=True, kind=kind, shard_cells=shard_cells)
    assert quire.verify(proven.proof, program().program_id, input=data).output == run(calls).output
    return proven


def refusals() -> list[Call]:
    """What is false, what fails, and results in the place of operands."""
    (of_k1, _), (of_r1, _), (recovery, _) = (
        samples()[function] for function in (Function.SECP256K1_VERIFY, Function.SECP256R1_VERIFY, Function.ECRECOVER)
    )
    point, mapped = bytes(31) + b"\1" + bytes(31) + b"\2", encoded(G1)
    false = [replace(call, operands=b"\1" + call.operands[1:]) for call in (of_k1, of_r1)]
    assert outcomes(false) == [FALSE, FALSE]
    fail = [
        K1.check(9, SIGNED[0], 7, (1, 1)),
        R1.check(9, SIGNED[0], 7, (1, 1)),
        *(replace(recovery, numbers=(recid,)) for recid in (2, 4)),
        Call(Function.BLAKE2F, bytes(208), (12, 2), place=0),
        Call(Function.BN254_G1_ADD, point + bytes(63) + b"\1"),
        Call(Function.G1_ADD, mapped + number(1) + number(2)),
        Call(Function.MAP_TO_G1, b"\xff" * 48),
        Call(Function.KZG, bytes(160)),
        Call(Function.G1_MSM, b""),
        Call(Function.BLS12_PAIRING, b"\xff" * 288),
    ]
    assert outcomes(fail) == [None] * len(fail)
    return [*false, *fail, Call(Function.RIPEMD160, b"proved" * 8, misalignment=3, place=1)]


def test_a_run_of_short_functions_is_proved() -> None:
    prove([*(call for function, (call, _) in samples().items() if function not in LONG), *refusals()])


@pytest.mark.slow
@pytest.mark.parametrize("function", sorted(LONG), ids=lambda function: function.name)
def test_a_run_of_a_long_function_is_proved(function: Function) -> None:
    call, _ = samples()[function]
    prove([call])


def in_turns() -> list[Call]:
    """Pairings of either field, three in all, a hash and a power that shards of both may have, and a product of a width
    that one of them has."""
    of_bn254, of_bls12_381, digest, power, product = (
        samples()[function][0]
        for function in (
            Function.BN254_PAIRING, Function.BLS12_PAIRING, Function.SHA256, Function.MODEXP, Function.BN254_G1_MUL
        )
    )  # fmt: skip
    return [of_bn254, digest, of_bls12_381, power, product, of_bn254]


def test_pairings_of_two_fields_in_turns_are_in_shards_of_their_own() -> None:
    """As many as turns, however large shards may be: metered, recorded, and with the profile that holds the calls."""
    machine, calls = standard_machine(), in_turns()
    data = b"".join(call.record() for call in calls)
    shards = execute(
        program(), data, precompiles=machine.precompiles, costs=machine.row_cells, profiles=machine.called_together,
    ).shards  # fmt: skip
    names = [machine.profile_for(shard.num_calls).name for shard in shards]
    assert names == ["pairings_bn254", "pairings_bls12_381", "pairings_bn254"]
    assert [shard.num_calls["sha256"] > 0 for shard in shards] == [True, False, False]
    assert [shard.num_calls["modular_256_multiply"] > 0 for shard in shards] == [True, True, True]
    assert [shard.num_calls["curve_chain_bn254"] > 0 for shard in shards] == [False, False, True]
    metered = quire.execute(program(), data, shard_cells=2**26)
    assert (metered.shards, metered.output) == (len(shards), run(calls).output)


@pytest.mark.slow
def test_pairings_of_two_fields_in_turns_are_proved_and_taken_up_again(tmp_path: Path) -> None:
    data = b"".join(call.record() for call in in_turns())
    first, again = (quire.prove(program(), data, public_input=True, kind="shards", store=tmp_path) for _ in range(2))
    assert first.shards >= 3
    assert again.reused == again.shards == first.shards
    verified = quire.verify(again.proof, program().program_id, input=data)
    assert verified.output == run(in_turns()).output


@pytest.mark.slow
def test_all_functions_in_one_run_are_proved_in_shards_of_all_profiles_and_folded() -> None:
    """Long data first: of a hash in plain instructions, then of hashes by precompiles."""
    data = bytes(range(256)) * 200
    first = [Call(Function.RIPEMD160, data[:20000]), Call(Function.KECCAK256, data), Call(Function.SHA256, data)]
    calls = [*first, *(call for call, _ in samples().values())]
    assert {call.function for call in calls} == set(Function)
    shards = prove(calls, shard_cells=2**23)
    proven = {shard.profile for shard in RunProof.from_bytes(shards.proof).shards}
    assert proven == set(range(len(standard_machine().profile_tables)))
    folded = quire.fold(shards.proof)
    verified = quire.verify(folded.proof, program().program_id, input=b"".join(call.record() for call in calls))
    assert verified.output == run(calls).output
