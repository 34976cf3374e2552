"""The Fiat-Shamir transcript: a duplex sponge over Poseidon2-16 with typed, labelled events.

The state is sixteen elements, eight of rate and eight of capacity (Bertoni, Daemen, Peeters, Van Assche, "Duplexing the
sponge", in overwrite mode). Every event starts with a header (kind, count):

- an absorption puts its header and then its elements into a queue; each full block of eight overwrites the rate and is
  permuted. Headers make the queue's contents the encoding of exactly one sequence of events;
- a squeeze pads the queue with zeros to a whole block (at least one), adds its header to the first capacity element
  before the last permutation, which no absorbed block can imitate, and reads the rate, permuting again for every
  further eight elements.

Labels only go to the log, with which tests compare the prover's events with the verifier's. All values are canonical.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import IntEnum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from core_vm.errors import MalformedProof, ProofOfWorkRejection, UsageError
from core_vm.field.extension import DEGREE, K
from core_vm.field.koalabear import TWO_ADICITY, Integers, P
from core_vm.hash.poseidon2 import DIGEST, RATE, WIDTH, permute

LOG_MAX_COUNT = 24
MAX_GRINDING_BITS = 24

Permutation = Callable[[list[int]], list[int]]


class Kind(IntEnum):
    """What an event is; the header of an event is kind * 2^24 + count."""

    BASE = 1
    EXTENSION = 2
    DIGEST = 3
    NONCE = 4
    CHALLENGE = 5
    INDICES = 6
    WORK = 7


class Event(NamedTuple):
    """One line of a transcript's log: what was absorbed or squeezed, under which label."""

    kind: Kind
    label: str
    values: tuple[int, ...]


def header(kind: Kind, count: int) -> int:
    """One field element that says what follows and how much of it."""
    if not 0 <= count < 1 << LOG_MAX_COUNT:
        raise UsageError(f"a transcript event holds fewer than 2^{LOG_MAX_COUNT} elements, not {count}")
    return kind << LOG_MAX_COUNT | count


class Transcript:
    """The sponge that prover and verifier share. `log`, if given, receives every `Event`."""

    def __init__(self, permute: Permutation | None = None, log: list[Event] | None = None) -> None:
        self._permute: Permutation = permute or _reference_permutation
        self._log = log
        self._state = [0] * WIDTH
        self._queue: list[int] = []

    # ---------------------------------------------------------------- absorbing
    def absorb(self, label: str, values: Iterable[int]) -> None:
        """Binds base-field elements."""
        self._absorb(Kind.BASE, label, _canonical(label, values))

    def absorb_digest(self, label: str, digest: Iterable[int]) -> None:
        """Binds a digest of eight elements."""
        values = _canonical(label, digest)
        if len(values) != DIGEST:
            raise UsageError(f"{label}: a digest has {DIGEST} elements, not {len(values)}")
        self._absorb(Kind.DIGEST, label, values)

    def _absorb(self, kind: Kind, label: str, values: list[int]) -> None:
        if self._log is not None:
            self._log.append(Event(kind, label, tuple(values)))
        self._queue.append(header(kind, len(values)))
        self._queue += values
        self._permute_full_blocks()

    def _permute_full_blocks(self) -> None:
        """Keeps between one and eight elements back: the last block belongs to the squeeze that follows."""
        position = 0
        while len(self._queue) - position > RATE:
            self._state = self._permute(self._queue[position : position + RATE] + self._state[RATE:])
            position += RATE
        del self._queue[:position]

    # ---------------------------------------------------------------- squeezing
    def challenge(self, label: str) -> K:
        """One uniform element of K."""
        return self.challenges(label, 1)[0]

    def challenges(self, label: str, count: int) -> list[K]:
        """`count` uniform elements of K."""
        values = self._squeeze(Kind.CHALLENGE, label, DEGREE * count)
        return [K(*values[i : i + DEGREE]) for i in range(0, len(values), DEGREE)]

    def indices(self, label: str, log_size: int, count: int) -> list[int]:
        """`count` uniform indices below 2^log_size, in the order drawn, duplicates kept.

        An index is the low bits of an element. They are uniform because p - 1 is a multiple of 2^24 and the element
        p - 1 itself is refused: MalformedProof, once in 2^31 elements. So the verifier never draws again, depending on
        a value; a prover that told `grind` of this draw does not come across that element.
        """
        if not 0 <= log_size <= TWO_ADICITY:
            raise UsageError(f"{label}: indices have at most {TWO_ADICITY} bits, not {log_size}")
        values = self._squeeze(Kind.INDICES, label, count)
        if P - 1 in values:
            raise MalformedProof(label, "a squeezed element is p - 1, whose low bits would be biased")
        return [value & ((1 << log_size) - 1) for value in values]

    def _squeeze(self, kind: Kind, label: str, count: int) -> list[int]:
        block = self._queue + [0] * (RATE - len(self._queue))
        capacity = self._state[RATE:]
        capacity[0] = (capacity[0] + header(kind, count)) % P
        self._queue = []
        self._state = self._permute(block + capacity)
        values = self._state[:RATE]
        while len(values) < count:
            self._state = self._permute(self._state)
            values += self._state[:RATE]
        values = values[:count]
        if self._log is not None:
            self._log.append(Event(kind, label, tuple(values)))
        return values

    def _has_work(self, label: str, nonce: int, bits: int) -> bool:
        self._absorb(Kind.NONCE, label, [nonce])
        return self._squeeze(Kind.WORK, label, 1)[0] & ((1 << bits) - 1) == 0


