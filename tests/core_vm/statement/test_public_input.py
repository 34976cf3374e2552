"""A public input's length is opened in the root of its region; a private one's has a salt and cannot be."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aggregator.tiny_program import elf_of
from core_vm.isa.encode import encode, load_immediate
from core_vm.machine.program.program import Program
from core_vm.state import roots
from core_vm.statement.public_input import NUM_SIBLINGS, PublicInput
from tests.core_vm.machine.running import execute

PROGRAM = Program.from_elf(elf_of([*load_immediate(17, 93), encode("addi", 10, 0, immediate=0), encode("ecall")]))


@pytest.mark.parametrize("data", [b"", b"\0", b"some input", bytes(32), bytes(1000) + b"x", b"many leaves " * 1000])
def test_a_run_opens_the_length_of_its_public_input(data: bytes) -> None:
    run = execute(PROGRAM, data, public_input=True)
    opening = PublicInput(len(data), run.input_siblings)
    assert len(opening.siblings) == NUM_SIBLINGS
    assert opening.root() == run.input_root == roots.input_root_of(data)


@pytest.mark.parametrize("length", [0, 9, 11, 2**29])
def test_no_other_length_opens(length: int) -> None:
    run = execute(PROGRAM, b"some input", public_input=True)
    assert PublicInput(length, run.input_siblings).root() != run.input_root


def test_other_siblings_or_a_salt_do_not_open() -> None:
    run, private = (execute(PROGRAM, b"some input", public_input=public) for public in (True, False))
    opening = PublicInput(10, run.input_siblings)
    for level in range(NUM_SIBLINGS):
        siblings = list(opening.siblings)
        siblings[level] = run.input_root
        assert replace(opening, siblings=tuple(siblings)).root() != run.input_root
    assert PublicInput(10, private.input_siblings).root() != private.input_root
