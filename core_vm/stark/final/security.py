"""The error of every challenge of a final proof."""

from __future__ import annotations

from core_vm.air.public import PublicValues
from core_vm.stark.final.key import FinalKey
from core_vm.stark.opening_soundness import opening_terms
from core_vm.stark.security_term import SecurityTerm
from core_vm.stark.soundness import ArgumentSize, SecurityReport, bus_terms, zerocheck_terms
from core_vm.stark.soundness_terms import FIELD_BITS, polynomial_bits
from core_vm.stark.terms import verifier as terms
from core_vm.stark.terms.system import term_system


def term_terms(log_terms: int) -> list[SecurityTerm]:
    """The sumcheck over product terms, and the batching of what it leaves."""
    return [
        SecurityTerm(
            "term sumcheck",
            polynomial_bits(terms.DEGREE, FIELD_BITS),
            log_terms,
            f"{terms.DEGREE} / |K| a round",
            (("term_round", log_terms),),
        ),
        SecurityTerm(
            "form batching (nu)",
            polynomial_bits(terms.COMBINED - 1, FIELD_BITS),
            1,
            f"{terms.COMBINED} linear forms of the columns: {terms.COMBINED - 1} / |K|",
            (("term_combination", 1),),
        ),
    ]


def security_of_final(key: FinalKey, public: PublicValues) -> SecurityReport:
    """Every term of a proof under this key. What the key holds, the verifier evaluates: no term is about it."""
    shape, tables = key.shape, key.tables
    size = ArgumentSize(
        num_messages=key.num_messages + len(public.messages),
        grouping=tables.grouping,
        log_rows=shape.row_variables,
        num_constraints=tables.num_constraints,
        num_columns=tables.num_columns,
        fingerprint_grinding=key.config.stark.fingerprint_grinding_bits,
    )
    opening = opening_terms(shape.opening.rounds, shape.opening.log_final)
    of_rows = [*zerocheck_terms(size), *term_terms(term_system(tables).log_terms)]
    return SecurityReport((*bus_terms(size), *of_rows, *opening))
