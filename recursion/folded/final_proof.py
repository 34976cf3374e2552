"""A final proof as the last one of a folded run or a batch: it hides what is below it."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import ClassVar, NoReturn

from core_vm.errors import MalformedProof, UsageError
from core_vm.hash.poseidon2 import Digest
from core_vm.statement.encoding import Reader
from recursion.keys.tree import MAX_KEYS

FINAL_NUMBER = MAX_KEYS
"""Stands where a recursion proof has the number of its circuit."""
MAX_BYTES = 2**17
"""Every one has about 82,000: some more or less, as queries share more or fewer nodes."""


@dataclass(frozen=True)
class FinalProof:
    """`packed` are the words of a hiding proof of the final circuit (`programs.final`), 31 bits each. The key is the
    verifier's own."""

    kind: ClassVar[str] = "final"
    packed: bytes

    def to_bytes(self) -> bytes:
        """FINAL_NUMBER u8, words of 31 bits."""
        return struct.pack("<B", FINAL_NUMBER) + self.packed

    @classmethod
    def read(cls, reader: Reader) -> FinalProof:
        """All that is left, after the number. Raises MalformedProof for more than any has: they would be unpacked."""
        if reader.left > MAX_BYTES:
            raise MalformedProof("final proof", f"{reader.left} bytes, none has more than {MAX_BYTES}")
        return cls(bytes(reader.take(reader.left, "final proof")))

    def verify(self, digest: Digest) -> float:
        """The bits of security of the weakest challenge, of this proof, the shrunk one below and those below that.

        Raises Rejection; UsageError where the sources make another key than the pinned one.
        """
        from recursion.hiding.circuits import verify
        from recursion.hiding.known import known_shape
        from recursion.proof import SHRUNK, security_report

        bits = verify(known_shape(), self.packed, digest)
        return min(bits, security_report(SHRUNK).bits, security_report().bits)

    def restored(self, digest: Digest) -> NoReturn:
        """Raises UsageError: no circuit reads a final proof."""
        raise UsageError("a final proof is not folded on: give the folded proof that it was made from")
