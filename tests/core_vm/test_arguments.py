"""Numbers that an argument of soundness needs are checked wherever they are defined, also without assertions."""

from __future__ import annotations

import subprocess
import sys

import pytest

from core_vm.arguments import rely_on
from core_vm.errors import SecurityError
from tests.places import ROOT


def test_a_broken_argument_is_a_security_error_that_says_which() -> None:
    rely_on(True, "never mind")
    with pytest.raises(SecurityError, match="does not hold: one is two"):
        rely_on(False, "one is two")


@pytest.mark.parametrize(
    ("file", "before", "after", "argument"),
    [
        ("stark/shape.py", "MAX_TILES << LOG_TILE <", "MAX_TILES << LOG_TILE + 3 <", "row fits"),
        ("stark/shape.py", "MAX_FRACTIONS = P // 2", "MAX_FRACTIONS = P - 2**16", "no count of messages wraps"),
        ("stark/config.py", "NUM_BETA = 5", "NUM_BETA = 4", "a weight of its own"),
        (
            "stark/soundness.py",
            "zerocheck.DEGREE >= MAX_DEGREE",
            "zerocheck.DEGREE > MAX_DEGREE",
            "room for every constraint",
        ),
        ("tables/gadgets/accesses.py", "+ 2**24 < P", "+ 2**31 < P", "times and their differences"),
        ("statement/shard.py", "PROGRAM_ROOT_LEVEL = 62", "PROGRAM_ROOT_LEVEL = 63", "levels"),
    ],
)
def test_a_constant_that_breaks_an_argument_stops_the_import(file: str, before: str, after: str, argument: str) -> None:
    source = (ROOT / "core_vm" / file).read_text(encoding="utf-8")
    assert source.count(before) == 1
    name = "core_vm." + file.removesuffix(".py").replace("/", ".")
    code = (
        f"import sys, types; module = types.ModuleType('changed'); sys.modules['changed'] = module\n"
        f"module.__package__ = {name.rpartition('.')[0]!r}\n"
        f"exec(compile(sys.stdin.read(), {file!r}, 'exec'), vars(module))"
    )
    run = [sys.executable, "-O", "-c", code]
    changed = subprocess.run(
        run, input=source.replace(before, after), capture_output=True, encoding="utf-8", check=False
    )
    assert "core_vm.errors.SecurityError" in changed.stderr
    assert argument in changed.stderr
    assert subprocess.run(run, input=source, capture_output=True, encoding="utf-8", check=False).returncode == 0
