"""Security as code: every challenge of a shard's proof, its error in bits, from the configuration in use.

The measure is round by round (soundcalc's, and what the Fiat-Shamir transformation asks for): each verifier message has
an error of its own, and the security of a proof is that of its weakest message. A configuration with any term below
`TARGET_BITS` is refused. The union bound over all messages is reported beside it.

What the terms do not contain is said apart: collisions of the eight-element digest and of the sponge's capacity, of
247.9 bits each, cost 2^123.95 permutations (`COLLISION_BITS`). Whoever wants one number for everything takes the
smaller one. The argument is in the random-oracle model. What is shown is rounded down.

`soundness_terms` and `list_decoding` have the formulas and their sources, `opening_soundness` the terms of WHIR.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from core_vm.air.grouping import Grouping
from core_vm.air.table import MAX_DEGREE, MAX_ENTRIES
from core_vm.arguments import rely_on
from core_vm.errors import SecurityError
from core_vm.field.koalabear import P
from core_vm.pcs.whir.rounds import WhirRound
from core_vm.stark.config import NUM_BETA
from core_vm.stark.gkr import verifier as logup_gkr
from core_vm.stark.list_decoding import Reading
from core_vm.stark.opening_soundness import opening_terms
from core_vm.stark.security_term import SecurityTerm, work
from core_vm.stark.soundness_terms import FIELD_BITS, fingerprint_bits, polynomial_bits, union_bits
from core_vm.stark.zerocheck import verifier as zerocheck

TARGET_BITS = 128  # of every challenge; collisions of the hash are COLLISION_BITS
DIGEST_ELEMENTS = 8
MESSAGE_LENGTH = MAX_ENTRIES + 1

rely_on(zerocheck.DEGREE >= MAX_DEGREE, "a round's polynomial has room for every constraint that a table may have")


def rounded_down(bits: float) -> float:
    """Bits of security with two decimals, never more than there are."""
    return math.floor(bits * 100) / 100


COLLISION_BITS = rounded_down(DIGEST_ELEMENTS * math.log2(P) / 2)


@dataclass(frozen=True, slots=True)
class SecurityReport:
    """All terms of one configuration."""

    terms: tuple[SecurityTerm, ...]
    target: float = TARGET_BITS

    @property
    def bits(self) -> float:
        """The weakest term."""
        return min(term.bits for term in self.terms)

    @property
    def ungrinded_bits(self) -> float:
        """The weakest term where no work is counted: no theorem on Fiat-Shamir with proof of work in many rounds is
        known to us."""
        return min(term.bits - term.grinding for term in self.terms)

    def bits_under(self, reading: Reading) -> float:
        """The weakest term if only this bound on exceptional challenges stands."""
        return min(dict(term.readings).get(reading, term.bits) for term in self.terms)

    @property
    def readings(self) -> tuple[Reading, ...]:
        """The bounds that some term has figures for: none in the unique-decoding regime."""
        return tuple(dict.fromkeys(reading for term in self.terms for reading, _ in term.readings))

    @property
    def union_bits(self) -> float:
        """All errors added up: the chance that any challenge at all fails."""
        return union_bits([(term.bits, term.count) for term in self.terms])

    @property
    def collision_bits(self) -> float:
        """Collision resistance of digests and transcript, apart from the terms."""
        return COLLISION_BITS

    def check(self, target: float | None = None) -> SecurityReport:
        """Return self; raises SecurityError naming the weakest term when it is below `target` (the report's own)."""
        target = self.target if target is None else target
        weakest = min(self.terms, key=lambda term: term.bits)
        if weakest.bits < target:
            has = f"{weakest.name} has {rounded_down(weakest.bits):.2f} bits ({weakest.formula})"
            raise SecurityError(f"{has}, below the target of {target} bits")
        return self


@dataclass(frozen=True, slots=True)
class ArgumentSize:
    """What the verifier knows of a shard before the first challenge, as far as the errors depend on it.

    `num_messages` counts rows times interactions over all tables, and the public messages; `grouping` is where the
    interactions stand in the tree; `log_rows` is log2 of the tallest table's rows, in whole tiles, rounded up.
    """

    num_messages: int
    grouping: Grouping
    log_rows: int
    num_constraints: int
    num_columns: int
    fingerprint_grinding: int


def bus_terms(size: ArgumentSize) -> list[SecurityTerm]:
    """The fingerprints of messages, and the GKR tree of fractions and factors."""
    layers, group_bits = size.log_rows + size.grouping.inner_bits, size.grouping.group_bits
    rounds, degree = logup_gkr.num_rounds(layers, size.grouping), logup_gkr.DEGREE + 1
    groups = SecurityTerm(
        "GKR groups", polynomial_bits(group_bits, FIELD_BITS), 1, f"{group_bits} / |K|", (("gkr_groups", group_bits),)
    )
    return [
        SecurityTerm(
            "LogUp fingerprint",
            fingerprint_bits(size.num_messages, MESSAGE_LENGTH, FIELD_BITS, size.fingerprint_grinding),
            1,
            f"{size.num_messages} messages x {MESSAGE_LENGTH} / |K|, {size.fingerprint_grinding} bits of grinding",
            (*work("fingerprint_grinding", size.fingerprint_grinding), ("logup_alpha", 1), ("logup_beta", NUM_BETA)),
            grinding=size.fingerprint_grinding,
        ),
        *([groups] if group_bits else []),
        SecurityTerm(
            "GKR batching", polynomial_bits(1, FIELD_BITS), layers, "1 / |K| a layer", (("gkr_batching", layers),)
        ),
        SecurityTerm(
            "GKR sumcheck",
            polynomial_bits(degree, FIELD_BITS),
            rounds,
            f"{degree} / |K| a round",
            (("gkr_round", rounds),),
        ),
        SecurityTerm("GKR halves", polynomial_bits(1, FIELD_BITS), layers, "1 / |K| a layer", (("gkr_half", layers),)),
    ]


def zerocheck_terms(size: ArgumentSize) -> list[SecurityTerm]:
    """The zerocheck: constraints are batched, weighted by eq at a random row, and summed."""
    degree = zerocheck.DEGREE + 1
    return [
        SecurityTerm(
            "constraint batching (rho)",
            polynomial_bits(size.num_constraints, FIELD_BITS),
            1,
            f"{size.num_constraints} constraints / |K|",
            (("zerocheck_batching", 1),),
        ),
        SecurityTerm(
            "bus claim batching (kappa)", polynomial_bits(1, FIELD_BITS), 1, "1 / |K|", (("zerocheck_batching", 1),)
        ),
        SecurityTerm(
            "zerocheck point",
            polynomial_bits(1, FIELD_BITS),
            size.log_rows,
            "1 / |K| a coordinate; they are those of the last GKR layer",
        ),
        SecurityTerm(
            "zerocheck sumcheck",
            polynomial_bits(degree, FIELD_BITS),
            size.log_rows,
            f"{degree} / |K| a round",
            (("zerocheck_round", size.log_rows),),
        ),
    ]


def row_terms(size: ArgumentSize) -> list[SecurityTerm]:
    """The zerocheck, and the batching of the columns that it ends in."""
    return [
        *zerocheck_terms(size),
        SecurityTerm(
            "column batching (mu)",
            polynomial_bits(size.num_columns - 1, FIELD_BITS),
            1,
            f"{size.num_columns - 1} powers / |K|; the jagged weight itself is computed, not proved",
            (("column_batching", 1),),
        ),
    ]


def security_report(size: ArgumentSize, rounds: Sequence[WhirRound], log_final: int) -> SecurityReport:
    """Every term of one shard's proof. Call `.check()` on it to refuse what is below the target."""
    return SecurityReport((*bus_terms(size), *row_terms(size), *opening_terms(rounds, log_final)))
