"""The verifier of one shard: any words end in acceptance or in a typed `Rejection`. Imports numpy, never numba."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core_vm.air.public import PublicValues
from core_vm.air.table_set import TableSet
from core_vm.errors import SecurityError, SecurityRejection
from core_vm.field.extension import inner, powers
from core_vm.hash.transcript import Transcript, VerifierChannel
from core_vm.pcs.whir.config import WhirShape
from core_vm.pcs.whir.verifier import verify_opening
from core_vm.stark.config import STANDARD, StarkConfig
from core_vm.stark.length import check_length
from core_vm.stark.logup_gkr import Fingerprint, public_sum, verify_gkr
from core_vm.stark.proof import ShardShape
from core_vm.stark.soundness import ArgumentSize, SecurityReport, opening_rounds, security_report
from core_vm.stark.zerocheck import row_statement, verify_zerocheck


def absorb_statement(channel: Transcript, tables: TableSet, public: PublicValues, config: StarkConfig) -> None:
    """What is fixed before the prover says anything: parameters, tables, public values."""
    channel.absorb("parameters", config.parameters())
    channel.absorb_digest("tables", tables.digest)
    channel.absorb("public", public.absorbed)


def absorb_shape(channel: Transcript, shape: ShardShape, opening: WhirShape) -> None:
    """Every number that follows from the tile counts: provers and verifiers that derive others do not understand
    one another."""
    channel.absorb("shape", [*shape.numbers(), *opening.numbers()])


def security_of(tables: TableSet, shape: ShardShape, public: PublicValues, config: StarkConfig) -> SecurityReport:
    """The error of every challenge of a proof of this shape."""
    opening = config.opening_shape(shape.layout.used)
    size = ArgumentSize(
        num_messages=shape.num_fractions + len(public.messages),
        num_interactions=len(tables.interactions),
        log_rows=shape.row_variables,
        num_constraints=tables.num_constraints,
        num_columns=tables.num_columns,
        fingerprint_grinding=config.fingerprint_grinding_bits,
    )
    return security_report(size, opening_rounds(opening), opening.log_final)


def verify_shard(
    tables: TableSet, words: npt.NDArray[np.uint32], public: PublicValues, config: StarkConfig = STANDARD
) -> float:
    """Verify that `words` proves: the tables hold, and their buses balance with the public messages.

    Returns the bits of security of the weakest challenge. Raises a `Rejection`: a SecurityRejection when the
    configuration does not reach its own target for this shape.
    """
    channel = VerifierChannel(words)
    absorb_statement(channel, tables, public, config)
    shape = ShardShape.of(tables, channel.receive("tile_counts", len(tables.tables)))
    opening = config.opening_shape(shape.layout.used)
    check_length(channel.remaining, tables, shape, opening, config)
    security = _accepted_security(tables, shape, public, config)
    absorb_shape(channel, shape, opening)
    root = channel.receive_digest("trace_root")
    channel.check_grind("fingerprint_grinding", config.fingerprint_grinding_bits)
    fingerprint = Fingerprint.draw(channel)
    gkr = verify_gkr(channel, shape.gkr_variables, public_sum(fingerprint, public.messages))
    rho, kappa = channel.challenges("zerocheck_batching", 2)
    statement = row_statement(tables, shape, fingerprint, gkr, rho, kappa)
    point, columns = verify_zerocheck(channel, tables, shape, statement)
    mu = channel.challenge("column_batching")
    claim = inner(powers(mu, len(columns)), columns)
    verify_opening(channel, root, shape.layout, point, mu, claim, opening)
    channel.finish()
    return security.bits


def _accepted_security(
    tables: TableSet, shape: ShardShape, public: PublicValues, config: StarkConfig
) -> SecurityReport:
    try:
        return security_of(tables, shape, public, config).check(config.target_bits)
    except SecurityError as error:
        raise SecurityRejection("parameters", str(error)) from error
