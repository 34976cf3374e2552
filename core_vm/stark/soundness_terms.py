"""The error of each kind of verifier message, as bits of security: -log2(probability that a false claim survives it).

Everything here is proven, none of it rests on a conjecture, and all of it is in the unique-decoding regime, where a
word has at most one codeword near it and list sizes are one; `list_decoding` goes beyond it. The forms are those of the
public calculators (the WHIR and lookup models of ethereum/soundcalc), so that their published tables can be reproduced;
tests/ does.

Sources: WHIR, Arnon, Chiesa, Fenzi, Yogev, eprint 2024/1586, theorem 5.2. Proximity gaps, Ben-Sasson, Carmon, Ishai,
Kopparty, Saraf, eprint 2020/654, theorem 4.1; for interleaved codes, Diamond and Gruen, eprint 2024/1351. LogUp,
Habock, eprint 2022/1530; with GKR, Papini and Habock, eprint 2023/1284; products, Blum, Evans, Gemmell, Kannan, Naor,
FOCS 1991. Sums over the hypercube: Schwartz and Zippel.

`field_bits` is log2 of the size of the field that the challenge is drawn from; `grinding_bits` is the work that the
prover must do before it sees the challenge, which a cheating prover pays again for each try.
"""

from __future__ import annotations

import math

from core_vm.field.koalabear import P

FIELD_BITS = 5 * math.log2(P)
"""Of the field K that challenges lie in."""


def polynomial_bits(degree: float, field_bits: float, grinding_bits: int = 0) -> float:
    """A nonzero polynomial of total degree `degree` vanishes at the challenge: degree / |K|; one of a list of
    them, so many times more."""
    return field_bits + grinding_bits - math.log2(max(degree, 1))


def agreement(log_inverse_rate: int) -> float:
    """A word beyond the unique-decoding radius agrees with a codeword on at most this share: (1 + rate) / 2."""
    return (1 + 2.0**-log_inverse_rate) / 2


def query_bits(num_queries: int, log_inverse_rate: int, grinding_bits: int = 0) -> float:
    """Uniform independent queries all miss what is wrong: agreement ^ num_queries."""
    return grinding_bits - num_queries * math.log2(agreement(log_inverse_rate))


def queries_for(bits: float, log_inverse_rate: int, grinding_bits: int = 0) -> int:
    """The fewest queries with at least `bits`."""
    return max(0, math.ceil((bits - grinding_bits) / -math.log2(agreement(log_inverse_rate))))


def fold_bits(log_domain: int, field_bits: float, degree: int = 3, grinding_bits: int = 0) -> float:
    """One folding round of WHIR: the sumcheck's `degree` / |K| and the proximity gap of two words, n / |K|."""
    return field_bits + grinding_bits - math.log2(degree + 2.0**log_domain)


def fingerprint_bits(num_messages: int, message_length: int, field_bits: float, grinding_bits: int = 0) -> float:
    """Unbalanced buses look balanced: num_messages * message_length / |K|, all rows' messages counted, present or not.

    Fractions: with all denominators cleared, their sum is a polynomial in (alpha, beta). It is not zero unless the
    messages balance, because different messages have different fingerprints, irreducible as polynomials.

    Products: what is sent less what is received is a polynomial in alpha over K[beta]. A message that is there is the
    monic linear factor alpha + L(beta). A row without one adds a factor free of alpha, 1 + sum_j eq(beta, j) c_j over
    j >= 1, whatever its columns hold: not zero, because all eq add up to one, and here that of j = 0 has no
    coefficient. So by unique factorisation the difference is zero only if the messages are the same.

    Of unbalanced buses one of the two is not zero, and both must vanish; each has a degree of at most `message_length`
    times the number of messages. (Weights eq(beta, .) have the degree log2(message_length) instead; the published
    calculators count the length.)
    """
    return field_bits + grinding_bits - math.log2(max(num_messages, 1)) - math.log2(message_length)


def union_bits(errors: list[tuple[float, int]]) -> float:
    """All errors added up; each is (bits, how many challenges have it)."""
    return -math.log2(math.fsum(count * 2.0**-bits for bits, count in errors))
