"""Work that grows: a process that was made for smaller buffers starts afresh before it asks for larger ones.

Freed memory stays with a process (`memory`). What buffers of one size leave is too small for those of a larger one, so
both would be held, though the first serve nobody any more: a fifth of all memory, where shards grow.
"""

from __future__ import annotations

from core_vm.host.memory import give_back_freed_memory
from core_vm.host.scratch import GROWTH, drop_scratch

_largest = 0


def begin_work(size: int) -> None:
    """To be called before work whose buffers are in proportion to `size`."""
    global _largest
    if size > _largest + _largest // GROWTH:  # below that, kept buffers have room for it, or nearly
        drop_scratch()
        give_back_freed_memory()
    _largest = max(_largest, size)
