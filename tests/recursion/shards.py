"""Small shards of the core profile with quick proofs, made once a session."""

from __future__ import annotations

from functools import cache

import numpy as np

from aggregator.runs.shard_work import shard_statement
from core_vm.air.public import PublicValues
from core_vm.field.koalabear import Words
from core_vm.stark.config import StarkConfig
from core_vm.stark.prover import prove_shard
from core_vm.statement.shard import ShardStatement
from core_vm.tables.standard import fill_trace
from precompiles.standard.machine import standard_machine
from recursion.circuit.graph import Graph
from recursion.circuit.interpreter import Interpreter
from recursion.programs.lift import lift
from tests.conformance.checking import Shard, shards_of
from tests.soundness.runs import QUICK, counting, counting_program, everything

CORE = standard_machine().profiles[0]
HEIGHT = 13
Proved = tuple[ShardStatement, Words]


def proved(shard: Shard, config: StarkConfig = QUICK) -> Proved:
    """A statement, and the proof of it under the core profile."""
    trace = fill_trace(CORE.modules, shard.source())
    return shard_statement(shard.program, shard.record), prove_shard(CORE.tables, trace, shard.public, config=config)


@cache
def halting() -> Proved:
    """One instruction of every family, and the end."""
    return proved(everything())


@cache
def running() -> tuple[Proved, ...]:
    """Two shards of a loop, the first two of several."""
    return tuple(proved(shard) for shard in counting()[:2])


@cache
def long_run() -> Shard:
    """The whole loop in one shard, of more than 2^20 cells."""
    (shard,) = shards_of(counting_program(), shard_cells=2**24)
    return shard


@cache
def circuit(num_shards: int = 1) -> Graph:
    """The lift of shards like these."""
    return lift(CORE.tables, HEIGHT, num_shards, QUICK)


@cache
def interpreter(num_shards: int = 1) -> Interpreter:
    """What runs it."""
    return Interpreter(circuit(num_shards))


def public_values(statement: ShardStatement) -> PublicValues:
    """As a verifier has them. Raises MalformedProof for a statement out of range."""
    statement.check_ranges()
    return statement.public_values()


def changed(words: Words, place: int, by: int) -> Words:
    """The words with one of them another canonical element."""
    copy = words.copy()
    copy[place] = (int(copy[place]) + by) % (2**31 - 2**24 + 1)
    return copy.astype(np.uint32)
