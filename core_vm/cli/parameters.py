"""Kinds of arguments that commands share, in the form that the library takes them in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from core_vm.errors import UsageError
from core_vm.given import shown
from core_vm.statement.notation import normalised_exit_code, normalised_program_id


class Checked(click.ParamType[Any]):
    """What a function of ours makes of the text; its UsageError is the command's."""

    def __init__(self, name: str, convert: Callable[[str], Any]) -> None:
        self.name, self._convert = name, convert

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not isinstance(value, str):
            return value
        try:
            return self._convert(value)
        except UsageError as error:
            self.fail(str(error), param, ctx)


def _exit_code(text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        raise UsageError(f"an exit code is a whole number, not {shown(text)}") from None
    return normalised_exit_code(number)


PROGRAM_ID = Checked("id", normalised_program_id)
EXIT_CODE = Checked("exit code", _exit_code)
