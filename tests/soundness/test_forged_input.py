"""A prover that writes the input region as it likes: nothing binds a private input, its length least of all."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import pytest

import quire
from core_vm.errors import StatementMismatch
from core_vm.guest.build import build
from core_vm.machine.execute import executor
from core_vm.state.memory_map import MAX_INPUT
from tests.core_vm.guest import reference_machine
from tests.places import GUEST_PROGRAMS

SOURCE = GUEST_PROGRAMS / "first_line.c"
LINE = b"a line that is longer than the smallest block of the heap, and than two of them\nrest"
IMPOSSIBLE_LENGTHS = [MAX_INPUT + 1, 2**32, 2**40, 2**63, 2**64 - 1]


@pytest.fixture(scope="module")
def elf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("forged") / "first_line.elf"
    build([SOURCE], output)
    return output


@pytest.fixture
def forge(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """`forge(length)` makes the executor claim that length for every input."""

    def forge(length: int) -> None:
        monkeypatch.setattr(executor, "region_bytes", lambda data, salt: struct.pack("<Q", length) + salt + data)

    return forge


def test_honest_length(elf: Path) -> None:
    run = quire.execute(quire.Program.from_elf(elf.read_bytes()), LINE)
    assert (run.exit_code, run.output) == (0, b"not overwritten" + LINE.split(b"\n")[0])


@pytest.mark.parametrize("length", IMPOSSIBLE_LENGTHS)
def test_length_that_no_input_has_ends_the_run(elf: Path, forge: Callable[[int], None], length: int) -> None:
    forge(length)
    said: list[bytes] = []
    program = quire.Program.from_elf(elf.read_bytes())
    run = quire.execute(program, LINE, on_output=lambda stream, data: said.append(data))
    assert (run.exit_code, run.output) == (134, b"")
    assert b"read_input" in b"".join(said)


@pytest.mark.parametrize("length", IMPOSSIBLE_LENGTHS)
def test_length_that_no_input_has_on_unicorn(elf: Path, length: int) -> None:
    finished = reference_machine.run(elf, region=struct.pack("<4Q", length, 1, 2, 3) + LINE)
    assert (finished.exit_code, finished.output) == (134, b"")


@pytest.mark.parametrize("length", [0, 1, 20])
def test_bytes_beyond_the_length_are_not_read(elf: Path, forge: Callable[[int], None], length: int) -> None:
    forge(length)
    run = quire.execute(quire.Program.from_elf(elf.read_bytes()), LINE)
    assert (run.exit_code, run.output) == (0, b"not overwritten" + LINE[:length])


def test_proof_of_a_forged_length_is_no_proof_of_success(elf: Path, forge: Callable[[int], None]) -> None:
    forge(2**64 - 1)
    program = quire.Program.from_elf(elf.read_bytes())
    proven = quire.prove(program, LINE, workers=1, kind="shards")
    with pytest.raises(StatementMismatch, match="exit"):
        quire.verify(proven.proof, program.program_id)
    assert quire.verify(proven.proof, program.program_id, exit_code=134).output == b""
