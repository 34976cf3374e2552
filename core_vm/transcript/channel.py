"""The two ends of a proof: what the prover sends is absorbed and written, what the verifier reads is absorbed.

Hints are written and read without being absorbed, right where something that was absorbed before decides them: rows and
paths under a root, column values under their digest.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from core_vm.errors import MalformedProof, ProofOfWorkRejection, UsageError
from core_vm.field.extension import DEGREE, K
from core_vm.field.koalabear import Integers, P, from_montgomery
from core_vm.hash.merkle import MerkleTree, verify_openings
from core_vm.hash.poseidon2 import DIGEST
from core_vm.transcript.arithmetic import Arithmetic
from core_vm.transcript.column_digest import column_digest
from core_vm.transcript.numbers import NUMBERS
from core_vm.transcript.sponge import (
    REFUSED,
    AnySponge,
    Event,
    Kind,
    Permutation,
    Transcript,
    canonical_values,
    header,
)

MAX_GRINDING_BITS = 24
COLUMNS = "column_values"


class ProverChannel(Transcript):
    """The prover's end: what is sent is absorbed and written, hints are only written."""

    def __init__(self, permute: Permutation | None = None, log: list[Event] | None = None) -> None:
        super().__init__(permute, log)
        if permute is None:
            self._sponge = _compiled_sponge()
        self._written: list[npt.NDArray[np.uint32]] = []
        self._latest: list[int] = []
        """What was written behind all of `_written`: most of what is sent is a few words."""

    @property
    def words(self) -> npt.NDArray[np.uint32]:
        """Everything written so far, as canonical words."""
        self._write_array(np.zeros(0, np.uint32))
        self._written = [np.concatenate(self._written)]
        return self._written[0].copy()

    def send(self, label: str, values: Iterable[int]) -> None:
        """Writes and absorbs base-field elements."""
        values = canonical_values(label, values)
        self.absorb_event(Kind.BASE, label, values)
        self._write(values)

    def send_extension(self, label: str, elements: Iterable[K]) -> None:
        """Writes and absorbs extension elements."""
        self.send_coefficients(label, [x for element in elements for x in element.c])

    def send_coefficients(self, label: str, values: list[int]) -> None:
        """The same, of elements whose canonical coefficients are in `values`, five each: all of K goes through here."""
        self.absorb_event(Kind.EXTENSION, label, values)
        self._write(values)

    def send_digest(self, label: str, digest: Iterable[int]) -> None:
        """Writes and absorbs a digest."""
        values = [int(x) for x in digest]
        self.absorb_digest(label, values)
        self._write(values)

    def send_columns(self, columns: npt.NDArray[np.uint32]) -> None:
        """Writes column values, planes (5, n) as `to_planes` makes them, and absorbs their digest."""
        words = np.ascontiguousarray(from_montgomery(columns).T, np.uint32).reshape(-1)
        self.hint(COLUMNS, words)
        self.absorb_digest(COLUMNS, column_digest(words, compress_by_kernel))

    def send_rows(self, tree: MerkleTree, indices: Sequence[int], log_cap: int) -> npt.NDArray[np.uint32]:
        """Writes the opening of a committed matrix at `indices`, and returns its rows (len(indices), width)."""
        rows, paths, cap = tree.open(indices, log_cap)
        self.hint("whir_leaves", rows)
        self.hint("whir_paths", paths)
        self.hint("whir_cap", cap)
        return rows

    def hint(self, label: str, values: Integers) -> None:
        """Writes openings of something absorbed before: an array or (nested) lists of canonical values."""
        array = np.asarray(values, np.int64).reshape(-1)
        if ((array < 0) | (array >= P)).any():
            raise UsageError(f"{label}: a hint holds a value that is not a canonical field element")
        self._write_array(array.astype(np.uint32))

    def grind(self, label: str, bits: int, num_indices: int = 0, threads: int = 1) -> None:
        """Finds and writes the smallest nonce after which a squeezed element, not p - 1, ends in `bits` zero bits.

        If `num_indices` are to be drawn next, nonces after which `indices` would refuse an element are passed over. A
        prover could do so anyway, at the full price of another nonce, and what it passes over no verifier accepts.
        Without work (0 bits) there is no nonce, and `indices` may raise.
        """
        check_bits(label, bits)
        if bits == 0:
            return
        nonce = self._find_nonce(bits, 0, threads)
        while not self._is_accepted(label, nonce, bits, num_indices):
            nonce = self._find_nonce(bits, nonce + 1, threads)
        self._has_work(label, nonce, bits)
        self._write([nonce])

    def _is_accepted(self, label: str, nonce: int, bits: int, num_indices: int) -> bool:
        """Whether a verifier accepts this nonce and the indices right after it; tried on a copy of the sponge."""
        trial = Transcript()
        trial._sponge = self._sponge.plain()
        if not trial._has_work(label, nonce, bits):
            return False
        return not num_indices or REFUSED not in trial.squeeze(Kind.INDICES, label, num_indices)

    def _find_nonce(self, bits: int, first: int, threads: int) -> int:
        """The smallest nonce from `first` on that carries the work."""
        from core_vm.hash.nonce_kernels import find_nonce

        sponge = self._sponge.plain()
        sponge.absorb([header(Kind.NONCE, 1), 0])
        return find_nonce(sponge.last_block(header(Kind.WORK, 1)), sponge.queued - 1, bits, first, threads)

    def _write(self, values: Sequence[int]) -> None:
        self._latest += values

    def _write_array(self, values: npt.NDArray[np.uint32]) -> None:
        self._written += [np.array(self._latest, np.uint32), values]
        self._latest.clear()


