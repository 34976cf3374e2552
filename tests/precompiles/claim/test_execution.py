"""Claims from a guest: what a run and its shards say of them, and which calls are refused."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from core_vm.errors import GuestTrap, UsageError
from core_vm.field.koalabear import P
from core_vm.machine.machine import Machine
from core_vm.machine.precompile import Operand, Precompile
from core_vm.state.claims import NO_CLAIMS, Claim, with_claim
from core_vm.state.roots import output_root_of
from core_vm.tables.standard import BASE_MODULES
from precompiles.claim.precompile import NAME, PRECOMPILE
from precompiles.standard.machine import standard_machine
from tests.core_vm.machine.execute.committed import shards_and_cells
from tests.core_vm.machine.python_kernel import PythonKernel, rows_of
from tests.core_vm.machine.running import Executor, execute
from tests.precompiles.claim.guests import (
    bytes_of,
    claiming_guest,
    claims,
    program,
    program_of_bytes,
    shard,
    shards,
)

MACHINE = standard_machine()


def digest_of(made: list[Claim]):
    digest = NO_CLAIMS
    for claim in made:
        digest = with_claim(digest, claim)
    return digest


def test_a_run_tells_its_claims_in_order() -> None:
    made = claims(20)
    for with_records in (True, False):
        run = execute(
            program(made), precompiles=MACHINE.precompiles, costs=MACHINE.row_cells, with_records=with_records
        )
        assert list(run.claims) == made


def test_a_shard_says_where_the_claims_start_and_end() -> None:
    record = shard().record
    assert (record.num_claims, record.claims_start, record.claims_end) == (20, NO_CLAIMS, digest_of(claims(20)))


def test_claims_go_on_from_shard_to_shard() -> None:
    records = [one.record for one in shards()]
    assert len(records) > 3
    assert sum(record.num_claims for record in records) == 12
    assert [record.claims_start for record in records] == [NO_CLAIMS, *(r.claims_end for r in records[:-1])]
    assert records[-1].claims_end == digest_of(claims(12))
    for one in shards():
        one.check()


@pytest.mark.parametrize("rounds", range(3000, 3048, 8))
def test_a_cut_beside_a_claim_neither_loses_nor_doubles_it(rounds: int) -> None:
    """The driver sees a claim before it is made, and once more when the shard ends between."""
    made = claims(9, seed=rounds)
    executor = Executor(
        program(made, rounds), shard_cells=2**20, precompiles=MACHINE.precompiles, costs=MACHINE.row_cells
    )
    records = list(executor.shards())
    assert [record.num_claims for record in records] == [record.num_calls[NAME] for record in records]
    assert list(executor.summary().claims) == made
    assert records[-1].claims_end == digest_of(made)


def test_shards_of_nothing_but_claims_stay_within_their_cells() -> None:
    cut = shards_and_cells(program(claims(900)), MACHINE, 2**20)
    assert len(cut) > 1
    for record, committed in cut:
        assert committed <= record.cells <= 2**20
    assert cut[-1][0].claims_end == digest_of(claims(900))


@pytest.mark.parametrize(
    ("word", "value"), [*((word, P) for word in range(16)), (0, P + 1), (9, 2**31), (15, 2**32 - 1)]
)
def test_a_word_that_is_no_element_is_a_trap(word: int, value: int) -> None:
    data = bytearray(bytes_of(claims(1)))
    struct.pack_into("<I", data, 4 * word, value)
    with pytest.raises(GuestTrap, match="claim: the call has no result for its operands"):
        execute(program_of_bytes(bytes(data), 1), precompiles=MACHINE.precompiles, with_records=False)


def test_a_guest_in_c_makes_a_claim() -> None:
    guest = claiming_guest()
    run = execute(
        guest,
        bytes.fromhex(guest.program_id) + b"what it wrote",
        precompiles=MACHINE.precompiles,
        with_records=False,
    )
    (claim,) = run.claims
    assert struct.pack("<8I", *claim.program_id).hex() == guest.program_id
    assert claim.output_root == output_root_of(b"what it wrote")


def test_a_machine_has_one_chain_of_claims_about_two_digests() -> None:
    kernel = PythonKernel(lambda values: None, 8)
    operands = (Operand(10, 4, "read"), Operand(11, 4, "read"))
    other = Precompile("other", 0x2000, operands, lambda: kernel, lambda: (rows_of("other"),), claims=True)
    with pytest.raises(UsageError, match="two precompiles make claims"):
        Machine(BASE_MODULES, (PRECOMPILE, other))
    with pytest.raises(UsageError, match="a claim is two read operands of 4 dwords"):
        Precompile("other", 0x2000, operands[:1], lambda: kernel, lambda: (rows_of("other"),), claims=True)


def test_cells_and_interactions_of_a_claim() -> None:
    (module,) = PRECOMPILE.tables
    assert (module.table.width, len(module.table.interactions), PRECOMPILE.compressions_per_call) == (97, 51, 2)
    assert np.array_equal(shard().events().precompiles[NAME].after[0], shard().events().precompiles[NAME].before[0])
