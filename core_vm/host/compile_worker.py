"""A process that compiles kernels: is told numbers of listed kernels, reads from stdin which of them to compile next,
and writes a byte for each one done."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

from core_vm.host.compilation import TASK, WORKER_VARIABLE, ListedKernel, listed_kernels
from core_vm.host.garbage import look_seldom
from core_vm.host.kernel_store import kept, making
from core_vm.host.parent import end_with


def main() -> None:
    parent = int(os.environ[WORKER_VARIABLE])  # which may have ended before this process could look
    end_with(parent, parent)  # nobody waits for kernels any more once it is gone
    done = os.dup(1)
    os.dup2(2, 1)  # whatever a library prints is no kernel
    call_nothing()
    look_seldom()
    while record := os.read(0, TASK.size):
        for number in sys.argv[1:][slice(*TASK.unpack(record))]:
            with suppress(Exception):  # whoever calls that kernel compiles it again, and gets the error
                compile_kept(listed_kernels()[int(number)])
            os.write(done, b".")


def call_nothing() -> None:
    """From now on, functions are compiled to be kept or inlined, and cannot be called."""
    from numba.core.registry import cpu_target

    from core_vm.host.uncalled import make_only_what_is_kept

    make_only_what_is_kept(cpu_target.target_context)


def compile_kept(listed: ListedKernel) -> None:
    """Compile a kernel unless it is there, perhaps by another process meanwhile."""
    from core_vm.host.kernel_cache import kept_name, kernel_of

    name = kept_name(listed)
    with making(name):
        if not kept(name):
            kernel_of(listed).compile_for(listed.types)


if __name__ == "__main__":
    main()
