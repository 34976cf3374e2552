"""How often Python looks for cyclic garbage.

Tables, modules and kernels live as long as the process, and looking through them again and again is a tenth of the time
of a small proof, and a twentieth of that of a shard.
"""

from __future__ import annotations

import gc

# Allocations between two looks, and looks of one kind between two of the next, that looks further.
THRESHOLDS = (50_000, 20, 20)


def look_seldom() -> None:
    """For a process whose garbage is not cyclic: what it lets go of is freed without a look."""
    gc.set_threshold(*THRESHOLDS)
