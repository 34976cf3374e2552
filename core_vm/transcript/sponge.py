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
from typing import NamedTuple, Protocol

from core_vm.errors import MalformedProof, UsageError
from core_vm.field.extension import DEGREE, K
from core_vm.field.koalabear import TWO_ADICITY, P
from core_vm.hash.long_poseidon2 import permute_long
from core_vm.hash.poseidon2 import DIGEST, RATE, WIDTH

LOG_MAX_COUNT = 24
REFUSED = P - 1
"""The squeezed element of which no bits are taken."""

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


class Sponge:
    """The state and the queue: what an event does to them. This is the definition; `CompiledSponge` is its fast
    twin."""

    def __init__(self, permute: Permutation, state: Sequence[int] = (0,) * WIDTH) -> None:
        self._permute, self._state = permute, list(state)
        self._queue: list[int] = []

    @property
    def queued(self) -> int:
        """How many elements the next block has so far."""
        return len(self._queue)

    def absorb(self, values: Sequence[int]) -> None:
        """Keeps between one and eight elements back: the last block belongs to the squeeze that follows."""
        self._queue += values
        position = 0
        while len(self._queue) - position > RATE:
            self._state = self._permute(self._queue[position : position + RATE] + self._state[RATE:])
            position += RATE
        del self._queue[:position]

    def last_block(self, header: int) -> list[int]:
        """What a squeeze under this header permutes first."""
        block = self._queue + [0] * (RATE - len(self._queue))
        capacity = self._state[RATE:]
        capacity[0] = (capacity[0] + header) % P
        return block + capacity

    def squeeze(self, header: int, count: int) -> list[int]:
        """`count` elements."""
        self._state, self._queue = self._permute(self.last_block(header)), []
        values = self._state[:RATE]
        while len(values) < count:
            self._state = self._permute(self._state)
            values += self._state[:RATE]
        return values[:count]

    def plain(self) -> Sponge:
        """A copy, to try out what would follow."""
        copy = Sponge(self._permute, self._state)
        copy._queue = list(self._queue)
        return copy


class AnySponge(Protocol):
    """What a transcript needs of its sponge; see `Sponge`."""

    def absorb(self, values: Sequence[int]) -> None: ...

    def squeeze(self, header: int, count: int) -> list[int]: ...

    def plain(self) -> Sponge: ...


class Transcript:
    """The sponge that prover and verifier share, and the events. `log`, if given, receives every `Event`."""

    def __init__(self, permute: Permutation | None = None, log: list[Event] | None = None) -> None:
        self._sponge: AnySponge = Sponge(permute or permute_long)
        self.log = log

    # ---------------------------------------------------------------- absorbing
    def absorb(self, label: str, values: Iterable[int]) -> None:
        """Binds base-field elements."""
        self.absorb_event(Kind.BASE, label, canonical_values(label, values))

    def absorb_digest(self, label: str, digest: Iterable[int]) -> None:
        """Binds a digest of eight elements."""
        values = canonical_values(label, digest)
        if len(values) != DIGEST:
            raise UsageError(f"{label}: a digest has {DIGEST} elements, not {len(values)}")
        self.absorb_event(Kind.DIGEST, label, values)

    def absorb_event(self, kind: Kind, label: str, values: list[int]) -> None:
        """Binds canonical values as one event of a kind: what all that is absorbed goes through."""
        if self.log is not None:
            self.log.append(Event(kind, label, tuple(values)))
        self._sponge.absorb([header(kind, len(values)), *values])

    # ---------------------------------------------------------------- squeezing
    def challenge(self, label: str) -> K:
        """One uniform element of K."""
        return self.challenges(label, 1)[0]

    def challenges(self, label: str, count: int) -> list[K]:
        """`count` >= 1 uniform elements of K: the first elements of as many squeezed blocks, so none straddles two."""
        values = self.squeeze(Kind.CHALLENGE, label, RATE * (count - 1) + DEGREE)
        return [K(*values[i : i + DEGREE]) for i in range(0, len(values), RATE)]

    def indices(self, label: str, log_size: int, count: int) -> list[int]:
        """`count` uniform indices below 2^log_size, in the order drawn, duplicates kept.

        An index is the low bits of an element. They are uniform because p - 1 is a multiple of 2^24 and the element
        p - 1 itself is refused: MalformedProof, once in 2^31 elements. So the verifier never draws again, depending on
        a value; a prover that told `grind` of this draw does not come across that element. p - 1 is also the only
        element of F whose seven high bits are all ones, so to refuse those is all that makes 31 bits canonical.
        """
        check_index_bits(label, log_size)
        values = self.squeeze(Kind.INDICES, label, count)
        if REFUSED in values:
            raise MalformedProof(label, "a squeezed element is p - 1, whose low bits would be biased")
        return [value & ((1 << log_size) - 1) for value in values]

    def squeeze(self, kind: Kind, label: str, count: int) -> list[int]:
        """`count` elements as one event of a kind: what all that is drawn goes through."""
        values = self._sponge.squeeze(header(kind, count), count)
        if self.log is not None:
            self.log.append(Event(kind, label, tuple(values)))
        return values

    def _has_work(self, label: str, nonce: int, bits: int) -> bool:
        """Whether the element after `nonce` ends in zeros; p - 1 does, and is refused as where indices are drawn."""
        self.absorb_event(Kind.NONCE, label, [nonce])
        element = self.squeeze(Kind.WORK, label, 1)[0]
        return element != REFUSED and element & ((1 << bits) - 1) == 0


def check_index_bits(label: str, log_size: int) -> None:
    """Raises UsageError for more low bits than are uniform."""
    if not 0 <= log_size <= TWO_ADICITY:
        raise UsageError(f"{label}: indices have at most {TWO_ADICITY} bits, not {log_size}")


def canonical_values(label: str, values: Iterable[int]) -> list[int]:
    result = [int(x) for x in values]
    if any(not 0 <= x < P for x in result):
        raise UsageError(f"{label}: a value is not a canonical field element")
    return result
