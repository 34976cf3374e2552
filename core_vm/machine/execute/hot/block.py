"""The intermediate code of one block: it checks that it may run, executes its instructions, is counted, and goes on.

Within the block a register is loaded at most once. A result is written to its register at once: wherever the block
stops, all that was executed is done, and nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core_vm.machine.execute import places
from core_vm.machine.execute.actions import NO_RD, NO_RS1, NO_RS2, Action
from core_vm.machine.execute.hot.computing import CONDITIONS, EMITTERS, Lines
from core_vm.state.memory_map import ADDRESS_LIMIT, TREE_DEPTH

if TYPE_CHECKING:
    from core_vm.machine.execute.hot.function import HotFunction

_ZEROS: tuple[int, ...] = (0, NO_RS1, NO_RS2)
"""Registers that hold 0: nothing writes them."""
_LOADS: dict[int, tuple[int, str]] = {
    Action.LB: (0, "sext"), Action.LH: (1, "sext"), Action.LW: (2, "sext"), Action.LD: (3, ""),
    Action.LBU: (0, "zext"), Action.LHU: (1, "zext"), Action.LWU: (2, "zext"),
}  # fmt: skip
"""log2 of the bytes, and how they fill the register."""
_STORES: dict[int, int] = {Action.SB: 0, Action.SH: 1, Action.SW: 2, Action.SD: 3}


class BlockCode:
    """The code of the block at slot `head`, which has these `instructions`: [word, immediate] each."""

    def __init__(self, function: HotFunction, head: int, instructions: list[list[int]]) -> None:
        self.head, self.out = head, Lines(f"v{head}_")
        self._function, self._cost = function, len(instructions) * function.step_cost
        self._values: dict[int, str] = dict.fromkeys(_ZEROS, "0")
        self._label, self._slot = f"b{head}", head  # what is being written, for which instruction
        self._check()
        for word, immediate in instructions:
            self._execute(
                word & places.HOT - 1, word >> 8 & 63, word >> 16 & 63, word >> 24 & 63, word >> 32, immediate
            )
            self._slot += 1
        if instructions[-1][0] & places.HOT - 1 < Action.BEQ:
            self._slot -= 1
            self._finish(self._slot + 1)

    def _check(self) -> None:
        """Leave it to the interpreter if the head is NEW to the shard, or if the budget may not last to the end.

        Where the head is not NEW, nothing in the block is: the head was executed in this shard, and so was all behind
        it, before control could come back to the head.
        """
        out, head = self.out, self.head
        word = out.add(f"load i8, ptr {out.element('i64', 'code', 2 * head)}")
        is_new = out.add(f"icmp ne i8 {out.add(f'and i8 {word}, {places.NEW}')}, 0")
        budget = out.add("load i64, ptr %budget_at")
        is_short = out.add(f"icmp sle i64 {budget}, {self._cost}")
        self._leave_if(out.add(f"or i1 {is_new}, {is_short}"))

    def _leave_if(self, condition: str) -> None:
        """Stop before this instruction."""
        out, on = self.out, self.out.name()
        leaving = self._stop(self._slot, self._slot - self.head)
        out.lines += [f"br i1 {condition}, label %{leaving[0]}, label %{on}, !prof !0", *leaving[1], f"{on}:"]
        self._label = on

    def _touch_if(self, is_first: str, is_wrong: str, address: str, is_store: bool, log_size: int) -> None:
        """Touch the leaf, or stop before this instruction, if the address is wrong or if it is the interpreter's to do.

        Then nothing is different from what the interpreter does: the instruction is executed for sure, for the budget
        lasts to the end of the block also after what the leaf takes.
        """
        out, ask, on = self.out, self.out.name(), self.out.name()
        condition = out.add(f"or i1 {is_wrong}, {is_first}")
        stop, there = self._stop(self._slot, self._slot - self.head)
        out.lines += [f"br i1 {condition}, label %{ask}, label %{on}, !prof !0", f"{ask}:"]
        access = (
            is_store << places.ACCESS_IS_STORE | log_size << places.ACCESS_SIZE | self._cost << places.ACCESS_RESERVED
        )
        is_done = out.add(f"call preserve_mostcc i1 @touch(i64 {address}, i1 {is_wrong}, i64 {access}, ptr %state)")
        out.lines += [f"br i1 {is_done}, label %{on}, label %{stop}", *there, f"{on}:"]
        self._label = on

    def _stop(self, slot: int, executed: int) -> tuple[str, list[str]]:
        """A label to branch to, and what stands there: the way out where `slot` comes next."""
        label = self.out.name()
        self._function.stop(label, slot, executed)
        return label, [f"{label}:", "br label %stop"]

    def _execute(self, action: int, rd: int, rs1: int, rs2: int, target: int, immediate: int) -> None:
        if action < Action.LB:
            self._write(rd, EMITTERS[action](self.out, self._read(rs1), self._sum(rs2, immediate)))
        elif action < Action.BEQ:
            self._access(action, rd, self._sum(rs1, immediate), rs2)
        elif action < Action.JUMP:
            self._branch(CONDITIONS[action], self._read(rs1), self._read(rs2), target)
        elif action == Action.JALR:
            self._jump(rd, self._sum(rs1, immediate))
        else:
            if action == Action.JUMP_LINK:
                self._write(rd, str(immediate))
            self._finish(target)

    def _read(self, register: int) -> str:
        if register not in self._values:
            at = self.out.element("i64", "registers", register)
            self._values[register] = self.out.add(f"load i64, ptr {at}")
        return self._values[register]

    def _sum(self, register: int, immediate: int) -> str:
        value = self._read(register)
        if value == "0":
            return str(immediate)
        return self.out.add(f"add i64 {value}, {immediate}") if immediate else value

    def _write(self, register: int, value: str) -> None:
        if register != NO_RD:
            self._values[register] = value
            self.out.lines.append(f"store i64 {value}, ptr {self.out.element('i64', 'registers', register)}")

    def _access(self, action: int, rd: int, address: str, rs2: int) -> None:
        """A load or store of an aligned address, whose leaf the shard has touched in this way before.

        The mark is read before it is known that the address is below the limit: the mask keeps it in the array.
        """
        out, is_store = self.out, action in _STORES
        log_size, fill = (_STORES[action], "") if is_store else _LOADS[action]
        # One comparison for both: low bits that ought to be zero come to the upper end.
        unit = out.rotate_right(address, log_size)
        is_wrong = out.add(f"icmp uge i64 {unit}, {ADDRESS_LIMIT >> log_size}")
        leaf = out.add(f"and i64 {out.add(f'lshr i64 {address}, 5')}, {2**TREE_DEPTH - 1}")
        mark = out.add(f"load i32, ptr {out.element('i32', 'marks', out.add(f'or i64 {leaf}, {2**TREE_DEPTH}'))}")
        is_first = out.add(f"icmp ult i32 {mark}, {'%stored' if is_store else '%opened'}")
        self._touch_if(is_first, is_wrong, address, is_store, log_size)
        at, kind = out.element("i8", "memory", address), f"i{8 << log_size}"
        if is_store:
            value = self._read(rs2)
            value = out.add(f"trunc i64 {value} to {kind}") if log_size < 3 else value
            out.lines.append(f"store {kind} {value}, ptr {at}")
        else:
            value = out.add(f"load {kind}, ptr {at}")
            self._write(rd, out.add(f"{fill} {kind} {value} to i64") if fill else value)

    def _jump(self, rd: int, address: str) -> None:
        """To a compiled head in the same run of code, wherever it is."""
        out, slot, ranges = self.out, self._slot, self._function.ranges
        first, count, first_slot = ranges[np.searchsorted(ranges[:, 2], slot, "right") - 1].tolist()
        even = out.add(f"and i64 {address}, -2")
        index = out.rotate_right(even, 2)
        offset = out.add(f"sub i64 {index}, {first}")
        self._leave_if(out.add(f"icmp uge i64 {offset}, {count}"))
        at = out.element("i32", "numbers", out.add(f"add i64 {offset}, {first_slot}"))
        number = out.add(f"load i32, ptr {at}")
        self._leave_if(out.add(f"icmp eq i32 {number}, 0"))
        self._write(rd, str(4 * (first + slot - first_slot + 1)))
        self._count()
        self._function.jump(self._label, number)
        out.lines.append("br label %dispatch")

    def _branch(self, condition: str, a: str, b: str, target: int) -> None:
        self._count()
        is_taken = self.out.add(f"icmp {condition} i64 {a}, {b}")
        taken, other = self._way(target), self._way(self._slot + 1)
        self.out.lines += [f"br i1 {is_taken}, label %{taken[0]}, label %{other[0]}", *taken[1], *other[1]]

    def _finish(self, target: int) -> None:
        self._count()
        label, there = self._way(target)
        self.out.lines += [f"br label %{label}", *there]

    def _way(self, slot: int) -> tuple[str, list[str]]:
        """The label to branch to for this slot, and what stands there if no compiled block does."""
        return (f"b{slot}", []) if self._function.is_compiled(slot) else self._stop(slot, 0)

    def _count(self) -> None:
        """Count the block and take its instructions from the budget, behind all that may stop in it."""
        out = self.out
        at = out.element("i64", "blocks", 3 * self._function.place(self.head) + places.BLOCK_COUNT)
        number, budget = out.add(f"load i64, ptr {at}"), out.add("load i64, ptr %budget_at")
        out.lines += [
            f"store i64 {out.add(f'add i64 {number}, 1')}, ptr {at}",
            f"store i64 {out.add(f'sub i64 {budget}, {self._cost}')}, ptr %budget_at",
            f"store i64 {self._slot}, ptr %previous_at",
        ]
