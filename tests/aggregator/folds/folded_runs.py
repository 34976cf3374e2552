"""A run of a few shards and its folded proof, made once a session."""

from __future__ import annotations

from functools import cache

import quire
from aggregator.folds.fold import fold_proof
from aggregator.folds.folded import Folded
from tests.aggregator.guests import program_of
from tests.frozen import chosen_randomness

CELLS, NUM_ROUNDS = 2**20, 12_500


@cache
def program() -> quire.Program:
    """A loop, and a call at its end: the last shard is of another profile than those before."""
    return program_of(7, NUM_ROUNDS)


@cache
def shards() -> bytes:
    """A proof of its shards, with a public input."""
    return quire.prove(program(), b"input", public_input=True, shard_cells=CELLS, workers=1, kind="shards").proof


@cache
def folded() -> Folded:
    """The same in one proof."""
    return fold_proof(shards())


@cache
def other_program() -> quire.Program:
    """One that ends in a moment."""
    return program_of(0, 10)


@cache
def other_folded() -> bytes:
    """Its proof, of one shard, with a private input."""
    with chosen_randomness(b"other run"):
        return fold_proof(quire.prove(other_program(), b"secret", workers=1, kind="shards").proof).proof
