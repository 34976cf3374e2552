"""The keys of the standard machine, as they are pinned."""

from __future__ import annotations

from functools import cache

from core_vm.hash.poseidon2 import Digest
from core_vm.stark.keyed import VerifyingKey
from recursion.keys.known import KnownKeys
from recursion.keys.pinned import KEYS, SHARD_BITS, SHRINK_ROOT, SHRINK_TILES


@cache
def standard_keys() -> KnownKeys:
    """What every proof of the standard machine is verified with."""
    return KnownKeys([digest_of(text) for text in KEYS.values()], SHARD_BITS)


def shrink_key() -> VerifyingKey:
    """The key of the shrink, which is the same for every machine: it knows the root of the keys from the record.

    It is the same in both regimes too: the columns are encoded at one rate. What regime a proof is in is absorbed.
    """
    return VerifyingKey(digest_of(SHRINK_ROOT), SHRINK_TILES)


def digest_of(text: str) -> Digest:
    """Eight elements of eight hexadecimal digits each."""
    return tuple(int(text[at : at + 8], 16) for at in range(0, 64, 8))


def text_of(digest: Digest) -> str:
    """The inverse of `digest_of`."""
    return "".join(f"{element:08x}" for element in digest)
