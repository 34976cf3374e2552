"""What numba is told of every function that it compiles for us."""

from __future__ import annotations

import re

import numba

from core_vm.host.kernel_cache import njit
from core_vm.host.kernel_compiler import STACK_ALIGNMENT, dispatcher_of


@njit
def successor(x):
    return x + 1


def test_a_frame_begins_at_a_whole_cache_line() -> None:
    dispatcher = dispatcher_of(successor)
    dispatcher.compile((numba.int64,))
    [code] = dispatcher.inspect_llvm().values()
    function = re.search(r"^define .* @(?!_ZN7cpython)_ZN\w*successor.* (#\d+) {", code, re.MULTILINE)
    assert function
    attributes = re.search(rf"^attributes {function[1]} = {{(.*)}}", code, re.MULTILINE)
    assert attributes
    assert f"alignstack={STACK_ALIGNMENT} " in attributes[1]
