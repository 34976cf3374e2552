"""From instruction words to the decoded instructions that the machine executes and the program id commits to.

Canonicalisation, so that the tables need no special cases:
  * computations whose result goes to x0, FENCE, PAUSE and every hint become `NOP`;
  * EBREAK and every word that is no RV64IM instruction become `TRAP` (data among the code is no error unless reached);
  * LUI, AUIPC and ADDI(W) from x0 become `CONSTANT`: the value is known from the word and its place;
  * JAL becomes `JUMP` (rd = x0) or `JUMP_LINK`; the immediate is the link value, the target an instruction index;
  * loads and JALR that write x0 write the register `SINK` instead: they may still trap or jump.
Fields that an operation does not use are zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from core_vm.isa.formats import encoding_of, immediate_of
from core_vm.isa.operations import BRANCHES, NOWHERE, SINK, Operation

_MASK64 = 2**64 - 1
_ADDRESSES = 2**32


class Instruction(NamedTuple):
    """A decoded instruction: `immediate` is 64-bit two's complement read as unsigned, `target` an instruction index."""

    operation: Operation
    rd: int = 0
    rs1: int = 0
    rs2: int = 0
    immediate: int = 0
    target: int = 0


class _Shape(NamedTuple):
    """An instruction before it has a place: the immediate signed, and what the place adds to it."""

    operation: Operation
    rd: int = 0
    rs1: int = 0
    rs2: int = 0
    immediate: int = 0
    relative: bool = False
    """Whether the pc is added to the immediate: AUIPC."""
    offset: int = 0
    """Of a branch or jump, in bytes."""


_NOP, _TRAP = _Shape(Operation.NOP), _Shape(Operation.TRAP)


def decode(word: int, pc: int) -> Instruction:
    """Decode the 32-bit instruction `word` at the byte address `pc` (a multiple of 4 below 2^32)."""
    shape = _shape(word)
    immediate = shape.immediate + (pc if shape.relative else 0)
    if shape.operation == Operation.JUMP_LINK:
        immediate = pc + 4
    target = _target(pc + shape.offset) if _has_target(shape.operation) else 0
    return Instruction(shape.operation, shape.rd, shape.rs1, shape.rs2, immediate & _MASK64, target)


def _has_target(operation: Operation) -> bool:
    return operation in BRANCHES or operation in (Operation.JUMP, Operation.JUMP_LINK)


def _target(address: int) -> int:
    return address // 4 if 0 <= address < _ADDRESSES and address % 4 == 0 else NOWHERE


def _shape(word: int) -> _Shape:
    """What a word means apart from its place."""
    encoding = encoding_of(word)
    if encoding is None or encoding.mnemonic == "ebreak":
        return _TRAP
    if encoding.form == "fence":
        return _NOP
    if encoding.mnemonic == "ecall":
        return _Shape(Operation.ECALL)
    rd, rs1, rs2 = word >> 7 & 31, word >> 15 & 31, word >> 20 & 31
    immediate = immediate_of(word, encoding.form)
    if encoding.form == "J":
        return _Shape(Operation.JUMP_LINK if rd else Operation.JUMP, rd, offset=immediate)
    if encoding.form == "jalr":
        return _Shape(Operation.JALR, rd or SINK, rs1, immediate=immediate)
    if encoding.form == "load":
        return _Shape(Operation[encoding.mnemonic.upper()], rd or SINK, rs1, immediate=immediate)
    if encoding.form == "S":
        return _Shape(Operation[encoding.mnemonic.upper()], 0, rs1, rs2, immediate)
    if encoding.form == "B":
        return _Shape(Operation[encoding.mnemonic.upper()], 0, rs1, rs2, offset=immediate)
    return _computation(encoding.mnemonic, encoding.form, rd, rs1, rs2, immediate)


def _computation(mnemonic: str, form: str, rd: int, rs1: int, rs2: int, immediate: int) -> _Shape:
    """An instruction whose only effect is on rd."""
    if rd == 0:
        return _NOP
    if form == "U":
        return _Shape(Operation.CONSTANT, rd, immediate=immediate, relative=mnemonic == "auipc")
    if mnemonic in ("addi", "addiw") and rs1 == 0:
        return _Shape(Operation.CONSTANT, rd, immediate=immediate)
    return _Shape(Operation[mnemonic.upper()], rd, rs1, rs2 if form == "R" else 0, immediate)


@dataclass(frozen=True)
class Instructions:
    """Many decoded instructions as arrays of one length: the columns of `Instruction`."""

    operation: np.ndarray  # uint8
    rd: np.ndarray  # uint8
    rs1: np.ndarray  # uint8
    rs2: np.ndarray  # uint8
    immediate: np.ndarray  # uint64
    target: np.ndarray  # uint32, instruction index

    def __len__(self) -> int:
        return len(self.operation)

    def __getitem__(self, position: int) -> Instruction:
        return Instruction(
            Operation(int(self.operation[position])),
            int(self.rd[position]),
            int(self.rs1[position]),
            int(self.rs2[position]),
            int(self.immediate[position]),
            int(self.target[position]),
        )


def decode_many(words: np.ndarray, pcs: np.ndarray) -> Instructions:
    """Decode `words` (uint32) at byte addresses `pcs` (uint64): as `decode`, reading each distinct word once."""
    distinct, inverse = np.unique(words, return_inverse=True)
    shapes = [_shape(int(word)) for word in distinct]

    def spread(values: list[int], dtype: type) -> np.ndarray:
        return np.array(values, dtype=dtype)[inverse] if len(values) else np.zeros(0, dtype)

    operation = spread([int(shape.operation) for shape in shapes], np.uint8)
    pcs = pcs.astype(np.int64)
    immediate = spread([shape.immediate for shape in shapes], np.int64)
    immediate += np.where(spread([shape.relative for shape in shapes], np.bool_), pcs, 0)
    immediate = np.where(operation == Operation.JUMP_LINK, pcs + 4, immediate)
    goal = pcs + spread([shape.offset for shape in shapes], np.int64)
    executable = (goal >= 0) & (goal < _ADDRESSES) & (goal % 4 == 0)
    has_target = spread([_has_target(shape.operation) for shape in shapes], np.bool_)
    target = np.where(has_target, np.where(executable, goal // 4, NOWHERE), 0)
    return Instructions(
        operation,
        spread([shape.rd for shape in shapes], np.uint8),
        spread([shape.rs1 for shape in shapes], np.uint8),
        spread([shape.rs2 for shape in shapes], np.uint8),
        immediate.view(np.uint64),
        target.astype(np.uint32),
    )
