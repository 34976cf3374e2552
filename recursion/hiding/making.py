"""Making the last proof of a chain: the proof of a run or a batch is shrunk, and the shrunk proof proved once more.

Nothing of what is below shows in it. The shrunk proof does show parts of its trace, and is not kept.
"""

from __future__ import annotations

from functools import cache

from core_vm.errors import UsageError
from core_vm.field.koalabear import Words
from core_vm.hash.poseidon2 import Digest
from core_vm.stark.final.prover import FinalTrace
from core_vm.statement.packing import pack_words
from recursion.folded.final_proof import FinalProof
from recursion.folding import FoldTask
from recursion.hiding.known import known_shape
from recursion.hiding.prover import prove_hiding
from recursion.keys.catalogue import CircuitName, Program
from recursion.keys.circuits import Circuit, circuit
from recursion.keys.standard import shrink_key
from recursion.programs.final import final_hints
from recursion.programs.member import Member
from recursion.proof import public_values
from recursion.regime import Regime


def prove_last(task: FoldTask[Member], threads: int = 1, regime: Regime = Regime.LIST) -> FinalProof:
    """The final proof, in this regime, about what the shrink `task` is about.

    Raises the `Rejection` of the proof that is shrunk, if it does not hold.
    """
    return prove_final(task.digest, prove_shrunk(task, threads, regime), threads, regime=regime)


def prove_shrunk(task: FoldTask[Member], threads: int = 1, regime: Regime = Regime.LIST) -> Words:
    """The words of the shrunk proof. Raises as `prove_last`, and UsageError if its key is not the one that is known."""
    made = _circuit(Program.SHRINK, regime, threads)
    if made.key.verifying != shrink_key():
        raise UsageError("the key of the shrink is not the one that is known: write the keys again")
    return made.words(task.hints, task.digest, threads)


def prove_final(
    digest: Digest,
    shrunk: Words,
    threads: int = 1,
    phases: dict[str, float] | None = None,
    regime: Regime = Regime.LIST,
) -> FinalProof:
    """The final proof about `digest`, of a shrunk proof about it in the same regime.

    Raises the `Rejection` of one that does not hold.
    """
    last, shape = _circuit(Program.FINAL, regime, threads), known_shape(regime)
    values, trace = last.values(final_hints(digest, shrunk), digest), FinalTrace(shape.key)
    last.compiled.fill(values, trace, threads)
    return FinalProof(pack_words(prove_hiding(shape, trace, public_values(digest), threads, phases)), regime)


@cache
def _circuit(program: Program, regime: Regime, threads: int) -> Circuit:
    """One of a regime's two circuits, which are the same for all proofs: 60 MiB with the key of the shrink."""
    return circuit(CircuitName(program, regime=regime), None, threads)
