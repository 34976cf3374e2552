"""The terms of a WHIR opening, round by round, within the unique-decoding radius or up to the Johnson radius.

The state function is that of WHIR's theorem 5.2 (eprint 2024/1586), message by message. Before a round's oracle is
folded, one vector is meant: the only one near the oracle, or the one of the list that has the sampled values. A fold's
challenge fails if the sum holds although it did not (two values of a polynomial of degree two, for each vector of the
list), or if two halves get closer to the code than they were (`list_decoding`, mutual correlated agreement). Samples
fail if two vectors of the next list agree on them. Queries fail if none meets a point where the folded oracle and the
vector named by the next one differ. Combining fails if a false claim about a vector of the next list is cancelled: of
the one that has the samples it is a claim of before, of each other one that of a sample.
"""

from __future__ import annotations

from collections.abc import Sequence

from core_vm.pcs.whir.rounds import WhirRound
from core_vm.stark.list_decoding import (
    READINGS,
    STRICT,
    Reading,
    exceptional_challenges,
    list_fold_bits,
    list_query_bits,
    list_size,
    out_of_domain_bits,
)
from core_vm.stark.security_term import Draws, SecurityTerm, grinding_text, work
from core_vm.stark.soundness_terms import FIELD_BITS, fold_bits, polynomial_bits, query_bits


def opening_terms(rounds: Sequence[WhirRound], log_final: int) -> list[SecurityTerm]:
    """All of them; the vector sent in clear has 2^log_final elements, and there is only one of it."""
    terms: list[SecurityTerm] = []
    if rounds[0].num_samples:
        first = rounds[0]
        lists, drawn = _list_size(first), _claims_drawn(first)
        terms.append(_batching_term("WHIR: batching of samples (gamma)", first.num_samples, lists, drawn))
    for number, r in enumerate(rounds):
        following = rounds[number + 1] if number + 1 < len(rounds) else None
        claims = r.num_queries + (following.num_samples if following else 0)
        terms += [*_sample_terms(number, r), *_fold_terms(number, r), _query_term(number, r)]
        lists, drawn = (_list_size(following), _claims_drawn(following)) if following else (1.0, ())
        terms.append(_batching_term(f"WHIR round {number}: claim batching (gamma)", claims, lists, drawn))
    last = polynomial_bits(2, FIELD_BITS)
    terms.append(SecurityTerm("WHIR last sumcheck", last, log_final, "2 / |K| a round", (("whir_fold", log_final),)))
    return terms


def _claims_drawn(r: WhirRound) -> Draws:
    """Samples of the only vector near an oracle choose nothing: their error is that of batching what is claimed."""
    return (("whir_samples", r.num_samples),) if r.num_samples and not r.multiplicity else ()


def _sample_terms(number: int, r: WhirRound) -> list[SecurityTerm]:
    """A list needs samples: without any this term has no bits."""
    if not r.multiplicity:
        return []
    return [
        SecurityTerm(
            f"WHIR round {number}: out of domain",
            out_of_domain_bits(_list_size(r), r.num_variables, r.num_samples, FIELD_BITS),
            1,
            f"list of {_list_size(r):.0f}, squared, / 2 x (2^{r.num_variables} / |K|)^{r.num_samples}",
            (("whir_samples", r.num_samples),) if r.num_samples else (),
        )
    ]


def _fold_terms(number: int, r: WhirRound) -> list[SecurityTerm]:
    """One for all folds where they are alike."""
    if not r.multiplicity and not r.fold_grinding:
        bits, formula = fold_bits(r.log_domain, FIELD_BITS), f"(2^{r.log_domain} points + 3) / |K| a variable"
        return [
            SecurityTerm(f"WHIR round {number}: folding", bits, r.num_folds, formula, (("whir_fold", r.num_folds),))
        ]
    grinding = r.grinding_of_folds
    return [_fold_term(number, r, fold, bits) for fold, bits in enumerate(grinding, start=1)]


def _fold_term(number: int, r: WhirRound, fold: int, grinding: int) -> SecurityTerm:
    by_reading = {reading: fold_bits_under(reading, r, fold) + grinding for reading in READINGS}
    formula = (
        f"(3 x list of {_list_size(r):.0f} + exceptional challenges) / |K|" if r.multiplicity else "unique decoding"
    )
    return SecurityTerm(
        f"WHIR round {number}: fold {fold}",
        min(by_reading[reading] for reading in STRICT),
        1,
        formula + grinding_text(grinding),
        (*work("whir_fold_work", grinding), ("whir_fold", 1)),
        grinding,
        tuple(by_reading.items()) if r.multiplicity else (),
    )


def fold_bits_under(reading: Reading, r: WhirRound, fold: int) -> float:
    """Of the `fold`-th challenge from 1 on, without work. Unique decoding counts the points of a segment: interleaved
    codes have the same agreement (eprint 2024/1351)."""
    whole = reading.whole_vector and r.multiplicity > 0
    log_points = r.log_domain + (r.num_folds - fold if whole else 0)
    exceptional = exceptional_challenges(log_points, r.log_inverse_rate, r.multiplicity, reading.bound)
    return list_fold_bits(_list_size(r), exceptional, FIELD_BITS)


def _query_term(number: int, r: WhirRound) -> SecurityTerm:
    if r.multiplicity:
        bits = list_query_bits(r.num_queries, r.log_inverse_rate, r.multiplicity) + r.query_grinding
        formula = f"(2^-{r.log_inverse_rate / 2:g} (1 + 1/{2 * r.multiplicity}))^{r.num_queries}"
    else:
        bits = query_bits(r.num_queries, r.log_inverse_rate, r.query_grinding)
        formula = f"((1 + 2^-{r.log_inverse_rate}) / 2)^{r.num_queries}"
    return SecurityTerm(
        f"WHIR round {number}: queries",
        bits,
        1,
        formula + grinding_text(r.query_grinding),
        (*work("whir_work", r.query_grinding), ("whir_queries", r.num_queries)),
        r.query_grinding,
    )


def _batching_term(name: str, claims: int, lists: float, drawn: Draws = ()) -> SecurityTerm:
    of_list = f" x list of {lists:.0f}" if lists > 1 else ""
    formula = f"{claims} claims{of_list} / |K|, powers from gamma^1"
    bits = polynomial_bits(claims * lists, FIELD_BITS)
    return SecurityTerm(name, bits, 1, formula, (*drawn, ("whir_combination", 1)))


def _list_size(r: WhirRound) -> float:
    """How many vectors may be near the oracle."""
    return list_size(r.log_inverse_rate, r.multiplicity)
