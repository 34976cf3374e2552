"""Making final proofs of circuits."""

from __future__ import annotations

from core_vm.field.koalabear import Words
from core_vm.hash.poseidon2 import Digest
from core_vm.stark.final.key import FinalKey
from core_vm.stark.final.prover import FinalTrace, prove_final
from core_vm.statement.packing import pack_words
from recursion.proof import public_values
from recursion.witness.compiled import CompiledCircuit


def prove(
    key: FinalKey, trace: FinalTrace, digest: Digest, threads: int = 1, phases: dict[str, float] | None = None,
    check: bool = True,
) -> bytes:  # fmt: skip
    """The bytes of the proof that the circuit accepts with this digest. Raises as `stark.final.prover.prove_final`."""
    return pack_words(prove_final(key, trace, public_values(digest), threads, phases, check))


def compiled_trace(key: FinalKey, circuit: CompiledCircuit, values: Words, threads: int = 1) -> FinalTrace:
    """A trace from the values of a compiled circuit whose key this is. Raises UsageError for another one's."""
    trace = FinalTrace(key)
    circuit.fill(values, trace, threads)
    return trace
