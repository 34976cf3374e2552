"""What kernels compute, fill and reject is what the interpreter and its rows do."""

from __future__ import annotations

import random
from functools import cache

import numpy as np
import pytest

from core_vm.errors import MalformedProof
from core_vm.field.extension import DEGREE, K
from core_vm.field.koalabear import P
from core_vm.hash.poseidon2 import DIGEST
from recursion.circuit.channel import CircuitChannel
from recursion.circuit.gadgets import Kind
from recursion.circuit.graph import Graph
from recursion.circuit.lowering.lower import Lowered
from recursion.programs.lift import lift_hints
from tests.recursion.circuit.bench import REFUSED, REQUIREMENTS, Bench
from tests.recursion.circuit.opening import FORMS, opening
from tests.recursion.mutants import places
from tests.recursion.shards import changed, circuit, halting, interpreter, running
from tests.recursion.witness.agreeing import Both


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


@pytest.mark.parametrize("shard", [halting, lambda: running()[0]], ids=["halting", "running"])
def test_a_lift_of_a_shard(shard: object) -> None:
    hints = lift_hints([shard()])  # type: ignore[operator]
    assert lifted().check_rejection(hints) is None
    lifted().check_rows(hints, threads=2)


def check_mutants(count: int, seed: int) -> None:
    hints = lift_hints([halting()])
    head, choose = len(hints) - len(halting()[1]), random.Random(seed)
    for name, place in places(count, seed):
        mutant = changed(hints, head + place, choose.choice([1, P - 1, 2**20]))
        assert lifted().check_rejection(mutant) is not None, name


def test_mutants_of_a_shard() -> None:
    check_mutants(1, 7)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8, 12))
def test_many_mutants_of_a_shard(seed: int) -> None:
    check_mutants(8, seed)
