"""The shape of a WHIR opening: which variables are folded when, on which domains, with how many queries.

A shape is a deterministic function of the sizes of the commitments, so the verifier derives it and no proof states it.
The committed vector is cut into segments of 2^log_segment cells; segment j holds the coefficients of a polynomial that
is evaluated on the subgroup of order 2^log_domain. The first round folds the segment bits of the index, every later
round the four highest bits that are left, until at most 2^LOG_FINAL elements remain, which are sent in clear.

A shard always has 128 segments, of one of few canonical heights: then few verifiers, and few circuits, serve all
shards. Segments that have no cells cost the prover nothing: they are not encoded, and the hash of a leaf starts behind
them. The first folded vector lies in K, so its oracle has five columns for each of 2^FOLDING_FACTOR segments: at rate
1/4 that is a twelfth of the first oracle's cells for 128 segments. At rate 1/8 it would be a sixth, and save 31 queries
of 166.

All these rounds stay within the unique-decoding radius: an oracle at rate rho determines at most one vector within
relative distance (1 - rho)/2, so no out-of-domain samples are needed, and a query misses a disagreement beyond that
distance with probability at most (1 + rho)/2. Source: WHIR (Arnon, Chiesa, Fenzi, Yogev, ePrint 2024/1586), sections 5
and 6.

A configuration may also list its rounds itself (`RoundChoice`), and then go up to the Johnson radius, where fewer
queries do: proofs of one fixed shape that must be small. Whether such a list is sound is not decided here: every proof
begins with the check of `stark.soundness`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from core_vm.air.table import LOG_TILE
from core_vm.errors import UsageError
from core_vm.field.extension import DEGREE
from core_vm.field.koalabear import TWO_ADICITY
from core_vm.pcs.whir.rounds import RoundChoice, WhirRound

SECURITY_BITS = 128
GRINDING_BITS = 16
FOLDING_FACTOR = 4
LOG_FINAL = 8
# The prover's kernels work on whole vectors of lanes, sixteen at most.
LOG_FINAL_MIN = 4
LOG_SEGMENT_MIN = 8
LOG_SEGMENTS = (13, 15, 17, 19)
LOG_NUM_SEGMENTS = 7
# Tile counts have at least so many bits: a lookup table of 2^16 rows, 2^10 tiles, fits the smallest shard.
MIN_TILE_BITS = 11
# Leaves are hashed and encoded sixteen columns at a time.
SEGMENT_GRANULE = 16
# `numbers.fold_rows` adds up products below 2^47, one an element of a leaf, in 64 bits.
MAX_LEAF_WIDTH = 1 << 17


@cache
def queries_for(security_bits: int, log_inverse_rate: int) -> int:
    """The least t with ((1 + rho) / 2)^t <= 2^-security_bits for rho = 2^-log_inverse_rate, in exact integers."""
    if security_bits < 0 or log_inverse_rate < 1:
        raise UsageError(f"no query count for {security_bits} bits at rate 2^-{log_inverse_rate}")
    # (1 + rho)/2 = (2^k + 1) / 2^(k + 1), so the condition is (2^k + 1)^t 2^security <= 2^((k + 1) t).
    numerator, bits_per_query = (1 << log_inverse_rate) + 1, log_inverse_rate + 1
    count, power = 0, 1
    while power << security_bits > 1 << (bits_per_query * count):
        count, power = count + 1, power * numerator
    return count


@dataclass(frozen=True, slots=True)
class WhirConfig:
    """What is the same for all sizes. `log_inverse_rates` gives the first rounds' rates, `rate_step` is added after
    them; `log_segments` are the canonical heights of a segment, rising. With `rounds` none is derived: they are these,
    for whatever is opened."""

    security_bits: int = SECURITY_BITS
    grinding_bits: int = GRINDING_BITS
    log_inverse_rates: tuple[int, ...] = (1, 2)
    rate_step: int = 2
    log_segments: tuple[int, ...] = LOG_SEGMENTS
    log_num_segments: int = LOG_NUM_SEGMENTS
    min_tile_bits: int = MIN_TILE_BITS
    rounds: tuple[RoundChoice, ...] = ()

    def parameters(self) -> list[int]:
        """Everything that shapes are derived from, as canonical field elements."""
        return [
            *(self.security_bits, self.grinding_bits, self.rate_step, FOLDING_FACTOR, LOG_FINAL, self.log_num_segments),
            *(self.min_tile_bits, len(self.log_segments), *self.log_segments),
            *(len(self.log_inverse_rates), *self.log_inverse_rates),
            *(number for choice in self.rounds for number in choice.parameters()),
        ]

    def log_inverse_rate(self, number: int) -> int:
        """Of the oracle of round `number`."""
        known = self.log_inverse_rates
        return known[number] if number < len(known) else known[-1] + self.rate_step * (number - len(known) + 1)

    def queries(self, log_inverse_rate: int) -> int:
        """Queries that, with the grinding before them, reach the security target."""
        return queries_for(self.security_bits - self.grinding_bits, log_inverse_rate)

    def capacity(self, log_segment: int) -> int:
        """A vector of fewer cells fits segments of this height. Not of as many: a place then has no bit for "full"."""
        return 1 << (log_segment + self.log_num_segments)

    def tile_bits(self, log_segment: int) -> int:
        """Every table of a shard with segments of this height has fewer than 2^tile_bits tiles.

        A loop of some sixteen cells an instruction, the narrowest there is, can fill a shard.
        """
        return max(self.min_tile_bits, log_segment - 3)

    def log_segment_for(self, num_cells: int) -> int:
        """The least canonical height that `num_cells` cells fit. Raises UsageError if there is none."""
        for log_segment in self.log_segments:
            if num_cells < self.capacity(log_segment):
                return log_segment
        raise UsageError(f"{num_cells} cells are more than a shard holds: below {self.capacity(self.log_segments[-1])}")


STANDARD = WhirConfig()
MAX_CELLS = STANDARD.capacity(LOG_SEGMENTS[-1]) - 1
MAX_TILES = (1 << STANDARD.tile_bits(LOG_SEGMENTS[-1])) - 1
"""The most cells that a shard can have, and the most tiles of a table."""


@dataclass(frozen=True, slots=True)
class WhirShape:
    """Everything that prover and verifier must agree on. `segments` counts each commitment's segments, in index
    order."""

    config: WhirConfig
    log_segment: int
    segments: tuple[int, ...]
    rounds: tuple[WhirRound, ...]

    @staticmethod
    def canonical(log_segment: int, config: WhirConfig = STANDARD) -> WhirShape:
        """The shape of a shard with segments of this height, one commitment."""
        return WhirShape.for_segments(log_segment, (1 << config.log_num_segments,), config)

    @staticmethod
    def for_segments(log_segment: int, segments: Sequence[int], config: WhirConfig = STANDARD) -> WhirShape:
        """The shape for several commitments that are opened together, `segments[i]` >= 1 segments each."""
        if log_segment < LOG_SEGMENT_MIN or not segments or min(segments) < 1:
            raise UsageError(f"no opening of {tuple(segments)} segments of 2^{log_segment} cells")
        rounds = tuple(_rounds(log_segment, tuple(segments), config))
        if max(r.log_domain for r in rounds) > TWO_ADICITY:
            raise UsageError(f"a domain is larger than 2^{TWO_ADICITY}: lower rate or segment height")
        if max(sum(r.widths) for r in rounds) > MAX_LEAF_WIDTH:
            raise UsageError(f"a leaf has at most {MAX_LEAF_WIDTH} elements: fewer segments")
        return WhirShape(config, log_segment, tuple(segments), rounds)

    def numbers(self) -> list[int]:
        """What is derived, as canonical field elements: prover and verifier absorb it."""
        sizes = [self.log_segment, len(self.segments), *self.segments, len(self.rounds), self.log_final]
        return [*sizes, *(number for whir_round in self.rounds for number in whir_round.numbers())]

    @property
    def num_variables(self) -> int:
        """log2 of the length of the whole vector, missing segments included."""
        return self.log_segment + self.rounds[0].num_folds

    @property
    def num_runs(self) -> int:
        """Runs of 64 cells, a tile's of one column, of the whole vector."""
        return 1 << (self.num_variables - LOG_TILE)

    @property
    def num_cells(self) -> int:
        """Of all segments of all commitments."""
        return sum(self.segments) << self.log_segment

    @property
    def log_final(self) -> int:
        """log2 of the length of the vector that is sent in clear."""
        return self.rounds[-1].log_size

    def stored_cells(self, num_cells: int, number: int = 0) -> int:
        """`num_cells` of a commitment, filled up to whole groups of segments, which are encoded and hashed together."""
        group = SEGMENT_GRANULE << self.log_segment
        return min(max(-(-num_cells // group), 1) * group, self.segments[number] << self.log_segment)


def _rounds(log_segment: int, segments: tuple[int, ...], config: WhirConfig) -> list[WhirRound]:
    log_segments = (sum(segments) - 1).bit_length()
    choices = config.rounds or _derived(log_segments, log_segment, config)
    if choices[0].num_folds != log_segments:
        raise UsageError(f"the first fold is of {choices[0].num_folds} variables, for {sum(segments)} segments")
    rounds, log_size = [], log_segment
    for number, choice in enumerate(choices):
        log_size -= choice.num_folds if number else 0
        widths = (DEGREE << choice.num_folds,) if number else segments
        rounds.append(_round(choice, log_size, widths, number > 0))
    if log_size < LOG_FINAL_MIN:
        raise UsageError(f"the rounds leave a vector of 2^{log_size} elements, at least 2^{LOG_FINAL_MIN} are sent")
    return rounds


def _derived(log_segments: int, log_segment: int, config: WhirConfig) -> list[RoundChoice]:
    later = max(-(-(log_segment - LOG_FINAL) // FOLDING_FACTOR), 0)
    rates = [config.log_inverse_rate(number) for number in range(1 + later)]
    folds = [log_segments, *[FOLDING_FACTOR] * later]
    return [
        RoundChoice(num_folds, rate, config.queries(rate), config.grinding_bits)
        for num_folds, rate in zip(folds, rates, strict=True)
    ]


def _round(choice: RoundChoice, log_size: int, widths: tuple[int, ...], in_extension: bool) -> WhirRound:
    return WhirRound(
        *(choice.num_folds, log_size, choice.log_inverse_rate, choice.num_queries, widths, in_extension),
        *(choice.query_grinding, choice.multiplicity, choice.num_samples, choice.fold_grinding),
    )
