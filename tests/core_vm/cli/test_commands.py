"""The command line: what is printed where, exit statuses, and that nothing half-written stays behind."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from aggregator.tiny_program import tiny_program
from core_vm.cli.main import ORDER, main
from core_vm.cli.output import format_bytes, format_output
from core_vm.cli.progress import ProgressDisplay
from core_vm.machine.program.program import Program
from core_vm.statement.proof import RunProof


@pytest.fixture
def elf(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.elf"
    path.write_bytes(tiny_program())
    return path


@pytest.fixture
def run():
    runner = CliRunner()
    return lambda *arguments: runner.invoke(main, [str(argument) for argument in arguments])


def test_help_lists_every_command_in_order(run) -> None:
    shown = run("--help").stdout
    positions = [shown.index(f"\n  {name} ") for name in ORDER]
    assert positions == sorted(positions)


@pytest.mark.parametrize("command", ORDER)
def test_every_command_has_help(run, command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert result.stdout.startswith(f"Usage: main {command}")


def test_id_prints_the_program_id_alone(run, elf: Path) -> None:
    assert run("id", elf).stdout == Program.from_elf(elf.read_bytes()).program_id + "\n"


def test_json_is_one_object(run, elf: Path) -> None:
    assert json.loads(run("id", elf, "--json").stdout) == {"program_id": Program.from_elf(elf.read_bytes()).program_id}


def test_disasm_shows_addresses_and_mnemonics(run, elf: Path) -> None:
    lines = run("disasm", elf).stdout.splitlines()
    assert lines[0] == "  100000:  002002b7  lui t0, 0x200"
    assert lines[-1].endswith("ecall")


@pytest.mark.parametrize("command", ["id", "disasm"])
def test_a_refusal_is_one_line_on_stderr_and_status_1(run, tmp_path: Path, command: str) -> None:
    path = tmp_path / "text"
    path.write_text("no program", encoding="utf-8")
    result = run(command, path)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr == "quire: not an ELF file: it does not start with the ELF magic number\n"


def test_a_refusal_with_json_is_an_object_too(run, tmp_path: Path) -> None:
    path = tmp_path / "text"
    path.write_text("no program", encoding="utf-8")
    result = run("id", path, "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["kind"] == "InvalidProgramError"


@pytest.mark.parametrize(
    "arguments",
    [
        ("no-such-command",),
        ("id",),
        ("id", "missing.elf"),
        ("verify", __file__),
        ("verify", __file__, "--program-id", "12"),
    ],
    ids=["command", "argument", "file", "no_program", "short_id"],
)
def test_wrong_usage_has_status_2(run, arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 2


def test_inspect_shows_claims_and_says_that_they_are_unverified(run, tmp_path: Path) -> None:
    digest = (1,) * 8
    proof = RunProof(digest, (digest,) * 3, 0x100000, digest, 3, b"hello", (digest,) * 4, ())
    path = tmp_path / "proof"
    path.write_bytes(proof.to_bytes())
    claims = json.loads(run("inspect", path, "--json").stdout)
    assert claims["verified"] is False
    assert (claims["exit_code"], claims["output_bytes"], claims["shards"]) == (3, 5, [])
    assert "unverified" in run("inspect", path).stdout


def test_inspect_refuses_what_is_no_proof(run, elf: Path) -> None:
    result = run("inspect", elf)
    assert result.exit_code == 1
    assert "not a Quire proof" in result.stderr


@pytest.mark.parametrize(
    "arguments", [["--help"], ["id", "{elf}"], ["inspect", "{elf}"], ["disasm", "{elf}"]], ids=lambda a: a[0]
)
def test_commands_that_need_no_kernel_import_no_numba(elf: Path, arguments: list[str]) -> None:
    code = (
        "import sys\nfrom core_vm.cli.main import main\n"
        "try:\n    main(sys.argv[1:])\nexcept SystemExit:\n    pass\n"
        "sys.exit('numba' in sys.modules or 'llvmlite' in sys.modules)"
    )
    command = [sys.executable, "-c", code, *(argument.format(elf=elf) for argument in arguments)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_progress_is_plain_lines_off_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with ProgressDisplay() as display:
        for done in range(4):
            display.update("proving shards", done, 3)
    assert capsys.readouterr().err.splitlines() == ["proving shards: 0 of 3", "proving shards: 3 of 3"]


def test_sizes_and_outputs_for_people() -> None:
    assert [format_bytes(n) for n in (0, 1, 1023, 1536, 3 * 2**20, 5 * 2**30)] == [
        "0 bytes", "1 byte", "1,023 bytes", "1.5 KiB", "3.0 MiB", "5.00 GiB",
    ]  # fmt: skip
    assert format_output(b"hi\n") == "68690a ('hi')"
    assert format_output(bytes([0, 255])) == "00ff"
    assert format_output(b"") == "(none)"
