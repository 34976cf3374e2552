"""A program as the machine holds it: decoded instructions, their Merkle tree, the memory image and its roots.

Instructions live in *slots*: the runs of code one after the other, each followed by a slot without operation (running
off the end of the code), and at last the slot `NOWHERE` that stands for every target outside the code.

Equal program ids execute equally: what a slot executes follows from the leaves of the program tree alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from core_vm.errors import InvalidProgramError
from core_vm.field.koalabear import P, to_montgomery
from core_vm.given import given_bytes
from core_vm.isa.decode import Instructions, decode_many
from core_vm.isa.operations import NOWHERE, SIGNED_IMMEDIATE
from core_vm.machine.program.code import instruction_words
from core_vm.machine.program.elf import Segment, read_segments, read_symbols
from core_vm.state import roots
from core_vm.state.memory_map import IMAGE_LEVEL, LEAF_BYTES, LEAF_DWORDS, PROGRAM_DEPTH
from core_vm.state.sparse_tree import (
    Digest,
    Level,
    build_levels,
    compress_pairs,
    leaf_digests,
    subtree_digest,
    to_digest,
)  # fmt: skip

_GIB_LEAVES = 2**IMAGE_LEVEL


@dataclass(frozen=True)
class Program:
    """Build with `Program.from_elf`.

    `entry` is a byte address; `segments` are the loaded parts, by address, without overlap; `elf` the file itself.
    """

    entry: int
    segments: tuple[Segment, ...]
    elf: bytes

    @classmethod
    def from_elf(cls, elf: bytes) -> Program:
        """Load a statically linked RV64IM executable. Raises InvalidProgramError saying what is wrong with the file,
        UsageError for what is no bytes."""
        elf = given_bytes(elf, "an ELF file")
        entry, segments = read_segments(elf)
        program = cls(entry, segments, elf)
        slot = int(program.slot_of(np.array([entry // 4]))[0]) if entry % 4 == 0 else len(program.pc_index) - 1
        if not program.has_code[slot]:
            raise InvalidProgramError(f"the entry point 0x{entry:x} is not an instruction of an executable segment")
        return program

    @cached_property
    def _code(self) -> list[tuple[int, np.ndarray]]:
        """(first instruction index, words) of each run of code."""
        return instruction_words(self.segments)

    @cached_property
    def code_ranges(self) -> np.ndarray:
        """(runs of code, 3) int64, by address: first instruction index, number of instructions, first slot."""
        rows, slot = [], 0
        for first, words in self._code:
            rows.append((first, len(words), slot))
            slot += len(words) + 1
        return np.array(rows, np.int64).reshape(-1, 3)

    @cached_property
    def pc_index(self) -> np.ndarray:
        """Instruction index (byte address / 4) of every slot, uint32."""
        parts = [np.arange(first, first + len(words) + 1) for first, words in self._code]
        return np.concatenate([*parts, [NOWHERE]]).astype(np.uint32)

    @cached_property
    def has_code(self) -> np.ndarray:
        """Of every slot, whether an instruction word stands there (bool)."""
        parts = [np.arange(len(words) + 1) < len(words) for _, words in self._code]
        return np.concatenate([*parts, [False]])

    @cached_property
    def words(self) -> np.ndarray:
        """The instruction word of every slot, uint32; 0 where there is none."""
        parts = [np.append(words, np.uint32(0)) for _, words in self._code]
        return np.concatenate([*parts, np.zeros(1, np.uint32)])

    @cached_property
    def instructions(self) -> Instructions:
        """The decoded instruction of every slot; operation 0 and zeros where there is none."""
        decoded = decode_many(self.words, self.pc_index.astype(np.uint64) * np.uint64(4))
        return Instructions(
            *(np.where(self.has_code, column, column.dtype.type(0)) for column in vars(decoded).values())
        )

    def slot_of(self, pc_index: np.ndarray) -> np.ndarray:
        """The slots (int64) of instruction indices; the last slot where there is no code."""
        pc_index = np.asarray(pc_index).astype(np.int64)
        nowhere = np.array([-1, 0, len(self.pc_index) - 1])  # a run of no instructions, before all others
        if len(self.code_ranges) == 1:
            first, count, slot = self.code_ranges[0]
            return np.where((pc_index >= first) & (pc_index - first < count), pc_index + (slot - first), nowhere[2])
        runs = np.concatenate([nowhere[None], self.code_ranges])
        first, count, slot = runs[np.searchsorted(runs[:, 0], pc_index, side="right") - 1].T
        return np.where(pc_index - first < count, pc_index - first + slot, nowhere[2])

    @cached_property
    def tree(self) -> list[Level]:
        """The program tree's levels 0 (leaves) to 30 (root). A subtree without an instruction has the zero digest.

        A word of zeros is no instruction and has no leaf: whether a file spells out the zeros of its memory or leaves
        them to the loader is no part of what it executes.
        """
        listed = np.flatnonzero(self.words)
        leaves = compress_pairs(to_montgomery(self.leaf_elements(listed)))
        level = (self.pc_index[listed].astype(np.int64), leaves)
        return build_levels(level, PROGRAM_DEPTH, np.zeros((PROGRAM_DEPTH, 8), np.uint32))

    def leaf_elements(self, slots: np.ndarray) -> np.ndarray:
        """The sixteen canonical elements (n, 16) uint32 that the program tree's leaf of each slot is the hash of.

        Operation, rd, rs1, rs2, four immediate elements (16-bit limbs, or for `SIGNED_IMMEDIATE` the signed value and
        zeros), target, zeros.
        """
        code = self.instructions
        elements = np.zeros((len(slots), 16), np.uint32)
        for place, column in enumerate((code.operation, code.rd, code.rs1, code.rs2)):
            elements[:, place] = column[slots]
        for limb in range(4):
            elements[:, 4 + limb] = code.immediate[slots] >> np.uint64(16 * limb) & np.uint64(0xFFFF)
        signed = np.isin(code.operation[slots], list(SIGNED_IMMEDIATE))
        value = code.immediate[slots][signed].astype(np.int64)
        elements[signed, 4:8] = 0
        elements[signed, 4] = value % P
        elements[:, 8] = code.target[slots]
        return elements

    @cached_property
    def program_root(self) -> Digest:
        return to_digest(self.tree[PROGRAM_DEPTH][1][0])

    @cached_property
    def image_leaves(self) -> tuple[np.ndarray, np.ndarray]:
        """(leaf indices (n,) int64 sorted, contents (n, 4) uint64): the leaves of the image that are not all zero."""
        indices, rows = [np.zeros(0, np.int64)], [np.zeros((0, LEAF_DWORDS), np.uint64)]
        for segment in self.segments:
            first, last = segment.address // LEAF_BYTES, -(-(segment.address + len(segment.data)) // LEAF_BYTES)
            head = bytes(segment.address - first * LEAF_BYTES)
            padded = head + segment.data + bytes((last - first) * LEAF_BYTES - len(head) - len(segment.data))
            indices.append(np.arange(first, last))
            rows.append(np.frombuffer(padded, "<u8").reshape(-1, LEAF_DWORDS))
        leaves, contents = np.concatenate(indices), np.concatenate(rows)
        used = np.flatnonzero(contents.any(axis=1))
        if not len(used):
            return leaves[used], contents[used]
        # Two segments may meet inside a leaf: each is zero where the other one is not.
        used = used[np.argsort(leaves[used], kind="stable")]
        starts = np.flatnonzero(np.diff(leaves[used], prepend=-1))
        return leaves[used][starts], np.bitwise_or.reduceat(contents[used], starts, axis=0).astype(np.uint64)

    @cached_property
    def image_roots(self) -> tuple[Digest, Digest, Digest]:
        """Digests of the three level-25 nodes (one GiB each) of the initial image."""
        leaves, contents = self.image_leaves
        digests = leaf_digests(contents)
        bounds = np.searchsorted(leaves, np.arange(4) * _GIB_LEAVES)
        roots = [
            to_digest(subtree_digest((leaves[start:stop], digests[start:stop]), IMAGE_LEVEL))
            for start, stop in pairwise(bounds)
        ]
        return roots[0], roots[1], roots[2]

    @cached_property
    def program_id(self) -> str:
        """64 hexadecimal digits that name code, initial memory and entry."""
        return roots.program_id_of(self.program_root, self.image_roots, self.entry)

    @cached_property
    def symbols(self) -> tuple[list[int], list[str]]:
        """(addresses sorted, names) of the functions that the file names; empty when it is stripped or unreadable."""
        return read_symbols(self.elf)

    def symbol_at(self, pc: int) -> str | None:
        """The function that the byte address `pc` belongs to, where the file says."""
        addresses, names = self.symbols
        position = int(np.searchsorted(addresses, pc, side="right")) - 1
        inside = any(s.executable and s.address <= pc < s.address + len(s.data) for s in self.segments)
        return names[position] if position >= 0 and inside else None
