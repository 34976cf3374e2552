"""Out-of-domain samples: which of the few vectors near an oracle is meant.

Beyond the unique-decoding radius an oracle is near several vectors. Right after its root the verifier draws elements z
of K, and is told sum_i q_i z^i over the whole vector q for each. Two vectors agree at z with probability 2^v / |K|, v
variables, so with enough samples one vector of the list at most has these values, and from here on it is *the* vector:
the arguments that follow need no list. In the first commitment this comes before all other challenges. The fixed
columns of a key are code words themselves: no other word of the code agrees with one on a share of sqrt(rho) of the
points, so vectors of a list differ in what the prover committed to, and samples of the whole tell them apart.

Within the radius no sample is needed: one vector is meant from the root on, and it has one value at each point. A
proof that hides its witness draws some there too, as they give every cell a weight, random ones included. An answer is
then a claim about the one vector and no more: a false one is opened as any false claim is, wherever the point lies, so
the draw has no error of its own.

The answers are claims like any other. They join the opening with powers of a challenge, never its zeroth: that is the
coefficient of the carried claim. The extension of i -> z^i is a product over the bits of i.
Source: WHIR (ePrint 2024/1586), construction 5.1 and theorem 5.2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core_vm.field.extension import K
from core_vm.pcs.whir.rounds import WhirRound
from core_vm.transcript.channel import VerifierChannel


@dataclass(frozen=True, slots=True)
class Samples:
    """Points of K, and what the vector is said to be there."""

    points: tuple[Any, ...] = ()
    values: tuple[Any, ...] = ()


NO_SAMPLES = Samples()


def receive_samples(channel: VerifierChannel, whir_round: WhirRound) -> Samples:
    """Draws the points for the oracle whose root was received last, and reads the values."""
    count = whir_round.num_samples
    if not count:
        return NO_SAMPLES
    points = channel.challenges("whir_samples", count)
    return Samples(tuple(points), tuple(channel.receive_extension("whir_answers", count)))


def power_extension(z: K, coordinates: Sequence[K]) -> K:
    """The multilinear extension of i -> z^i, i < 2^len(coordinates), z in K: prod_b (1 + y_b (z^(2^b) - 1))."""
    product = K.one
    for y in coordinates:
        product = product + product * y * (z - 1)
        z = z * z
    return product
