"""Sumcheck rounds with an equality weight, in Gruen's form: what is sent each round, for prover and verifier.

The claim is sum_x eq(z, x) F(x) = c. With variable X next and z its coordinate, let g(X) be the sum over the variables
after it, weighted by eq of *their* coordinates only. Then c = (1 - z) g(0) + z g(1), and g has the degree of F alone.
The prover sends d = g(1) - g(0) and the coefficients of X^2 (and X^3): the verifier has g(0) = c - z d without a
division, and after the challenge r the claim is g(r), with no weight left on the variables bound. The last claim is F
at the point. (A. Gruen, "Some improvements for the PIOP for ZeroCheck", 2024.)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from core_vm.field.extension import K

if TYPE_CHECKING:
    from core_vm.transcript.channel import ProverChannel, VerifierChannel


def next_claim(claim: K, z: K, message: Sequence[K], r: K) -> K:
    """g(r), where `message` is d and the coefficients from X^2 upwards."""
    difference, *higher = message
    value = K.zero
    slope = difference
    for coefficient in reversed(higher):
        value = (value + coefficient) * r
        slope = slope - coefficient
    return (value + slope) * r + claim - z * difference


def receive_rounds(
    channel: VerifierChannel, label: str, degree: int, point: Sequence[K], claim: K
) -> tuple[list[K], K]:
    """One round a coordinate of `point`, in its order. Returns the challenges and the last claim. Soundness
    (degree+1)/|K| each."""
    bound = []
    for z in point:
        message = channel.receive_extension(label, degree)
        r = channel.challenge(label)
        claim = next_claim(claim, z, message, r)
        bound.append(r)
    return bound, claim


def send_round(channel: ProverChannel, label: str, claim: K, z: K, message: Sequence[K]) -> tuple[K, K]:
    """The prover's side of one round: returns the challenge and the next claim."""
    channel.send_extension(label, message)
    r = channel.challenge(label)
    return r, next_claim(claim, z, message, r)


def difference_from(claim: K, z_inverse: K, at_zero: K) -> K:
    """d = g(1) - g(0) from c = g(0) + z d."""
    return (claim - at_zero) * z_inverse
