"""Where a run stands, and why it cannot go on: the trap for whoever wrote the guest."""

from __future__ import annotations

from core_vm.errors import GuestTrap
from core_vm.machine.execute import places, traps
from core_vm.machine.execute.guards import Guards
from core_vm.machine.execute.interpreter import Interpreter
from core_vm.machine.program.program import Program


class Blame:
    """Of one run. Nothing is looked up before somebody wants to know: symbols are read from the program's file."""

    def __init__(self, program: Program, guards: Guards, interpreter: Interpreter) -> None:
        self._program, self._guards, self._interpreter = program, guards, interpreter

    def where(self) -> str:
        """The current instruction in words."""
        pc = self._interpreter.pc
        symbol = self._program.symbol_at(pc)
        return f"0x{pc:08x}" + (f" in {symbol}" if symbol else "")

    def trap(self, reason: str) -> GuestTrap:
        """The trap at the current instruction; a place without code is blamed on what led there."""
        state, pc = self._interpreter.state, self._interpreter.pc
        if not self._program.has_code[state[places.SLOT]]:
            pc = int(self._program.pc_index[state[places.PREVIOUS_SLOT]]) * 4
        values = tuple(int(value) % 2**64 for value in self._interpreter.registers[:32])
        return GuestTrap(reason, pc, self._program.symbol_at(pc), values)

    def bad_access(self, address: int) -> GuestTrap:
        """The trap of an access to memory that the program does not own."""
        return self.trap(self._guards.diagnosis(address, self._interpreter.registers))

    def stop(self) -> GuestTrap:
        """The trap for which the kernel stopped."""
        state, null_end = self._interpreter.state, self._guards.null_end
        status, fault = state[places.STATUS], int(state[places.FAULT]) % 2**64
        if status == places.NOT_OWNED:  # the kernel is past what touched it
            state[places.SLOT] = state[places.PREVIOUS_SLOT]
            return self.bad_access(fault)
        if status == places.BAD_ADDRESS:
            return self.trap(traps.bad_access(fault))
        if status == places.BAD_JUMP:
            return self.trap(traps.bad_jump(fault, null_end))
        slot, previous = int(state[places.SLOT]), int(state[places.PREVIOUS_SLOT])
        return self.trap(traps.no_instruction(self._program, slot, previous, null_end))
