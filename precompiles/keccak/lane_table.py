"""The lanes of a call in memory, three a row, nine rows a call: read, handed over in digits, and replaced.

The block is read at time t + 1 and the state is read and written at t + 2, so a block that lies inside the state is
well defined. A lookup spreads a limb over the eight chunks of its lane, two bits to each; the pieces are bound to the
limb, and the limb by memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from core_vm.air.expression import Expression, constant
from core_vm.tables.gadgets.accesses import AccessTable
from core_vm.tables.gadgets.calls import module_of_calls
from core_vm.tables.gadgets.rows import split_limbs
from core_vm.witness.module import ColumnWriter, TableModule
from precompiles.keccak.buses import ACCESS, INPUT, LANES_IN_A_PART, LIMB, PARTS, PLACES_OF_A_ROUND, STATE
from precompiles.keccak.digits import CHUNKS, WEIGHTS
from precompiles.keccak.lane_rows import LaneRows, Values, pieces_of
from precompiles.keccak.operands import BLOCK, NAME, OPERANDS, STATE_OPERAND
from precompiles.keccak.reference import NUM_ROUNDS

_INDICES: Final = range(LANES_IN_A_PART)
Shape = list[Any]
"""For each lane of a part whether there is one, and then whether the block has one: integers or columns."""


def shape_of(shape: Shape) -> Any:
    """All of a part's shape in one number, but for its first lane, which every part has."""
    return sum((flag * 2**k for k, flag in enumerate(shape[2:], start=1)), shape[1])


def part_shape(part: int) -> Shape:
    """The shape of a part."""
    lanes = [LANES_IN_A_PART * part + i for i in _INDICES]
    return [int(lane < OPERANDS[operand].dwords) for operand in (STATE_OPERAND, BLOCK) for lane in lanes]


class _LaneTable(AccessTable):
    """See the module's head. A lane that a row does not have takes no part in any access or lookup, and the messages of
    its part have zeros in its place."""

    def __init__(self) -> None:
        super().__init__("keccak_lanes", __doc__ or "")
        self.time = self.column("call", lambda rows: rows.time)
        self.part = self.column("part", lambda rows: rows.part)
        self.exists = [self.bit(f"has_lane_{i}", lambda rows, i=i: rows.has(STATE_OPERAND, i)) for i in _INDICES]
        self.absorbs = [self.bit(f"absorbs_{i}", lambda rows, i=i: rows.has(BLOCK, i)) for i in _INDICES]
        self.real = self.exists[0]
        for i in _INDICES:
            # What is absorbed is accessed and looked up, and so is every lane: both only in a row in use.
            self.constrain(f"only_a_lane_absorbs_{i}", self.absorbs[i] * (1 - self.exists[i]))
            if i:
                self.constrain(f"only_a_row_in_use_has_lane_{i}", self.exists[i] * (1 - self.real))
        self.first_dword = {
            operand: self.column(f"{name}_dword", lambda rows, operand=operand: rows.first_dword(operand))
            for name, operand in (("state", STATE_OPERAND), ("block", BLOCK))
        }
        # `part` and both dwords are what the call says they are. So are the flags, for the weights of their sum are
        # different powers of two, and the first lane's is 1 wherever the message is received.
        shape = shape_of([*self.exists, *self.absorbs])
        self.receive(ACCESS, (self.time, self.part, *self.first_dword.values(), shape), self.real)

    def lane(self, i: int) -> tuple[list[Expression], list[Expression]]:
        """Lane i before the call with the block's added, and after it, in chunks."""
        names, exists = (f"before_{i}", f"after_{i}", f"block_{i}"), self.exists[i]
        values: list[Values] = [
            lambda rows: rows.before(STATE_OPERAND, i),
            lambda rows: rows.after(STATE_OPERAND, i),
            lambda rows: rows.before(BLOCK, i),
        ]
        before, after, block = (self._limbs(name, value) for name, value in zip(names, values, strict=True))
        for k, limb in enumerate(block):
            # Such a block is not read, so nothing else says that it adds nothing.
            self.constrain(f"block_{i}_limb_{k}_is_zero_unless_absorbed", (1 - self.absorbs[i]) * limb)
        self._access(f"block_{i}", BLOCK, i, block, block, self.absorbs[i])
        self._access(f"state_{i}", STATE_OPERAND, i, before, after, exists)
        spread = [
            self._spread(name, limbs, value, exists)
            for name, limbs, value in zip(names, (before, after, block), values, strict=True)
        ]
        taken = [a + b for a, b in zip(spread[0], spread[2], strict=True)]
        for c, chunk in enumerate(taken if i else []):
            # The call has zeros in its place; said here, a row gives only what it takes.
            self.constrain(f"lane_{i}_chunk_{c}_is_zero_where_there_is_none", (1 - exists) * chunk)
        return taken, spread[1]

    def _limbs(self, name: str, value: Values) -> list[Expression]:
        return self.columns(name, 4, lambda rows: split_limbs(value(rows)))

    def _access(
        self, name: str, operand: int, i: int, before: list[Expression], after: list[Expression], exists: Expression
    ) -> None:
        def previous_time(rows: LaneRows) -> np.ndarray:
            return rows.previous_time(operand, i)

        dword = self.first_dword[operand] + i
        self.access(name, dword, before, after, 1 + operand, previous_time=previous_time, real=exists)

    def _spread(self, name: str, limbs: Sequence[Expression], value: Values, exists: Expression) -> list[Expression]:
        """A lane's chunks. Limb k has the digits 2 k and 2 k + 1 of each; the lookup also says that it is a limb."""
        pieces = self.columns(f"{name}_pieces", 4 * CHUNKS, lambda rows: pieces_of(value(rows)))
        of_limb = [pieces[CHUNKS * k : CHUNKS * (k + 1)] for k in range(4)]
        for limb, spread in zip(limbs, of_limb, strict=True):
            self.send(LIMB, (limb, *spread), exists)
        return [sum((of_limb[k][c] * WEIGHTS[2 * k] for k in range(4)), constant(0)) for c in range(CHUNKS)]


def lane_module() -> TableModule:
    """The table `keccak_lanes`."""
    t = _LaneTable()
    lanes = [t.lane(i) for i in _INDICES]
    taken, given = ([chunk for lane in lanes for chunk in lane[k]] for k in range(2))
    t.send(INPUT, (t.time, t.part, *taken), t.real)
    t.receive(STATE, (t.time, PLACES_OF_A_ROUND * NUM_ROUNDS + t.part, *given), t.real)
    t.finish_accesses()

    def fill(source: Any, start: int, stop: int, writer: ColumnWriter) -> None:
        t.fill(LaneRows(source.events.precompiles[NAME], start, stop), writer)

    return module_of_calls(NAME, t.build(), fill, PARTS)
