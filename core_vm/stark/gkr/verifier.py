"""All buses at once: the sum of multiplicity / fingerprint over all messages is zero, by one tree of fractions
(verifier side).

Interaction i contributes n_i(row) / d_i(row), d = alpha + sum_j eq(beta, j) * entry_j with the bus number as entry 0.
The tree carries e = d - 1 instead of d, so that whatever lies beyond a table's rows or beyond the last interaction is
zero:
    n = n0 (1 + e1) + n1 (1 + e0),   e = e0 + e1 + e0 e1.
(Haboeck, "Multivariate lookups based on logarithmic derivatives", 2022; Papini and Haboeck, "Improving logarithmic
derivative lookups using GKR", 2023.)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

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

    def of(self, bus_number: int, entries: Sequence[int]) -> K:
        """The denominator d of a message of canonical entries."""
        total = self.alpha + self.weights[0] * bus_number
        for weight, entry in zip(self.weights[1:], entries, strict=False):
            total = total + weight * entry
        return total


def public_sum(arithmetic: Arithmetic, fingerprint: Fingerprint, messages: Sequence[PublicMessage]) -> K:
    """What the outside world adds to the sum of fractions. Raises LogUpRejection for a zero denominator."""
    total = K.zero
    for number, message in enumerate(messages):
        denominator = fingerprint.of(message.bus.number, message.entries)
        zero = LogUpRejection("public messages", f"message {number} on bus {message.bus.name} has a zero fingerprint")
        total = total + arithmetic.inverse(denominator, zero) * message.multiplicity
    return total


@dataclass(frozen=True, slots=True)
class GkrClaim:
    """N and E = D - 1, extended multilinearly over all fractions, at `point` (in the order of `ShardShape`)."""

    point: list[K]
    n: K
    e: K


def layer_value(halves: Sequence[K], batching: K) -> K:
    """The summand of a layer: its numerator, plus `batching` times its denominator less one."""
    n0, n1, e0, e1 = halves
    return n0 * (1 + e1) + n1 * (1 + e0) + batching * (e0 + e1 + e0 * e1)


def verify_gkr(channel: VerifierChannel, num_variables: int, public: K) -> GkrClaim:
    """Reads the tree from its root to its inputs. Raises LogUpRejection or SumcheckRejection."""
    arithmetic = channel.arithmetic
    n, e = channel.receive_extension("gkr_root", 2)
    arithmetic.require_nonzero(1 + e, LogUpRejection("gkr root", "the product of all fingerprints is zero"))
    unbalanced = LogUpRejection("gkr root", "the buses do not balance with the public messages")
    arithmetic.require_zero(n + public * (1 + e), unbalanced)
    point: list[K] = []
    for layer in range(num_variables):
        batching = channel.challenge("gkr_batching")
        bound, claim = receive_rounds(channel, "gkr_round", DEGREE, point, n + batching * e)
        halves = channel.receive_extension("gkr_halves", 4)
        wrong = SumcheckRejection(f"gkr layer {layer}", "the last claim is not the value of the layer's halves")
        arithmetic.require_equal(layer_value(halves, batching), claim, wrong)
        r = channel.challenge("gkr_half")
        n, e, point = *join_halves(halves, r), [r, *bound]
    return GkrClaim(point, n, e)


def join_halves(halves: Sequence[K], r: K) -> tuple[K, K]:
    """The next layer's claims, from the values of its even and odd halves."""
    n0, n1, e0, e1 = halves
    return n0 + r * (n1 - n0), e0 + r * (e1 - e0)
