"""Keys of circuits and proofs under them, from the columns of the circuit machine's tables."""

from __future__ import annotations

from collections.abc import Mapping

from core_vm.field.koalabear import Words
from core_vm.hash.poseidon2 import Digest
from core_vm.stark.keyed import KeyedConfig
from core_vm.stark.keyed_prover import Columns, KeyedTrace, ProvingKey, make_key, prove_keyed
from core_vm.transcript.sponge import Event
from core_vm.witness.check import check_trace
from recursion.proof import R, public_values
from recursion.tables.key_check import check_key
from recursion.tables.standard import TABLES
from recursion.witness.compiled import CompiledCircuit


def key_of(fixed: Mapping[str, Columns], config: KeyedConfig = R, threads: int = 1) -> ProvingKey:
    """The key of a circuit: fixed columns by table, canonical (num_fixed, rows).

    Raises UsageError if they do not fit, or are not those of a circuit (`tables.key_check`).
    """
    check_key(fixed)
    return make_key(TABLES, [fixed[table.name] for table in TABLES.tables], config, threads)


def trace_of(key: ProvingKey, main: Mapping[str, Columns], config: KeyedConfig = R) -> KeyedTrace:
    """A trace for `key`: main columns by table, canonical (num_main, rows)."""
    trace = KeyedTrace(TABLES, key, config)
    for number, table in enumerate(TABLES.tables):
        trace.fill(number, main[table.name])
    return trace


def compiled_trace(
    key: ProvingKey, circuit: CompiledCircuit, values: Words, config: KeyedConfig = R, threads: int = 1
) -> KeyedTrace:
    """The same from the values of a compiled circuit whose key this is. Raises UsageError for another one's."""
    trace = KeyedTrace(TABLES, key, config)
    circuit.fill(values, trace, threads)
    return trace


def prove(
    key: ProvingKey,
    trace: KeyedTrace,
    digest: Digest,
    config: KeyedConfig = R,
    threads: int = 1,
    phases: dict[str, float] | None = None,
    check: bool = True,
    log: list[Event] | None = None,
) -> Words:
    """The proof that the circuit accepts with this digest, as `stark.keyed_prover.prove_keyed` makes it."""
    return prove_keyed(TABLES, trace, key, public_values(digest), config, threads, phases, check, log)


def check(trace: KeyedTrace, digest: Digest) -> None:
    """Raises WitnessError naming the first constraint that does not hold, or the messages that do not balance."""
    check_trace(trace, public_values(digest).messages)
