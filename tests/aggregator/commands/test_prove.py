"""The whole way by command: build, execute, prove, verify, inspect, security; and what each says when it refuses."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from aggregator.tiny_program import tiny_program
from core_vm.cli.main import main
from tests.places import ROOT

GUEST = r"""
#include <stdio.h>
#include <stdlib.h>
#include <zkvm_io.h>

int main(void) {
    const uint8_t *input;
    size_t size;
    read_input(&input, &size);
    printf("to stdout\n");
    fprintf(stderr, "to stderr\n");
    unsigned sum = 0;
    for (size_t i = 0; i < size; i++) sum += input[i];
    write_output((const uint8_t *)&sum, sizeof sum);
    if (size && input[0] == '!') return 7;
    if (size && input[0] == '-') return -1;
    if (size && input[0] == '?') __asm__ volatile("ebreak");
    return 0;
}
"""

Quire = Callable[..., Result]


@pytest.fixture(scope="module")
def quire() -> Quire:
    runner = CliRunner()
    return lambda *arguments: runner.invoke(main, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, quire: Quire) -> Path:
    """A built guest, inputs, and the proof of a run with public input."""
    folder = tmp_path_factory.mktemp("commands")
    (folder / "sum.c").write_text(GUEST, encoding="utf-8")
    for name, content in {"input": b"\1\2\3", "other": b"\1\2\4", "fail": b"!", "trap": b"?", "minus": b"-"}.items():
        (folder / name).write_bytes(content)
    assert quire("build", folder / "sum.c", "-o", folder / "sum.elf").exit_code == 0
    return folder


@pytest.fixture(scope="module")
def proof(folder: Path, quire: Quire) -> Path:
    path = folder / "sum.proof"
    result = quire(
        "prove",
        "--kind",
        "shards",
        folder / "sum.elf",
        "--input",
        folder / "input",
        "--public-input",
        "-o",
        path,
        "--json",
    )
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    keys = "program_id cycles shards cells interactions seconds cycles_per_second phases peak_memory_bytes proof_bytes"
    assert set(keys.split()) <= set(report)
    assert report["proof_bytes"] == path.stat().st_size
    return path


def test_a_compiler_error_is_shown_as_it_is_and_leaves_no_file(quire: Quire, folder: Path) -> None:
    (folder / "broken.c").write_text("int main(void) { return undeclared; }", encoding="utf-8")
    result = quire("build", folder / "broken.c", "-o", folder / "broken.elf")
    assert result.exit_code == 1
    assert "undeclared identifier" in result.stderr
    assert result.stderr.splitlines()[-1] == "quire: the compiler refused the guest"
    assert not (folder / "broken.elf").exists()


def test_execute_reports_and_keeps_stdout_clean_for_json(quire: Quire, folder: Path) -> None:
    result = quire("execute", folder / "sum.elf", "--input", folder / "input", "--json")
    report = json.loads(result.stdout)
    keys = "program_id exit_code cycles output_hex shards misaligned_accesses seconds cycles_per_second counts"
    assert set(keys.split()) <= set(report)
    assert (report["exit_code"], report["output_hex"]) == (0, "06000000")
    assert report["program_id"] == quire("id", folder / "sum.elf").stdout.strip()
    assert sum(report["counts"].values()) == report["cycles"]
    assert result.stderr == "to stdout\nto stderr\n"


def test_execute_passes_the_guests_streams_on(quire: Quire, folder: Path) -> None:
    result = quire("execute", folder / "sum.elf", "--input", folder / "input")
    assert result.stdout.startswith("to stdout\n")
    assert result.stderr == "to stderr\n"


def test_execute_reports_another_exit_code(quire: Quire, folder: Path) -> None:
    result = quire("execute", folder / "sum.elf", "--input", folder / "fail", "--json")
    assert json.loads(result.stdout)["exit_code"] == 7


@pytest.mark.parametrize("command", ["execute", "prove"])
def test_a_run_stops_at_its_cycle_limit(quire: Quire, folder: Path, command: str) -> None:
    output = ["-o", folder / "stopped"] if command == "prove" else []
    result = quire(command, folder / "sum.elf", "--max-cycles", 100, *output)
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1].startswith("quire: the program did not halt within 100 cycles, at 0x")
    assert not (folder / "stopped").exists()


@pytest.mark.parametrize("command", ["execute", "prove"])
def test_a_trap_is_one_line_with_the_function(quire: Quire, folder: Path, command: str) -> None:
    arguments = ["-o", folder / "never"] if command == "prove" else []
    result = quire(command, folder / "sum.elf", "--input", folder / "trap", *arguments)
    assert result.exit_code == 1
    lines = [line for line in result.stderr.splitlines() if line.startswith("quire: ")]
    assert len(lines) == 1
    assert "main" in lines[0]
    assert not (folder / "never").exists()


def test_the_cycle_limit_is_kept(quire: Quire, folder: Path) -> None:
    result = quire("execute", folder / "sum.elf", "--max-cycles", 10)
    assert result.exit_code == 1
    assert "10" in result.stderr.splitlines()[-1]


def test_a_valid_proof_is_accepted(quire: Quire, folder: Path, proof: Path) -> None:
    result = quire("verify", proof, "--program", folder / "sum.elf", "--input", folder / "input", "--json")
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert (report["valid"], report["exit_code"], report["output_hex"]) == (True, 0, "06000000")
    assert report["security_bits"] >= 128
    assert report["collision_bits"] == 123.95
    assert (report["input_bound"], report["public_input_bytes"]) == (True, 3)


def test_both_figures_of_security_are_shown(quire: Quire, folder: Path, proof: Path) -> None:
    shown = quire("verify", proof, "--program", folder / "sum.elf").stdout
    assert re.search(r"security +128\.\d\d bits, proven; collisions of the hash 123\.95", shown)
    assert "public, 3 bytes; --input compares it" in shown


def test_an_id_is_one_however_it_is_written(quire: Quire, folder: Path, proof: Path) -> None:
    program_id = quire("id", folder / "sum.elf").stdout.strip()
    for text in (program_id, program_id.upper(), "0x" + program_id, "0X" + program_id.upper()):
        assert quire("verify", proof, "--program-id", text).exit_code == 0
    for text in ("", "0x", program_id[1:], program_id + "0", "g" * 64):
        result = quire("verify", proof, "--program-id", text)
        assert result.exit_code == 2
        assert "a program id has 64 hexadecimal digits" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--program-id", "0" * 64], "program"),
        (["--program", "sum.elf", "--exit-code", "7"], "exit code"),
        (["--program", "sum.elf", "--input", "other"], "binds another public input, of 3 bytes as well"),
        (
            ["--program", "sum.elf", "--input", "fail"],
            "another public input: one of 3 bytes, the one given has 1",
        ),
    ],
    ids=["program", "exit_code", "input", "length"],
)
def test_another_statement_is_refused(
    quire: Quire, folder: Path, proof: Path, arguments: list[str], reason: str
) -> None:
    places = [str(folder / argument) if (folder / argument).exists() else argument for argument in arguments]
    result = quire("verify", proof, *places, "--json")
    assert result.exit_code == 1
    report = json.loads(result.stdout)
    assert (report["valid"], report["output_hex"]) == (False, None)
    accepted = json.loads(quire("verify", proof, "--program", folder / "sum.elf", "--json").stdout)
    assert report.keys() == accepted.keys()
    assert reason in report["reason"]


def test_a_damaged_proof_is_refused(quire: Quire, folder: Path, proof: Path) -> None:
    data = bytearray(proof.read_bytes())
    for place in (0, 100, len(data) // 2, len(data) - 1):
        damaged = folder / "damaged"
        damaged.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        result = quire("verify", damaged, "--program", folder / "sum.elf")
        assert result.exit_code == 1
        assert result.stderr.startswith("quire: not a valid proof: ")


def test_an_input_that_was_not_bound_is_not_vouched_for(quire: Quire, folder: Path) -> None:
    private = folder / "private.proof"
    assert (
        quire("prove", "--kind", "shards", folder / "sum.elf", "--input", folder / "input", "-o", private).exit_code
        == 0
    )
    result = quire("verify", private, "--program", folder / "sum.elf")
    assert result.exit_code == 0
    assert re.search(r"input +private", result.stdout)
    assert re.search(r"input +private", quire("inspect", private).stdout)
    result = quire("verify", private, "--program", folder / "sum.elf", "--input", folder / "input")
    assert result.exit_code == 1
    assert "binds no public input" in result.stderr


def test_a_failed_run_is_accepted_only_with_its_exit_code(quire: Quire, folder: Path) -> None:
    failed = folder / "failed.proof"
    assert (
        quire("prove", "--kind", "shards", folder / "sum.elf", "--input", folder / "fail", "-o", failed).exit_code == 0
    )
    assert quire("verify", failed, "--program", folder / "sum.elf").exit_code == 1
    assert quire("verify", failed, "--program", folder / "sum.elf", "--exit-code", 7).exit_code == 0


def test_an_exit_code_may_be_written_as_the_guest_did(quire: Quire, folder: Path) -> None:
    failed = folder / "minus.proof"
    assert (
        quire("prove", "--kind", "shards", folder / "sum.elf", "--input", folder / "minus", "-o", failed).exit_code == 0
    )
    for code in (-1, 2**32 - 1):
        result = quire("verify", failed, "--program", folder / "sum.elf", "--exit-code", code)
        assert result.exit_code == 0
        assert "4294967295 (-1)" in result.stdout
    assert "4294967295 (-1)" in quire("inspect", failed).stdout
    refused = quire("verify", failed, "--program", folder / "sum.elf", "--exit-code", 255)
    assert "expected 255, the program exited with 4294967295 (-1)" in refused.stderr
    for code in (2**32, -(2**31) - 1, "one"):
        assert quire("verify", failed, "--program", folder / "sum.elf", "--exit-code", code).exit_code == 2


def test_a_large_public_input_is_verified_with_news_of_it(quire: Quire, folder: Path) -> None:
    """The guest ends at once, so that hashing the input is all the work."""
    (folder / "large").write_bytes(bytes(range(1, 256)) * (5 * 2**20 // 255))
    (folder / "tiny.elf").write_bytes(tiny_program())
    large = folder / "large.proof"
    program = ["--program", folder / "tiny.elf"]
    done = quire(
        "prove", "--kind", "shards", folder / "tiny.elf", "--input", folder / "large", "--public-input", "-o", large
    )
    assert done.exit_code == 0
    result = quire("verify", large, *program, "--input", folder / "large")
    assert result.exit_code == 0
    hashed = [line for line in result.stderr.splitlines() if line.startswith("bytes of input hashed: ")]
    size = f"{(folder / 'large').stat().st_size:,}"
    assert hashed[-1] == f"bytes of input hashed: {size} of {size}"
    assert quire("verify", large, *program).stderr == ""


def test_inspect_and_security_of_a_proof(quire: Quire, proof: Path) -> None:
    assert json.loads(quire("inspect", proof, "--json").stdout)["exit_code"] == 0
    report = json.loads(quire("security", proof, "--json").stdout)
    assert report["security_bits"] >= 128
    assert report["union_bits"] < report["security_bits"]
    assert report["collision_bits"] == 123.95
    assert re.search(r"collisions +123\.95 bits", quire("security", proof).stdout)
    assert "LogUp fingerprint" in quire("security", proof).stdout


def test_the_largest_shard_is_secure(quire: Quire) -> None:
    result = quire("security", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["security_bits"] >= 128


def test_prove_refuses_a_place_that_cannot_be_written_before_it_works(quire: Quire, folder: Path) -> None:
    result = quire("prove", "--kind", "shards", folder / "sum.elf", "-o", folder / "missing" / "proof")
    assert result.exit_code == 1
    assert "there is no directory" in result.stderr


def test_prove_refuses_too_little_memory_before_it_works(quire: Quire, folder: Path) -> None:
    result = quire("prove", "--kind", "shards", folder / "sum.elf", "-o", folder / "never", "--memory-limit", "0.01")
    assert result.exit_code == 1
    with (folder / "large").open("wb") as file:
        file.truncate(300 * 2**20)
    result = quire(
        "prove",
        folder / "sum.elf",
        "--input",
        folder / "large",
        "-o",
        folder / "never",
        "--memory-limit",
        1,
        "--kind",
        "shards",
    )
    assert result.exit_code == 1
    assert result.stderr.startswith("quire: the run itself needs ")
    assert not (folder / "never").exists()


@pytest.mark.parametrize("limit", ["nan", "inf", "-inf", "-1", "0", "1e300", "1e308", "x", ""])
def test_a_limit_that_is_no_size_is_wrong_usage(quire: Quire, folder: Path, limit: str) -> None:
    result = quire("prove", "--kind", "shards", folder / "sum.elf", "-o", folder / "never", "--memory-limit", limit)
    assert result.exit_code == 2
    assert "--memory-limit" in result.stderr


@pytest.mark.parametrize("command", ["execute", "prove", "verify"])
def test_an_endless_input_is_refused(quire: Quire, folder: Path, proof: Path, command: str) -> None:
    arguments = {
        "execute": [folder / "sum.elf"],
        "prove": [folder / "sum.elf", "-o", folder / "never"],
        "verify": [proof, "--program", folder / "sum.elf"],
    }
    result = quire(command, *arguments[command], "--input", "/dev/zero")
    assert result.exit_code == 1
    assert result.stderr == "quire: /dev/zero has more than 536870880 bytes, the most that there may be\n"
    assert not (folder / "never").exists()


def test_what_is_no_program_and_no_proof_is_not_read_to_its_end(quire: Quire, folder: Path, proof: Path) -> None:
    assert "not an ELF file" in quire("id", "/dev/zero").stderr
    assert "not a Quire proof" in quire("inspect", "/dev/zero").stderr
    assert quire("verify", "/dev/zero", "--program", folder / "sum.elf").exit_code == 1


def test_outputs_never_replace_what_they_are_made_of(quire: Quire, folder: Path) -> None:
    (folder / "linked.elf").hardlink_to(folder / "sum.elf")
    before = {path: path.read_bytes() for path in folder.iterdir()}
    for arguments in (
        ("prove", "--kind", "shards", folder / "sum.elf", "-o", folder / "sum.elf"),
        ("prove", "--kind", "shards", folder / "sum.elf", "-o", folder / "linked.elf"),
        ("prove", "--kind", "shards", folder / "sum.elf", "--input", folder / "input", "-o", folder / "input"),
        ("build", folder / "sum.c", "-o", folder / "sum.c"),
        ("build", folder / "sum.c", "-o", folder),
    ):
        result = quire(*arguments)
        assert (result.exit_code, len(result.stderr.splitlines())) == (1, 1)
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    (folder / "linked.elf").unlink()


def test_build_says_as_json_what_happened(quire: Quire, folder: Path) -> None:
    (folder / "warned.c").write_text("#warning take care\nint main(void) { return 0; }", encoding="utf-8")
    result = quire("build", folder / "warned.c", "-o", folder / "warned.elf", "--json")
    report = json.loads(result.stdout)
    assert report["program_id"] == quire("id", folder / "warned.elf").stdout.strip()
    assert report["bytes"] == (folder / "warned.elf").stat().st_size
    assert report["code_bytes"] > 0
    assert "take care" in report["warnings"]
    assert "take care" in result.stderr
    (folder / "broken.c").write_text("int main(void) { return undeclared; }", encoding="utf-8")
    report = json.loads(quire("build", folder / "broken.c", "-o", folder / "broken.elf", "--json").stdout)
    assert (report["kind"], report["error"]) == ("UsageError", "the compiler refused the guest")
    assert "undeclared identifier" in report["diagnostics"]


def test_a_report_and_a_file_do_not_share_stdout(quire: Quire, folder: Path) -> None:
    for arguments in (("prove", "--kind", "shards", folder / "sum.elf"), ("build", folder / "sum.c")):
        result = quire(*arguments, "-o", "-", "--json")
        assert (result.exit_code, json.loads(result.stdout)["kind"]) == (1, "UsageError")


def in_shell(folder: Path, line: str) -> subprocess.CompletedProcess[bytes]:
    """A command line of the shell, in which `quire` is ours."""
    line = f'quire() {{ "{sys.executable}" -m core_vm.cli.main "$@"; }}\n{line}'
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(["bash", "-c", line], cwd=folder, env=environment, capture_output=True, check=False)


@pytest.mark.parametrize("streams", [">&-", "2>&-", "<&- >&- 2>&-", ">/dev/full", "2>/dev/full", "--json >/dev/full"])
def test_the_verdict_depends_on_no_message(folder: Path, proof: Path, streams: str) -> None:
    assert in_shell(folder, f"quire verify {proof} --program sum.elf {streams}").returncode == 0
    assert in_shell(folder, f"quire verify {proof} --program-id {'0' * 64} {streams}").returncode == 1


@pytest.mark.parametrize("streams", ["<&- >&- 2>&-", ">/dev/full 2>/dev/full", "| true"])
def test_the_proof_depends_on_no_message(folder: Path, streams: str) -> None:
    made = folder / "made.proof"
    done = in_shell(folder, f"quire prove --kind folded sum.elf -o made.proof {streams}; exit ${{PIPESTATUS[0]}}")
    assert done.returncode == 0
    assert in_shell(folder, "quire verify made.proof --program sum.elf").returncode == 0
    made.unlink()


@pytest.mark.parametrize("output", ["-", "/dev/stdout", "/proc/self/fd/1"])
def test_a_proof_goes_down_a_pipe(folder: Path, output: str) -> None:
    done = in_shell(
        folder, f"quire prove --kind folded sum.elf -o {output} | cat > piped.proof; exit ${{PIPESTATUS[0]}}"
    )
    assert done.returncode == 0
    assert b"to stdout\n" in done.stderr
    assert b"program id" in done.stderr
    assert in_shell(folder, "quire verify piped.proof --program sum.elf").returncode == 0
    (folder / "piped.proof").unlink()


def test_a_run_that_nobody_reads_stops(folder: Path) -> None:
    done = in_shell(folder, "quire execute sum.elf | true; exit ${PIPESTATUS[0]}")
    assert done.returncode == 141
    assert b"quire" not in done.stderr
    done = in_shell(folder, "quire execute sum.elf >/dev/full")
    assert (done.returncode, done.stderr) == (1, b"quire: cannot write standard output: No space left on device\n")


def test_disabled_compilation_is_one_line(folder: Path) -> None:
    done = in_shell(folder, "NUMBA_DISABLE_JIT=1 quire execute sum.elf")
    assert done.returncode == 1
    assert done.stderr.startswith(b"quire: NUMBA_DISABLE_JIT is set")
    assert len(done.stderr.splitlines()) == 1
    assert in_shell(folder, "NUMBA_DISABLE_JIT=1 quire id sum.elf").returncode == 0


def test_verifying_loads_no_compiler(folder: Path, proof: Path) -> None:
    code = (
        "import sys\nfrom core_vm.cli.main import main\n"
        "try:\n    main(sys.argv[1:])\nexcept SystemExit as done:\n    assert not done.code\n"
        "sys.exit('numba' in sys.modules or 'llvmlite' in sys.modules)"
    )
    command = [sys.executable, "-c", code, "verify", str(proof), "--program", str(folder / "sum.elf")]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_a_store_of_no_name_is_not_the_directory_where_we_are(quire: Quire, folder: Path) -> None:
    result = quire("prove", "--kind", "shards", folder / "sum.elf", "-o", folder / "never", "--store", "")
    assert result.exit_code == 2
    assert "'' names no directory" in result.stderr
