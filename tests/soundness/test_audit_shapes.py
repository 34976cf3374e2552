"""Whatever heights a prover claims: refused, or a shape of full security that the verifier can compute with.

A cheating prover reaches the end of the verifier with any shape, by answers made up to fit each equation but the last.
So nothing on the way may fail otherwise than by a Rejection.
"""

from __future__ import annotations

import random

import pytest

from core_vm.errors import MalformedProof, OpeningRejection
from core_vm.field.extension import K
from core_vm.field.koalabear import P
from core_vm.pcs.whir.verifier import verify_blocks
from core_vm.stark.config import STANDARD
from core_vm.stark.logup_gkr import Fingerprint, GkrClaim
from core_vm.stark.shape import MAX_CELLS, MAX_TILES, ShardShape
from core_vm.stark.verifier import security_of
from core_vm.stark.zerocheck import row_statement
from core_vm.statement.shard import ShardStatement
from precompiles.standard import standard_machine

TABLES = standard_machine().tables
PUBLIC = ShardStatement((0,) * 8, 0, (0,) * 8, 0, (0,) * 8, 0, True, 0).public_values()


class AnyProof:
    """A channel on which the prover always has what is asked for, and every answer is right but the last."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng

    def element(self) -> K:
        return K(*(self.rng.randrange(P) for _ in range(5)))

    def receive_extension(self, label: str, count: int) -> list[K]:
        return [self.element() for _ in range(count)]

    def receive_digest(self, label: str) -> list[int]:
        return [self.rng.randrange(P) for _ in range(8)]

    def challenge(self, label: str) -> K:
        return self.element()

    def check_grind(self, label: str, bits: int) -> None:
        pass

    def indices(self, label: str, log_size: int, count: int) -> list[int]:
        return [self.rng.randrange(1 << log_size) for _ in range(count)]


class AnyOpening:
    """Leaves that fold to anything; weights of no queries."""

    def __init__(self, rng: random.Random) -> None:
        self.proof = AnyProof(rng)

    def receive_folded(self, channel, roots, whir_round, draws, weights) -> list[K]:
        assert sum(whir_round.widths) <= len(weights) * (5 if whir_round.in_extension else 1)
        return [self.proof.element() for _ in draws]

    def points(self, draws, log_domain: int) -> list[int]:
        return [1] * len(draws)

    def query_weight(self, coefficients, points, coordinates) -> K:
        return self.proof.element()

    def inner(self, a, b) -> K:
        assert len(a) == len(b)
        return self.proof.element()


def heights(rng: random.Random, most: int) -> list[int]:
    """Tile counts, many of them zero or at a bound."""
    free = lambda: rng.choice([0, 0, 1, rng.randrange(most + 1), most])  # noqa: E731
    return [free() if t.log_height is None else 1 << (t.log_height - 6) for t in TABLES.tables]


@pytest.mark.parametrize("most", [0, 1, 2, 63, 64, 65, 1000, 4096, MAX_TILES])
def test_any_heights_have_full_security_and_an_end(most: int) -> None:
    rng, shapes = random.Random(most), 0
    for _ in range(4):
        tiles = heights(rng, most)
        try:
            shape = ShardShape.of(TABLES, tiles)
        except MalformedProof:
            continue
        shapes += 1
        assert shape.layout.used <= MAX_CELLS
        assert security_of(TABLES, shape, PUBLIC, STANDARD).check(128).bits >= 128
        any_proof = AnyProof(rng)
        element = any_proof.element
        gkr = GkrClaim([element() for _ in range(shape.gkr_variables)], element(), element())
        row_statement(TABLES, shape, Fingerprint(element(), [element() for _ in range(32)]), gkr, element(), element())
        point = [element() for _ in range(shape.row_variables)]
        opening = STANDARD.opening_shape(shape.layout.used)
        with pytest.raises(OpeningRejection):
            verify_blocks(
                any_proof, [[0] * 8], shape.layout.blocks, point, element(), element(), opening, AnyOpening(rng)
            )
    assert shapes or most == MAX_TILES


@pytest.mark.parametrize("count", [MAX_TILES + 1, P - 1, 1 << 30])
def test_a_height_beyond_the_bound_is_refused(count: int) -> None:
    tiles = heights(random.Random(1), 1)
    for number, table in enumerate(TABLES.tables):
        claimed = list(tiles)
        claimed[number] = count
        with pytest.raises(MalformedProof, match=table.name):
            ShardShape.of(TABLES, claimed)
