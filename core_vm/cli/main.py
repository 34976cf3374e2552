"""The `quire` command: a group that finds its commands by entry point, and turns every error of ours into one line.

Nothing here knows which commands exist: they live in the lowest layer that has what they need, under the entry-point
group `quire.commands`, and are imported when they are called. Exit status: 0 done, 1 refused, 2 wrong usage.
"""

from __future__ import annotations

import gc
import sys
from importlib.metadata import entry_points, version
from typing import Any

import click

from core_vm.cli.output import one_line, print_json
from core_vm.errors import QuireError

ENTRY_POINT_GROUP = "quire.commands"
# The order of a first encounter; commands of other distributions follow by name.
ORDER = ("build", "id", "execute", "prove", "verify", "inspect", "security", "disasm", "warmup")

# Allocations between two looks for cyclic garbage. Tables, modules and kernels live as long as the command, and looking
# through them again and again is a tenth of the time of a small proof.
GARBAGE_THRESHOLDS = (50_000, 20, 20)


class CommandGroup(click.Group):
    """Commands by entry point, imported on use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        names = {point.name for point in entry_points(group=ENTRY_POINT_GROUP)}
        return [name for name in ORDER if name in names] + sorted(names.difference(ORDER))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        for point in entry_points(group=ENTRY_POINT_GROUP, name=cmd_name):
            return point.load()
        return None

    def invoke(self, ctx: click.Context) -> Any:
        gc.set_threshold(*GARBAGE_THRESHOLDS)
        from core_vm.cli.telling import telling

        try:
            with telling():
                return super().invoke(ctx)
        except QuireError as error:
            _refuse(error, as_json=bool(ctx.meta.get("quire.json")))


def _refuse(error: QuireError, as_json: bool) -> None:
    if as_json:
        print_json({"error": one_line(error), "kind": type(error).__name__})
    click.echo(f"quire: {one_line(error)}", err=True)
    sys.exit(1)


@click.group(cls=CommandGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(version("quire"), prog_name="quire")
def main() -> None:
    """Prove that a RISC-V program ran correctly, and verify such proofs."""


if __name__ == "__main__":
    main()
