"""All buses at once, by one tree (verifier side): the sum of multiplicity / fingerprint over all messages is zero, and
on permutation buses the product of fingerprints over what is sent is that over what is received.

Interaction i contributes n_i(row) / d_i(row), d = alpha + sum_j eq(beta, j) * entry_j with the bus number as entry 0.
The tree carries e = d - 1 instead of d, so that whatever lies beyond a table's rows or where no interaction stands is
zero:
    n = n0 (1 + e1) + n1 (1 + e0),   e = e0 + e1 + e0 e1.
On a permutation bus it is a factor: n = 0, and where the row has no message, d - 1 is zero if its columns are, or
something free of alpha (`air.table_set.AffineInteraction`). So 1 + e is the product. The tree ends in groups of
positions (`air.grouping`): what is sent, what is received, and fractions are told apart at its roots.
(Haboeck, "Multivariate lookups based on logarithmic derivatives", 2022; Papini and Haboeck, "Improving logarithmic
derivative lookups using GKR", 2023; products: Thaler, "Time-optimal interactive proofs for circuit evaluation", 2013;
Blum, Evans, Gemmell, Kannan, Naor, "Checking the correctness of memories", 1991.)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core_vm.air.grouping import Grouping
from core_vm.air.public import PublicMessage
from core_vm.errors import LogUpRejection, SumcheckRejection
from core_vm.field.extension import K, eq_table
from core_vm.stark.config import NUM_BETA
from core_vm.stark.sumcheck import receive_rounds

if TYPE_CHECKING:
    from core_vm.transcript.arithmetic import Arithmetic
    from core_vm.transcript.channel import VerifierChannel
    from core_vm.transcript.sponge import Transcript

DEGREE = 2  # of a layer's summand, its equality weight apart


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """alpha, and the weights eq(beta, j) of a message's entries: the bus number is entry 0."""

    alpha: K
    weights: list[K]

    @staticmethod
    def draw(channel: Transcript, eq_table: Callable[[list[K]], list[K]] = eq_table) -> Fingerprint:
        """Soundness: see `soundness`, term `logup`; the grinding before it is part of that term.

        `eq_table` is the verifier's arithmetic's.
        """
        alpha = channel.challenge("logup_alpha")
        return Fingerprint(alpha, eq_table(channel.challenges("logup_beta", NUM_BETA)))

    @property
    def place_weights(self) -> list[K]:
        """What the forms of d - 1 are weighed with, place by place from `air.table_set.ALPHA` on."""
        return [self.alpha - 1, *self.weights]

    def of(self, bus_number: int, entries: Sequence[int]) -> K:
        """The denominator d of a message of canonical entries."""
        total = self.alpha + self.weights[0] * bus_number
        for weight, entry in zip(self.weights[1:], entries, strict=False):
            total = total + weight * entry
        return total


@dataclass(frozen=True, slots=True)
class PublicPart:
    """What the outside world adds to the sum of fractions, and to the products of what is sent and what is received."""

    fractions: K
    sent: K
    received: K


def public_part(arithmetic: Arithmetic, fingerprint: Fingerprint, messages: Sequence[PublicMessage]) -> PublicPart:
    """Raises LogUpRejection for a fraction with a zero denominator."""
    fractions, sent, received = K.zero, K.one, K.one
    for number, message in enumerate(messages):
        denominator = fingerprint.of(message.bus.number, message.entries)
        if message.bus.permutation:
            factor = 1 + (denominator - 1) * message.present
            sent, received = (sent * factor, received) if message.sign > 0 else (sent, received * factor)
        else:
            where = f"message {number} on bus {message.bus.name} has a zero fingerprint"
            inverse = arithmetic.inverse(denominator, LogUpRejection("public messages", where))
            fractions = fractions + inverse * message.multiplicity
    return PublicPart(fractions, sent, received)


@dataclass(frozen=True, slots=True)
class GkrClaim:
    """N and E = D - 1, over all positions and rows, extended multilinearly, at `point` in the order of `ShardShape`."""

    point: list[K]
    n: K
    e: K


def layer_value(halves: Sequence[K], batching: K) -> K:
    """The summand of a layer: its numerator, plus `batching` times its denominator less one."""
    n0, n1, e0, e1 = halves
    return n0 * (1 + e1) + n1 * (1 + e0) + batching * (e0 + e1 + e0 * e1)


