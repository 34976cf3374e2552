"""Arrays of a compiled circuit as the bytes of one .npz, without pickles.

Kernels trust the numbers in these arrays. Whoever keeps the bytes sees to it that what is read is what was written
(`core_vm.host.kernel_store`); that nobody else may write there is the cache's business, as with kernels.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from core_vm.errors import UsageError

Arrays = Mapping[str, npt.NDArray[Any]]


def packed_arrays(arrays: Arrays) -> bytes:
    """What `unpacked_arrays` reads."""
    archive = io.BytesIO()
    np.savez_compressed(archive, allow_pickle=False, **arrays)
    return archive.getvalue()


def unpacked_arrays(data: bytes) -> dict[str, npt.NDArray[Any]]:
    """Raises UsageError for bytes that are no such archive."""
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as members:
            return {name: members[name] for name in members.files}
    except (ValueError, OSError, EOFError, zipfile.BadZipFile, AttributeError) as error:
        raise UsageError(f"these bytes are no compiled circuit: {error}") from error
