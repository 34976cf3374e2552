"""A final proof as the last one of a folded run or a batch: it hides what is below it."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import ClassVar, NoReturn

from core_vm.errors import UsageError
from core_vm.hash.poseidon2 import Digest
from core_vm.statement.encoding import Reader
from core_vm.statement.packing import unpack_words
from recursion.keys.tree import MAX_KEYS
from recursion.regime import Regime

NUMBERS = {Regime.LIST: MAX_KEYS, Regime.UNIQUE: MAX_KEYS + 1}
"""Of each regime's last circuit: what stands where a recursion proof has the number of its circuit."""
COUNTS = {Regime.LIST: range(19_400, 22_496), Regime.UNIQUE: range(44_000, 52_421)}
"""How many words one may have. Most have some 21,000, or 47,000: which nodes the queries share decides that, and only
who verifies the proof knows which. The most is where none are shared; fewer than the least are one in 2^100."""
NOT_FOLDED_ON = "a final proof is not folded on: prove with --kind folded, and give that proof"
_REGIMES = {number: regime for regime, number in NUMBERS.items()}


@dataclass(frozen=True)
class FinalProof:
    """`packed` are the words of a hiding proof of the final circuit (`programs.final`), 31 bits each. The key is the
    verifier's own.

    `regime` decides which circuit, key and shape that are: rounds and key are the first things that a transcript
    absorbs, so a proof in one regime is none in the other.
    """

    kind: ClassVar[str] = "final"
    packed: bytes
    regime: Regime = Regime.LIST

    def to_bytes(self) -> bytes:
        """The number of the regime u8, words of 31 bits."""
        return struct.pack("<B", NUMBERS[self.regime]) + self.packed

    @staticmethod
    def begins(reader: Reader) -> bool:
        """Whether what is left begins with the number of a regime."""
        return bool(reader.left) and reader.data[reader.at] in _REGIMES

    @classmethod
    def read(cls, reader: Reader) -> FinalProof:
        """All that is left, which `begins`. Raises MalformedProof for what are not the words of any proof."""
        regime = _REGIMES[reader.take(1, "number of the circuit")[0]]
        packed = bytes(reader.take(reader.left, "final proof"))
        unpack_words(packed, "final proof", COUNTS[regime])
        return cls(packed, regime)

    def verify(self, digest: Digest) -> float:
        """The bits of security of the weakest challenge, of this proof, the shrunk one below and those below that.

        Raises Rejection; UsageError where the sources make another key than the pinned one.
        """
        from recursion.hiding.circuits import verify
        from recursion.hiding.known import known_shape
        from recursion.proof import SHRUNK, security_report

        bits = verify(known_shape(self.regime), self.packed, digest)
        return min(bits, security_report(SHRUNK[self.regime]).bits, security_report().bits)

    def restored(self, digest: Digest) -> NoReturn:
        """Raises UsageError: no circuit reads a final proof."""
        raise UsageError(NOT_FOLDED_ON)
