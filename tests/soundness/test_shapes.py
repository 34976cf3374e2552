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
from core_vm.pcs.jagged import JaggedWeight
from core_vm.pcs.whir.config import MAX_TILES
from core_vm.pcs.whir.verifier import verify_opening
from core_vm.stark.config import STANDARD
from core_vm.stark.gkr.verifier import Fingerprint, GkrClaim
from core_vm.stark.shape import ShardShape
from core_vm.stark.verifier import security_of
from core_vm.stark.zerocheck.verifier import row_statement
from core_vm.statement.shard import ShardStatement
from core_vm.transcript.numbers import Numbers
from precompiles.standard.machine import standard_machine
from tests.elements import random_element, random_point

TABLES = standard_machine().profiles[-1].tables
"""Of the widest profile."""
PUBLIC = ShardStatement((0,) * 8, 0, (0,) * 8, 0, (0,) * 8, 0, True, 0, (0,) * 8, 0, (0,) * 8).public_values()


class AnyOpening(Numbers):
    """Leaves that fold to anything, and queries with any weight."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng

    def fold_rows(self, rows, point, in_extension):
        assert sum(width for _, width in rows) <= (5 if in_extension else 1) << len(point)
        return random_point(self.rng, rows[0][0])

    def power_extensions(self, points, coordinates):
        return [random_element(self.rng) for _ in points]


class AnyProof:
    """A channel on which the prover always has what is asked for, and every answer is right but the last."""

    def __init__(self, rng: random.Random) -> None:
        self.rng, self.arithmetic = rng, AnyOpening(rng)

    def receive_extension(self, label: str, count: int) -> list[K]:
        return random_point(self.rng, count)

    def receive_digest(self, label: str) -> list[int]:
        return [self.rng.randrange(P) for _ in range(8)]

    def receive_rows(self, root, width: int, indices, depth: int, log_cap: int) -> tuple[int, int]:
        return len(indices), width

    def challenge(self, label: str) -> K:
        return random_element(self.rng)

    def check_grind(self, label: str, bits: int) -> None:
        pass

    def indices(self, label: str, log_size: int, count: int) -> list[int]:
        return [self.rng.randrange(1 << log_size) for _ in range(count)]


def heights(rng: random.Random, most: int) -> list[int]:
    """Tile counts, many of them zero or at a bound."""
    return [
        rng.choice([0, 0, 1, rng.randrange(most + 1), most]) if t.log_height is None else 1 << (t.log_height - 6)
        for t in TABLES.tables
    ]


@pytest.mark.parametrize("most", [0, 1, 2, 63, 64, 65, 150, 2047, MAX_TILES])
def test_any_heights_have_full_security_and_an_end(most: int) -> None:
    rng, shapes = random.Random(most), 0
    for _ in range(4):
        try:
            shape = ShardShape.of(TABLES, heights(rng, most))
        except MalformedProof:
            continue
        shapes += 1
        assert shape.layout.used < STANDARD.whir.capacity(shape.opening.log_segment)
        assert security_of(TABLES, shape, PUBLIC, STANDARD).check(128).bits >= 128
        any_proof = AnyProof(rng)
        gkr = GkrClaim(random_point(rng, shape.gkr_variables), random_element(rng), random_element(rng))
        fingerprint = Fingerprint(random_element(rng), random_point(rng, 32))
        row_statement(any_proof.arithmetic, TABLES, shape, fingerprint, gkr, random_element(rng), random_element(rng))
        point, mu, claim = (
            random_point(rng, shape.row_variables),
            random_element(rng),
            random_element(rng),
        )
        weight = JaggedWeight(shape.layout.blocks, point, mu)
        with pytest.raises(OpeningRejection):
            verify_opening(any_proof, [[0] * 8], weight, claim, shape.opening)
    assert shapes or most > 150


@pytest.mark.parametrize("count", [MAX_TILES + 1, P - 1, 1 << 30])
def test_a_height_beyond_the_bound_is_refused(count: int) -> None:
    tiles = heights(random.Random(1), 1)
    for number, table in enumerate(TABLES.tables):
        claimed = list(tiles)
        claimed[number] = count
        with pytest.raises(MalformedProof, match=table.name):
            ShardShape.of(TABLES, claimed)
