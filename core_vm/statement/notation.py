"""Program ids and exit codes, as people and programs write them, in one form.

The commands' options are made of these: so nothing is imported here that takes long to load.
"""

from __future__ import annotations

import string

from core_vm.errors import UsageError
from core_vm.given import is_integer, shown

PROGRAM_ID_DIGITS = 64
_EXIT_CODES = 2**32


def normalised_program_id(text: str) -> str:
    """64 lower-case hexadecimal digits, from an id in either case, with or without 0x. Raises UsageError."""
    digits = text.lower().removeprefix("0x") if isinstance(text, str) else ""
    if len(digits) != PROGRAM_ID_DIGITS or not set(digits) <= set(string.hexdigits):
        raise UsageError(
            f"a program id has {PROGRAM_ID_DIGITS} hexadecimal digits, with or without 0x, not {shown(text)}"
        )
    return digits


def normalised_exit_code(code: int) -> int:
    """The 32 bits of a guest's exit status: -1, as C programs return it, is 4294967295. Raises UsageError."""
    if not is_integer(code) or not -(_EXIT_CODES // 2) <= code < _EXIT_CODES:
        raise UsageError(
            f"an exit code has 32 bits, from {-(_EXIT_CODES // 2)} to {_EXIT_CODES - 1}, not {shown(code)}"
        )
    return int(code) % _EXIT_CODES


def format_exit_code(code: int) -> str:
    """For people: 4294967295 (-1) where the sign bit is set."""
    return str(code) if code < _EXIT_CODES // 2 else f"{code} ({code - _EXIT_CODES})"
