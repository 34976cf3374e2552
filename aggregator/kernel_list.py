"""Writes every package's `kernel_list.txt`: `python -m aggregator.kernel_list`.

The lists name the kernels that a tiny proof calls, with the types of their arguments; the test of this module tells
when they have to be written again.
"""

from __future__ import annotations

from core_vm.host.compilation import LIST_NAME, ListedKernel, listed_kernels, listed_sizes
from core_vm.host.kernel_sources import PACKAGES, ROOT
from core_vm.host.kernel_store import kept_bytes

HEADER = """\
# The kernels of this package: KiB of machine code (the largest are compiled first), name, types of the arguments.
# Written by `python -m aggregator.kernel_list`.
"""


def called_kernels() -> set[ListedKernel]:
    """The kernels that proving and folding the tiny program calls, in this process."""
    from aggregator.tiny_program import fold_tiny_program
    from core_vm.host import kernel_cache

    fold_tiny_program()
    return kernel_cache.called_kernels()


def main() -> None:
    """Write the lists. Raises AssertionError for a kernel that could not be kept; then the lists are as they were."""
    lists = [ROOT / package / LIST_NAME for package in PACKAGES]
    before = {path: path.read_bytes() for path in lists if path.exists()}
    for path in before:  # what they name may be gone, and cannot be compiled ahead
        path.unlink()
    try:
        _write()
    except BaseException:
        for path, data in before.items():
            path.write_bytes(data)
        raise
    finally:
        listed_sizes.cache_clear()
        listed_kernels.cache_clear()


def _write() -> None:
    from core_vm.host.kernel_cache import kept_name

    listed_sizes.cache_clear()
    listed_kernels.cache_clear()
    called = sorted(called_kernels(), key=str)
    for package in PACKAGES:
        mine = [kernel for kernel in called if kernel.module.partition(".")[0] == package]
        sizes = [kept_bytes(kept_name(kernel)) for kernel in mine]
        # One whose code holds an address of this process is compiled anew in every process.
        assert all(sizes), [str(kernel) for kernel, size in zip(mine, sizes, strict=True) if not size]
        lines = [f"{size // 1024:4} {kernel}\n" for kernel, size in zip(mine, sizes, strict=True)]
        if lines:
            (ROOT / package / LIST_NAME).write_text(HEADER + "".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
