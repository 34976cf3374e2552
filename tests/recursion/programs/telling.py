"""Proofs that say anything: of a circuit that publishes whatever digest it is told, whose key is one of a tree.

A circuit that takes a proof believes what proofs under the tree's keys say. So what it makes of true and of false
records is seen with proofs about records of any kind, without the work that would make them true.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from functools import cache, reduce
from typing import Any

from core_vm.errors import MalformedProof, Rejection
from core_vm.field.koalabear import P, Words
from core_vm.hash.poseidon2 import DIGEST, Digest
from core_vm.stark.keyed import KeyedConfig
from core_vm.stark.keyed_prover import ProvingKey
from core_vm.state.roots import compress_digests
from recursion import prover
from recursion.circuit.arithmetic import CircuitArithmetic
from recursion.circuit.gadgets import Kind
from recursion.circuit.graph import Graph
from recursion.circuit.interpreter import Interpreter
from recursion.circuit.lowering.filling import Filling
from recursion.circuit.lowering.lower import Lowered
from recursion.keys.tree import KeyTree
from recursion.programs.child import Child
from recursion.programs.hints import elements, packed
from recursion.programs.records import BATCH_TAG, RANGE_TAG, RUN_TAG, TAG_PLACE, Record
from tests.soundness.runs import QUICK

SMALL = KeyedConfig(log_segment=14, main_segments=112, fixed_segments=16, tile_bits=8, stark=QUICK)
"""The proportions of R with few queries: circuits that verify proofs of this shape fit it."""
TELLER = 6
"""The number of the teller's key among the tree's."""


@dataclass(frozen=True)
class Teller:
    """The circuit publishes the digest of two octets. One that looks at the tag is another circuit."""

    lowered: Lowered
    interpreter: Interpreter
    key: ProvingKey
    config: KeyedConfig

    @staticmethod
    @cache
    def of(looks: bool, config: KeyedConfig = SMALL) -> Teller:
        graph = Graph()
        before, last = (graph.hint(Kind.OCTET) for _ in range(2))
        graph.publish(graph.compress(before, last))
        if looks:
            tag = last[TAG_PLACE]
            no_tag = MalformedProof("tag", "none")
            CircuitArithmetic(graph).require_zero((tag - RANGE_TAG) * (tag - RUN_TAG) * (tag - BATCH_TAG), no_tag)
        graph.finish()
        lowered = Lowered(graph)
        return Teller(lowered, Interpreter(graph), prover.key_of(lowered.fixed, config), config)

    def tell(self, record: Record) -> Words:
        """A proof about this record."""
        *before, last = record.octets()
        run = self.interpreter.run(packed([reduce(compress_digests, before), last]))
        trace = prover.trace_of(self.key, Filling(self.lowered, run).main_columns(), self.config)
        return prover.prove(self.key, trace, run.digest, self.config)


@cache
def keys() -> KeyTree:
    """The teller's key, and leaves of which nobody has one."""
    return KeyTree([*(octet(f"key {number}") for number in range(TELLER)), Teller.of(looks=False).key.verifying.digest])


def told(record: Record) -> Child:
    """A proof that says so."""
    return Child(Teller.of(looks=False).key.verifying, TELLER, keys().path(TELLER), Teller.of(looks=False).tell(record))


def told_by_another(record: Record) -> Child:
    """The same under a key that is none of the tree's."""
    return Child(Teller.of(looks=True).key.verifying, TELLER, keys().path(TELLER), Teller.of(looks=True).tell(record))


def octet(name: str) -> Digest:
    """Elements for this name."""
    rng = random.Random(name)
    return tuple(rng.randrange(P) for _ in range(DIGEST))


def differing(record: Any, field: str) -> Any:
    """The record with another value of this field."""
    value = getattr(record, field)
    first, *rest = elements([value])
    return replace(record, **{field: first + 1 if isinstance(value, int) else (first + 1, *rest)})


def refusal(interpreter: Interpreter, hints: Words) -> Rejection | None:
    """What the circuit says first, or None if it accepts."""
    return next((assertion.failure() for assertion in interpreter.run(hints).failures()), None)


def refusals(interpreter: Interpreter, hints: Words) -> list[str]:
    """All that it says."""
    return [str(assertion.rejection) for assertion in interpreter.run(hints).failures()]
