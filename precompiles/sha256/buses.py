"""The buses between the tables of the SHA-256 precompile. `call` is the time of the ecall, unique to one call."""

from __future__ import annotations

from typing import Final

from core_vm.air.table import Bus

_LIMBS: Final = tuple(f"limb_{i}" for i in range(16))

STATE: Final = Bus("sha256_state", 16, ("call", "row", *_LIMBS))
"""The eight working variables a..h before row `row`, low limb first; row 4 is what the last row leaves."""

BLOCK: Final = Bus("sha256_block", 17, ("call", "half", *_LIMBS))
"""The message block as 32 limbs of memory, in two halves."""

SCHEDULE: Final = Bus("sha256_schedule", 18, ("call", "row", "half", *_LIMBS))
"""What the schedule words of row `row` owe to earlier words: 16 sums of two limbs, in two halves."""
