"""A run that takes another one's result for true: folded together with the proof of it, or not accepted."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

import quire
from aggregator.folds.fold import fold_proof
from aggregator.folds.fold_place import FoldPlace
from core_vm.errors import StatementMismatch
from core_vm.guest.build import build
from precompiles.guest_sources import guest_sources
from recursion.verify import verify_proof
from tests.aggregator.counting import Counting
from tests.aggregator.folds.folded_runs import folded, other_folded, other_program
from tests.places import ROOT
from tests.precompiles.claim.guests import claiming_guest


@pytest.fixture
def guest() -> quire.Program:
    return claiming_guest()


@cache
def claiming(guest: quire.Program, output: bytes = b"") -> bytes:
    """The shards of a run that claims this output of `other_program`, whose output is empty."""
    data = bytes.fromhex(other_program().program_id) + output
    return quire.prove(guest, data, public_input=True, workers=1, kind="shards").proof


def test_a_claim_is_discharged_by_the_proof_of_it(guest: quire.Program) -> None:
    with pytest.raises(StatementMismatch, match="takes 1 claims"):
        verify_proof(claiming(guest), guest.program_id)
    whole = fold_proof(claiming(guest), discharging=[other_folded()]).proof
    run = verify_proof(whole, guest.program_id)
    assert run.output.hex() == other_program().program_id


@pytest.mark.parametrize("given", ["none", "another", "twice"])
def test_a_claim_is_not_discharged_by_anything_else(guest: quire.Program, given: str) -> None:
    proofs = {"none": [], "another": [folded().proof], "twice": [other_folded(), other_folded()]}[given]
    counting = Counting()
    with pytest.raises(StatementMismatch, match="claims: the run takes 1 claims"):
        fold_proof(claiming(guest), discharging=proofs, place=FoldPlace(counting))
    assert not counting.names


def test_a_run_with_claims_is_not_proved_to_be_folded_at_once(guest: quire.Program) -> None:
    """Its claims are known when it has been executed: that is said before there is a fold."""
    counting = Counting()
    data = bytes.fromhex(other_program().program_id)
    with pytest.raises(StatementMismatch, match="claims: the run takes 1 claims"):
        quire.prove(guest, data, public_input=True, workers=counting, kind="folded")
    assert not any("lift" in name for name in counting.names)


@pytest.mark.slow
def test_an_example_goes_on_from_what_another_one_proves(tmp_path: Path) -> None:
    """Both are built, proved and folded; `primes` up to a thousand instead of two million."""
    primes, continued = (example(name, tmp_path) for name in ("primes", "continued_primes"))
    first = quire.verify(quire.prove(primes, b"1000", kind="folded").proof, primes.program_id)
    assert first.output == b"168 primes below 1000, the largest is 997\n"
    data = bytes.fromhex(primes.program_id) + first.output
    claiming = quire.prove(continued, data, public_input=True, kind="shards").proof
    with pytest.raises(StatementMismatch, match="takes 1 claims"):
        quire.verify(claiming, continued.program_id)
    whole = quire.fold(claiming, discharging=[quire.prove(primes, b"1000", kind="folded").proof]).proof
    run = quire.verify(whole, continued.program_id, input=data)
    assert run.output == data[:32] + b"303 primes below 2000, the largest is 1999\n"


def example(name: str, folder: Path) -> quire.Program:
    build([ROOT / "examples" / name / "main.c"], folder / f"{name}.elf", library_sources=guest_sources())
    return quire.Program.from_elf((folder / f"{name}.elf").read_bytes())


def test_a_false_claim_is_never_discharged(guest: quire.Program) -> None:
    with pytest.raises(StatementMismatch, match="claims"):
        fold_proof(claiming(guest, b"what it did not write"), discharging=[other_folded()])
