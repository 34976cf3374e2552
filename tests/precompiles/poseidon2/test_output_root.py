"""quire_output_root in a guest gives what the verifier computes from the same bytes."""

from __future__ import annotations

import random

import numpy as np
import pytest

from core_vm.state.memory_map import MAX_OUTPUT
from core_vm.state.roots import output_root_of, root_from_output
from precompiles.standard.machine import standard_machine
from tests.core_vm.machine.running import execute
from tests.precompiles.poseidon2.guests import root_program

SIZES = [*range(130), *(32 * (2**k - 1) + more for k in range(3, 9) for more in (-1, 0, 1, 32))]
"""With the header, an output of 32 (2^k - 1) bytes completes a tree of 2^k leaves."""


def root_in_a_guest(data: bytes, skipped: int = 32) -> bytes:
    """By default the bytes are aligned as the input is."""
    run = execute(
        root_program(),
        bytes([skipped]).ljust(skipped, b"?") + data,
        precompiles=standard_machine().precompiles,
        with_records=False,
    )
    assert run.exit_code == 0
    return run.output


def root_by_the_verifier(data: bytes) -> bytes:
    return b"".join(element.to_bytes(4, "little") for element in output_root_of(data))


@pytest.mark.parametrize("size", SIZES)
def test_the_root_of_outputs_of_many_sizes(size: int) -> None:
    data = random.Random(size).randbytes(size)
    assert root_in_a_guest(data) == root_by_the_verifier(data)


@pytest.mark.parametrize("skipped", range(1, 9))
def test_bytes_need_no_alignment(skipped: int) -> None:
    data = random.Random(skipped).randbytes(333)
    assert root_in_a_guest(data, skipped) == root_by_the_verifier(data)


@pytest.mark.parametrize("data", [bytes(1000), bytes(64) + b"1" + bytes(64), b"1" + bytes(500)])
def test_zeros_count_as_bytes_of_the_output(data: bytes) -> None:
    assert root_in_a_guest(data) == root_by_the_verifier(data)
    assert root_in_a_guest(data + b"\0") == root_by_the_verifier(data + b"\0") != root_by_the_verifier(data)


def test_it_is_the_root_of_the_region_that_a_run_leaves() -> None:
    machine = standard_machine()
    run = execute(root_program(), b"\1some bytes", precompiles=machine.precompiles, costs=machine.row_cells)
    root = np.frombuffer(root_in_a_guest(run.output), "<u4").tolist()
    assert root_from_output(tuple(root), run.output_siblings) == run.final_root


def test_more_bytes_than_an_output_has_end_the_run() -> None:
    said: list[bytes] = []
    run = execute(
        root_program(),
        bytes([1]).ljust(MAX_OUTPUT + 2, b"\0"),
        precompiles=standard_machine().precompiles,
        with_records=False,
        on_output=lambda stream, text: said.append(text),
    )
    assert run.exit_code == 134
    assert b"".join(said) == b"quire_output_root: more bytes than an output can have\n"


@pytest.mark.slow
@pytest.mark.parametrize("size", [MAX_OUTPUT, MAX_OUTPUT - 32])
def test_the_root_of_the_largest_outputs(size: int) -> None:
    """The first fills the region, the second leaves its last leaf empty."""
    data = random.Random(size).randbytes(size)
    assert root_in_a_guest(data) == root_by_the_verifier(data)
