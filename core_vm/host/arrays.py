"""Arrays by name as bytes, without pickles: a line that says their types and shapes, and their elements, deflated.

Kernels trust the numbers in these arrays. Whoever keeps the bytes sees to it that what is read is what was written
(`kernel_store`); that nobody else may write there is the cache's business, as with kernels. An .npz is a file of its
own for each array, and takes twenty times as long to read where arrays are small.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from core_vm.errors import UsageError

Arrays = Mapping[str, npt.NDArray[Any]]


def packed_arrays(arrays: Arrays) -> bytes:
    """What `unpacked_arrays` reads."""
    head = [(name, array.dtype.str, array.shape) for name, array in arrays.items()]
    return zlib.compress(b"".join([json.dumps(head).encode(), b"\n", *(array.tobytes() for array in arrays.values())]))


def unpacked_arrays(data: bytes) -> dict[str, npt.NDArray[Any]]:
    """Arrays of their own, writable, each contiguous. Raises UsageError for bytes that are no such arrays."""
    arrays = dict[str, npt.NDArray[Any]]()
    try:
        content = zlib.decompress(data)
        at = content.index(b"\n") + 1
        for name, dtype, shape in json.loads(content[:at]):
            if np.dtype(dtype).hasobject:  # it would take these bytes for addresses
                raise ValueError(f"elements of type {dtype}")
            arrays[name] = np.ndarray(shape, dtype, content, at).copy()
            at += arrays[name].nbytes
    except (ValueError, TypeError, zlib.error) as error:
        raise UsageError(f"these bytes are no arrays: {error}") from error
    if at != len(content):
        raise UsageError(f"these bytes are no arrays: {len(content) - at} are left over")
    return arrays
