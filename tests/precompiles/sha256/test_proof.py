"""Real proofs of the two tables, with ecalls and memory as public messages."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from core_vm.air.public import PublicValues
from core_vm.air.table_set import TableSet
from core_vm.errors import LogUpRejection
from core_vm.machine.precompile import PrecompileEvents
from core_vm.pcs.whir.config import WhirConfig
from core_vm.stark.config import StarkConfig
from core_vm.stark.prover import prove_shard
from core_vm.stark.verifier import verify_shard
from core_vm.tables import lookups
from core_vm.tables.standard import fill_trace
from precompiles.sha256.precompile import PRECOMPILE
from tests.precompiles.calls import public_messages
from tests.precompiles.sha256.calls import outside, random_calls

# Few queries and little grinding: this is about the tables.
QUICK = StarkConfig(WhirConfig(security_bits=8, grinding_bits=2), fingerprint_grinding_bits=2)
MODULES = (*PRECOMPILE.tables, *lookups.MODULES)
TABLES = TableSet(tuple(module.table for module in MODULES))


def prove(events: PrecompileEvents) -> np.ndarray:
    source = SimpleNamespace(events=SimpleNamespace(precompiles={PRECOMPILE.name: events}))
    return prove_shard(TABLES, fill_trace(MODULES, source), statement(events), config=QUICK, check=False)


def statement(events: PrecompileEvents) -> PublicValues:
    return PublicValues((len(events),), public_messages(outside(events)))


def test_a_proof_of_calls_is_accepted() -> None:
    events = random_calls(3)
    verify_shard(TABLES, prove(events), statement(events), QUICK)


def test_no_proof_for_another_output() -> None:
    events = random_calls(3)
    events.after[1][2, 3] ^= np.uint64(1)
    with pytest.raises(LogUpRejection):
        verify_shard(TABLES, prove(events), statement(events), QUICK)
