"""Real shards, lifted, joined and closed, with small proofs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from core_vm.field.koalabear import Words
from core_vm.hash.poseidon2 import Digest
from core_vm.machine.program.program import Program
from core_vm.machine.shard import Run
from core_vm.state import roots
from core_vm.state.claims import NO_CLAIMS
from core_vm.statement.shard import exit_limbs
from recursion import prover
from recursion.circuit.graph import Graph
from recursion.circuit.interpreter import Interpreter
from recursion.circuit.lowering.filling import Filling
from recursion.circuit.lowering.lower import Lowered
from recursion.keys.tree import KeyTree
from recursion.programs.child import Child
from recursion.programs.close import RunOpening
from recursion.proof import verify
from tests.core_vm.machine.running import Executor
from tests.recursion.programs.telling import SMALL


@dataclass(frozen=True)
class Proved:
    """A circuit with its key."""

    lowered: Lowered
    interpreter: Interpreter
    key: prover.ProvingKey

    @staticmethod
    def of(graph: Graph) -> Proved:
        lowered = Lowered(graph)
        return Proved(lowered, Interpreter(graph), prover.key_of(lowered.fixed, SMALL, threads=2))

    def prove(self, hints: Words, digest: Digest) -> Words:
        """A proof that the circuit accepts these hints and says `digest`, verified."""
        run = self.interpreter.run(hints)
        run.check()
        assert run.digest == digest
        trace = prover.trace_of(self.key, Filling(self.lowered, run).main_columns(), SMALL)
        words = prover.prove(self.key, trace, digest, SMALL, threads=2)
        assert verify(self.key.verifying, words, digest, SMALL) >= 8
        return words


def child(tree: KeyTree, number: int, circuit: Proved, words: Words) -> Child:
    """A proof of one of the tree's circuits."""
    assert tree.digests[number] == circuit.key.verifying.digest
    return Child(circuit.key.verifying, number, tree.path(number), words)


@cache
def executed(program: Program, shard_cells: int) -> Run:
    """The run's summary."""
    executor = Executor(program, shard_cells=shard_cells)
    for _ in executor.shards():
        pass
    return executor.summary()


def opening_of(program: Program, run: Run, key_root: Digest) -> RunOpening:
    """Of a run with a public input and without claims."""
    return RunOpening(
        *(key_root, program.program_root, tuple(program.image_roots), run.input_root),
        *(roots.output_root_of(run.output), tuple(run.output_siblings), NO_CLAIMS),
        *(program.entry // 4, 1, exit_limbs(run.exit_code)),
    )
