"""The intermediate code of one block: it checks that it may run, executes its instructions, and goes on.

A register is loaded at most once between two places where the block may stop, and a result is written to its register
at once: wherever the block stops, all that was executed is done, and nothing else. So behind such a place nothing has
to be known of what was before it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core_vm.machine.execute import places
from core_vm.machine.execute.actions import NO_RD, NO_RS1, NO_RS2, Action
from core_vm.machine.execute.hot.computing import CONDITIONS, EMITTERS, Lines, is_number
from core_vm.state.memory_map import ADDRESS_LIMIT, LEAF_BYTES, TREE_DEPTH

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
_LOG_LEAF = LEAF_BYTES.bit_length() - 1
_NEVER_TOUCHED = ADDRESS_LIMIT // LEAF_BYTES
"""A leaf of memory that no run opens: its mark stands for those of all wrong addresses."""


class BlockCode:
    """The code of the block at slot `head`, which has these `instructions`: [word, immediate] each. `out` are its
    lines, `aside` those of what it seldom comes to."""

    def __init__(self, function: HotFunction, head: int, instructions: list[list[int]]) -> None:
        self.head, self.out, self.aside = head, Lines(f"v{head}_"), list[str]()
        self._function, self._cost = function, len(instructions) * function.step_cost
        self._values: dict[int, str] = dict.fromkeys(_ZEROS, "0")
        self._label, self._slot = f"b{head}", head  # what is being written, for which instruction
        self._begin()
        for word, immediate in instructions:
            self._execute(
                word & places.HOT - 1, word >> 8 & 63, word >> 16 & 63, word >> 24 & 63, word >> 32, immediate
            )
            self._slot += 1
        if instructions[-1][0] & places.HOT - 1 < Action.BEQ:
            self._slot -= 1
            self._finish(self._slot + 1)

    def _begin(self) -> None:
        """Count and charge the block; stop if its head is NEW to the shard, or if the budget may not last to its end.

        Where the head is not NEW, nothing in the block is: the head was executed in this shard, and so was all behind
        it, before control could come back to the head.
        """
        out = self.out
        budget_at, count_at = self._state(places.BUDGET), self._shared(self._function.place(self.head))
        budget, count = out.add(f"load i64, ptr {budget_at}"), out.add(f"load i64, ptr {count_at}")
        out.lines.append(f"store i64 {out.add(f'add i64 {budget}, {-self._cost}')}, ptr {budget_at}")
        count = out.add(f"add i64 {count}, 1")
        out.lines.append(f"store i64 {count}, ptr {count_at}")
        # Each is less than 0 if the block must not run: so their sign bits together say whether it may.
        spare = out.add(f"add i64 {budget}, {-self._cost - 1}")
        self._leave_if(out.add(f"icmp slt i64 {out.add(f'or i64 {spare}, {count}')}, 0"))

    def _shared(self, place: int) -> str:
        return self.out.element("i64", "shared", place)

    def _state(self, place: int) -> str:
        return self._shared(places.STATE_AT + place)

    def _leave_if(self, condition: str) -> None:
        """Stop before this instruction."""
        on = self.out.name()
        self.out.lines.append(f"br i1 {condition}, label %{self._stop()}, label %{on}")
        self._go_on_at(on)

    def _go_on_at(self, label: str) -> None:
        """Behind a place where the block may stop: only what is a number is still known."""
        self.out.lines.append(f"{label}:")
        self._label = label
        self._values = {register: value for register, value in self._values.items() if is_number(value)}

    def _stop(self, slot: int | None = None) -> str:
        """A label to branch to: the way out, where `slot` comes next after the whole block, or this instruction."""
        label = self.out.name()
        if slot is None:
            self._function.stop(label, self._slot, self._slot - self.head)
        else:
            self._function.stop(label, slot, None)
        self.aside += [f"{label}:", "br label %stop"]
        return label

    def _touch_if(self, condition: str, rs1: int, immediate: int, is_store: bool, log_size: int) -> None:
        """Touch the leaf, or stop before this instruction, if the address is wrong or if it is the interpreter's to do.

        Then nothing is different from what the interpreter does: the instruction is executed for sure, for the budget
        lasts to the end of the block also after what the leaf takes.
        """
        out, ask, on = self.out, self.out.name(), self.out.name()
        out.lines.append(f"br i1 {condition}, label %{ask}, label %{on}")
        stop, kept, self._label = self._stop(), out.lines, ask
        out.lines = [f"{ask}:"]
        self._values = {register: value for register, value in self._values.items() if is_number(value)}
        address = self._sum(rs1, immediate)
        access = is_store << places.ACCESS_IS_STORE | log_size << places.ACCESS_SIZE
        touch = out.add(f"inttoptr i64 {self._function.touch} to ptr")
        is_done = out.add(f"icmp ne i64 {out.add(f'call i64 {touch}(i64 {address}, i64 {access}, ptr %state)')}, 0")
        self.aside += [*out.lines, f"br i1 {is_done}, label %{on}, label %{stop}"]
        out.lines = kept
        self._go_on_at(on)

    def _execute(self, action: int, rd: int, rs1: int, rs2: int, target: int, immediate: int) -> None:
        if action < Action.LB:
            self._write(rd, EMITTERS[action](self.out, self._read(rs1), self._sum(rs2, immediate)))
        elif action < Action.BEQ:
            self._access(action, rd, rs1, immediate, rs2)
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
            self._values[register] = self.out.add(f"load i64, ptr {self._shared(register)}")
        return self._values[register]

    def _sum(self, register: int, immediate: int) -> str:
        value = self._read(register)
        if is_number(value):
            return str((int(value) + immediate + 2**63) % 2**64 - 2**63)
        return self.out.add(f"add i64 {value}, {immediate}") if immediate else value

    def _write(self, register: int, value: str) -> None:
        if register != NO_RD:
            self._values[register] = value
            self.out.lines.append(f"store i64 {value}, ptr {self._shared(register)}")

    def _access(self, action: int, rd: int, rs1: int, immediate: int, rs2: int) -> None:
        """A load or store of an aligned address, whose leaf the shard has touched in this way before.

        A wrong address has bits above those of the number of a leaf once its low bits, which ought to be zero, came to
        the upper end. The mark that is looked up for it is that of a leaf that is never touched.
        """
        out, is_store = self.out, action in _STORES
        log_size, fill = (_STORES[action], "") if is_store else _LOADS[action]
        unit = out.rotate_right(self._sum(rs1, immediate), log_size)
        leaf = out.add(f"lshr i64 {unit}, {_LOG_LEAF - log_size}")
        is_wrong = out.add(f"icmp ugt i64 {leaf}, {_NEVER_TOUCHED}")
        leaf = out.add(f"select i1 {is_wrong}, i64 {_NEVER_TOUCHED}, i64 {leaf}")
        mark = out.add(f"load i8, ptr {out.element('i8', 'marks', out.add(f'add i64 {leaf}, {2**TREE_DEPTH}'))}")
        is_first = out.add(f"icmp ult i8 {mark}, {'%stored' if is_store else '%opened'}")
        self._touch_if(is_first, rs1, immediate, is_store, log_size)
        at, kind = out.element("i8", "memory", self._sum(rs1, immediate)), f"i{8 << log_size}"
        if is_store:
            value = self._read(rs2)
            if log_size < 3 and not is_number(value):
                value = out.add(f"trunc i64 {value} to {kind}")
            elif log_size < 3:
                value = str(int(value) % 2 ** (8 << log_size))
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
        self._end()
        self._function.jump(self._label, number)
        out.lines.append("br label %dispatch")

    def _branch(self, condition: str, a: str, b: str, target: int) -> None:
        self._end()
        is_taken = self.out.add(f"icmp {condition} i64 {a}, {b}")
        taken, other = self._way(target), self._way(self._slot + 1)
        self.out.lines.append(f"br i1 {is_taken}, label %{taken}, label %{other}")

    def _finish(self, target: int) -> None:
        self._end()
        self.out.lines.append(f"br label %{self._way(target)}")

    def _way(self, slot: int) -> str:
        """The label to branch to for this slot."""
        return f"b{slot}" if self._function.is_compiled(slot) else self._stop(slot)

    def _end(self) -> None:
        """Behind all that may stop in the block, and before what comes next."""
        self.out.lines.append(f"store i64 {self._slot}, ptr {self._state(places.PREVIOUS_SLOT)}")