class VerifierChannel(Transcript):
    """The verifier's end: reads the words of a proof in order. MalformedProof for anything but canonical words."""

    arithmetic: Arithmetic = NUMBERS
    """What the verifier computes with besides +, - and *."""

    def __init__(
        self, words: npt.NDArray[np.uint32], permute: Permutation | None = None, log: list[Event] | None = None
    ) -> None:
        super().__init__(permute, log)
        if not isinstance(words, np.ndarray) or words.dtype != np.uint32 or words.ndim != 1:
            raise MalformedProof("proof", "expected a flat array of 32-bit words")
        self._words = words
        self.position = 0
        """How many words have been read."""

    @property
    def remaining(self) -> int:
        """How many words have not been read."""
        return len(self._words) - self.position

    def receive(self, label: str, count: int) -> list[int]:
        """Reads and absorbs base-field elements."""
        values = self.read(label, count).tolist()
        self.absorb_event(Kind.BASE, label, values)
        return values

    def receive_extension(self, label: str, count: int) -> list[K]:
        """Reads and absorbs extension elements."""
        values = self.read(label, DEGREE * count).tolist()
        self.absorb_event(Kind.EXTENSION, label, values)
        return [K(*values[i : i + DEGREE]) for i in range(0, len(values), DEGREE)]

    def receive_digest(self, label: str) -> list[int]:
        """Reads and absorbs a digest."""
        values = self.read(label, DIGEST).tolist()
        self.absorb_event(Kind.DIGEST, label, values)
        return values

    def receive_columns(self, count: int) -> list[K]:
        """Reads `count` >= 1 column values, and absorbs their digest."""
        words = self.receive_hint(COLUMNS, DEGREE * count)
        self.absorb_digest(COLUMNS, column_digest(words))
        values = words.tolist()
        return [K(*values[i : i + DEGREE]) for i in range(0, len(values), DEGREE)]

    def receive_rows(
        self, root: Sequence[int], width: int, indices: Sequence[int], depth: int, log_cap: int
    ) -> npt.NDArray[np.uint32]:
        """Reads the rows at `indices` of the tree of `depth` levels under `root`, their paths and the tree's cap.

        Returns the rows, (len(indices), width). Raises MerkleRejection unless they open the root.
        """
        count, levels = len(indices), depth - log_cap
        rows = self.receive_hint("whir_leaves", count * width).reshape(count, width)
        paths = self.receive_hint("whir_paths", count * levels * DIGEST).reshape(count, levels, DIGEST)
        cap = self.receive_hint("whir_cap", DIGEST << log_cap).reshape(-1, DIGEST)
        verify_openings("whir openings", root, indices, rows, paths, cap)
        return rows

    def receive_hint(self, label: str, count: int) -> npt.NDArray[np.uint32]:
        """Reads canonical values that are not absorbed; the caller checks them against something that was."""
        return self.read(label, count).copy()

    def check_grind(self, label: str, bits: int) -> None:
        """Reads a nonce. Raises ProofOfWorkRejection unless it carries `bits` bits of work."""
        check_bits(label, bits)
        if bits == 0:
            return
        nonce = int(self.read(label, 1)[0])
        if not self._has_work(label, nonce, bits):
            raise ProofOfWorkRejection(label, f"nonce {nonce} does not carry {bits} bits of work")

    def finish(self) -> None:
        """Raises MalformedProof when words remain: a proof has one encoding."""
        if self.remaining:
            raise MalformedProof("end of proof", f"{self.remaining} words remain after the last message")

    def read(self, label: str, count: int) -> npt.NDArray[np.uint32]:
        """The next `count` words, canonical; not absorbed. All that is received goes through here."""
        if not 0 <= count <= self.remaining:
            raise MalformedProof(label, f"expected {count} words, {self.remaining} remain")
        values = self._words[self.position : self.position + count]
        if (values >= P).any():
            offset = int(np.argmax(values >= P))
            raise MalformedProof(label, f"word {self.position + offset} is {values[offset]}, not below p")
        self.position += count
        return values


def _compiled_sponge() -> AnySponge:
    from core_vm.transcript.compiled_sponge import CompiledSponge

    return CompiledSponge()


def compress_by_kernel(left: npt.NDArray[np.uint32], right: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """`poseidon2.compress_batch`, as the prover does it."""
    from core_vm.hash.poseidon2_kernels import permute_rows

    states = np.concatenate([left, right], axis=1)
    permute_rows(states.reshape(-1), True)
    total = states[:, :DIGEST] + left  # below 2 p, which 32 bits hold
    return np.minimum(total, total - np.uint32(P))


def check_bits(label: str, bits: int) -> None:
    """Raises UsageError for more bits of work than a nonce can be asked for."""
    if not 0 <= bits <= MAX_GRINDING_BITS:
        raise UsageError(f"{label}: a grind has 0..{MAX_GRINDING_BITS} bits of work, not {bits}")
