"""Arrays of a compiled circuit as one .npz, which ends in a digest of what is before.

Kernels trust the numbers in these arrays, so a file is read only if it is what was written. That finds damage, not
malice: whoever can write into the cache of circuits can replace the program as well.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from core_vm.errors import UsageError
from core_vm.host.files import read_file, write_output

MAX_BYTES = 2**28
DIGEST_BYTES = 32

Arrays = Mapping[str, npt.NDArray[Any]]


def write_arrays(path: Path, arrays: Arrays) -> None:
    """The file is there whole or not at all. Raises ResourceError where the system refuses."""
    archive = io.BytesIO()
    np.savez_compressed(archive, allow_pickle=False, **arrays)
    with zipfile.ZipFile(archive, "a") as members:
        members.comment = bytes(DIGEST_BYTES)  # an archive ends in its comment
    content = archive.getvalue()[:-DIGEST_BYTES]
    write_output(path, content + hashlib.sha256(content).digest())


def read_arrays(path: Path) -> dict[str, npt.NDArray[Any]]:
    """Raises UsageError for a file that is not there, or is not what `write_arrays` wrote."""
    data = read_file(path, MAX_BYTES)
    if hashlib.sha256(data[:-DIGEST_BYTES]).digest() != data[-DIGEST_BYTES:]:
        raise UsageError(f"{path} is no compiled circuit, or damaged: it does not end in the digest of what it holds")
    with np.load(io.BytesIO(data), allow_pickle=False) as members:
        return {name: members[name] for name in members.files}
