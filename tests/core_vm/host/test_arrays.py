"""Arrays as bytes: what is read is what was written, ready to be changed, and anything else is refused."""

from __future__ import annotations

import json
import zlib

import numpy as np
import pytest

from core_vm.errors import UsageError
from core_vm.host.arrays import packed_arrays, unpacked_arrays

ARRAYS = {
    "bytes": np.arange(3, dtype=np.uint8),
    "": np.arange(24, dtype=np.int64).reshape(2, 3, 4)[:, :, ::2],
    "words, of a name with a \n in it": np.arange(5, dtype=np.uint32),
    "none": np.zeros((0, 7), np.int32),
    "one": np.array(9, np.int64),
}


def test_what_is_read_is_what_was_written() -> None:
    read = unpacked_arrays(packed_arrays(ARRAYS))
    assert list(read) == list(ARRAYS)
    for name, array in ARRAYS.items():
        assert np.array_equal(read[name], array)
        assert (read[name].dtype, read[name].shape) == (array.dtype, array.shape)
        assert read[name].flags.carray  # contiguous, aligned, writable: kernels are compiled for that


def test_bytes_that_are_cut_short_are_refused() -> None:
    data = packed_arrays(ARRAYS)
    for size in range(len(data)):
        with pytest.raises(UsageError, match="no arrays"):
            unpacked_arrays(data[:size])


@pytest.mark.parametrize(
    ("head", "elements"),
    [
        (b"", b""),
        (b"[", b""),
        (b"7", b""),
        (b'[["a", "<i8"]]', b""),
        (b'[["a", "no type", [1]]]', bytes(8)),
        (b'[["a", "|O", [1]]]', bytes(8)),
        (b'[["a", "<i8", [2]]]', bytes(8)),
        (b'[["a", "<i8", [1]]]', bytes(9)),
    ],
)
def test_other_content_is_refused(head: bytes, elements: bytes) -> None:
    with pytest.raises(UsageError, match="no arrays"):
        unpacked_arrays(zlib.compress(head + b"\n" + elements))


def test_a_line_of_another_encoding_is_refused() -> None:
    with pytest.raises(UsageError, match="no arrays"):
        unpacked_arrays(zlib.compress(json.dumps([]).encode("utf-16") + b"\n"))
