"""The call: its name, its number, and what it reads and writes."""

from __future__ import annotations

from typing import Final

from core_vm.machine.precompile import Operand
from precompiles.keccak.reference import NUM_LANES, RATE_LANES

NAME: Final = "keccak"
NUMBER: Final = 0x1001
BLOCK, STATE_OPERAND = 0, 1
OPERANDS: Final = (Operand(11, RATE_LANES, "read"), Operand(10, NUM_LANES, "write"))
"""The block is read at t + 1, and the state at t + 2 replaced by f(state xor block)."""
