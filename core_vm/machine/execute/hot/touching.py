"""The first touch of a leaf by compiled code, as LLVM's intermediate code: logged and marked; charged later.

    int64 touch(int64 address, int64 access, int64 *state)

says whether it is done; if it is 0, the interpreter has to do the access. `access` is made of what `places` says. What
cannot become pending (`pending_kernels`) is handed on to `hot_kernels.touch_first`.

    void settle(int64 *state)

charges what is pending, where compiled code stops.
"""

from __future__ import annotations

from functools import cache
from typing import Final, NamedTuple

from core_vm.host.intermediate_code import Assembled, assemble
from core_vm.machine.execute import places
from core_vm.state.memory_map import ADDRESS_LIMIT, TREE_DEPTH

_ARRAYS: Final = {
    "dwords": places.DWORDS_AT, "marks": places.MARKS_AT, "touched": places.TOUCHED_AT, "saved": places.SAVED_AT,
    "pending": places.PENDING_AT,
}  # fmt: skip
"""Where in the state the addresses of the arrays are that a first touch works on."""
_SETTLED: Final = ("marks", "touched", "pending")


def _load(name: str, place: int, kind: str = "i64") -> str:
    return f"""  %{name}_at = getelementptr i64, ptr %state, i64 {place}
  %{name} = load {kind}, ptr %{name}_at"""


def _loads(*names: str) -> str:
    return "\n".join(_load(name, _ARRAYS[name], "ptr") for name in names)


def _pointers(*names: str) -> str:
    return ", ".join(f"ptr %{name}" for name in (*names, "state"))


class Touching(NamedTuple):
    """Addresses of the two functions, which live as long as this."""

    assembled: Assembled
    touch: int
    settle: int


@cache
def touching() -> Touching | None:
    """The two functions, once for all runs of this process; None where LLVM makes no code."""
    from core_vm.machine.execute.hot_kernels import settle_pending, touch_first

    text = _TEXT.replace("TOUCH_FIRST", str(touch_first.address)).replace("SETTLE_PENDING", str(settle_pending.address))
    made = assemble(text, "touch")
    return Touching(made, made.address, made.address_of("settle")) if made else None


_TEXT: Final = f"""
define void @settle(ptr %state) {{
{_load("num_pending", places.NUM_PENDING)}
  %is_pending = icmp ne i64 %num_pending, 0
  br i1 %is_pending, label %settling, label %leaving
settling:
{_loads(*_SETTLED)}
  %settle_pending = inttoptr i64 SETTLE_PENDING to ptr
  %done = call i64 %settle_pending({_pointers(*_SETTLED)})
  ret void
leaving:
  ret void
}}

define i64 @touch(i64 %address, i64 %access, ptr %state) {{
{_load("num_pending", places.NUM_PENDING)}
{_load("room", places.PENDING_ROOM)}
{_load("null_end", places.NULL_END)}
{_load("guard_start", places.GUARD_START)}
{_load("guard_end", places.GUARD_END)}
{_loads(*_ARRAYS)}
  %leaf = lshr i64 %address, 5
  %log_size = lshr i64 %access, {places.ACCESS_SIZE}
  %size = shl i64 1, %log_size
  %ones = sub i64 %size, 1
  %low = and i64 %address, %ones
  %is_misaligned = icmp ne i64 %low, 0
  %is_outside = icmp uge i64 %address, {ADDRESS_LIMIT}
  %is_wrong = or i1 %is_outside, %is_misaligned
  %is_full = icmp sge i64 %num_pending, %room
  %is_null = icmp slt i64 %leaf, %null_end
  %into_guard = sub i64 %leaf, %guard_start
  %guard_size = sub i64 %guard_end, %guard_start
  %is_guarded = icmp ult i64 %into_guard, %guard_size
  %not_owned = or i1 %is_null, %is_guarded
  %is_refused = or i1 %is_wrong, %not_owned
  %is_left = or i1 %is_refused, %is_full
  br i1 %is_left, label %at_once, label %later
at_once:
  %touch_first = inttoptr i64 TOUCH_FIRST to ptr
  %is_done = call i64 %touch_first(i64 %address, i64 %access, {_pointers(*_ARRAYS)})
  ret i64 %is_done
later:
{_load("mark", places.MARK)}
{_load("number", places.NUM_TOUCHED)}
{_load("log_mask", places.LOG_MASK)}
{_load("num_stores", places.NUM_PENDING_STORES)}
{_load("compressions", places.PENDING_COMPRESSIONS)}
  %fault_at = getelementptr i64, ptr %state, i64 {places.FAULT}
  store i64 %address, ptr %fault_at
  %shifted = lshr i64 %access, {places.ACCESS_IS_STORE}
  %is_store = and i64 %shifted, 1
  %opened = shl i64 %mark, 1
  %wanted = or i64 %opened, %is_store
  %node = or i64 %leaf, {2**TREE_DEPTH}
  %node_at = getelementptr i8, ptr %marks, i64 %node
  %before = load i8, ptr %node_at
  %narrow_opened = trunc i64 %opened to i8
  %narrow_wanted = trunc i64 %wanted to i8
  store i8 %narrow_wanted, ptr %node_at
  %is_new = icmp ult i8 %before, %narrow_opened
  %was_there = icmp ne i8 %before, 0
  %is_proved = and i1 %is_new, %was_there
  %one_new = zext i1 %is_new to i64
  %one_proved = zext i1 %is_proved to i64
  %logged = and i64 %number, %log_mask
  %logged_at = getelementptr i64, ptr %touched, i64 %logged
  store i64 %leaf, ptr %logged_at
  %byte = shl i64 %leaf, 5
  %content_at = getelementptr i8, ptr %dwords, i64 %byte
  %content = load <4 x i64>, ptr %content_at, align 8
  %saved_byte = shl i64 %logged, 5
  %saved_at_number = getelementptr i8, ptr %saved, i64 %saved_byte
  store <4 x i64> %content, ptr %saved_at_number, align 8
  %next_number = add i64 %number, %one_new
  store i64 %next_number, ptr %number_at
  %pending_at_store = getelementptr i64, ptr %pending, i64 %num_stores
  store i64 %leaf, ptr %pending_at_store
  %next_stores = add i64 %num_stores, %is_store
  store i64 %next_stores, ptr %num_stores_at
  %with_before = add i64 %compressions, %one_proved
  %with_after = add i64 %with_before, %is_store
  store i64 %with_after, ptr %compressions_at
  %next_pending = add i64 %num_pending, 1
  store i64 %next_pending, ptr %num_pending_at
  ret i64 1
}}
"""
