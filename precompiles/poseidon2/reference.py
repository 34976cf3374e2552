"""The compression of two digests as guests see it, by the definition in `core_vm.hash.poseidon2`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from core_vm.field.koalabear import P
from core_vm.hash.poseidon2 import compress

DIGEST_DWORDS: Final = 4
_MASK: Final = 0xFFFFFFFF


def compress_dwords(left: Sequence[int], right: Sequence[int]) -> list[int]:
    """The digest, 4 dwords, of two operands of 4 dwords: two words a dword, the low half first.

    A word of an operand stands for its residue modulo p; those of the result are below p.
    """
    digest = compress(*(tuple(word % P for word in _words(dwords)) for dwords in (left, right)))
    return [low | high << 32 for low, high in zip(digest[::2], digest[1::2], strict=True)]


def _words(dwords: Sequence[int]) -> list[int]:
    return [dword >> shift & _MASK for dword in dwords for shift in (0, 32)]
