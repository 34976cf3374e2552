"""Where things are: byte addresses, and the same places as nodes of the memory tree.

A dword is 8 bytes, a leaf of the tree is 4 dwords. The 32 registers and the sink are dwords of a space of their own
above all addresses, so that no load or store can name them.
"""

from __future__ import annotations

from typing import Final

IMAGE_END: Final = 0xC000_0000
INPUT_START: Final = 0xC000_0000
INPUT_END: Final = 0xE000_0000
OUTPUT_START: Final = 0xE000_0000
OUTPUT_END: Final = 0xF000_0000
ADDRESS_LIMIT: Final = 0xF000_0000
"""Addresses from here on are reserved: an access traps."""

REGION_HEADER: Final = 32
"""Bytes before the data of the input and the output region: an 8-byte length, then 24 bytes (salt, or zero)."""
MAX_INPUT: Final = INPUT_END - INPUT_START - REGION_HEADER
MAX_OUTPUT: Final = OUTPUT_END - OUTPUT_START - REGION_HEADER

LEAF_BYTES: Final = 32
LEAF_DWORDS: Final = 4

TREE_DEPTH: Final = 28
"""Leaves are level 0, the root is level 28."""
NUM_REGISTERS: Final = 33
REGISTER_DWORD: Final = 2**29
"""Dword index of register 0."""
REGISTER_LEAF: Final = 2**27
"""Leaf index of registers 0 to 3."""
NUM_REGISTER_LEAVES: Final = 9

IMAGE_LEVEL: Final = 25
"""Three nodes of this level, 0 to 2, one a GiB, are the image."""
INPUT_NODE: Final = (24, 6)
OUTPUT_NODE: Final = (23, 14)
RESERVED_NODE: Final = (23, 15)
"""Its digest is zero, which nobody can open: (level, index), as all of these."""

PROGRAM_DEPTH: Final = 30
"""Of the program tree, over instruction indices."""

FIRST_TIME: Final = 1
TIME_PER_INSTRUCTION: Final = 4
MAX_TIME: Final = 2**24
MAX_TIMED_STEPS: Final = (MAX_TIME - FIRST_TIME) // TIME_PER_INSTRUCTION
NEAR: Final = 2**16
"""A register is accessed at most so much later than the last time: where more time goes by, it is renewed before."""
RENEWAL_DISTANCE: Final = NEAR - TIME_PER_INSTRUCTION + 2
"""A register that an instruction names, and whose last time is so long before the instruction's or longer, is renewed:
its access may be as late as the instruction's time + 3, and that is beyond `NEAR`. The last multiple of `NEAR` before
the instruction is near to that, because the times of instructions are one above a multiple of 4."""
