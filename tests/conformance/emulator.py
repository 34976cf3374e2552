"""An independent emulator as the oracle: what a guest leaves in registers and memory when it exits."""

from __future__ import annotations

from dataclasses import dataclass, field

from unicorn import UC_ARCH_RISCV, UC_HOOK_INTR, UC_MODE_RISCV64, Uc
from unicorn.riscv_const import UC_RISCV_REG_PC, UC_RISCV_REG_X0

from core_vm.state.memory_map import INPUT_START
from core_vm.state.roots import region_bytes
from tests.conformance.assembler import Guest

PAGE = 0x1000
_ENVIRONMENT_CALL = 8  # the exception code of an ECALL from user mode; from machine mode it is 11
_MACHINE_CALL = 11


@dataclass
class Outcome:
    """How an emulated run ended. `written` is what went to the streams 1 and 2, in order."""

    registers: list[int] = field(default_factory=list)
    memory: dict[int, bytes] = field(default_factory=dict)
    written: list[tuple[int, bytes]] = field(default_factory=list)
    exit_code: int | None = None


def emulate(guest: Guest) -> Outcome:
    """Run a guest to its exit on unicorn. The input's region is as for a public input."""
    emulator, outcome = Uc(UC_ARCH_RISCV, UC_MODE_RISCV64), Outcome()
    ranges = _ranges(guest)
    pages = sorted({page for start, size in ranges for page in range(start // PAGE, -(-(start + size) // PAGE))})
    for page in pages:
        emulator.mem_map(page * PAGE, PAGE)
    emulator.mem_write(INPUT_START, region_bytes(guest.input))
    for address, content, _, _ in guest.segments:
        emulator.mem_write(address, content)
    emulator.hook_add(UC_HOOK_INTR, _on_interrupt, outcome)
    emulator.emu_start(guest.entry, 0)
    assert outcome.exit_code is not None, f"{guest.name}: the emulator stopped at {_pc(emulator):#x} without an exit"
    outcome.registers = [emulator.reg_read(UC_RISCV_REG_X0 + i) for i in range(32)]
    outcome.memory = {start: bytes(emulator.mem_read(start, size)) for start, size in ranges}
    return outcome


def _ranges(guest: Guest) -> list[tuple[int, int]]:
    segments = [(address, size) for address, _, size, _ in guest.segments]
    return [*segments, (INPUT_START, len(region_bytes(guest.input))), *guest.watched]


def _pc(emulator: Uc) -> int:
    return emulator.reg_read(UC_RISCV_REG_PC)


def _on_interrupt(emulator: Uc, number: int, outcome: Outcome) -> None:
    assert number in (_ENVIRONMENT_CALL, _MACHINE_CALL), f"exception {number} at {_pc(emulator):#x}"
    call, a0, a1, a2 = (emulator.reg_read(UC_RISCV_REG_X0 + i) for i in (17, 10, 11, 12))
    if call == 93:
        outcome.exit_code = a0 % 2**32
        emulator.emu_stop()
    else:
        assert call == 64, f"environment call {call} at {_pc(emulator):#x}"
        outcome.written.append((a0, bytes(emulator.mem_read(a1, a2)) if a2 else b""))
        emulator.reg_write(UC_RISCV_REG_X0 + 10, a2)
