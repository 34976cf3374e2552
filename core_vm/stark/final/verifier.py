"""The verifier of the last proof of a chain: small proofs about one static circuit. Imports numpy, never numba.

Fixed columns are evaluated from the key, columns' values are replaced by a sumcheck over the constraints' product
terms, and the opened weight is a sum over all runs of the layout. Up to the end of the zerocheck's rounds everything is
as in `stark.verifier`, from the same source.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from core_vm.air.public import PublicMessage, PublicValues
from core_vm.errors import SecurityError, SecurityRejection
from core_vm.field.bulk import eq_words
from core_vm.field.extension import K
from core_vm.field.koalabear import Words
from core_vm.pcs.placements import PlacedWeight
from core_vm.pcs.whir.samples import receive_samples
from core_vm.pcs.whir.verifier import verify_opening
from core_vm.stark.final.key import FinalKey
from core_vm.stark.final.security import security_of_final
from core_vm.stark.gkr.verifier import Fingerprint, public_part, verify_gkr
from core_vm.stark.soundness import SecurityReport
from core_vm.stark.terms.system import TermStatement, term_system
from core_vm.stark.terms.verifier import LinearClaim, fixed_taken_off, verify_terms
from core_vm.stark.verifier import absorb_shape, absorb_statement
from core_vm.stark.zerocheck.bus_form import bus_weights
from core_vm.stark.zerocheck.verifier import RowStatement, row_statement, verify_rounds
from core_vm.transcript.arithmetic import Value
from core_vm.transcript.channel import VerifierChannel
from core_vm.transcript.pruned import PrunedVerifierChannel
from core_vm.transcript.sponge import Transcript


def absorb_final_statement(channel: Transcript, key: FinalKey, public: PublicValues) -> None:
    """All that a prover cannot choose: parameters, tables, public values, the key, and the numbers that follow."""
    absorb_statement(channel, key.tables, public, key.config.stark)
    channel.absorb("final_key", key.limbs)
    absorb_shape(channel, key.shape)
    channel.absorb("terms", [term_system(key.tables).log_terms])


def verify_final(key: FinalKey, words: npt.NDArray[np.uint32], public: PublicValues) -> float:
    """Verify that `words` proves: the tables with this key's fixed columns hold, and balance with the public messages.

    Returns the bits of security of the weakest challenge. Raises a `Rejection`: a SecurityRejection when the key's
    configuration does not reach its own target.
    """
    channel = PrunedVerifierChannel(words)
    security = accepted_security(key, public)
    absorb_final_statement(channel, key, public)
    verify_final_argument(channel, key, public.messages)
    channel.finish()
    return security.bits


def accepted_security(key: FinalKey, public: PublicValues) -> SecurityReport:
    """Raises SecurityRejection below the target."""
    try:
        return security_of_final(key, public).check(key.config.stark.target_bits)
    except SecurityError as error:
        raise SecurityRejection("parameters", str(error)) from error


def verify_final_argument(channel: VerifierChannel, key: FinalKey, messages: Sequence[PublicMessage]) -> None:
    """Everything after the statement."""
    opening = key.shape.opening
    root = channel.receive_digest("trace_root")
    samples = receive_samples(channel, opening.rounds[0])
    weight, value = reduce_to_cells(channel, key, messages)
    verify_opening(channel, [root], weight, value, opening, samples)


def reduce_to_cells(
    channel: VerifierChannel, key: FinalKey, messages: Sequence[PublicMessage]
) -> tuple[PlacedWeight, Value]:
    """All that is between the commitment and its opening: a weight of the tables' cells, and what their inner product
    with it must be for the tables to hold and the buses to balance."""
    arithmetic, shape, tables = channel.arithmetic, key.shape, key.tables
    channel.check_grind("fingerprint_grinding", key.config.stark.fingerprint_grinding_bits)
    fingerprint = Fingerprint.draw(channel, arithmetic.eq_table)
    with arithmetic.part("logup-gkr"):
        public = public_part(arithmetic, fingerprint, messages)
        gkr = verify_gkr(channel, shape.gkr_layers, shape.grouping, public)
    rho, kappa = channel.challenges("zerocheck_batching", 2)
    with arithmetic.part("row statement"):
        statement = row_statement(arithmetic, tables, shape, fingerprint, gkr, rho, kappa)
        _, position_point = shape.split_gkr_point(gkr.point)
        shares = np.ascontiguousarray(eq_words(position_point)[:, list(shape.grouping.positions)])
        in_planes = RowStatement(statement.binding_point, shares, fingerprint, kappa, rho, statement.claim)
    with arithmetic.part("zerocheck"):
        point, claim = verify_rounds(channel, shape, statement)
    with arithmetic.part("terms"):
        fixed, of_row = row_terms(key, in_planes, point)
        linear = main_claim(key, verify_terms(channel, of_row, claim), fixed)
    return PlacedWeight(key.placement, point, linear.columns), linear.value


def row_terms(key: FinalKey, statement: RowStatement[Words], point: Sequence[K]) -> tuple[Words, TermStatement]:
    """The fixed columns' values at the row point, and what the columns' values must add up to there: bus form and
    batched constraints."""
    fixed = key.fixed_at(point)
    of_columns = bus_weights(key.tables, statement)
    return fixed, TermStatement.of(term_system(key.tables), statement.rho, fixed, of_columns)


def main_claim(key: FinalKey, claim: LinearClaim, fixed: Words) -> LinearClaim:
    """The part of a claim that main columns owe, which are what a proof commits to."""
    return fixed_taken_off(claim, fixed, key.main_columns)
