"""What a caller expects is looked at before any proof is."""

from __future__ import annotations

import pytest

from core_vm.errors import UsageError
from core_vm.statement.expected import Expected

ID = "0" * 64


@pytest.mark.parametrize("given", [None, b"", b"abc", bytearray(b"abc"), memoryview(b"abc")])
def test_an_input_is_bytes_or_none(given: bytes | None) -> None:
    assert Expected.of(ID, 0, given).input_bytes == given


@pytest.mark.parametrize("given", ["text", 5, [1, 2]])
def test_any_other_input_is_wrong_usage(given: object) -> None:
    with pytest.raises(UsageError, match=r"an input is bytes, not \w+"):
        Expected.of(ID, 0, given)
