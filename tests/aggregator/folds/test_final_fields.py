"""Files that end in a final proof, field by field: what is not said is random, and whatever is changed is refused."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from functools import cache
from itertools import groupby
from pathlib import Path

import pytest

import quire
from core_vm.errors import Rejection, UsageError
from core_vm.state.memory_map import INPUT_START, OUTPUT_START
from recursion.regime import Regime
from tests.aggregator.folds.final_fields import (
    changed_fields,
    check_that_both_say_the_same_and_share_nothing_else,
    parsed,
)
from tests.conformance.assembler import Assembler, guest

SHORT, LONG = (rounds.to_bytes(8, "little") for rounds in (600, 9000))
"""Two inputs: how often a loop is gone through."""


def program_with_a_secret() -> quire.Program:
    """Its input decides how long it runs, and what memory holds on the way; its output and exit code do not."""
    code = Assembler()
    code.set(5, INPUT_START + 32)
    code.emit("ld", 6, 5)
    code.set(8, DATA)
    code.label("loop")
    for mnemonic, *operands in (("add", 7, 7, 6), ("sd", 0, 8, 7), ("ld", 9, 8), ("addi", 6, 6, 0, -1)):
        code.emit(mnemonic, *operands)
    code.branch("bne", 6, 0, "loop")
    code.set(5, OUTPUT_START)
    code.set(6, 5)
    code.emit("sd", 0, 5, 6)
    for place, byte in enumerate(b"never"):
        code.set(6, byte)
        code.emit("sb", 0, 5, 6, 32 + place)
    code.exit()
    return guest("secret", code, bytes(64), DATA).program


DATA = 0x20_0000
PROGRAM = program_with_a_secret()


@cache
def folded(secret: bytes = SHORT) -> quire.ProvenRun:
    return quire.prove(PROGRAM, secret, workers=1, shard_cells=2**20, kind="folded")


@cache
def final(secret: bytes = SHORT, regime: Regime = Regime.LIST) -> bytes:
    return quire.fold(folded(secret).proof, kind="final", final_regime=regime).proof


@cache
def batch(secret: bytes = SHORT) -> bytes:
    return quire.aggregate([folded(secret).proof] * 2, kind="final").proof


@pytest.mark.parametrize("regime", Regime)
def test_no_field_of_a_final_proof_depends_on_a_private_input(regime: Regime) -> None:
    """Of one shard and of several: what is equal is the statement, all else is random."""
    assert folded(SHORT).shards == 1 < folded(LONG).shards
    assert folded(SHORT).output == folded(LONG).output == b"never"
    check_that_both_say_the_same_and_share_nothing_else(parsed(final(SHORT, regime)), parsed(final(LONG, regime)))


@pytest.mark.slow
def test_nor_does_one_of_a_batch_or_of_what_is_extracted_from_it() -> None:
    short, long = batch(SHORT), batch(LONG)
    check_that_both_say_the_same_and_share_nothing_else(parsed(short), parsed(long))
    alone = parsed(quire.extract(short, 1)), parsed(quire.extract(long, 1))
    check_that_both_say_the_same_and_share_nothing_else(*alone)


def is_refused(changed: bytes, name: str) -> bool:
    """Of a batch, which another kind makes of the proof, the verifier asks which run is meant."""
    try:
        quire.verify(changed, folded().program_id)
    except Rejection:
        return True
    except UsageError:
        return name.startswith("kind")
    return False


@pytest.mark.parametrize("regime", Regime)
def test_fields_that_are_changed_are_refused(regime: Regime) -> None:
    """One of each part, changed in one way after the other."""
    changes = changed_fields(parsed(final(regime=regime)), random.Random(1))
    by_field = {name: list(group) for name, group in groupby(changes, key=lambda change: change[0])}
    parts = {name.split(" (")[0]: group for name, group in by_field.items()}
    assert set(parts) >= {"version", "exit code", "number of the circuit", "trace_root", "whir_leaves", "whir_final"}
    for number, group in enumerate(parts.values()):
        name, how, changed = group[number % len(group)]
        assert is_refused(changed, name), (name, how)


@pytest.mark.slow
@pytest.mark.parametrize("what", [*Regime, "extracted"])
def test_every_field_changed_in_every_way_is_refused(what: str) -> None:
    proof = quire.extract(batch(), 1) if what == "extracted" else final(regime=Regime(what))
    assert quire.verify(proof, folded().program_id).kind == "final"
    for name, how, changed in changed_fields(parsed(proof), random.Random(2)):
        assert is_refused(changed, name), (name, how)


@pytest.mark.slow
def test_every_field_of_a_batch_changed_in_every_way_is_refused() -> None:
    for _, _, changed in changed_fields(parsed(batch()), random.Random(3)):
        with pytest.raises(Rejection):
            quire.verify_batch(changed)


# ------------------------------------------------------------------------------------------ where there is little
AS_IN_PYODIDE = """
import sys, threading
LACKING = {
    "_multiprocessing", "_posixshmem", "_ssl", "curses", "dbm", "ensurepip", "fcntl", "grp", "lzma", "msvcrt",
    "multiprocessing", "pty", "pwd", "resource", "sqlite3", "ssl", "syslog", "termios", "tkinter", "tty", "venv",
    "winreg",
}
THERE = set(sys.stdlib_module_names) - LACKING | {"numpy", "core_vm", "precompiles", "recursion"}

class Refusing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] not in THERE:
            raise ModuleNotFoundError(name + " is not in Pyodide", name=name)

def start(thread):
    raise RuntimeError("can't start new thread")

for name in LACKING & set(sys.modules):
    del sys.modules[name]
sys.meta_path.insert(0, Refusing())
threading.Thread.start = start
try:
    import click
except ModuleNotFoundError:
    from pathlib import Path
    from recursion.verify import verify_proof
    print(verify_proof(Path(sys.argv[1]).read_bytes(), sys.argv[2]).kind)
"""


def test_a_final_proof_is_verified_with_what_pyodide_has(tmp_path: Path) -> None:
    """Of modules only its standard library, numpy and our own; and no thread starts. That the hook refuses is seen by
    one that is installed and is none of these."""
    (tmp_path / "proof").write_bytes(final())
    done = subprocess.run(
        [sys.executable, "-c", AS_IN_PYODIDE, str(tmp_path / "proof"), folded().program_id],
        env=os.environ, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.stdout == "final\n", done.stderr
