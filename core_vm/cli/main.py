"""The `quire` command: a group that finds its commands by entry point, and turns every error of ours into one line.

Nothing here knows which commands exist: they live in the lowest layer that has what they need, and are imported when
they are called. Exit status: 0 done, 1 refused, 2 wrong usage, 130 and
143 interrupted and terminated, 141 where nobody reads the output any more.
"""

from __future__ import annotations

import gc
import os
import sys
from typing import Any, NoReturn

import click

from core_vm.cli import streams
from core_vm.cli.endings import Ended, stop_listening, unwind_on_signals
from core_vm.cli.installed_commands import command_of, installed_commands
from core_vm.cli.output import one_line, print_json
from core_vm.errors import QuireError, ResourceError
from core_vm.host.garbage import look_seldom

# The order of a first encounter; commands of other distributions follow by name.
ORDER = ("build", "id", "execute", "prove", "verify", "inspect", "security", "disasm", "warmup", "worker")

# numpy's library of linear algebra starts a thread for every core when it is imported; ours are small products.
LINEAR_ALGEBRA_THREADS = ("OPENBLAS_NUM_THREADS", "1")


class CommandGroup(click.Group):
    """Commands by entry point, imported on use. A call is the process's program; `main` leaves the process alone."""

    def __call__(self, *args: Any, **kwargs: Any) -> NoReturn:
        streams.guard()
        unwind_on_signals()
        look_seldom()
        os.environ.setdefault(*LINEAR_ALGEBRA_THREADS)
        status: str | int | None = 0
        try:
            self.main(*args, **kwargs)
        except Ended as end:
            stop_listening()
            click.echo(f"quire: {end.why}", err=True)
            status = end.code
        except SystemExit as end:
            status = end.code
        except streams.OutputLost:
            pass  # `final_status` knows why
        gc.freeze()  # what is left lives until the end: to look for garbage in it again takes longer than to end
        sys.exit(streams.final_status(status if isinstance(status, int) else int(status is not None)))

    def list_commands(self, ctx: click.Context) -> list[str]:
        names = installed_commands().keys()
        return [name for name in ORDER if name in names] + sorted(names - set(ORDER))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return command_of(cmd_name)

    def invoke(self, ctx: click.Context) -> Any:
        from core_vm.cli.telling import telling

        try:
            with telling():
                return super().invoke(ctx)
        except QuireError as error:
            _refuse(ctx, error)
        except OSError as error:  # a full disk, a missing directory: whatever a library of ours ran into
            _refuse(ctx, ResourceError(f"the system refuses: {error.strerror or error}{_place(error)}"))
        except MemoryError:
            _refuse(ctx, ResourceError("there is not enough memory"))


def _place(error: OSError) -> str:
    return f": {os.fsdecode(error.filename)}" if isinstance(error.filename, str | bytes) else ""


def _refuse(ctx: click.Context, error: QuireError) -> NoReturn:
    if ctx.meta.get("quire.json"):
        print_json({"error": one_line(error), "kind": type(error).__name__, **ctx.meta.get("quire.refusal", {})})
    click.echo(f"quire: {one_line(error)}", err=True)
    sys.exit(1)


@click.group(cls=CommandGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="quire", prog_name="quire")
def main() -> None:
    """Prove that a RISC-V program ran correctly, and verify such proofs."""


if __name__ == "__main__":
    main()
