"""Where a program's instructions lie, and their words: what memory holds at the start, however a file cuts it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

import numpy as np

from core_vm.machine.program.elf import Segment

WORD_BYTES = 4


def instruction_words(segments: Sequence[Segment]) -> list[tuple[int, np.ndarray]]:
    """(first instruction index, words (n,) uint32) of each run of instructions: by address, none empty, none touching.

    A word is an instruction if an executable segment has one of its bytes; the others are what memory holds there. So
    neither the order of the segments in the file nor where they are cut says what executes. `segments` are sorted.
    """
    runs: list[tuple[int, int]] = []
    for segment in segments:
        if not (segment.executable and segment.data):
            continue
        first, stop = segment.address // WORD_BYTES, -(-(segment.address + len(segment.data)) // WORD_BYTES)
        if runs and first <= runs[-1][1]:
            first = runs.pop()[0]
        runs.append((first, stop))
    starts = [segment.address for segment in segments]
    return [(first, _words(segments, starts, first, stop)) for first, stop in runs]


def _words(segments: Sequence[Segment], starts: Sequence[int], first: int, stop: int) -> np.ndarray:
    """The words with the indices first .. stop - 1; `starts` are the addresses of the segments."""
    begin, end = first * WORD_BYTES, stop * WORD_BYTES
    image = bytearray(end - begin)
    for segment in segments[max(bisect_right(starts, begin) - 1, 0) : bisect_right(starts, end - 1)]:
        start, last = max(segment.address, begin), min(segment.address + len(segment.data), end)
        if start < last:
            image[start - begin : last - begin] = segment.data[start - segment.address : last - segment.address]
    return np.frombuffer(bytes(image), "<u4").astype(np.uint32)
