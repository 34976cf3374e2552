"""The buses of the core machine. A bus is a multiset of messages whose sends and receives must cancel in every shard.

Numbers from 16 on belong to precompiles.
"""

from __future__ import annotations

from core_vm.air.table import Bus

_DIGEST = tuple(f"digest_{i}" for i in range(8))


def _eight(name: str) -> tuple[str, ...]:
    return tuple(f"{name}_{i}" for i in range(8))


STATE = Bus("state", 1, ("pc_index", "time"), permutation=True)
"""The machine before an instruction: the next instruction's index (byte address / 4) and its time."""

PROGRAM = Bus(
    "program",
    2,
    ("pc_index", "operation", "rd", "rs1", "rs2", "immediate_0", "immediate_1", "immediate_2", "immediate_3", "target"),
)
"""One decoded instruction of the program tree."""

MEMORY = Bus("memory", 3, ("dword", "limb_0", "limb_1", "limb_2", "limb_3", "time"), permutation=True)
"""What a dword holds since a time: registers are the dwords from 2^29 on. Limbs are always below 2^16."""

RANGE16 = Bus("range16", 4, ("value",))
"""A value below 2^16."""

BYTE_PAIR = Bus("byte_pair", 5, ("first", "second"))
"""Two values below 2^8."""

BYTE_LOGIC = Bus("byte_logic", 6, ("operation", "first", "second", "result"))
"""A bitwise operation (AND, OR, XOR by `Operation` number) on two bytes."""

HALT = Bus("halt", 7, ("exit_code_0", "exit_code_1"))
"""The end of the run: the low 32 bits of a0."""

PROGRAM_LEAF_LEVEL = 32
"""Levels of the program tree on the tree bus: far from those of the memory tree."""

TREE = Bus("tree", 8, ("level", "index", *_eight("before"), *_eight("after")))
"""A tree node's digests at the shard's start and end. Memory tree: levels 0 to 28; program tree: 32 to 62."""

COMPRESS = Bus("compress", 9, (*_eight("left"), *_eight("right"), *_DIGEST))
"""digest = compress(left, right) by Poseidon2."""

CALL = Bus(
    "call",
    10,
    ("number", "time", "first_0", "first_1", "second_0", "second_1", "third_0", "third_1"),
)
"""A precompile's call: its number, the time of the ecall, and the low 32 bits of a0, a1, a2 as 16-bit limbs."""

CLAIM = Bus("claim", 12, ("number", *_eight("claims")))
"""How many claims the shard has made, and the digest of all claims of the run so far (`core_vm.state.claims`)."""

BIT_RANGE = Bus("bit_range", 11, ("bits", "limit", "value"))
"""limit = 2^bits and 0 <= value < limit, for 0 <= bits <= 15."""