def verify_gkr(channel: VerifierChannel, num_layers: int, grouping: Grouping, public: PublicPart) -> GkrClaim:
    """Reads the tree from the roots of its groups to its inputs, `num_layers` below them. Raises LogUpRejection or
    SumcheckRejection."""
    arithmetic = channel.arithmetic
    values = channel.receive_extension("gkr_root", num_root_values(grouping))
    require_balance(arithmetic, grouping, values, public)
    n, e, point = claim_of_groups(channel, arithmetic, grouping, values)
    for layer in range(num_layers):
        batching = channel.challenge("gkr_batching")
        bound, claim = receive_rounds(channel, "gkr_round", DEGREE, point, n + batching * e)
        halves = channel.receive_extension("gkr_halves", 4)
        wrong = SumcheckRejection(f"gkr layer {layer}", "the last claim is not the value of the layer's halves")
        arithmetic.require_equal(layer_value(halves, batching), claim, wrong)
        r = channel.challenge("gkr_half")
        n, e, point = *join_halves(halves, r), [r, *bound]
    return GkrClaim(point, n, e)


def num_root_values(grouping: Grouping) -> int:
    """Of the first message: e of each group of factors, n of each group of fractions, e of each of these."""
    return 2 * grouping.groups - grouping.factor_groups


def num_rounds(num_layers: int, grouping: Grouping) -> int:
    """Of all layers' sumchecks: each has one more than the one above, and the first one those of the groups."""
    return sum(grouping.group_bits + layer for layer in range(num_layers))


def root_values(grouping: Grouping, n: Sequence[K], e: Sequence[K]) -> list[K]:
    """The first message, from N and E of all groups."""
    return [*e[: grouping.factor_groups], *n[grouping.factor_groups :], *e[grouping.factor_groups :]]


def _split(grouping: Grouping, values: Sequence[K]) -> tuple[Sequence[K], Sequence[K], Sequence[K]]:
    """e of the factors, n of the fractions, and e of these."""
    factors, groups = grouping.factor_groups, grouping.groups
    return values[:factors], values[factors:groups], values[groups:]


def require_balance(arithmetic: Arithmetic, grouping: Grouping, values: Sequence[K], public: PublicPart) -> None:
    """The roots balance with the public messages. Raises LogUpRejection."""
    factors, numerators, fractions = _split(grouping, values)
    _require_equal_products(arithmetic, factors, public)
    _require_zero_sum(arithmetic, numerators, fractions, public)


def claim_of_groups(
    channel: Transcript, arithmetic: Arithmetic, grouping: Grouping, values: Sequence[K]
) -> tuple[K, K, list[K]]:
    """What is left of the roots: N and E at a random point of groups."""
    factors, numerators, fractions = _split(grouping, values)
    if not grouping.group_bits:
        return numerators[0], fractions[0], []
    point = channel.challenges("gkr_groups", grouping.group_bits)
    shares = arithmetic.eq_table(point[::-1])
    n = arithmetic.inner(shares[len(factors) :], numerators)
    return n, arithmetic.inner(shares, [*factors, *fractions]), point


def _require_equal_products(arithmetic: Arithmetic, factors: Sequence[K], public: PublicPart) -> None:
    """`factors` are e of what is sent and of what is received. Where no table has such messages there are none, and the
    public ones must balance alone."""
    sent, received = public.sent, public.received
    if factors:
        sent, received = sent * (1 + factors[0]), received * (1 + factors[1])
    unequal = LogUpRejection("gkr root", "what permutation buses are sent is not what is received")
    arithmetic.require_equal(sent, received, unequal)


def _require_zero_sum(
    arithmetic: Arithmetic, numerators: Sequence[K], fractions: Sequence[K], public: PublicPart
) -> None:
    """`fractions` are e of the groups; their sum has the product of all denominators, which must not be zero."""
    n, e = numerators[0], fractions[0]
    for n_k, e_k in zip(numerators[1:], fractions[1:], strict=True):
        n, e = n * (1 + e_k) + n_k * (1 + e), e + e_k + e * e_k
    arithmetic.require_nonzero(1 + e, LogUpRejection("gkr root", "the product of all fingerprints is zero"))
    unbalanced = LogUpRejection("gkr root", "the buses do not balance with the public messages")
    arithmetic.require_zero(n + public.fractions * (1 + e), unbalanced)


def join_halves(halves: Sequence[K], r: K) -> tuple[K, K]:
    """The next layer's claims, from the values of its even and odd halves."""
    n0, n1, e0, e1 = halves
    return n0 + r * (n1 - n0), e0 + r * (e1 - e0)
