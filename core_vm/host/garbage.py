"""How often Python looks for cyclic garbage.

Tables, modules and kernels live as long as the process, and looking through them again and again is a tenth of the time
of a small proof, and a twentieth of that of a shard.
"""

from __future__ import annotations

import gc

# Allocations between two looks, and looks of one kind between two of the next, that looks further.
THRESHOLDS = (50_000, 20, 20)


def look_seldom() -> None:
    """For a process whose garbage is not cyclic: what it lets go of is freed without a look.

    What is there already is looked at no more. It is modules, mostly; and in a process that was forked it is all its
    parent's: garbage of the parent is for the parent to end, objects of threads that no fork takes along are in no
    order, and pages that nobody writes to stay shared.
    """
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
