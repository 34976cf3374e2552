"""Verification of a WHIR opening: a committed vector q has inner product `claim` with a weight that the verifier
evaluates itself.

Each round runs a sumcheck over the highest index bits, receives the folded vector's oracle (or, at the end, the
vector), and checks the old oracle against it at random points: the fold of a leaf at x must be the new vector's value
at x, which is one more inner product with a known weight. All claims end in one evaluation of the total weight at one
point.

The source branches on the shape alone and computes by the channel's arithmetic (see `transcript.arithmetic`). Source:
WHIR (Arnon, Chiesa, Fenzi, Yogev, ePrint 2024/1586), construction 5.1, with interleaved oracles of multilinear folds.
Within the unique-decoding radius there are no out-of-domain samples; beyond it see `samples`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from core_vm.air.table import LOG_TILE
from core_vm.errors import MalformedProof, OpeningRejection
from core_vm.field.extension import K
from core_vm.pcs.layout import Layout
from core_vm.pcs.whir.config import WhirShape
from core_vm.pcs.whir.rounds import WhirRound
from core_vm.pcs.whir.samples import NO_SAMPLES, Samples, power_extension, receive_samples
from core_vm.transcript.arithmetic import Arithmetic
from core_vm.transcript.channel import VerifierChannel


class OpenedWeight(Protocol):
    """A weight of every cell of the committed vector, known to the verifier by its multilinear extension."""

    def at(self, arithmetic: Arithmetic, point: Sequence[K]) -> K:
        """The extension at `point`, lowest index bit first: one coordinate a bit of a cell's index."""
        ...


@dataclass(frozen=True, slots=True)
class _Added:
    """Claims that joined with powers of `gamma`: out-of-domain samples, then the values at points of the domain. They
    are about the vector of 2^`variables` elements that was left then."""

    gamma: K
    samples: Samples
    points: Any
    variables: int


@dataclass
class _State:
    """The carried claim, the challenges so far (highest index bit first), and the claims that joined on the way."""

    claim: K
    challenges: list[K]
    added: list[_Added] = field(default_factory=list)

    def add(self, channel: VerifierChannel, samples: Samples, points: Any, values: Sequence[K], variables: int) -> None:
        """Their coefficients are gamma, gamma^2, ...: never gamma^0, the coefficient of the carried claim, since two
        claims with one coefficient are only checked as a sum. Soundness error: as many as there are / |K|."""
        gamma = channel.challenge("whir_combination")
        self.claim = self.claim + channel.arithmetic.horner(gamma, [*samples.values, *values])
        self.added.append(_Added(gamma, samples, points, variables))


def require_capacity(arithmetic: Arithmetic, layout: Layout, num_variables: int, row_variables: int) -> None:
    """Raises MalformedProof unless the layout ends before 2^num_variables cells and has tables of fewer than
    2^row_variables rows: the prover states the heights, and the weight's automaton has no bits for more.

    The sum of all blocks does not wrap around in F: every tile count is small, see `ShardShape`.
    """
    for table, tiles in enumerate(layout.tiles):
        rejection = MalformedProof("tile counts", f"table {table} has 2^{row_variables} rows or more")
        arithmetic.require_below(tiles, row_variables - LOG_TILE, rejection)
    too_many = MalformedProof("tile counts", f"the layout does not end before 2^{num_variables} cells")
    arithmetic.require_below(layout.runs, num_variables - LOG_TILE, too_many)


def verify_opening(
    channel: VerifierChannel,
    roots: Sequence[Sequence[int]],
    weight: OpenedWeight,
    claim: K,
    shape: WhirShape,
    samples: Samples = NO_SAMPLES,
) -> None:
    """Raises a `Rejection` unless <q, weight> = claim for the vector q that the commitments make together: root i holds
    shape.segments[i] segments, in index order. `samples` are those of this vector.

    The caller has required that the cells which the weight means lie within the commitments they belong to.
    """
    arithmetic = channel.arithmetic
    with arithmetic.part("whir"):
        point, value, claim, queried = reduce_to_point(channel, roots, claim, shape, samples)
    with arithmetic.part("opened weight"):
        opened = weight.at(arithmetic, point)
    arithmetic.require_equal(
        value * (opened + queried),
        claim,
        OpeningRejection("whir", "the committed vector does not have the claimed inner product"),
    )


