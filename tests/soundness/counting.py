"""The work of a verification as numbers that are the same on every machine: permutations, and calls of functions."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any
from unittest.mock import patch

from core_vm.hash import long_poseidon2, poseidon2
from core_vm.state import sparse_tree


@dataclass
class Work:
    """`permutations` of Poseidon2 of any width; `calls` of functions written in Python."""

    permutations: int = 0
    calls: int = 0

    def of_size(self, own_size: int, other_size: int) -> Work:
        """This work, scaled to as many bytes; never less than itself."""
        factor = max(1.0, other_size / own_size)
        return Work(int(self.permutations * factor), int(self.calls * factor))


@contextmanager
def counted() -> Iterator[Work]:
    """Counts what happens in the block. Whoever verifies in it hashes with numpy."""
    work = Work()

    def counting(function: Callable[..., Any], count: Callable[[Any], int]) -> Callable[..., Any]:
        def run(states: Any, *rest: Any) -> Any:
            work.permutations += count(states)
            return function(states, *rest)

        return run

    def count_call(frame: FrameType, event: str, argument: object) -> None:
        work.calls += event == "call"

    one = counting(poseidon2.permute, lambda states: 1)
    one_of_transcript = counting(long_poseidon2.permute_long, lambda states: 1)
    in_numpy = sparse_tree.Compressor(sparse_tree.compress_in_numpy, settled=True)
    with (
        patch.object(poseidon2, "permute", one),
        patch("core_vm.transcript.sponge.permute_long", one_of_transcript),
        patch.object(poseidon2, "permute_batch", counting(poseidon2.permute_batch, len)),
        patch.object(sparse_tree, "compressor", in_numpy),
    ):
        sys.setprofile(count_call)
        try:
            yield work
        finally:
            sys.setprofile(None)
