"""A process that compiles kernels: reads the numbers of listed kernels from stdin, writes a byte for each one done."""

from __future__ import annotations

import os
import struct
import threading
import time
from contextlib import suppress

from core_vm.host.compilation import WORKER_VARIABLE, ListedKernel, listed_kernels
from core_vm.host.kernel_store import kept, making

NUMBER_BYTES = 4
SECONDS_BETWEEN_LOOKS = 0.5


def main() -> None:
    parent = int(os.environ[WORKER_VARIABLE])  # which may have ended before this process could look
    threading.Thread(target=_end_with_parent, args=(parent,), daemon=True).start()
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


def _end_with_parent(parent: int) -> None:
    """Nobody waits for kernels any more once the parent is gone, however it went."""
    while os.getppid() == parent:
        time.sleep(SECONDS_BETWEEN_LOOKS)
    os._exit(1)


if __name__ == "__main__":
    main()
