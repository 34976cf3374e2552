"""What a trap says: the reason, in the words of whoever wrote the guest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from core_vm.isa.formats import encoding_of, immediate_of
from core_vm.state.memory_map import ADDRESS_LIMIT

if TYPE_CHECKING:
    from core_vm.machine.program.program import Program

_EBREAK: Final = 0x00100073
_UNIMP: Final = 0xC0001073
"""Writing a read-only register: what assemblers call `unimp`, and compilers put where nothing may get to."""
_FOREIGN_OPCODES: Final = {
    **dict.fromkeys((0x07, 0x27, 0x43, 0x47, 0x4B, 0x4F, 0x53), "floating point"),
    0x2F: "an atomic operation",
    0x57: "a vector operation",
    0x73: "a system instruction",
}


def bad_access(address: int) -> str:
    """The reason of a load or store that leaves the memory map."""
    return f"access to address 0x{address:x}, outside the memory map (addresses end at 0x{ADDRESS_LIMIT:x})"


def bad_jump(target: int, null_end: int) -> str:
    """The reason of a jump to the byte address `target`. Null pointers reach what is below `null_end`."""
    place = f"jump to 0x{target:x}, outside the code"
    if target % 4:
        return f"{place}: every instruction lies at a multiple of 4"
    return f"null pointer: {place}" if target < null_end else place


def no_instruction(program: Program, slot: int, previous_slot: int, null_end: int) -> str:
    """The reason of a stop at a slot that cannot be executed, reached from `previous_slot`."""
    if program.has_code[slot]:
        return _bad_word(int(program.words[slot]))
    if slot < len(program.pc_index) - 1:
        return "the instruction after this one lies outside the code"
    # The slot that stands for every place without code: a jump or branch with a fixed target led there.
    word = int(program.words[previous_slot])
    encoding = encoding_of(word)
    distance = immediate_of(word, encoding.form) if encoding else 0
    return bad_jump((4 * int(program.pc_index[previous_slot]) + distance) % 2**64, null_end)


def _bad_word(word: int) -> str:
    """The reason of an instruction word that the machine does not know."""
    if word == _EBREAK:
        return "breakpoint (ebreak): a failed check, or __builtin_trap() of some compilers"
    if word == _UNIMP:
        return "unimp: __builtin_trap(), or a place that the compiler holds unreachable"
    reason = f"illegal instruction 0x{word:08x}"
    if word & 3 != 3:
        return f"{reason}: no code, or compressed code"
    kind = _FOREIGN_OPCODES.get(word & 0x7F)
    return f"{reason}: {kind}, which RV64IM does not have" if kind else reason
