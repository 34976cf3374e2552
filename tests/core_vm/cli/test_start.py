"""What a command brings in before it does its work: nothing that it has no use for."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from aggregator.tiny_program import tiny_program
from core_vm.cli.installed_commands import command_of, installed_commands
from tests.places import ROOT

# Each takes a tenth of a second, a third of one, or reads the metadata of everything that is installed.
HEAVY = {"rich", "email", "elftools", "numpy", "numba", "llvmlite", "asyncio", "multiprocessing"}


@pytest.fixture
def elf(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.elf"
    path.write_bytes(tiny_program())
    return path


def modules_after(arguments: list[str]) -> set[str]:
    """What is imported once the command has ended."""
    code = (
        "import sys\nfrom core_vm.cli.main import main\n"
        "try:\n    main.main(sys.argv[1:])\nexcept SystemExit as end:\n    assert not end.code\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, check=True, encoding="utf-8")
    return set(done.stderr.split())


@pytest.mark.parametrize(
    ("arguments", "needed"),
    [
        (["--help"], set()),
        (["worker", "--help"], set()),
        (["id", "{elf}"], {"numpy"}),
        (["execute", "{elf}"], {"numpy", "llvmlite"}),
    ],
    ids=["help", "worker help", "id", "execute"],
)
def test_a_command_imports_nothing_heavy_that_it_does_not_need(
    elf: Path, arguments: list[str], needed: set[str]
) -> None:
    loaded = modules_after([argument.format(elf=elf) for argument in arguments])
    assert loaded & HEAVY == needed


def test_a_process_that_ends_does_not_look_for_garbage_in_what_it_leaves(elf: Path) -> None:
    code = (
        "import atexit, gc, sys\nfrom core_vm.cli.main import main\n"
        "atexit.register(lambda: print(gc.get_freeze_count(), len(gc.get_objects()), file=sys.stderr))\n"
        "main(sys.argv[1:])"
    )
    command = [sys.executable, "-c", code, "id", str(elf)]
    frozen, others = subprocess.run(command, capture_output=True, check=True, encoding="utf-8").stderr.split()
    assert int(frozen) > 100 * int(others)


def test_commands_are_those_that_are_installed() -> None:
    expected = {point.name: point.value for point in entry_points(group="quire.commands")}
    assert installed_commands() == expected
    assert {name: command_of(name) for name in expected} == {
        point.name: point.load() for point in entry_points(group="quire.commands")
    }
    assert command_of("no-such-command") is None


def test_commands_of_other_distributions_are_found_and_what_cannot_be_read_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def install(place: str, name: str, text: bytes) -> None:
        (tmp_path / place / name).mkdir(parents=True)
        (tmp_path / place / name / "entry_points.txt").write_bytes(text)

    install("first", "one-1.dist-info", b"[other]\nid = a:b\n\n[quire.commands]\n# a = b:c\nfold = fold.main : f [x]\n")
    install("first", "broken-1.dist-info", b"\xff[quire.commands]\nlost = a:b\n")
    install("second", "two.egg-info", b"[quire.commands]\r\nfold=late:f\r\nown=os.path:join\r\n")
    install("second", "not_installed", b"[quire.commands]\nlost = a:b\n")
    (tmp_path / "third").write_bytes(b"an archive")
    monkeypatch.setattr(sys, "path", [str(tmp_path / place) for place in ("first", "second", "third", "missing")])
    installed_commands.cache_clear()
    try:
        assert installed_commands() == {"fold": "fold.main : f", "own": "os.path:join"}
        assert command_of("own") is Path("x").joinpath.__globals__["os"].path.join
    finally:
        installed_commands.cache_clear()


def test_an_interrupt_while_modules_are_loaded_is_one_line() -> None:
    script = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["scripts"]["quire"]
    module, _, function = script.partition(":")
    code = f"""
import os, signal, sys

class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == "click":
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Interrupting())
from {module} import {function}
{function}()
"""
    done = subprocess.run([sys.executable, "-c", code, "--help"], capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "quire: interrupted\n")