class ProverChannel(Transcript):
    """The prover's end: what is sent is absorbed and written, hints are only written."""

    def __init__(self, permute: Permutation | None = None, log: list[Event] | None = None) -> None:
        super().__init__(permute or _compiled_permutation(), log)
        self._written: list[npt.NDArray[np.uint32]] = []

    @property
    def words(self) -> npt.NDArray[np.uint32]:
        """Everything written so far, as canonical words."""
        self._written = [np.concatenate(self._written)] if self._written else [np.zeros(0, np.uint32)]
        return self._written[0].copy()

    def send(self, label: str, values: Iterable[int]) -> None:
        """Writes and absorbs base-field elements."""
        values = _canonical(label, values)
        self._absorb(Kind.BASE, label, values)
        self._write(values)

    def send_extension(self, label: str, elements: Iterable[K]) -> None:
        """Writes and absorbs extension elements."""
        values = [x for element in elements for x in element.c]
        self._absorb(Kind.EXTENSION, label, values)
        self._write(values)

    def send_digest(self, label: str, digest: Iterable[int]) -> None:
        """Writes and absorbs a digest."""
        values = [int(x) for x in digest]
        self.absorb_digest(label, values)
        self._write(values)

    def hint(self, label: str, values: Integers) -> None:
        """Writes openings of something absorbed before: an array or (nested) lists of canonical values."""
        array = np.asarray(values, np.int64).reshape(-1)
        if ((array < 0) | (array >= P)).any():
            raise UsageError(f"{label}: a hint holds a value that is not a canonical field element")
        self._written.append(array.astype(np.uint32))

    def grind(self, label: str, bits: int, num_indices: int = 0) -> None:
        """Finds and writes the smallest nonce after which a squeezed element ends in `bits` zero bits.

        If `num_indices` are to be drawn next, nonces after which `indices` would refuse an element are passed over. A
        prover could do so anyway, at the full price of another nonce, and what it passes over no verifier accepts.
        Without work (0 bits) there is no nonce, and `indices` may raise.
        """
        _check_bits(label, bits)
        if bits == 0:
            return
        nonce = self._find_nonce(bits, 0)
        while num_indices and not self._allows_indices(label, nonce, bits, num_indices):
            nonce = self._find_nonce(bits, nonce + 1)
        if not self._has_work(label, nonce, bits):
            raise UsageError(f"{label}: the kernel's nonce {nonce} does not carry {bits} bits of work")
        self._write([nonce])

    def _allows_indices(self, label: str, nonce: int, bits: int, count: int) -> bool:
        """Whether `count` indices can be drawn right after this nonce; tried on a copy of the sponge."""
        trial = Transcript(self._permute)
        trial._state, trial._queue = self._state, list(self._queue)
        trial._has_work(label, nonce, bits)
        return P - 1 not in trial._squeeze(Kind.INDICES, label, count)

    def _find_nonce(self, bits: int, first: int) -> int:
        """The smallest nonce from `first` on that carries the work."""
        from core_vm.hash.poseidon2_kernels import find_nonce

        queue, state = [*self._queue, header(Kind.NONCE, 1), 0], self._state
        while len(queue) > RATE:
            state, queue = self._permute(queue[:RATE] + state[RATE:]), queue[RATE:]
        block = queue + [0] * (RATE - len(queue))
        capacity = state[RATE:]
        capacity[0] = (capacity[0] + header(Kind.WORK, 1)) % P
        return find_nonce(block + capacity, len(queue) - 1, bits, first)

    def _write(self, values: Sequence[int]) -> None:
        self._written.append(np.array(values, np.uint32))


