"""The packed tape interpreters against the plain one, on random tapes."""

from __future__ import annotations

import numpy as np
import pytest

from core_vm.air.tape import run_tape
from core_vm.field.extension import K, from_planes, to_planes
from core_vm.field.koalabear import P, from_montgomery, to_montgomery
from core_vm.field.packed import LANES
from core_vm.stark.words import interleaved
from core_vm.stark.zerocheck.packed_tape import VECTOR_WORDS, run_base, run_extension
from tests.core_vm.air.random_expressions import WIDTH
from tests.core_vm.stark.zerocheck.random_tapes import random_tape
from tests.elements import random_point


def kernel_form(tape):
    return np.ascontiguousarray(tape.operations, np.int64), to_montgomery(np.array(tape.constants, np.int64))


def batched(tape, columns, weights):
    total = [K.zero]

    def emit(number, value):
        total[0] = total[0] + weights[number] * value

    run_tape(tape, columns, emit)
    return total[0]


@pytest.mark.parametrize("seed", range(5))
def test_base_interpreter(seed):
    tape, rng = random_tape(seed)
    block = 2 * LANES
    weights = random_point(rng, tape.num_constraints)
    values = np.array([[rng.randrange(P) for _ in range(block)] for _ in range(WIDTH)])
    registers = np.zeros((tape.width + tape.num_registers) * block, np.uint32)
    registers[: WIDTH * block] = to_montgomery(values).reshape(-1)
    totals = np.zeros(5 * block, np.uint32)
    run_base(*kernel_form(tape), interleaved(weights), registers, block, totals)
    for row, total in enumerate(from_planes(totals.reshape(5, block))):
        assert total == batched(tape, [K(int(v)) for v in values[:, row]], weights)
    assert (from_montgomery(registers[: WIDTH * block]).reshape(WIDTH, block) == values).all()


@pytest.mark.parametrize("vectors", [1, 2, 3])
@pytest.mark.parametrize("seed", range(5))
def test_extension_interpreter(seed, vectors):
    tape, rng = random_tape(seed)
    block = vectors * VECTOR_WORDS
    weights = random_point(rng, tape.num_constraints)
    values = [random_point(rng, vectors * LANES) for _ in range(WIDTH)]
    registers = np.zeros((tape.width + tape.num_registers) * block, np.uint32)
    for number, elements in enumerate(values):
        planes = to_planes(elements).reshape(5, vectors, LANES).transpose(1, 0, 2)
        registers[number * block : (number + 1) * block] = planes.reshape(-1)
    totals = np.zeros(block, np.uint32)
    run_extension(*kernel_form(tape), interleaved(weights), registers, block, totals)
    results = from_planes(np.ascontiguousarray(totals.reshape(vectors, 5, LANES).transpose(1, 0, 2)).reshape(5, -1))
    for row, total in enumerate(results):
        assert total == batched(tape, [elements[row] for elements in values], weights)
