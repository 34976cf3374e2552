"""The verifier of one shard: any words end in acceptance or in a typed `Rejection`. Imports numpy, never numba."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from core_vm.air.public import PublicMessage, PublicValues
from core_vm.air.table_set import TableSet
from core_vm.errors import SecurityError, SecurityRejection
from core_vm.pcs.jagged import JaggedWeight
from core_vm.pcs.whir.samples import receive_samples
from core_vm.pcs.whir.verifier import require_capacity, verify_opening
from core_vm.stark.config import STANDARD, StarkConfig
from core_vm.stark.gkr.verifier import Fingerprint, public_part, verify_gkr
from core_vm.stark.length import check_length
from core_vm.stark.shape import ShardShape, max_fractions, require_fixed_heights
from core_vm.stark.soundness import ArgumentSize, SecurityReport, security_report
from core_vm.stark.zerocheck.verifier import row_statement, verify_zerocheck
from core_vm.transcript.channel import VerifierChannel
from core_vm.transcript.sponge import Transcript


def absorb_statement(channel: Transcript, tables: TableSet, public: PublicValues, config: StarkConfig) -> None:
    """What is fixed before the prover says anything: parameters, tables, public values."""
    channel.absorb("parameters", config.parameters())
    channel.absorb_digest("tables", tables.digest)
    channel.absorb("public", public.absorbed)


def absorb_shape(channel: Transcript, shape: ShardShape) -> None:
    """Every number that the height decides: provers and verifiers that derive others do not understand one another."""
    channel.absorb("shape", shape.numbers())


def security_of(tables: TableSet, shape: ShardShape, public: PublicValues, config: StarkConfig) -> SecurityReport:
    """The error of every challenge of a proof of this shape, for the most that a shard of this shape can hold."""
    opening = shape.opening
    size = ArgumentSize(
        num_messages=max_fractions(tables, opening) + len(public.messages),
        grouping=tables.grouping,
        log_rows=shape.row_variables,
        num_constraints=tables.num_constraints,
        num_columns=tables.num_columns,
        fingerprint_grinding=config.fingerprint_grinding_bits,
    )
    return security_report(size, opening.rounds, opening.log_final)


def verify_shard(
    tables: TableSet, words: npt.NDArray[np.uint32], public: PublicValues, config: StarkConfig = STANDARD
) -> float:
    """Verify that `words` proves: the tables hold, and their buses balance with the public messages.

    Returns the bits of security of the weakest challenge. Raises a `Rejection`: a SecurityRejection when the
    configuration does not reach its own target for this shape.
    """
    return verify_words(VerifierChannel(words), tables, public, config)


def verify_words(
    channel: VerifierChannel, tables: TableSet, public: PublicValues, config: StarkConfig = STANDARD
) -> float:
    """The same for all the words of a channel."""
    absorb_statement(channel, tables, public, config)
    shape = ShardShape.of(tables, channel.receive("tile_counts", len(tables.tables)), config)
    check_length(channel.remaining, tables, shape, config)
    security = accepted_security(tables, shape, public, config)
    absorb_shape(channel, shape)
    verify_argument(channel, tables, shape, public.messages, config)
    channel.finish()
    return security.bits


def accepted_security(tables: TableSet, shape: ShardShape, public: PublicValues, config: StarkConfig) -> SecurityReport:
    """Raises SecurityRejection below the target."""
    try:
        return security_of(tables, shape, public, config).check(config.target_bits)
    except SecurityError as error:
        raise SecurityRejection("parameters", str(error)) from error


def verify_argument(
    channel: VerifierChannel,
    tables: TableSet,
    shape: ShardShape,
    messages: Sequence[PublicMessage],
    config: StarkConfig,
) -> None:
    """Everything after the tile counts. Nothing but the shape decides what is computed: see `transcript.arithmetic`."""
    require_capacity(channel.arithmetic, shape.layout, shape.opening.num_variables, shape.row_variables)
    require_fixed_heights(channel.arithmetic, tables, shape.tiles)
    verify_committed(channel, tables, shape, messages, config)


def verify_committed(
    channel: VerifierChannel,
    tables: TableSet,
    shape: ShardShape,
    messages: Sequence[PublicMessage],
    config: StarkConfig,
    fixed_roots: Sequence[Sequence[int]] = (),
) -> None:
    """The same for tile counts that are known to fit the shape. `fixed_roots` are those of the commitments behind the
    trace's, which were absorbed, or a digest of them."""
    arithmetic = channel.arithmetic
    root = channel.receive_digest("trace_root")
    samples = receive_samples(channel, shape.opening.rounds[0])
    channel.check_grind("fingerprint_grinding", config.fingerprint_grinding_bits)
    fingerprint = Fingerprint.draw(channel, arithmetic.eq_table)
    with arithmetic.part("logup-gkr"):
        public = public_part(arithmetic, fingerprint, messages)
        gkr = verify_gkr(channel, shape.gkr_layers, shape.grouping, public)
    rho, kappa = channel.challenges("zerocheck_batching", 2)
    with arithmetic.part("row statement"):
        statement = row_statement(arithmetic, tables, shape, fingerprint, gkr, rho, kappa)
    with arithmetic.part("zerocheck"):
        point, columns = verify_zerocheck(channel, tables, shape, statement)
    mu = channel.challenge("column_batching")
    with arithmetic.part("column batching"):
        claim = columns[0] + arithmetic.horner(mu, columns[1:])
    weight = JaggedWeight(shape.layout.blocks, point, mu)
    verify_opening(channel, [root, *fixed_roots], weight, claim, shape.opening, samples)
