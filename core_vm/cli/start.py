"""Where the `quire` command starts: an interrupt is answered in one line from here on, while modules are still loaded.

Nothing is imported here that takes time. The command listens to signals itself, once it is there.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import NoReturn


def start() -> NoReturn:
    """Run the command and exit with its status."""
    try:
        from core_vm.cli.main import main

        main()
    except KeyboardInterrupt:
        with suppress(OSError):
            os.write(2, b"quire: interrupted\n")
        sys.exit(130)
