"""Roots and digests by which a run's verifier ties the shards to a program, an input and an output. Needs numpy alone.

The top of the memory tree follows the memory map: three nodes of level 25 are the image, one of level 24 the input, one
of level 23 the output, one of level 27 the registers. So the first root is composed from them by seven compressions,
and the last root is opened at the output by five.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from core_vm.errors import InputTooLargeError, OutputSpaceExhausted
from core_vm.hash.poseidon2 import DIGEST, Compress, compress
from core_vm.state.memory_map import (
    INPUT_NODE,
    LEAF_BYTES,
    LEAF_DWORDS,
    MAX_INPUT,
    MAX_OUTPUT,
    OUTPUT_NODE,
)  # fmt: skip
from core_vm.state.sparse_tree import (
    Digest,
    expect_compressions,
    leaf_digests,
    memory_defaults,
    subtree_digest,
    to_digest,
)  # fmt: skip

ZERO_DIGEST: Digest = (0,) * 8
"""The digest of what nobody can open: the reserved region, and program subtrees without an instruction."""
_HASHED_AT_ONCE = 2**15

OnHashed = Callable[[int], None]
"""Receives how many bytes of a region have been hashed so far."""


def compress_digests(left: Digest, right: Digest) -> Digest:
    """Two digests, eight canonical integers each, to one."""
    return tuple(compress(left, right))


def default_digests() -> list[Digest]:
    """The digest of empty memory at each level from 0 (a leaf) to 28."""
    return [to_digest(digest) for digest in memory_defaults()]


def initial_root(image_roots: Sequence[Digest], input_root: Digest, compress: Compress = compress_digests) -> Digest:
    """The memory root before the first instruction: image, input, empty output, registers all zero."""
    defaults = default_digests()
    upper_input = compress(input_root, compress(defaults[OUTPUT_NODE[0]], ZERO_DIGEST))
    memory = compress(compress(image_roots[0], image_roots[1]), compress(image_roots[2], upper_input))
    return compress(memory, defaults[27])


def region_bytes(data: bytes, salt: bytes = bytes(24)) -> bytes:
    """What lies at the start of the input or output region: the length, 24 bytes, the data."""
    return len(data).to_bytes(8, "little") + salt + data


def input_root_of(data: bytes, salt: bytes = bytes(24), on_hashed: OnHashed | None = None) -> Digest:
    """The root of the input region holding `data`; a public input has a salt of zeros. Raises InputTooLargeError."""
    if len(data) > MAX_INPUT:
        raise InputTooLargeError(f"the input has {len(data)} bytes, its region holds {MAX_INPUT}")
    return _region_root(region_bytes(data, salt), INPUT_NODE[0], on_hashed)


def output_root_of(data: bytes, on_hashed: OnHashed | None = None) -> Digest:
    """The root of the output region of a run that wrote `data`. Raises OutputSpaceExhausted."""
    if len(data) > MAX_OUTPUT:
        raise OutputSpaceExhausted(f"the output has {len(data)} bytes, its region holds {MAX_OUTPUT}")
    return _region_root(region_bytes(data), OUTPUT_NODE[0], on_hashed)


def _region_root(content: bytes, height: int, on_hashed: OnHashed | None) -> Digest:
    padded = content + bytes(-len(content) % LEAF_BYTES)
    dwords = np.frombuffer(padded, "<u8").reshape(-1, LEAF_DWORDS)
    # Leaves of zeros are the default; leaving them out makes a sparse region cheap.
    indices = np.flatnonzero(dwords.any(axis=1))
    expect_compressions(2 * len(indices))
    digests = np.zeros((len(indices), 8), np.uint32)
    for at in range(0, len(indices), _HASHED_AT_ONCE):
        chunk = indices[at : at + _HASHED_AT_ONCE]
        digests[at : at + len(chunk)] = leaf_digests(dwords[chunk])
        if on_hashed:
            on_hashed(min((int(chunk[-1]) + 1) * LEAF_BYTES, len(content)))
    return to_digest(subtree_digest((indices, digests), height))


def root_from_output(output: Digest, siblings: Sequence[Digest], compress: Compress = compress_digests) -> Digest:
    """The memory root whose output region has the digest `output`.

    `siblings`: the four digests beside the path from level 24 up (input, image 2, images 0 and 1, registers); the one
    at level 23 is the reserved region's zero.
    """
    if len(siblings) != 4:
        raise ValueError(f"expected 4 siblings of the output region, got {len(siblings)}")
    digest, index = compress(output, ZERO_DIGEST), OUTPUT_NODE[1] >> 1
    for sibling in siblings:
        digest = compress(sibling, digest) if index & 1 else compress(digest, sibling)
        index >>= 1
    return digest


def program_id_of(program_root: Digest, image_roots: Sequence[Digest], entry: int) -> str:
    """The program id, 64 hexadecimal digits: program tree, initial image and entry (a byte address, multiple of 4)."""
    return format_program_id(program_digest(program_root, image_roots, entry // 4))


def program_digest(
    program_root: Digest, image_roots: Sequence[Digest], pc_start: int, compress: Compress = compress_digests
) -> Digest:
    """The program id as a digest; `pc_start` is the index of the first instruction, below 2^30, so one element."""
    image = compress(compress(image_roots[0], image_roots[1]), image_roots[2])
    return compress(compress(program_root, image), (pc_start, *(0,) * (DIGEST - 1)))


def format_program_id(digest: Digest) -> str:
    """64 hexadecimal digits: the elements one after the other, little-endian."""
    return b"".join(element.to_bytes(4, "little") for element in digest).hex()
