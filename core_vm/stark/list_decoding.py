"""Errors in the list-decoding regime up to the Johnson radius: lists, exceptional challenges, samples, queries.

Within relative distance 1 - sqrt(rho) (1 + 1/(2m)) of a word on 2^n points, rho = 2^-log_inverse_rate, there are few
codewords, not one: `m`, the multiplicity of Guruswami and Sudan's decoder, is at least 3 here (tables that others
published go down to 1) and 0 stands for unique decoding, where the list has one entry.

WHIR needs *mutual* correlated agreement of the two halves of a fold. How many challenges are exceptional to it has been
bounded in several papers, of which some differ from how others read them, so each is a `Reading`:

- BCHKS: Ben-Sasson, Carmon, Habock, Kopparty, Saraf, eprint 2025/2055, theorem 4.2, with m = ceil(sqrt(rho)/(2 eta));
  theorem 4.6 argues the mutual case in one paragraph. It is what ethereum/soundcalc uses.
- PRINTED: theorem 4.6 with m = ceil(sqrt(rho)/eta), as it stands in print: 2m in the place of m.
- DKT: eprint 2026/2056, theorem 5.12, a preprint; in any characteristic.
- HABOCK: eprint 2025/2110, theorem 2, an outline, quadratic in the number of points.

Whether a line of interleaved words counts the points of one segment's code or of the whole vector's is the other
question. One segment suffices (eprint 2026/891, corollary 4.5: some random combination of the rows inherits all
exceptional challenges); soundcalc counts the vector as it is after the fold. `STRICT`, the readings that parameters
must satisfy, is the worst of BCHKS and DKT over the vector and of PRINTED over a segment. Nothing here rests on a
conjecture beyond the Johnson radius; those have been refuted (eprint 2025/2046).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum


class Bound(StrEnum):
    """Whose count of exceptional challenges."""

    BCHKS = "BCHKS"
    PRINTED = "PRINTED"
    DKT = "DKT"
    HABOCK = "HABOCK"


@dataclass(frozen=True, slots=True)
class Reading:
    """A bound, and whether it counts the points of the whole vector's code or those of one segment's."""

    bound: Bound
    whole_vector: bool

    def __str__(self) -> str:
        return f"{self.bound} over {'the vector' if self.whole_vector else 'a segment'}"


READINGS = tuple(Reading(bound, whole_vector) for bound in Bound for whole_vector in (True, False))
STRICT = (Reading(Bound.BCHKS, True), Reading(Bound.PRINTED, False), Reading(Bound.DKT, True))


def distance_factor(log_inverse_rate: int, multiplicity: int) -> float:
    """1 - delta: the least share of points on which a codeword of the list agrees with the word."""
    rate = 2.0**-log_inverse_rate
    return math.sqrt(rate) * (1 + 1 / (2 * multiplicity)) if multiplicity else (1 + rate) / 2


def list_size(log_inverse_rate: int, multiplicity: int) -> float:
    """(m + 1/2) / sqrt(rho), Guruswami and Sudan; one for unique decoding."""
    return (multiplicity + 0.5) * 2.0 ** (log_inverse_rate / 2) if multiplicity else 1.0


def exceptional_challenges(log_points: int, log_inverse_rate: int, multiplicity: int, bound: Bound) -> float:
    """At most so many challenges fold two words on 2^log_points points closer to the code than they are."""
    points, rate = 2.0**log_points, 2.0**-log_inverse_rate
    if not multiplicity:
        return points
    m = multiplicity + 0.5
    if bound is Bound.DKT:
        return 8 * points * m**3 / (3 * (rate * points - 1) / points)
    if bound is Bound.HABOCK:
        return (m / math.sqrt(rate)) ** 7 / 3 * (rate * points) ** 2
    if bound is Bound.PRINTED:
        m = 2 * multiplicity + 0.5
    delta = 1 - distance_factor(log_inverse_rate, multiplicity)
    return (2 * m**5 + 3 * m * delta * rate) * points / (3 * rate**1.5) + m / math.sqrt(rate)


def list_fold_bits(lists: float, exceptional: float, field_bits: float, degree: int = 3) -> float:
    """A challenge that folds: (degree l + E) / |K|. Source: WHIR, eprint 2024/1586, theorem 5.2, eps^fold."""
    return field_bits - math.log2(degree * lists + exceptional)


def out_of_domain_bits(lists: float, variables: int, samples: int, field_bits: float) -> float:
    """Two vectors of a list have the same values at all samples: l^2/2 (2^variables / |K|)^samples.

    A pair's difference is a polynomial of degree below 2^variables. No work counts here: the samples follow the root,
    so a nonce would have to stand before it. Source: theorem 5.2, eps^out, for one sample.
    """
    return samples * (field_bits - variables) + 1 - 2 * math.log2(lists)


def list_query_bits(num_queries: int, log_inverse_rate: int, multiplicity: int) -> float:
    """Uniform independent queries all miss: (1 - delta)^q."""
    return -num_queries * math.log2(distance_factor(log_inverse_rate, multiplicity))