class VerifierChannel(Transcript):
    """The verifier's end: reads the words of a proof in order. MalformedProof for anything but canonical words."""

    def __init__(
        self, words: npt.NDArray[np.uint32], permute: Permutation | None = None, log: list[Event] | None = None
    ) -> None:
        super().__init__(permute, log)
        if not isinstance(words, np.ndarray) or words.dtype != np.uint32 or words.ndim != 1:
            raise MalformedProof("proof", "expected a flat array of 32-bit words")
        self._words, self._position = words, 0

    @property
    def remaining(self) -> int:
        """How many words have not been read."""
        return len(self._words) - self._position

    def receive(self, label: str, count: int) -> list[int]:
        """Reads and absorbs base-field elements."""
        values = self._read(label, count).tolist()
        self._absorb(Kind.BASE, label, values)
        return values

    def receive_extension(self, label: str, count: int) -> list[K]:
        """Reads and absorbs extension elements."""
        values = self._read(label, DEGREE * count).tolist()
        self._absorb(Kind.EXTENSION, label, values)
        return [K(*values[i : i + DEGREE]) for i in range(0, len(values), DEGREE)]

    def receive_digest(self, label: str) -> list[int]:
        """Reads and absorbs a digest."""
        values = self._read(label, DIGEST).tolist()
        self._absorb(Kind.DIGEST, label, values)
        return values

    def receive_hint(self, label: str, count: int) -> npt.NDArray[np.uint32]:
        """Reads canonical values that are not absorbed; the caller checks them against something that was."""
        return self._read(label, count).copy()

    def check_grind(self, label: str, bits: int) -> None:
        """Reads a nonce. Raises ProofOfWorkRejection unless it carries `bits` bits of work."""
        _check_bits(label, bits)
        if bits == 0:
            return
        nonce = int(self._read(label, 1)[0])
        if not self._has_work(label, nonce, bits):
            raise ProofOfWorkRejection(label, f"nonce {nonce} does not carry {bits} bits of work")

    def finish(self) -> None:
        """Raises MalformedProof when words remain: a proof has one encoding."""
        if self.remaining:
            raise MalformedProof("end of proof", f"{self.remaining} words remain after the last message")

    def _read(self, label: str, count: int) -> npt.NDArray[np.uint32]:
        if not 0 <= count <= self.remaining:
            raise MalformedProof(label, f"expected {count} words, {self.remaining} remain")
        values = self._words[self._position : self._position + count]
        if (values >= P).any():
            offset = int(np.argmax(values >= P))
            raise MalformedProof(label, f"word {self._position + offset} is {values[offset]}, not below p")
        self._position += count
        return values


def _reference_permutation(state: list[int]) -> list[int]:
    return permute(state)


def _compiled_permutation() -> Permutation:
    from core_vm.hash.poseidon2_kernels import permute_canonical

    return permute_canonical


def _canonical(label: str, values: Iterable[int]) -> list[int]:
    result = [int(x) for x in values]
    if any(not 0 <= x < P for x in result):
        raise UsageError(f"{label}: a value is not a canonical field element")
    return result


def _check_bits(label: str, bits: int) -> None:
    if not 0 <= bits <= MAX_GRINDING_BITS:
        raise UsageError(f"{label}: a grind has 0..{MAX_GRINDING_BITS} bits of work, not {bits}")
