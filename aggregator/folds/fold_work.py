"""One step of a fold as a job: a circuit's name and hints in, a recursion proof out. It is done in any process.

The hints are the proofs that are folded. A process that is given wrong ones finds out, as the circuit has no values
then; and what it comes back with is compared with the key and the statement that were asked for.
"""

from __future__ import annotations

import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from aggregator.folds.fold_plan import Join, Lift
from aggregator.plan import fold_bytes
from core_vm.errors import MalformedProof, StatementMismatch
from core_vm.field.koalabear import Words
from core_vm.hash.poseidon2 import Digest
from core_vm.host.room import peak_memory_bytes
from core_vm.statement.encoding import Reader
from recursion.folded.recursion_proof import RecursionProof
from recursion.folding import FoldTask, Proved
from recursion.keys.catalogue import CircuitName, catalogue
from recursion.keys.known import KnownKeys

if TYPE_CHECKING:
    from core_vm.machine.machine import Machine
    from recursion.keys.circuits import Circuits

_HEADER = struct.Struct("<ddIQ")  # seconds by the clock and of processors, threads, peak memory; the proof follows


@dataclass(frozen=True)
class FoldResult:
    """A proof and what it took: seconds by the clock of so many threads, in which processors were busy for so long."""

    proof: RecursionProof
    seconds: float
    busy_seconds: float
    threads: int
    peak_memory_bytes: int

    def to_bytes(self) -> bytes:
        """Little-endian. They say nothing of the statement, see `ShardResult`."""
        return (
            _HEADER.pack(self.seconds, self.busy_seconds, self.threads, self.peak_memory_bytes) + self.proof.to_bytes()
        )

    @classmethod
    def from_bytes(cls, data: object) -> FoldResult:
        """The inverse of `to_bytes`; nothing is verified. Raises MalformedProof for anything else."""
        if not isinstance(data, bytes) or len(data) < _HEADER.size:
            raise MalformedProof("fold result", "no bytes, or too few of them for a header")
        seconds, busy, threads, peak = _HEADER.unpack_from(data)
        if not all(0.0 <= spent < float("inf") for spent in (seconds, busy)) or not threads:
            raise MalformedProof("fold result", f"{seconds} seconds of {threads} threads, {busy} of processors")
        reader = Reader(data[_HEADER.size :])
        proof = RecursionProof.read(reader)
        reader.finish()
        return cls(proof, seconds, busy, threads, peak)


@dataclass(frozen=True)
class Hinted:
    """What a process is given: the circuit, its hints, and the digest that they must lead to."""

    circuit: CircuitName
    hints: Words
    digest: Digest


@dataclass(frozen=True)
class FoldWork:
    """Proves under a machine's keys. Picklable: the machine travels as the function that makes it."""

    make_machine: Callable[[], Machine]
    keys: KnownKeys
    threads: int = 1

    def __call__(self, argument: Hinted) -> FoldResult:
        """Raises the Rejection of a proof in the hints that does not hold."""
        start, used = time.perf_counter(), time.process_time()
        circuits = _circuits(self.make_machine, self.keys)
        proof = circuits.prove(argument.circuit, argument.hints, argument.digest, self.threads)
        spent = time.perf_counter() - start, time.process_time() - used
        return FoldResult(proof, *spent, self.threads, peak_memory_bytes())

    def number(self, name: CircuitName) -> int:
        """A circuit's place in the catalogue."""
        return catalogue(len(self.make_machine().profile_tables)).index(name)


@lru_cache(maxsize=1)
def _circuits(make_machine: Callable[[], Machine], keys: KnownKeys) -> Circuits:
    """A process keeps those that it has used."""
    from recursion.keys.circuits import Circuits

    return Circuits(make_machine().profile_tables, keys)


@dataclass(frozen=True, eq=False)
class FoldJob:
    """`step` is the plan's, without its proofs; None for what comes after the last join."""

    name: str
    work: FoldWork
    task: FoldTask[Any]
    step: Lift[Any] | Join[Any] | None

    @property
    def argument(self) -> Hinted:
        return Hinted(self.task.circuit, self.task.hints, self.task.digest)

    @property
    def memory_bytes(self) -> int:
        return fold_bytes()

    def result_of(self, data: object) -> FoldResult:
        """From bytes, of a proof of the right form under the right key. Raises Rejection; its words are not verified:
        whoever folds it again finds out."""
        result = FoldResult.from_bytes(data)
        number = self.work.number(self.task.circuit)
        if result.proof.circuit != number or result.proof.key.digest != self.work.keys.digests[number]:
            raise StatementMismatch("key", f"the proof is not one of the circuit {self.task.circuit}")
        return result

    def verified(self, data: object) -> FoldResult:
        """As `result_of`, and the proof verifies. Raises Rejection."""
        from recursion.proof import verify

        result = self.result_of(data)
        verify(result.proof.key, result.proof.words, self.task.digest)
        return result

    def proved(self, result: FoldResult) -> Proved[Any]:
        """The record with its proof."""
        return Proved(self.task.record, result.proof)


def work_of(make_machine: Callable[[], Machine]) -> FoldWork:
    """With the keys that are pinned; those of a user's own machine take minutes to compute."""
    from precompiles.standard.machine import standard_machine

    machine = make_machine()
    if machine is standard_machine():
        from recursion.keys.standard import standard_keys

        return FoldWork(make_machine, standard_keys())
    return FoldWork(make_machine, _keys_of(make_machine))


@lru_cache
def _keys_of(make_machine: Callable[[], Machine]) -> KnownKeys:
    from recursion.keys.pin import keys_of

    return keys_of(make_machine().profile_tables)
