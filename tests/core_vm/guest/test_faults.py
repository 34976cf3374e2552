"""What the author of a guest is told about the usual mistakes: what happened, and in which function."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from core_vm.errors import GuestTrap, OutputSpaceExhausted
from core_vm.machine.program.program import Program
from tests.core_vm.machine.running import execute

FAULTS = {
    "r": ("stack overflow: access to address 0xafff", "recurse"),
    "l": ("stack overflow", "large_frames"),
    "v": ("stack overflow", "variable_frame"),
    "V": ("stack overflow", "variable_frame"),
    "c": ("stack overflow", "constant_frame"),
    "s": ("null pointer: access to address 0x0", "store_to_null"),
    "f": ("null pointer: access to address 0x7530", "read_field"),
    "m": ("null pointer", "memcpy"),
    "j": ("null pointer: jump to 0x0, outside the code", "call"),
    "w": ("null pointer", "quire_ecall|quire_write|main"),
    "g": ("address 0xa8000000, which lies between the heap and the stack", "main"),
    "u": ("a place that the compiler holds unreachable", "choose"),
    "n": ("a place that the compiler holds unreachable", "return_all_the_same|main"),
    "t": ("unimp: __builtin_trap", "stop"),
}


def _run(executable: Path, choice: str) -> int:
    return execute(Program.from_elf(executable.read_bytes()), choice.encode(), with_records=False).exit_code


@pytest.mark.parametrize("choice", FAULTS)
@pytest.mark.parametrize("optimisation", ["-O0", "-O2"])
def test_a_fault_is_named_with_its_function(guest: Callable[..., Path], choice: str, optimisation: str) -> None:
    reason, functions = FAULTS[choice]
    with pytest.raises(GuestTrap, match=reason) as caught:
        _run(guest("faults", optimisation), choice)
    assert caught.value.symbol in functions.split("|")


def test_more_output_than_the_region_holds_says_where(guest: Callable[..., Path]) -> None:
    with pytest.raises(OutputSpaceExhausted, match=r"halted at 0x\w+ in write_output, wrote more than the 268435424"):
        _run(guest("faults"), "o")


@pytest.mark.parametrize("optimisation", ["-O0", "-O2"])
def test_a_frame_that_fits_the_stack_is_no_fault(guest: Callable[..., Path], optimisation: str) -> None:
    assert _run(guest("faults", optimisation), "-") == 1
