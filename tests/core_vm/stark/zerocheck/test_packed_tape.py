"""The packed tape interpreters against the plain one, on random tapes."""

from __future__ import annotations

import numpy as np
import pytest

from core_vm.air.tape import run_tape
from core_vm.field.extension import K, from_planes, to_planes
from core_vm.field.koalabear import P, from_montgomery, to_montgomery
from core_vm.field.packed import LANES
from core_vm.stark.words import interleaved
from core_vm.stark.zerocheck.blocked_tape import blocked
from core_vm.stark.zerocheck.packed_tape import VECTOR_WORDS, room_of_base, run_base, run_extension
from tests.core_vm.air.random_expressions import WIDTH
from tests.core_vm.stark.zerocheck.random_tapes import random_tape
from tests.elements import random_point


def kernel_form(tape, chains):
    """What an interpreter takes, the column of each operand that is one, and how many operands there are; `chains` is
    None for the tape as it is."""
    constants = to_montgomery(np.array(tape.constants, np.int64))
    if chains is None:
        rows = np.ascontiguousarray(tape.operations, np.int64)
        return (rows, constants), {column: column for column in range(WIDTH)}, tape.width + tape.num_registers
    cut = blocked(tape, chains)
    assert len(cut.blocks) == 1
    return (cut.operations, constants), dict(cut.fills[:, ::-1].tolist()), cut.num_registers


def batched(tape, columns, weights):
    total = [K.zero]

    def emit(number, value):
        total[0] = total[0] + weights[number] * value

    run_tape(tape, columns, emit)
    return total[0]


@pytest.mark.parametrize("vectors", [1, 2, 3, 4])
@pytest.mark.parametrize("chains", [None, True], ids=["as it is", "fused"])
@pytest.mark.parametrize("seed", range(5))
def test_base_interpreter(seed, chains, vectors):
    tape, rng = random_tape(seed)
    block = vectors * LANES
    form, columns, operands = kernel_form(tape, chains)
    weights = random_point(rng, tape.num_constraints)
    values = np.array([[rng.randrange(P) for _ in range(block)] for _ in range(WIDTH)])
    registers = np.zeros((operands, block), np.uint32)
    for operand, column in columns.items():
        registers[operand] = to_montgomery(values[column])
    totals = np.zeros(5 * block, np.uint32)
    run_base(
        *form, interleaved(weights), registers.reshape(-1), block, totals, np.zeros(room_of_base(block), np.uint32)
    )
    for row, total in enumerate(from_planes(totals.reshape(5, block))):
        assert total == batched(tape, [K(int(v)) for v in values[:, row]], weights)
    if chains is None:
        assert (from_montgomery(registers[:WIDTH]) == values).all()


@pytest.mark.parametrize("vectors", [1, 2, 3])
@pytest.mark.parametrize("chains", [None, False], ids=["as it is", "fused"])
@pytest.mark.parametrize("seed", range(5))
def test_extension_interpreter(seed, chains, vectors):
    tape, rng = random_tape(seed)
    form, columns, operands = kernel_form(tape, chains)
    block = vectors * VECTOR_WORDS
    weights = random_point(rng, tape.num_constraints)
    values = [random_point(rng, vectors * LANES) for _ in range(WIDTH)]
    registers = np.zeros((operands, block), np.uint32)
    for operand, column in columns.items():
        registers[operand] = to_planes(values[column]).reshape(5, vectors, LANES).transpose(1, 0, 2).reshape(-1)
    totals = np.zeros(block, np.uint32)
    run_extension(*form, interleaved(weights), registers.reshape(-1), block, totals)
    results = from_planes(np.ascontiguousarray(totals.reshape(vectors, 5, LANES).transpose(1, 0, 2)).reshape(5, -1))
    for row, total in enumerate(results):
        assert total == batched(tape, [elements[row] for elements in values], weights)
