"""Hiding proofs of a small circuit with rows of every table of the circuit machine."""

from __future__ import annotations

import random
import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from core_vm.air.table import TILE
from core_vm.errors import Rejection
from core_vm.field.koalabear import P, Words
from core_vm.stark.final.prover import FinalTrace
from core_vm.statement.packing import pack_words
from recursion.final.proof import FINAL
from recursion.hiding.circuits import hiding_shape, security_report, verify
from recursion.hiding.places import SPARE_CELLS
from recursion.hiding.prover import prove_hiding
from recursion.hiding.shape import HidingShape
from recursion.hiding.verifier import verify_hiding_words
from recursion.proof import public_values
from recursion.regime import Regime
from recursion.tables.standard import TABLES
from tests.recursion.hiding.simulator import OracleChannel, simulate
from tests.recursion.hiding.toys import FIRST, SECOND, ideal, small_circuit
from tests.recursion.sample import sample

SMALL = small_circuit(FIRST, SECOND)


@cache
def shape() -> HidingShape:
    return hiding_shape(sample().circuit.fixed_columns(), SMALL)


def trace(of: HidingShape) -> FinalTrace:
    filled, main = FinalTrace(of.key), sample().circuit.main_columns()
    for number, table in enumerate(TABLES.tables):
        filled.fill(number, main[table.name])
    return filled


def prove(of: HidingShape, wrong: FinalTrace | None = None) -> Words:
    return prove_hiding(of, wrong or trace(of), public_values(sample().digest), threads=2)


def test_a_hiding_proof_of_a_circuit_is_accepted() -> None:
    proof = pack_words(prove(shape()))
    assert verify(shape(), proof, sample().digest) >= 8
    with pytest.raises(Rejection):
        verify(shape(), proof, (*sample().digest[:7], (sample().digest[7] + 1) % P))
    for place in random.Random(1).sample(range(len(proof)), 12):
        changed = bytearray(proof)
        changed[place] ^= 1
        with pytest.raises(Rejection):
            verify(shape(), bytes(changed), sample().digest)


def test_the_shape_says_nothing_of_the_witness() -> None:
    """It is that of the circuit, whatever its hints are."""
    other = hiding_shape(sample(2).circuit.fixed_columns(), SMALL)
    assert other.key.digest == shape().key.digest
    assert other.plan == shape().plan


def test_it_has_few_pads_and_products() -> None:
    """Three products a layer of the tree, and four for the terms' factors."""
    layers = shape().key.shape.gkr_layers
    assert len(shape().plan.rows) == 3 * layers + 4
    assert shape().plan.num_checks == layers + 2


def test_a_circuit_can_be_simulated() -> None:
    """A proof that the circuit accepts with a digest that nobody has hints for, against a programmed sponge."""
    of = hiding_shape(sample().circuit.fixed_columns(), small_circuit(ideal(FIRST), ideal(SECOND)))
    public = public_values([1, 2, 3, 4, 5, 6, 7, 8])
    words, oracle = simulate(of, public, 1)
    verify_hiding_words(OracleChannel(words, oracle), of, public)


@pytest.mark.parametrize(("regime", "reserved"), [(Regime.LIST, 1), (Regime.UNIQUE, 2)])
def test_the_configurations_in_use_hide_and_reach_their_target(regime: Regime, reserved: int) -> None:
    """Real queries and segments, for a circuit with few rows."""
    of = hiding_shape(sample().circuit.fixed_columns(), FINAL[regime])
    assert of.places.reserved == reserved
    assert of.opening.rounds[0].num_queries + SPARE_CELLS <= TILE * reserved
    assert security_report(of).check(128).bits >= 128


@pytest.mark.slow
@pytest.mark.parametrize("regime", Regime)
def test_a_proof_in_the_configuration_in_use(regime: Regime) -> None:
    of = hiding_shape(sample().circuit.fixed_columns(), FINAL[regime])
    proof = pack_words(prove(of))
    assert verify(of, proof, sample().digest) >= 128


def test_the_verifier_needs_numpy_alone(tmp_path: Path) -> None:
    """In a process where numba and llvmlite cannot be loaded, with columns that another has made."""
    (tmp_path / "proof").write_bytes(pack_words(prove(shape())))
    for name, columns in sample().circuit.fixed_columns().items():
        np.save(tmp_path / f"{name}.npy", columns)
    code = f"""
import sys
from pathlib import Path
sys.modules["numba"] = sys.modules["llvmlite"] = None
import numpy as np
from recursion.hiding.circuits import hiding_shape, verify
from tests.recursion.hiding.toys import FIRST, SECOND, small_circuit
folder = Path({str(tmp_path)!r})
fixed = {{path.stem: np.load(path) for path in folder.glob("*.npy")}}
shape = hiding_shape(fixed, small_circuit(FIRST, SECOND))
assert verify(shape, (folder / "proof").read_bytes(), {sample().digest!r}) >= 8
print("accepted")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=False)
    assert done.stdout == "accepted\n", done.stderr
