"""What kernels compute, fill and reject is what the interpreter and its rows do."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache

import numpy as np
import pytest

from core_vm.errors import MalformedProof, UsageError
from core_vm.field.extension import DEGREE, K
from core_vm.field.koalabear import P
from core_vm.hash.poseidon2 import DIGEST
from core_vm.stark.keyed import KeyedConfig
from recursion import proof, prover
from recursion.circuit.channel import CircuitChannel
from recursion.circuit.gadgets import Kind
from recursion.circuit.graph import Graph
from recursion.circuit.lowering.lower import Lowered
from recursion.programs.batch import batch
from recursion.programs.close import close
from recursion.programs.join import join
from recursion.programs.lift import lift_hints
from recursion.programs.resolve import resolve
from tests.eight_lanes import check_with_eight_lanes
from tests.recursion.circuit.bench import REFUSED, REQUIREMENTS, Bench
from tests.recursion.circuit.opening import FORMS, opening
from tests.recursion.mutants import places
from tests.recursion.programs.telling import SMALL
from tests.recursion.shards import Proved, changed, circuit, halting, interpreter, running
from tests.recursion.witness.agreeing import Both, empty_trace


# ---------------------------------------------------------------------------------------------- small circuits
@cache
def opened(name: str) -> Both:
    return Both(opening(name).lowered, opening(name).interpreter)


@pytest.mark.parametrize("name", FORMS)
def test_openings(name: str) -> None:
    """Every word of the hints is bound but those of high bits; the rows are the same for all of them."""
    both, hints = opened(name), opening(name).hints.astype(np.uint32)
    assert both.check_rejection(hints) is None
    both.check_rows(hints)
    choose = random.Random(name)
    for place in choose.sample(range(len(hints)), 24):
        mutant = changed(hints, place, choose.choice([1, 2, P - 1, 2**20]))
        both.check_rejection(mutant)
        if place % 4 == 0:
            both.check_rows(mutant)


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_what_may_be_required(name: str) -> None:
    require, good, bad = REQUIREMENTS[name]
    bench = Bench(0)
    require(bench.arithmetic, bench.word(good))
    both = Both(Lowered(bench.graph))
    assert both.check_rejection([good]) is None
    assert both.check_rejection([bad]) is not None
    for value in [good, bad, *random.Random(name).sample(range(P), 20), P - 1, 0, 2**24, 2**30]:
        both.check_rejection([value])
        both.check_rows([value])


@cache
def transcript() -> tuple[Both, np.ndarray]:
    """Words, elements and columns are absorbed; what is squeezed, and its work, are all that is asserted."""
    graph = Graph()
    channel, a = CircuitChannel(graph), CircuitChannel(graph).arithmetic
    words, elements, columns = channel.receive("w", 3), channel.receive_extension("e", 2), channel.receive_columns(11)
    with graph.part("drawn"):
        x, y = channel.challenges("c", 2)
        channel.check_grind("work", 1)
        counted = a.rows_below(words[0], elements) + a.shifted_sums([(words[1], words[2])], [(x, y), (y, 0)])[0]
        a.require_zero(a.horner(x, columns) * counted - a.inner(columns[:4], a.eq_table([x, y])), REFUSED)
        a.require_nonzero(x - y, REFUSED)
        a.require_below(words[0], 2, REFUSED)
    graph.publish(graph.gadget(Kind.COMPRESS, [*range(DIGEST), *words, *[7] * 5]))
    numbers = [2, 0, 0, *(random.Random(5).randrange(P) for _ in range(graph.num_hints - 3))]
    return Both(Lowered(graph)), np.array(numbers, np.uint32)


def test_a_transcript_on_hundreds_of_hints() -> None:
    both, hints = transcript()
    choose, whys = random.Random(1), set[str]()
    for _ in range(200):
        hints = changed(hints, choose.randrange(len(hints)), choose.choice([1, P - 1, 2**30]))
        rejection = both.check_rejection(hints)
        whys.add(str(rejection))
    assert len(whys) > 2
    both.check_rows(hints, threads=2)


def test_constants_of_the_extension() -> None:
    graph = Graph()
    x = graph.hint(Kind.ELEMENT)[0]
    a = CircuitChannel(graph).arithmetic
    a.require_equal(x * K(1, 2, 3, 4, 5) + K(0, 0, 1), K(1, 2, 4, 4, 5), REFUSED)
    both = Both(Lowered(graph))
    assert both.check_rejection([1, 0, 0, 0, 0]) is None
    for place in range(DEGREE):
        assert both.check_rejection(changed(np.array([1, 0, 0, 0, 0], np.uint32), place, 1)) is not None


def test_hints_that_are_none() -> None:
    both, hints = transcript()
    for wrong in (hints[:-1], [*hints.tolist(), 0], [P, *hints[1:].tolist()], [-1, *hints[1:].tolist()]):
        assert isinstance(both.check_rejection(wrong), MalformedProof)


# ---------------------------------------------------------------------------------------------- lifts
@cache
def lifted() -> Both:
    return Both(Lowered(circuit()), interpreter())


def test_a_lift_of_a_shard() -> None:
    hints = lift_hints([halting()])
    assert lifted().check_rejection(hints) is None
    lifted().check_rows(hints, threads=2)


def check_mutants(shard: Proved, seed: int, count: int, some: int = 0) -> None:
    """`count` words of every kind of hint in every part of the verifier, or `some` of these mutants."""
    hints, choose = lift_hints([shard]), random.Random(seed)
    head, chosen = len(hints) - len(shard[1]), [*places(count, seed)]
    for name, place in choose.sample(chosen, some or len(chosen)):
        mutant = changed(hints, head + place, choose.choice([1, P - 1, 2**20]))
        assert lifted().check_rejection(mutant) is not None, name


def test_mutants_of_a_shard() -> None:
    check_mutants(halting(), 7, 1, some=6)


@pytest.mark.slow
def test_a_witness_of_kernels_is_proved() -> None:
    compiled = lifted().compiled
    values, key = compiled.run(lift_hints([halting()])), prover.key_of(compiled.fixed, threads=2)
    trace, digest = prover.compiled_trace(key, compiled, values, threads=2), compiled.digest(values)
    words = prover.prove(key, trace, digest, threads=2)
    assert proof.verify(key.verifying, words, digest) >= 120


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8, 12))
def test_many_mutants_of_a_shard(seed: int) -> None:
    check_mutants(running()[seed % 2], seed, 8)


def test_a_trace_of_another_circuit_is_refused() -> None:
    compiled, other = opened("one tree").compiled, opened("two trees").compiled
    hints = opening("one tree").hints
    with pytest.raises(UsageError, match="rows in a trace of"):
        compiled.fill(compiled.run(hints), empty_trace(other))


@pytest.mark.slow
def test_kernels_are_right_with_eight_lanes() -> None:
    check_with_eight_lanes("tests/recursion/witness/test_agreement.py")


# ---------------------------------------------------------------------------------------------- other programs
@pytest.mark.slow
@pytest.mark.parametrize("program", [join, close, resolve, batch])
def test_other_programs_on_random_words(program: Callable[[KeyedConfig], Graph]) -> None:
    """Nothing holds on them, but what is computed, and what fails first, is the same."""
    both = Both(Lowered(program(SMALL)))
    hints = np.random.default_rng(1).integers(0, P, both.compiled.num_hints, np.uint32)
    assert both.check_rejection(hints) is not None
    both.check_rows(hints)
