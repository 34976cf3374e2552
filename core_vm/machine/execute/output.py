"""Reading a finished run's output region, and refusing one that the run statement could not describe."""

from __future__ import annotations

import numpy as np

from core_vm.errors import OutputSpaceExhausted
from core_vm.machine.execute.arena import GuestMemory
from core_vm.machine.execute.blame import Blame
from core_vm.state.memory_map import (
    LEAF_BYTES,
    MAX_OUTPUT,
    OUTPUT_NODE,
    OUTPUT_START,
    REGION_HEADER,
    TREE_DEPTH,
)

_FULL = 2**64 - 1
"""The length that a guest leaves to say that there was no room: the kit's `write_output` does."""


def read_output(memory: GuestMemory, marks: np.ndarray, blame: Blame) -> bytes:
    """The bytes that the guest wrote. `marks` says which leaves the run touched.

    Everything else in the region must be zero: the verifier recomputes the region from these bytes alone.
    """
    header = memory.bytes[OUTPUT_START : OUTPUT_START + REGION_HEADER].tobytes()
    length = int.from_bytes(header[:8], "little")
    if length > MAX_OUTPUT:
        claim = "wrote more" if length == _FULL else f"claims to have written {length} bytes, more"
        raise OutputSpaceExhausted(
            f"out of output space: the guest, which halted at {blame.where()}, {claim} than the {MAX_OUTPUT} bytes "
            "that its region holds"
        )
    end = OUTPUT_START + REGION_HEADER + length
    aligned_end = -(-end // LEAF_BYTES) * LEAF_BYTES
    beyond = _touched_leaves(marks)
    beyond = beyond[beyond * LEAF_BYTES >= aligned_end]
    if any(header[8:]) or memory.bytes[end:aligned_end].any() or memory.leaves[beyond].any():
        raise blame.trap(f"the output region holds more than the {length} bytes that its length says")
    return memory.bytes[OUTPUT_START + REGION_HEADER : end].tobytes()


def _touched_leaves(marks: np.ndarray) -> np.ndarray:
    """Indices of the output region's leaves that the run touched, found from the region's node down."""
    level, index = OUTPUT_NODE
    nodes = np.array([(1 << (TREE_DEPTH - level)) + index], np.int64)
    nodes = nodes[marks[nodes] != 0]
    for _ in range(level):
        nodes = np.stack([2 * nodes, 2 * nodes + 1], axis=1).reshape(-1)
        nodes = nodes[marks[nodes] != 0]
    return nodes - (1 << TREE_DEPTH)
