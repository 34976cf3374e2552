"""Machines of provers who give wrong advice: their tables are the standard machine's, and so are their proofs' keys."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np

from core_vm.machine.machine import Machine
from core_vm.tables.standard import BASE_MODULES
from precompiles.pairing_advice import reference
from precompiles.pairing_advice.curves import CURVES, DWORDS, Curve, name_of
from precompiles.standard.machine import standard_machine
from tests.core_vm.machine.python_kernel import PythonKernel
from tests.precompiles.pairing_advice.calls import Numbers, block_of

Lie = Callable[[Curve, Numbers], Numbers]
"""What is given in the place of the d that is right."""


def one(curve: Curve, d: Numbers) -> Numbers:
    return (0,) * 6


def all_bits(curve: Curve, d: Numbers) -> Numbers:
    """Numbers that are not reduced."""
    return (2**curve.field.bits - 1,) * 6


def modulus(curve: Curve, d: Numbers) -> Numbers:
    """1 again, by other numbers."""
    return (curve.field.modulus,) * 6


def almost(curve: Curve, d: Numbers) -> Numbers:
    return (*d[:5], d[5] ^ 1)


def inverse(curve: Curve, d: Numbers) -> Numbers:
    return tuple(-number % curve.field.modulus for number in d)


def nonsense(curve: Curve, d: Numbers) -> Numbers:
    generator = random.Random(curve.name)
    return tuple(generator.randrange(2**curve.field.bits) for _ in range(6))


def not_reduced(curve: Curve, d: Numbers) -> Numbers:
    """The right d by other numbers, as far as there is room: no lie, but nothing that the executor would give."""
    m = curve.field.modulus
    return tuple(number + (m if number + m < 2**curve.field.bits else 0) for number in d)


LIES: tuple[Lie, ...] = (one, all_bits, modulus, almost, inverse, nonsense, not_reduced)


@cache
def lying_machine(lie: Lie) -> Machine:
    """All but the kernels of `root` are those of the standard machine."""
    machine = standard_machine()
    theirs = {name_of("root", curve): _lying(curve, lie) for curve in CURVES}
    precompiles = tuple(
        replace(each, kernel=lambda kernel=theirs[each.name]: kernel) if each.name in theirs else each
        for each in machine.precompiles
    )
    profiles = tuple((profile.name, profile.precompiles) for profile in machine.profiles)
    return Machine(BASE_MODULES, precompiles, profiles)


def _lying(curve: Curve, lie: Lie) -> PythonKernel:
    def compute(values: np.ndarray) -> None:
        d = curve.field.dwords
        state = tuple(int.from_bytes(values[k : k + d].tobytes(), "little") for k in range(DWORDS, DWORDS + 6 * d, d))
        values[DWORDS : DWORDS + 6 * d] = block_of(curve, lie(curve, _root(curve, state)))[: 6 * d]

    return PythonKernel(compute, 2 * DWORDS)


@cache
def _root(curve: Curve, state: Numbers) -> Numbers:
    return reference.compute("root", (0,) * 6, state, curve)


def machine_of_nonsense() -> Machine:
    """For worker processes, which import it by this name."""
    return lying_machine(nonsense)
