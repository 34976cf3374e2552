"""Verification of a WHIR opening: a committed vector q has inner product `claim` with the jagged weight.

Each round runs a sumcheck over the highest index bits, receives the folded vector's oracle (or, at the end, the
vector), and checks the old oracle against it at random points: the fold of a leaf at x must be the new vector's value
at x, which is one more inner product with a known weight. All claims end in one evaluation of the total weight at one
point.

The source uses +, - and * on challenges and messages only, and branches on the shape alone, so that the same function
runs over circuit variables. Source: WHIR (Arnon, Chiesa, Fenzi, Yogev, ePrint 2024/1586), construction 5.1, without
out-of-domain samples (unique decoding, see config.py), with interleaved oracles of multilinear folds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from core_vm.errors import MalformedProof, OpeningRejection
from core_vm.field.extension import K, eq_table, powers
from core_vm.hash.transcript import VerifierChannel
from core_vm.pcs.jagged import weight_at
from core_vm.pcs.layout import Block, Layout
from core_vm.pcs.whir.config import WhirRound, WhirShape
from core_vm.pcs.whir.openings import NumericOpenings

Digest = Sequence[int]


@dataclass
class _State:
    """The carried claim, the challenges so far (highest index bit first), and the query claims' weights."""

    claim: K
    challenges: list[K]
    queries: list[tuple[list[K], list[int], int]] = field(default_factory=list)  # coefficients, points, variables


def verify_opening(
    channel: VerifierChannel, root: Digest, layout: Layout, z_row: Sequence[K], mu: K, claim: K, shape: WhirShape
) -> None:
    """Checks that the vector under `root` has sum_cells q * mu^column * eq(z_row, row) = claim.

    `z_row` has six lane coordinates and then the tile coordinates. Raises a Rejection of the kind that failed.
    """
    verify_blocks(channel, [root], layout.blocks, z_row, mu, claim, shape)


def verify_blocks(
    channel: VerifierChannel,
    roots: Sequence[Digest],
    blocks: Sequence[Block],
    z_row: Sequence[K],
    mu: K,
    claim: K,
    shape: WhirShape,
    openings: NumericOpenings | None = None,
) -> None:
    """The same for several commitments opened together: root i holds shape.segments[i] segments, in index order."""
    _check_placement(blocks, z_row, shape)
    point, value, claim, queried = reduce_to_point(channel, roots, claim, shape, openings or NumericOpenings())
    if value * (weight_at(blocks, z_row, mu, point) + queried) != claim:
        raise OpeningRejection("whir", "the committed vector does not have the claimed inner product")


def reduce_to_point(
    channel: VerifierChannel, roots: Sequence[Digest], claim: K, shape: WhirShape, openings: NumericOpenings
) -> tuple[list[K], K, K, K]:
    """All rounds. Returns (point, q's extension there, the reduced claim, the query claims' weight there).

    The opening holds if value * (the opened weight at the point + the query weight) equals the reduced claim.
    """
    state = _State(claim, [])
    final: list[K] = []
    for number, whir_round in enumerate(shape.rounds):
        _sumcheck(channel, state, whir_round.num_folds)
        if number + 1 < len(shape.rounds):
            next_roots = [channel.receive_digest("whir_root")]
        else:
            next_roots, final = [], channel.receive_extension("whir_final", 1 << whir_round.log_size)
        channel.check_grind("whir_work", shape.config.grinding_bits)
        _query(channel, state, roots, whir_round, openings)
        roots = next_roots
    _sumcheck(channel, state, shape.log_final)
    point = state.challenges[::-1]
    queried = K.zero
    for coefficients, points, count in state.queries:
        queried = queried + openings.query_weight(coefficients, points, point[:count])
    return point, openings.inner(eq_table(point[: shape.log_final]), final), state.claim, queried


def _sumcheck(channel: VerifierChannel, state: _State, rounds: int) -> None:
    """Binds the highest index bits. The round polynomial h has degree two and h(0) + h(1) is the claim.

    The message is h(0) and the coefficient of X^2; the claim supplies the third coefficient, so nothing is left to
    check until the end. Soundness error of a round: 2/|K|.
    """
    for _ in range(rounds):
        constant, square = channel.receive_extension("whir_round", 2)
        r = channel.challenge("whir_fold")
        state.claim = constant + r * (state.claim - constant - constant - square + r * square)
        state.challenges.append(r)


def _query(
    channel: VerifierChannel, state: _State, roots: Sequence[Digest], whir_round: WhirRound, openings: NumericOpenings
) -> None:
    """Adds the claims <folded vector, (x^i)_i> = fold of the leaf at x, one a draw.

    Their coefficients are gamma, gamma^2, ...: never gamma^0, the coefficient of the carried claim, since two claims
    with one coefficient are only checked as a sum. Soundness error of the combination: num_queries/|K|.
    """
    draws = channel.indices("whir_queries", whir_round.log_domain, whir_round.num_queries)
    bound = state.challenges[len(state.challenges) - whir_round.num_folds :]
    values = openings.receive_folded(channel, roots, whir_round, draws, eq_table(bound[::-1]))
    gamma = channel.challenge("whir_combination")
    coefficients = powers(gamma, len(draws), gamma)
    state.claim = state.claim + openings.inner(coefficients, values)
    state.queries.append((coefficients, openings.points(draws, whir_round.log_domain), whir_round.log_size))


def _check_placement(blocks: Sequence[Block], z_row: Sequence[K], shape: WhirShape) -> None:
    """A proof may state heights that fit neither the point nor the commitment."""
    end = max((block.start + block.cells for block in blocks), default=0)
    if end > shape.num_cells:
        raise MalformedProof("whir", f"the layout has {end} cells, the commitment holds {shape.num_cells}")
    tallest = max((block.tiles for block in blocks), default=0)
    if len(z_row) < 6 or tallest > 1 << (len(z_row) - 6):
        raise MalformedProof("whir", f"a table of {tallest} tiles does not fit {len(z_row)} row coordinates")
