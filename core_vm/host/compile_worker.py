"""A process that compiles kernels: reads the numbers of listed kernels from stdin, writes a byte for each one done."""

from __future__ import annotations

import os
import struct
from contextlib import suppress

from core_vm.host.compilation import WORKER_VARIABLE, ListedKernel, listed_kernels
from core_vm.host.kernel_store import kept, making
from core_vm.host.parent import end_with

NUMBER_BYTES = 4


def main() -> None:
    parent = int(os.environ[WORKER_VARIABLE])  # which may have ended before this process could look
    end_with(parent, parent)  # nobody waits for kernels any more once it is gone
    done = os.dup(1)
    os.dup2(2, 1)  # whatever a library prints is no kernel
    while record := os.read(0, NUMBER_BYTES):
        with suppress(Exception):  # whoever calls that kernel compiles it again, and gets the error
            compile_kept(listed_kernels()[struct.unpack("i", record)[0]])
        os.write(done, b".")


def compile_kept(listed: ListedKernel) -> None:
    """Compile a kernel unless it is there, perhaps by another process meanwhile."""
    from core_vm.host.kernel_cache import kept_name, kernel_of
    from core_vm.host.kernel_types import parse

    name = kept_name(listed)
    with making(name):
        if not kept(name):
            kernel_of(listed).compile_for(parse(listed.types))


if __name__ == "__main__":
    main()
