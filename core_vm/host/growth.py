"""Work that grows: a process that was made for smaller buffers starts afresh before it asks for larger ones.

Freed memory stays with a process (`memory`). What buffers of one size leave is too small for those of a larger one, so
both would be held, though the first serve nobody any more. `scratch` grows where it lies, and is kept.
"""

from __future__ import annotations

from core_vm.host.memory import give_back_freed_memory

GROWTH = 4
"""Work that is larger by less than one part in this many finds room in what is kept, or nearly."""

_largest = 0


def begin_work(size: int) -> None:
    """To be called before work whose buffers are in proportion to `size`."""
    global _largest
    if size > _largest + _largest // GROWTH:
        give_back_freed_memory()
    _largest = max(_largest, size)
