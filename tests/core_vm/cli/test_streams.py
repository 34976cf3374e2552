"""Standard streams that are closed, full or read by nobody; terminals of other encodings; signals."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from aggregator.tiny_program import tiny_program
from core_vm.cli.guest_output import GuestOutput
from core_vm.cli.output import print_facts, print_table
from core_vm.cli.progress import ProgressDisplay
from tests.places import ROOT

LOST = "quire: cannot write standard output: "

Shell = Callable[..., "subprocess.CompletedProcess[bytes]"]


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """Runs a command line of the shell, in which `quire` is ours and `tiny.elf` a program."""
    (tmp_path / "tiny.elf").write_bytes(tiny_program())

    def run(line: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
        function = f'quire() {{ "{sys.executable}" -m core_vm.cli.main "$@"; }}\n'
        command = ["bash", "-c", function + line]
        variables = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
        return subprocess.run(command, cwd=tmp_path, env=variables, capture_output=True, timeout=60, check=False)

    return run


@pytest.mark.parametrize("command", ["id tiny.elf", "disasm tiny.elf", "id --json tiny.elf", "--help", "id --help"])
@pytest.mark.parametrize(
    ("stdout", "why"),
    [(">&-", "Bad file descriptor"), (">/dev/full", "No space left on device")],
    ids=["closed", "full"],
)
def test_output_that_was_asked_for_and_lost_is_an_error(shell: Shell, command: str, stdout: str, why: str) -> None:
    done = shell(f"quire {command} {stdout}")
    assert (done.returncode, done.stderr.decode()) == (1, f"{LOST}{why}\n")


def test_nobody_who_reads_on_is_no_message(shell: Shell) -> None:
    done = shell("quire disasm tiny.elf | true; exit ${PIPESTATUS[0]}")
    assert (done.returncode, done.stderr) == (141, b"")
    done = shell("quire id tiny.elf 2>&1 | cat; exit ${PIPESTATUS[0]}")
    assert (done.returncode, len(done.stdout)) == (0, 65)


@pytest.mark.parametrize("streams", ["2>&-", "<&-", "2>/dev/full", "<&- 2>&-"])
def test_messages_and_input_may_be_missing(shell: Shell, streams: str) -> None:
    done = shell(f"quire id tiny.elf {streams}")
    assert (done.returncode, len(done.stdout)) == (0, 65)
    refused = shell(f"quire id /dev/null {streams}")
    assert (refused.returncode, refused.stdout) == (1, b"")


def test_no_message_goes_into_a_file_that_takes_a_closed_descriptors_place(shell: Shell, tmp_path: Path) -> None:
    text = "text of some length, in which nothing is written\n" * 10
    (tmp_path / "text").write_text(text, encoding="utf-8")
    assert shell("quire id text <&- >&- 2>&-").returncode == 1
    assert (tmp_path / "text").read_text(encoding="utf-8") == text


@pytest.mark.parametrize("encoding", ["ascii", "euc_jp", "gbk"])
def test_terminals_of_other_encodings_are_spoken_to(shell: Shell, tmp_path: Path, encoding: str) -> None:
    name = "gu\N{LATIN SMALL LETTER E WITH ACUTE}st\udcff"
    os.rename(tmp_path / "tiny.elf", tmp_path / name)
    (tmp_path / f"{name}.txt").write_text("no program", encoding="utf-8")
    settings = {"PYTHONIOENCODING": encoding, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    for line, status in {"security": 0, "id gu*st?": 0, "id gu*.txt": 1, "inspect gu*.txt": 1, "id gu*": 2}.items():
        done = shell(f"quire {line}", **settings)
        assert (done.returncode, b"Traceback" in done.stderr) == (status, False), done.stderr


def test_every_text_is_read_the_same_in_any_locale(shell: Shell) -> None:
    done = shell("quire --version && quire id tiny.elf", LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize(("name", "status"), [("INT", 130), ("TERM", 143), ("HUP", 129)])
def test_a_signal_ends_a_command_with_one_line(tmp_path: Path, name: str, status: int) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    command = [sys.executable, "-m", "core_vm.cli.main", "id", str(pipe)]
    process = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, stderr=subprocess.PIPE)
    with pipe.open("wb"):  # the command waits for a program now
        number = getattr(signal, f"SIG{name}")
        for _ in range(2):  # as `timeout` does it
            process.send_signal(number)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == status
    assert len(errors.splitlines()) == 1
    assert errors.startswith(b"quire: ")


def test_an_ignored_signal_stays_ignored(shell: Shell) -> None:
    done = shell("trap '' INT HUP; mkfifo pipe; quire id pipe & exec 3>pipe; kill -INT $!; kill -HUP $!; "
                 "cat tiny.elf >&3; exec 3>&-; wait $!")  # fmt: skip
    assert (done.returncode, len(done.stdout)) == (0, 65)


def test_what_is_piped_has_no_blanks_at_the_ends_of_lines(capsys: pytest.CaptureFixture[str]) -> None:
    print_facts("Title", [("a", "1"), ("longer name", "some more words"), ("empty", "")])
    print_table("Title", ("a", "longer"), [("1", "2"), ("words", "")], numeric=frozenset({1}))
    lines = capsys.readouterr().out.splitlines()
    assert "longer name  some more words" in lines
    assert [line for line in lines if line != line.rstrip()] == []


def test_a_guests_open_line_is_ended_and_a_whole_one_left_alone(capfd: pytest.CaptureFixture[str]) -> None:
    with GuestOutput(to_stderr=False) as output:
        output(1, b"open")
        output(2, b"whole\n")
        output(2, b"")
    with GuestOutput(to_stderr=True) as output:
        output(1, b"one ")
        output(2, b"line\n")
    assert capfd.readouterr() == ("open\n", "whole\none line\n")


def test_progress_starts_on_a_line_of_its_own(capfd: pytest.CaptureFixture[str]) -> None:
    with ProgressDisplay() as display, GuestOutput(to_stderr=True, display=display) as output:
        output(1, b"guest")
        display.update("shards", 1, 1)
    assert capfd.readouterr().err == "guest\nshards: 1 of 1\n"
