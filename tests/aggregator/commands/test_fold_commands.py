"""`quire fold`, `aggregate`, `extract`, `keys`, and what `verify`, `inspect` and `security` say of folded proofs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from core_vm.cli.main import main
from recursion.final.pinned import FINAL_KEYS
from recursion.keys.pinned import KEYS
from recursion.regime import Regime
from tests.aggregator.folds.folded_runs import folded, other_folded, other_program, program, shards


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("folds")
    for name, data in (("shards", shards()), ("folded", folded().proof), ("other", other_folded())):
        (directory / name).write_bytes(data)
    return directory


@pytest.fixture(scope="module")
def batch(folder: Path) -> Path:
    run("aggregate", "--kind", "folded", folder / "folded", folder / "other", "-o", folder / "batch")
    return folder / "batch"


def run(*arguments: object, status: int = 0) -> Result:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exit_code == status, result.output
    return result


def told(*arguments: object, status: int = 0) -> dict[str, Any]:
    return json.loads(run(*arguments, "--json", status=status).stdout)


def test_fold_writes_what_the_library_makes(folder: Path) -> None:
    report = told("fold", folder / "shards", "-o", folder / "again")
    assert (folder / "again").read_bytes() == folded().proof
    assert report["kind"] == "folded"
    assert report["proof_bytes"] == len(folded().proof)
    assert report["seconds"] > 0


def test_a_folded_proof_is_verified_inspected_and_rated(folder: Path) -> None:
    verified = told("verify", folder / "folded", "--program-id", program().program_id, "--exit-code", 7)
    assert (verified["valid"], verified["kind"], verified["exit_code"], verified["shards"]) == (True, "folded", 7, None)
    wrong = told("verify", folder / "folded", "--program-id", program().program_id, status=1)
    assert (wrong["valid"], wrong["kind"]) == (False, None)
    claims = told("inspect", folder / "folded")
    assert (claims["kind"], claims["verified"], claims["public_input_bytes"]) == ("folded", False, 5)
    assert "folded" in run("inspect", folder / "folded").stdout
    assert told("security", folder / "folded")["security_bits"] >= 128


def test_a_batch_is_verified_listed_and_taken_apart(folder: Path, batch: Path) -> None:
    report = told("verify", batch)
    assert (report["valid"], report["kind"]) == (True, "batch")
    statements = [(s["program_id"], s["exit_code"], s["input_bound"]) for s in report["statements"]]
    assert statements == [(program().program_id, 7, True), (other_program().program_id, 0, False)]
    assert "compare" in run("verify", batch).stdout
    assert told("verify", batch, "--statement", 1, "--program-id", other_program().program_id)["valid"]
    assert not told("verify", batch, "--statement", 0, "--program-id", other_program().program_id, status=1)["valid"]
    told("extract", batch, "--statement", 1, "-o", folder / "alone")
    assert told("verify", folder / "alone", "--program-id", other_program().program_id)["valid"]
    assert len(told("inspect", batch)["statements"]) == 2
    assert "statement 1" in run("inspect", batch).stdout


@pytest.mark.parametrize("option", ["--exit-code", "--input"])
def test_what_is_demanded_of_a_run_is_not_passed_over_where_a_batch_is_listed(
    folder: Path, batch: Path, option: str
) -> None:
    """Not even where a statement meets it: the command would say so of all."""
    (folder / "0").write_bytes(b"no public input")
    result = run("verify", batch, option, folder / "0" if option == "--input" else "0", status=2)
    assert option in result.stderr
    assert not result.stdout


@pytest.mark.parametrize("arguments", [["--statement", "2"], []], ids=["number", "none"])
def test_a_batch_is_of_no_program(batch: Path, arguments: list[str]) -> None:
    result = run("verify", batch, "--program-id", program().program_id, *arguments, status=1)
    assert result.stderr.startswith("quire: ")


def test_a_batch_that_is_changed_is_refused(folder: Path, batch: Path) -> None:
    data = bytearray(batch.read_bytes())
    data[-5] ^= 1
    (folder / "broken").write_bytes(data)
    report = told("verify", folder / "broken", status=1)
    assert (report["valid"], report["program_id"]) == (False, None)


def test_what_is_no_proof_of_shards_is_not_folded(folder: Path) -> None:
    assert "kind" in run("fold", folder / "folded", "-o", folder / "never", status=1).stderr
    assert (
        "claims"
        in run("fold", folder / "shards", "--discharge", folder / "other", "-o", folder / "never", status=1).stderr
    )
    assert not (folder / "never").exists()


def test_only_a_final_proof_has_a_regime(folder: Path, batch: Path) -> None:
    for command in (["fold", folder / "shards"], ["aggregate", "--kind", "folded", folder / "folded", batch]):
        refused = run(*command, "--final-regime", "unique", "-o", folder / "never", status=1)
        assert "a proof of kind folded has no regime to choose" in refused.stderr
        run(*command, "--kind", "final", "--final-regime", "capacity", "-o", folder / "never", status=2)
    assert not (folder / "never").exists()
    assert told("verify", batch)["regime"] is None


def test_keys_are_printed() -> None:
    report = told("keys")
    assert report["keys"] == KEYS
    assert {f"final{regime.suffix}": report[f"final{regime.suffix}"] for regime in Regime} == {
        f"final{Regime(name).suffix}": key for name, key in FINAL_KEYS.items()
    }
    assert len(report["root"]) == 64
