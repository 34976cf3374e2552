"""Final proofs of a small circuit with rows of every table, and that no lie about any table is accepted."""

from __future__ import annotations

import random
import subprocess
import sys
from functools import cache
from pathlib import Path
from unittest.mock import patch

import pytest

from core_vm.errors import MalformedProof, Rejection, UsageError, WitnessError
from core_vm.field.koalabear import P
from core_vm.hash.poseidon2_kernels import permute_canonical
from core_vm.stark.final.key import FinalConfig, FinalKey
from core_vm.stark.final.prover import FinalTrace
from core_vm.transcript.pruned import PrunedVerifierChannel
from recursion.final.proof import FINAL, final_key
from recursion.regime import Regime
from recursion.tables.standard import TABLES
from tests.core_vm.stark.lists import QUICK_LISTS
from tests.recursion.final.plain import prove, security_report, verify
from tests.recursion.sample import sample

SMALL = FinalConfig(log_segment=13, segments=9, stark=QUICK_LISTS)
CHECK_END = "core_vm.pcs.whir.prover.Opening.check_end"
CHANNEL = "core_vm.stark.final.verifier.PrunedVerifierChannel"


@cache
def key() -> FinalKey:
    return final_key(sample().circuit.fixed_columns(), SMALL)


def trace() -> FinalTrace:
    filled, main = FinalTrace(key()), sample().circuit.main_columns()
    for number, table in enumerate(TABLES.tables):
        filled.fill(number, main[table.name])
    return filled


@cache
def proof() -> bytes:
    return prove(key(), trace(), sample().digest, threads=2)


class Fast(PrunedVerifierChannel):
    """A channel with the compiled permutation."""

    def __init__(self, words) -> None:
        super().__init__(words, permute_canonical)


def refused(data: bytes) -> None:
    with patch(CHANNEL, Fast), pytest.raises(Rejection):
        verify(key(), data, sample().digest)


def test_a_final_proof_is_accepted() -> None:
    assert verify(key(), proof(), sample().digest) >= 8
    other = (*sample().digest[:7], (sample().digest[7] + 1) % P)
    with pytest.raises(Rejection):
        verify(key(), proof(), other)


def test_one_key_proves_every_input() -> None:
    other, filled = sample(2), FinalTrace(key())
    main = other.circuit.main_columns()
    for number, table in enumerate(TABLES.tables):
        filled.fill(number, main[table.name])
    assert final_key(other.circuit.fixed_columns(), SMALL).digest == key().digest
    assert verify(key(), prove(key(), filled, other.digest), other.digest) >= 8


def test_columns_of_no_circuit_are_no_key() -> None:
    fixed = sample().circuit.fixed_columns()
    changed = fixed["arith"].copy()
    changed[-1, 0] += 1  # how often its output is read
    with pytest.raises(UsageError):
        final_key({**fixed, "arith": changed}, SMALL)


def test_flipped_bytes_are_refused() -> None:
    data, rng = proof(), random.Random(1)
    for place in [0, 1, len(data) - 1, *rng.sample(range(len(data)), 60)]:
        changed = bytearray(data)
        changed[place] ^= 1 << rng.randrange(8)
        refused(bytes(changed))


def test_other_lengths_are_refused() -> None:
    data = proof()
    for length in (0, 1, 31, len(data) // 2, len(data) - 31, len(data) - 1):
        refused(data[:length])
    refused(data + bytes(4))
    refused(data + bytes(31))


def test_padding_is_canonical() -> None:
    """Bits behind the last element, and elements that are not below p."""
    data = bytearray(proof())
    if 8 * len(data) % 31:
        data[-1] |= 0x80
        with pytest.raises(MalformedProof, match="behind the last element"):
            verify(key(), bytes(data), sample().digest)
    data = bytearray(proof())
    data[:4] = b"\xff\xff\xff\xff"
    with pytest.raises(MalformedProof, match="below P"):
        verify(key(), bytes(data), sample().digest)


def one_column_a_table() -> list[tuple[int, int]]:
    rng = random.Random(1)
    return [(n, rng.randrange(t.num_main)) for n, t in enumerate(TABLES.tables) if t.num_main]


def every_column() -> list[tuple[int, int]]:
    return [(n, column) for n, table in enumerate(TABLES.tables) for column in range(table.num_main)]


def lies_about(table: int, column: int) -> None:
    """A prover who changes one cell of the first row and looks at nothing is refused, and an honest one stops."""
    wrong = trace()
    cell = wrong.layout.column_view(wrong.q, table, column)
    cell[0, 0] = (int(cell[0, 0]) + 1) % P
    with patch(CHECK_END):
        refused(prove(key(), wrong, sample().digest, check=False))


@pytest.mark.parametrize(("table", "column"), one_column_a_table(), ids=lambda n: str(n))
def test_a_changed_cell_is_refused(table: int, column: int) -> None:
    lies_about(table, column)


@pytest.mark.slow
@pytest.mark.parametrize("table", range(len(TABLES.tables)), ids=[table.name for table in TABLES.tables])
def test_a_changed_cell_of_any_column_is_refused(table: int) -> None:
    for number, column in every_column():
        if number == table:
            lies_about(number, column)


def test_an_honest_prover_stops_at_a_wrong_cell() -> None:
    wrong = trace()
    wrong.layout.column_view(wrong.q, 5, 0)[0, 0] ^= 1
    with pytest.raises(WitnessError):
        prove(key(), wrong, sample().digest)


@pytest.mark.parametrize("regime", Regime)
def test_the_configurations_in_use_reach_their_target(regime: Regime) -> None:
    """Of a circuit with as many rows as one that takes a recursion proof has."""
    report = security_report(final_key(sample().circuit.fixed_columns(), FINAL[regime]))
    assert report.check(128).bits >= 128
    names = {term.name for term in report.terms}
    assert names >= {"term sumcheck", "form batching (nu)"}
    assert ("WHIR round 0: out of domain" in names) == bool(report.readings) == (regime is Regime.LIST)


def test_the_verifier_needs_numpy_alone(tmp_path: Path) -> None:
    """In a process where numba and llvmlite cannot be loaded; and nothing else that is installed is."""
    (tmp_path / "key").write_bytes(key().to_bytes())
    (tmp_path / "proof").write_bytes(proof())
    code = f"""
import sys
from pathlib import Path
sys.modules["numba"] = sys.modules["llvmlite"] = None
from core_vm.stark.final.key import FinalConfig, FinalKey
from recursion.tables.standard import TABLES
from tests.core_vm.stark.lists import QUICK_LISTS
from tests.recursion.final.plain import verify
config = FinalConfig(log_segment=13, segments=9, stark=QUICK_LISTS)
folder = Path({str(tmp_path)!r})
key = FinalKey.from_bytes((folder / "key").read_bytes(), bytes.fromhex({key().digest.hex()!r}), TABLES, config)
assert verify(key, (folder / "proof").read_bytes(), {sample().digest!r}) >= 8
files = {{name.split(".")[0]: getattr(module, "__file__", None) or "" for name, module in sys.modules.items()}}
print("accepted with", *(name for name, file in sorted(files.items()) if "site-packages" in file and name[0] != "_"))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=False)
    assert done.stdout == "accepted with numpy\n", done.stderr
