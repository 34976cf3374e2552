"""The lanes of a call in memory, three a row, nine rows a call: read, handed over in digits, and replaced.

The block is read at time t + 1 and the state is read and written at t + 2, so a block that lies inside the state is
well defined. A lookup spreads a limb over the eight chunks of its lane, two bits to each; the pieces are bound to the
limb, and the limb by memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from core_vm.air.expression import Expression, constant
from core_vm.arguments import rely_on
from core_vm.tables.gadgets.accesses import AccessTable, Presence
from core_vm.tables.gadgets.calls import module_of_calls
from core_vm.tables.gadgets.rows import split_limbs
from core_vm.witness.module import ColumnWriter, TableModule
from precompiles.keccak.buses import ACCESS, INPUT, LANES_IN_A_PART, LIMB, PARTS, PLACES_OF_A_ROUND, STATE
from precompiles.keccak.digits import CHUNKS, WEIGHTS
from precompiles.keccak.lane_rows import LaneRows, Values, pieces_of
from precompiles.keccak.operands import BLOCK, NAME, OPERANDS, STATE_OPERAND
from precompiles.keccak.reference import NUM_ROUNDS

_INDICES: Final = range(LANES_IN_A_PART)


class Group(NamedTuple):
    """Lanes of a part that the operand has all of, or none: so one column says whether a row accesses them."""

    name: str
    operand: int
    lanes: tuple[int, ...]


def _is_there(operand: int, part: int, i: int) -> bool:
    """Whether the operand has a dword for lane i of the part."""
    return LANES_IN_A_PART * part + i < OPERANDS[operand].dwords


GROUPS: Final = (
    Group("state_1_2", STATE_OPERAND, (1, 2)),
    Group("block_0_1", BLOCK, (0, 1)),
    Group("block_2", BLOCK, (2,)),
)
"""All but the state's lane 0, which every part has."""
rely_on(
    all(len({_is_there(g.operand, part, i) for i in g.lanes}) == 1 for g in GROUPS for part in range(PARTS))
    and all(_is_there(STATE_OPERAND, part, 0) for part in range(PARTS)),
    "a part has all lanes of a group or none",
)


def shape_of(shape: Sequence[Any]) -> Any:
    """For each group whether it is there, integers or columns, in one number."""
    return sum(there * 2**k for k, there in enumerate(shape))


def part_shape(part: int) -> list[int]:
    """The shape of a part."""
    return [int(_is_there(group.operand, part, group.lanes[0])) for group in GROUPS]


class _LaneTable(AccessTable):
    """See the module's head. A lane that a row does not have takes no part in any access or lookup, and the messages of
    its part have zeros in its place."""

    def __init__(self) -> None:
        super().__init__("keccak_lanes", __doc__ or "")
        self.time = self.column("call", lambda rows: rows.time)
        self.part = self.column("part", lambda rows: rows.part)
        self.real = self.bit("real", lambda rows: np.ones(len(rows), np.uint8))
        always = Presence(self.real, self.time, lambda rows: rows.time)
        dword = self.column("state_0_dword", lambda rows: rows.first_dword(STATE_OPERAND, 0))
        self.presence = {(STATE_OPERAND, 0): always}
        self.dword = {(STATE_OPERAND, 0): dword}
        for group in GROUPS:
            self._declare(group)
        # `part` and the dwords are what the call says they are, for those of absent lanes zero. So are the flags, for
        # the weights of their sum are different powers of two.
        firsts = [group.lanes[0] for group in GROUPS]
        groups = [(group.operand, first) for group, first in zip(GROUPS, firsts, strict=True)]
        shape = shape_of([self.presence[group].real for group in groups])
        self.receive(ACCESS, (self.time, self.part, shape, dword, *(self.dword[group] for group in groups)), self.real)

    def _declare(self, group: Group) -> None:
        """The columns of its accesses: whether they are there, when, and where."""
        name, operand, i = group.name, group.operand, group.lanes[0]
        there = self.bit(f"has_{name}", lambda rows: rows.has(operand, i))
        # What is there is accessed and looked up: only in a row in use.
        self.constrain(f"only_a_row_in_use_has_{name}", there * (1 - self.real))
        time = self.column(f"{name}_time", lambda rows: rows.times(operand, i))
        self.constrain(f"{name}_has_the_time_of_the_call_or_none", time - there * self.time)
        dword = self.column(f"{name}_dword", lambda rows: rows.first_dword(operand, i))
        presence = Presence(there, time, lambda rows: rows.times(operand, i))
        for lane in group.lanes:
            self.presence[operand, lane], self.dword[operand, lane] = presence, dword

    def lane(self, i: int) -> tuple[list[Expression], list[Expression]]:
        """Lane i before the call with the block's added, and after it, in chunks."""
        names, exists = (f"before_{i}", f"after_{i}", f"block_{i}"), self.presence[STATE_OPERAND, i].real
        values: list[Values] = [
            lambda rows: rows.before(STATE_OPERAND, i),
            lambda rows: rows.after(STATE_OPERAND, i),
            lambda rows: rows.before(BLOCK, i),
        ]
        before, after, block = (self._limbs(name, value) for name, value in zip(names, values, strict=True))
        for k, limb in enumerate(block):
            # Such a block is not read, so nothing else says that it adds nothing.
            absorbs = self.presence[BLOCK, i].real
            self.constrain(f"block_{i}_limb_{k}_is_zero_unless_absorbed", (1 - absorbs) * limb)
        self._access(f"block_{i}", BLOCK, i, block, block)
        self._access(f"state_{i}", STATE_OPERAND, i, before, after)
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

    def _access(self, name: str, operand: int, i: int, before: list[Expression], after: list[Expression]) -> None:
        def previous_time(rows: LaneRows) -> np.ndarray:
            return rows.previous_time(operand, i)

        dword, where = self.dword[operand, i] + i, self.presence[operand, i]
        self.access(name, dword, before, after, 1 + operand, previous_time, where)

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
