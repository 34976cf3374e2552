"""The function of a program's hot blocks, as LLVM's intermediate code.

    int64 run_hot(int64 *shared, uint8 *memory, uint8 *marks, int32 *numbers)

goes on from the head of a block at state[SLOT], as long as all is as it was compiled for, and stops before whatever the
interpreter has to do: a first access to a leaf that might end the stretch, a misaligned or a wrong one, a jump to what
is not compiled, a block that the shard has not executed, a budget that may not last for the block. The result says
which slot that is, from the bit LOG_BLOCK on. Below it is 0 after whole blocks, and state[BUDGET] and
state[PREVIOUS_SLOT] are as they were after the last one. Else the stop is in a block, which is counted and charged as
if it were executed; it is one more than the number of its instructions that were.

`shared` are the registers, the state and the executions of the blocks, as `places` says. `numbers` has a place for each
slot: the number of the compiled block that begins there, from 1 on, or 0.

LLVM translates it without looking further than a few instructions (`host.intermediate_code`), and keeps nothing in the
processor's registers from one of its blocks to the next. So what is needed often is reached by one address, and what
happens seldom stands behind all the rest, out of the way.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from core_vm.machine.execute import places
from core_vm.machine.execute.hot.block import BlockCode
from core_vm.machine.execute.hot.touching import Touching

NAME: Final = "run_hot"
_BEGIN = f"""
define i64 @{NAME}(ptr %shared, ptr %memory, ptr %marks, ptr %numbers) {{
entry:
  %state = getelementptr i64, ptr %shared, i64 {places.STATE_AT}
  %slot_at = getelementptr i64, ptr %state, i64 {places.SLOT}
  %mark_at = getelementptr i64, ptr %state, i64 {places.MARK}
  %slot = load i64, ptr %slot_at
  %mark = load i64, ptr %mark_at
  %narrow_mark = trunc i64 %mark to i8
  %opened = shl i8 %narrow_mark, 1
  %stored = or i8 %opened, 1
  %number_at = getelementptr i32, ptr %numbers, i64 %slot
  %number = load i32, ptr %number_at
  br label %dispatch
"""
_END = """
  %settle = inttoptr i64 SETTLE to ptr
  call void %settle(ptr %state)
  ret i64 %result
}
"""


class HotFunction:
    """The function for some blocks of packed code. `heads` and `stops` are as in `Blocks`, of these alone; `ranges` are
    the program's `code_ranges`; every instruction takes `step_cost` from the budget; `touching` is called."""

    def __init__(
        self,
        code: np.ndarray,
        ranges: np.ndarray,
        heads: np.ndarray,
        stops: np.ndarray,
        step_cost: int,
        touching: Touching,
    ) -> None:
        self.ranges, self.step_cost, self.touch, self._settle = ranges, step_cost, touching.touch, touching.settle
        self._numbers = {head: number for number, head in enumerate(heads.tolist(), 1)}
        self._jumps, self._stops = [("entry", "%number")], list[tuple[str, str]]()
        bounds = zip(heads.tolist(), stops.tolist(), strict=True)
        self._blocks = [BlockCode(self, head, code[head:stop].tolist()) for head, stop in bounds]

    def place(self, head: int) -> int:
        """Where in `shared` a block is counted."""
        return places.COUNTS_AT + self._numbers[head] - 1

    def is_compiled(self, slot: int) -> bool:
        """Whether a block that is compiled begins there: at the label b{slot}."""
        return slot in self._numbers

    def jump(self, label: str, number: str) -> None:
        """Add a way to the block of that number."""
        self._jumps.append((label, number))

    def stop(self, label: str, slot: int, executed: int | None) -> None:
        """Add a way out, before `slot`: after so many instructions of a block, or after a whole one."""
        self._stops.append((label, str(slot << places.LOG_BLOCK | (0 if executed is None else executed + 1))))

    def text(self) -> str:
        """The module."""
        cases = " ".join(f"i32 {number}, label %b{head}" for head, number in self._numbers.items())
        parts = [_BEGIN, "dispatch:", _phi("i32", "%at", self._jumps)]
        parts += [f"switch i32 %at, label %nowhere [{cases}]", "nowhere:", "unreachable"]
        for block in self._blocks:
            parts += [f"b{block.head}:", *block.out.lines]
        for block in self._blocks:
            parts += block.aside
        end = _END.replace("SETTLE", str(self._settle))
        return "\n".join([*parts, "stop:", _phi("i64", "%result", self._stops), end])


def _phi(kind: str, name: str, ways: list[tuple[str, str]]) -> str:
    return f"{name} = phi {kind} " + ", ".join(f"[{value}, %{label}]" for label, value in ways)
