"""The circuits of a machine: each built from the verifier's source when it is first asked for, and kept on disk.

A circuit takes seconds to trace and to lower, and is the same every time. What is kept is named by all that it is made
of: all sources, and the tables of the profile. So it is compared with nothing when it is loaded; whoever may write
there may change kernels as well.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from core_vm.air.table_set import TableSet
from core_vm.errors import UsageError
from core_vm.field.koalabear import Words
from core_vm.hash.poseidon2 import Digest
from core_vm.host import kernel_store
from core_vm.stark.keyed import KeyedConfig
from core_vm.stark.keyed_prover import ProvingKey
from core_vm.transcript.sponge import Event
from recursion.circuit.graph import Graph
from recursion.folded.recursion_proof import RecursionProof, draws_in
from recursion.keys.catalogue import CircuitName, Program, catalogue
from recursion.keys.known import KnownKeys
from recursion.keys.standard import shrink_key
from recursion.programs.batch import batch
from recursion.programs.close import close
from recursion.programs.final import final
from recursion.programs.join import join
from recursion.programs.lift import lift
from recursion.programs.resolve import resolve
from recursion.programs.shrink import shrink
from recursion.proof import SHRUNK, R
from recursion.prover import compiled_trace, key_of, prove
from recursion.witness.compile import compile_circuit
from recursion.witness.compiled import CompiledCircuit

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS: dict[Program, Callable[[], Graph]] = {
    Program.JOIN: join,
    Program.CLOSE: close,
    Program.RESOLVE: resolve,
    Program.BATCH: batch,
    Program.SHRINK: shrink,
}


@dataclass(frozen=True)
class Circuit:
    """A circuit ready to be proved, in the shape `config`. So many `threads` make its key."""

    compiled: CompiledCircuit
    config: KeyedConfig = R
    threads: int = 1

    @cached_property
    def key(self) -> ProvingKey:
        """Its columns, encoded and hashed."""
        return key_of(self.compiled.fixed, self.config, self.threads)

    def values(self, hints: Words, digest: Digest) -> Words:
        """All values, of hints that must lead to the digest.

        Raises the `Rejection` of the first assertion that does not hold: of a proof that is folded, the verifier's.
        """
        values = self.compiled.run(hints)
        if self.compiled.digest(values) != tuple(digest):
            raise UsageError("the circuit says something else of these proofs than its record does")
        return values

    def words(self, hints: Words, digest: Digest, threads: int = 1, log: list[Event] | None = None) -> Words:
        """The words of the proof about `digest`. Raises as `values` does."""
        trace = compiled_trace(self.key, self.compiled, self.values(hints, digest), self.config, threads)
        return prove(self.key, trace, digest, self.config, threads, log=log)


class Circuits:
    """All circuits of a machine, whose `profiles` are its tables and whose keys are known."""

    def __init__(self, profiles: Sequence[TableSet], keys: KnownKeys) -> None:
        """Raises UsageError for the keys of another machine."""
        self.keys, self._profiles = keys, profiles
        self._numbers = {name: number for number, name in enumerate(catalogue(len(profiles)))}
        self._circuits: dict[CircuitName, Circuit] = {}
        if len(keys.digests) != len(self._numbers):
            raise UsageError(f"{len(keys.digests)} keys, and the machine has {len(self._numbers)} circuits")

    def number(self, name: CircuitName) -> int:
        """Its place in the catalogue."""
        return self._numbers[name]

    def prove(self, name: CircuitName, hints: Words, digest: Digest, threads: int = 1) -> RecursionProof:
        """As `Circuit.words`. Raises UsageError too where the circuit's key is not the one that is known."""
        made, log = self._circuit(name, threads), list[Event]()
        words = made.words(hints, digest, threads, log)
        return RecursionProof(self.number(name), made.key.verifying, words, draws_in(log))

    def _circuit(self, name: CircuitName, threads: int) -> Circuit:
        if name not in self._circuits:
            tables = self._profiles[name.profile] if name.program is Program.LIFT else None
            made = circuit(name, tables, threads)
            if made.key.verifying.digest != self.keys.digests[self.number(name)]:
                raise UsageError(f"the key of {name} is not the one that is known: write them again with `quire keys`")
            self._circuits[name] = made
        return self._circuits[name]


def graph_of(name: CircuitName, tables: TableSet | None) -> Graph:
    """The circuit of that name, traced; `tables` are those of a lift's profile. Raises SecurityError."""
    if name.program is Program.FINAL:
        return final(shrink_key(), SHRUNK[name.regime])
    if name.program is not Program.LIFT:
        return PROGRAMS[name.program]()
    assert tables is not None
    return lift(tables, name.log_segment, name.num_shards)


def circuit(name: CircuitName, tables: TableSet | None, threads: int = 1) -> Circuit:
    """From the cache if it is there; otherwise it is built, and kept."""
    config = R
    if name.program is Program.SHRINK:  # one circuit, whose proofs have two shapes
        name, config = CircuitName(Program.SHRINK), SHRUNK[name.regime]
    compiled = kernel_store.kept_or_made(
        _entry(name, tables),
        lambda: compile_circuit(graph_of(name, tables)),
        CompiledCircuit.to_bytes,
        CompiledCircuit.from_bytes,
    )
    return Circuit(compiled, config, threads)


def _entry(name: CircuitName, tables: TableSet | None) -> str:
    content = repr((sources_digest(), str(name), None if tables is None else [int(n) for n in tables.digest]))
    return f"circuit-{hashlib.sha256(content.encode()).hexdigest()}"


@cache
def sources_digest() -> str:
    """Of every module that a circuit could depend on."""
    digest = hashlib.sha256()
    for path in sorted(path for room in ("core_vm", "recursion") for path in (ROOT / room).rglob("*.py")):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
