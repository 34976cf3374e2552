"""Program ids and exit codes, as people write them."""

from __future__ import annotations

import pytest

from core_vm.errors import UsageError
from core_vm.statement.notation import format_exit_code, normalised_exit_code, normalised_program_id

ID = "0123456789abcdef" * 4


@pytest.mark.parametrize("text", [ID, ID.upper(), "0x" + ID, "0X" + ID.upper()])
def test_ids_in_either_case_with_or_without_prefix_are_one(text: str) -> None:
    assert normalised_program_id(text) == ID


@pytest.mark.parametrize(
    "text",
    ["", "0x", ID[1:], ID + "0", "0x" + ID[2:], "0x0x" + ID[4:], "g" + ID[1:], "0x" + "0x" + ID, " " + ID[1:], None, 7,
     ID.encode(), "٣" * 64],
    ids=repr,
)  # fmt: skip
def test_a_malformed_id_is_wrong_usage(text: object) -> None:
    with pytest.raises(UsageError, match="64 hexadecimal digits"):
        normalised_program_id(text)


@pytest.mark.parametrize(
    ("code", "bits", "shown"),
    [
        (0, 0, "0"),
        (7, 7, "7"),
        (2**31 - 1, 2**31 - 1, "2147483647"),
        (-1, 2**32 - 1, "4294967295 (-1)"),
        (2**32 - 1, 2**32 - 1, "4294967295 (-1)"),
        (-(2**31), 2**31, "2147483648 (-2147483648)"),
    ],
)
def test_an_exit_code_is_32_bits_with_or_without_sign(code: int, bits: int, shown: str) -> None:
    assert normalised_exit_code(code) == bits
    assert format_exit_code(bits) == shown


@pytest.mark.parametrize("code", [2**32, -(2**31) - 1, "1", 1.0, True, None])
def test_anything_else_is_wrong_usage(code: object) -> None:
    with pytest.raises(UsageError, match="32 bits"):
        normalised_exit_code(code)
