"""The whole way in Python: compile C, execute, prove, verify; outputs, streams, exit codes, shards, private inputs."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

import quire
from core_vm.guest.build import build
from precompiles.guest_sources import guest_sources
from tests.conformance.guests import all_guests
from tests.places import ROOT

EXAMPLES = ROOT / "examples"
ALL = sorted(path.parent.name for path in EXAMPLES.glob("*/main.c"))
QUICK = ("fibonacci", "word_count")
CLAIMING = ("continued_primes",)
"""What they take for true other proofs discharge: `tests/aggregator/runs/test_claims.py` proves them together."""


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory):
    """`example(name)` is the compiled program of examples/NAME."""
    folder = tmp_path_factory.mktemp("examples")

    @cache
    def compiled(name: str) -> quire.Program:
        output = folder / f"{name}.elf"
        build([EXAMPLES / name / "main.c"], output, library_sources=guest_sources())
        return quire.Program.from_elf(output.read_bytes())

    return compiled


def _prove_example(program: quire.Program, name: str) -> None:
    data, expected = ((EXAMPLES / name / part).read_bytes() for part in ("input", "expected_output"))
    proven = quire.prove(program, data, kind="folded", public_input=True)
    run = quire.verify(proven.proof, program.program_id, input=data)
    assert (run.kind, run.output, run.exit_code) == ("folded", expected, 0)
    assert run.security_bits >= 128


@pytest.mark.parametrize("name", QUICK)
def test_an_example_is_proved_with_its_expected_output(example, name: str) -> None:
    _prove_example(example(name), name)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in ALL if name not in (*QUICK, *CLAIMING)])
def test_every_example_is_proved_with_its_expected_output(example, name: str) -> None:
    _prove_example(example(name), name)


@pytest.mark.parametrize("name", CLAIMING)
def test_an_example_that_makes_claims_is_not_proved_without_proofs_of_them(example, name: str) -> None:
    data = (EXAMPLES / name / "input").read_bytes()
    with pytest.raises(quire.Rejection, match="claims"):
        quire.prove(example(name), data, kind="folded", public_input=True)


def test_hashing_with_the_precompile_gives_the_digest(example) -> None:
    program, data = example("sha256_file"), bytes(i * 7 % 251 for i in range(3000))
    counts = quire.execute(program, data).counts
    proven = quire.prove(program, data)
    verified = quire.verify(proven.proof, program.program_id)
    assert (verified.kind, verified.output) == ("final", hashlib.sha256(data).digest())
    assert counts["ecall"] >= len(data) // 64


def test_proving_streams_what_executing_streams(example) -> None:
    program, data = example("word_count"), b"three short words"
    streams: list[list[tuple[int, bytes]]] = [[], []]
    executed = quire.execute(program, data, on_output=lambda *piece: streams[0].append(piece))
    proven = quire.prove(program, data, kind="folded", on_output=lambda *piece: streams[1].append(piece))
    assert streams[0] == streams[1]
    assert (executed.output, executed.cycles, executed.exit_code) == (proven.output, proven.cycles, proven.exit_code)
    assert sum(executed.counts.values()) == executed.cycles


def test_a_private_input_leaves_no_trace_that_can_be_guessed(example) -> None:
    """Two proofs of one run differ in the input's root: its region is salted."""
    program, data = example("word_count"), b"secret"
    first, second = (quire.prove(program, data, kind="folded") for _ in range(2))
    assert first.output == second.output
    for proven in (first, second):
        assert not quire.verify(proven.proof, program.program_id).input_bound
        with pytest.raises(quire.Rejection, match="input"):
            quire.verify(proven.proof, program.program_id, input=data)
    assert first.proof[:4000] != second.proof[:4000]


def test_a_public_input_gives_one_proof(example) -> None:
    program = example("word_count")
    proofs = {quire.prove(program, b"open", kind="folded", public_input=True).proof for _ in range(2)}
    assert len(proofs) == 1


def test_a_proof_of_one_program_is_none_of_another(example) -> None:
    guests = {guest.name: guest for guest in all_guests()}
    guest = guests["code as data"]
    proven = quire.prove(guest.program, kind="folded")
    assert quire.verify(proven.proof, guest.program.program_id).exit_code == 0
    with pytest.raises(quire.Rejection, match="program"):
        quire.verify(proven.proof, example("word_count").program_id)


def test_verifying_imports_no_compiler(tmp_path: Path) -> None:
    """`quire.verify` needs numpy alone: it starts fast, and no generated code is trusted."""
    guest = next(guest for guest in all_guests() if guest.name == "environment calls")
    proof = tmp_path / "proof"
    proof.write_bytes(quire.prove(guest.program, kind="folded").proof)
    code = (
        "import sys, quire\n"
        "run = quire.verify(open(sys.argv[1], 'rb').read(), sys.argv[2], exit_code=int(sys.argv[3]))\n"
        "assert run.security_bits >= 128\n"
        "loaded = [name for name in sys.modules if name.split('.')[0] in ('numba', 'llvmlite')]\n"
        "print(loaded)\n"
        "sys.exit(len(loaded))"
    )
    command = [sys.executable, "-c", code, str(proof), guest.program.program_id, str(guest.exit_code)]
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert finished.returncode == 0, finished.stdout + finished.stderr
