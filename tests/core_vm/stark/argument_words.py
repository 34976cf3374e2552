"""The words of a proof without its opening: by the plain prover, by the packed one, and as the verifier reads them."""

from __future__ import annotations

import numpy as np

from core_vm.stark.gkr.low_layers import inputs_of, write_low_layers
from core_vm.stark.gkr.prover import build_layers, prove_gkr
from core_vm.stark.gkr.tree import FractionTree, low_depth
from core_vm.stark.gkr.verifier import Fingerprint, public_part, verify_gkr
from core_vm.stark.shape import ShardShape
from core_vm.stark.zerocheck.plan import plan_tables
from core_vm.stark.zerocheck.proven_statement import proven_statement
from core_vm.stark.zerocheck.prover import ZerocheckProver, prove_zerocheck
from core_vm.stark.zerocheck.verifier import row_statement, verify_zerocheck
from core_vm.transcript.channel import ProverChannel, VerifierChannel
from core_vm.transcript.numbers import NUMBERS
from tests.core_vm.stark import plain
from tests.core_vm.stark.toys import QUICK


def plain_words(tables, trace, public):
    channel = ProverChannel()
    shape = ShardShape.of(tables, trace.tiles, QUICK)
    fingerprint = Fingerprint.draw(channel)
    gkr = plain.prove_gkr(channel, shape.grouping, *plain.input_fractions(tables, shape, trace, fingerprint))
    rho, kappa = channel.challenges("zerocheck_batching", 2)
    statement = row_statement(NUMBERS, tables, shape, fingerprint, gkr, rho, kappa)
    of_columns = plain.bus_form(tables, shape, fingerprint, gkr, kappa)
    plain.prove_zerocheck(channel, tables, shape, trace, statement, of_columns)
    return channel.words


def packed_words(tables, trace, public, threads=1):
    channel = ProverChannel()
    shape = ShardShape.of(tables, trace.tiles, QUICK)
    fingerprint = Fingerprint.draw(channel)
    tree = FractionTree(tables, shape, inputs_of(tables, shape, trace, fingerprint))
    memory = np.full(tree.words, 12345, np.uint32)
    write_low_layers(tables, shape, memory, tree, threads)
    build_layers(memory, tree, low_depth(shape.tile_bits), threads)
    gkr = prove_gkr(channel, memory, tree, public_part(NUMBERS, fingerprint, public.messages), threads, check=True)
    rho, kappa = channel.challenges("zerocheck_batching", 2)
    statement = proven_statement(tables, shape, fingerprint, gkr, rho, kappa)
    works, words = plan_tables(tables, shape, statement)
    prover = ZerocheckProver(works, trace, np.full(words, 54321, np.uint32), threads)
    prove_zerocheck(channel, prover, tables, shape, statement, check=True)
    return channel.words


def check_words(tables, trace, public, words):
    channel = VerifierChannel(words)
    shape = ShardShape.of(tables, trace.tiles, QUICK)
    fingerprint = Fingerprint.draw(channel)
    gkr = verify_gkr(channel, shape.gkr_layers, shape.grouping, public_part(NUMBERS, fingerprint, public.messages))
    rho, kappa = channel.challenges("zerocheck_batching", 2)
    statement = row_statement(NUMBERS, tables, shape, fingerprint, gkr, rho, kappa)
    verify_zerocheck(channel, tables, shape, statement)
    channel.finish()
