"""Every example builds, runs on its input and writes its expected output: on unicorn and on Quire's own executor."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core_vm.hash import poseidon2
from core_vm.machine.precompile import Operand, Precompile
from core_vm.machine.program.program import Program
from precompiles.keccak.reference import absorb
from precompiles.standard.machine import standard_machine
from tests.core_vm.guest import reference_machine
from tests.core_vm.machine.execute.both_ways import check_both_ways
from tests.core_vm.machine.python_kernel import PythonKernel
from tests.core_vm.machine.running import execute
from tests.places import ROOT

EXAMPLES = ROOT / "examples"
NAMES = sorted(path.parent.name for path in EXAMPLES.glob("*/main.c"))
IN_PRECOMPILES = {"ecdsa_batch", "ethereum_sender", "keccak_file", "sha256_file"}
"""Examples that execute few instructions often."""


def _compress(values: np.ndarray) -> None:
    block, state = values[:8], values[8:]
    words = reference_machine.sha256_compress(tuple(state.view(np.uint32).tolist()), block.tobytes())
    state[:] = np.array(words, np.uint32).view(np.uint64)


def _absorb(values: np.ndarray) -> None:
    values[17:] = absorb(values[17:].tolist(), values[:17].tolist())


def _join(values: np.ndarray) -> None:
    words = values[:8].view(np.uint32).tolist()
    values[8:] = np.array(poseidon2.compress(words[:8], words[8:]), np.uint32).view(np.uint64)


KERNELS = PythonKernel(_compress, 12), PythonKernel(_absorb, 42), PythonKernel(_join, 12)
SHA256 = Precompile("sha256", 0x1000, (Operand(11, 8, "read"), Operand(10, 4, "write")), lambda: KERNELS[0])
KECCAK = Precompile("keccak", 0x1001, (Operand(11, 17, "read"), Operand(10, 25, "write")), lambda: KERNELS[1])
TWO_DIGESTS = (Operand(11, 4, "read"), Operand(12, 4, "read"), Operand(10, 4, "write"))
POSEIDON2 = Precompile("poseidon2", 0x1008, TWO_DIGESTS, lambda: KERNELS[2])


@pytest.mark.parametrize("name", NAMES)
def test_example_on_unicorn(compiled: Callable[..., Path], name: str) -> None:
    finished = reference_machine.run(compiled(EXAMPLES / name / "main.c"), (EXAMPLES / name / "input").read_bytes())
    assert finished.exit_code == 0
    assert finished.output == (EXAMPLES / name / "expected_output").read_bytes()


@pytest.mark.parametrize("name", NAMES)
def test_example_on_quire(compiled: Callable[..., Path], name: str) -> None:
    program = Program.from_elf(compiled(EXAMPLES / name / "main.c").read_bytes())
    data = (EXAMPLES / name / "input").read_bytes()
    run = execute(program, data, precompiles=standard_machine().precompiles, with_records=False)
    assert run.exit_code == 0
    assert run.output == (EXAMPLES / name / "expected_output").read_bytes()


@pytest.mark.parametrize("name", NAMES)
def test_example_that_is_compiled_while_it_runs(compiled: Callable[..., Path], name: str) -> None:
    """What is hot after a few thousand instructions is, and again and again; nothing that comes of it is different."""
    program, machine = Program.from_elf(compiled(EXAMPLES / name / "main.c").read_bytes()), standard_machine()
    hot_steps = check_both_ways(
        program, (EXAMPLES / name / "input").read_bytes(), 2**10, precompiles=machine.precompiles,
        costs=machine.row_cells, shard_cells=2**23, max_cycles=1_000_000, with_records=False,
    )  # fmt: skip
    assert hot_steps > 1000 or name in IN_PRECOMPILES


def test_long_example_is_ten_million_instructions(compiled: Callable[..., Path]) -> None:
    program = Program.from_elf(compiled(EXAMPLES / "primes" / "main.c").read_bytes())
    run = execute(program, (EXAMPLES / "primes" / "input").read_bytes(), with_records=False)
    assert run.cycles > 10_000_000


def test_files_are_what_the_program_beside_them_computes() -> None:
    command = [sys.executable, str(EXAMPLES / "make_expected.py"), "--check"]
    process = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert process.returncode == 0, process.stderr


def test_every_example_says_what_it_is() -> None:
    for name in NAMES:
        assert len((EXAMPLES / name / "README.md").read_text(encoding="utf-8").splitlines()) == 1
