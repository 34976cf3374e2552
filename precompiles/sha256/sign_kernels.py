"""The witness kernel of words stored as signs: nine in ten cells of the SHA-256 tables."""

from __future__ import annotations

import numpy as np

from core_vm.field.kernel_cache import njit


@njit(cache=True, nogil=True)
def store_signs(words, cells, first, stride, plus, minus):
    """Store the 32 sign columns of each word as tiles.

    `words` uint32 (count, rows); bit b of word w goes to column 32 w + b, whose cell of row 0 is cells[first[column]]
    and whose tiles of 64 rows are stride[column] apart. A bit 0 is stored as `plus`, a bit 1 as `minus`, both uint32.
    """
    count, rows = words.shape
    for w in range(count):
        for start in range(0, rows, 64):
            stop = min(start + 64, rows)
            for bit in range(32):
                column = 32 * w + bit
                at = first[column] + (start // 64) * stride[column] - start
                for row in range(start, stop):
                    is_set = words[w, row] >> np.uint32(bit) & np.uint32(1)
                    cells[at + row] = minus if is_set else plus