def reduce_to_point(
    channel: VerifierChannel, roots: Sequence[Sequence[int]], claim: K, shape: WhirShape, samples: Samples = NO_SAMPLES
) -> tuple[list[K], K, K, K]:
    """All rounds. Returns (point, q's extension there, the reduced claim, the query claims' weight there).

    The opening holds if value * (the opened weight at the point + the query weight) equals the reduced claim.
    """
    arithmetic, state = channel.arithmetic, _State(claim, [])
    final: list[K] = []
    if samples.points:
        state.add(channel, samples, None, (), shape.num_variables)
    for number, whir_round in enumerate(shape.rounds):
        _sumcheck(channel, state, whir_round.grinding_of_folds)
        samples = NO_SAMPLES
        if number + 1 < len(shape.rounds):
            next_roots = [channel.receive_digest("whir_root")]
            samples = receive_samples(channel, shape.rounds[number + 1])
        else:
            next_roots, final = [], channel.receive_extension("whir_final", 1 << whir_round.log_size)
        channel.check_grind("whir_work", whir_round.query_grinding)
        _query(channel, state, roots, whir_round, samples)
        roots = next_roots
    _sumcheck(channel, state, (0,) * shape.log_final)
    point = state.challenges[::-1]
    queried = K.zero
    with arithmetic.part("query weights"):
        for added in state.added:
            queried = queried + _weight_at(arithmetic, added, point[: added.variables])
    value = arithmetic.inner(arithmetic.eq_table(point[: shape.log_final]), final)
    return point, value, state.claim, queried


def _weight_at(arithmetic: Arithmetic, added: _Added, point: Sequence[K]) -> K:
    """All these claims' weights at a point of their own vector."""
    values = [power_extension(z, point) for z in added.samples.points]
    if added.points is not None:
        values += arithmetic.power_extensions(added.points, point)
    return arithmetic.horner(added.gamma, values)


def _sumcheck(channel: VerifierChannel, state: _State, grinding: Sequence[int]) -> None:
    """Binds the highest index bits. The round polynomial h has degree two and h(0) + h(1) is the claim.

    The message is h(0) and the coefficient of X^2; the claim supplies the third coefficient, so nothing is left to
    check until the end. Soundness error of a round: 2/|K|, and that of the fold; `grinding` has the bits of work before
    each challenge.
    """
    for bits in grinding:
        constant, square = channel.receive_extension("whir_round", 2)
        channel.check_grind("whir_fold_work", bits)
        r = channel.challenge("whir_fold")
        state.claim = constant + r * (state.claim - constant - constant - square + r * square)
        state.challenges.append(r)


def _query(
    channel: VerifierChannel,
    state: _State,
    roots: Sequence[Sequence[int]],
    whir_round: WhirRound,
    samples: Samples,
) -> None:
    """Adds claims of the folded vector: the samples', and <folded vector, (x^i)_i> = fold of the leaf at x, one a draw.

    The samples' values were absorbed before the queries' nonce.
    """
    arithmetic, depth = channel.arithmetic, whir_round.log_domain
    draws = channel.indices("whir_queries", depth, whir_round.num_queries)
    rows = [
        channel.receive_rows(root, width, draws, depth, whir_round.log_cap)
        for root, width in zip(roots, whir_round.widths, strict=True)
    ]
    bound = state.challenges[len(state.challenges) - whir_round.num_folds :]
    with arithmetic.part("leaf folds"):
        values = arithmetic.fold_rows(rows, bound[::-1], whir_round.in_extension)
    state.add(channel, samples, arithmetic.domain_points(draws, depth), values, whir_round.log_size)
