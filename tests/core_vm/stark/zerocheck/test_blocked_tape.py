"""Tapes in blocks: the values that the tape emits, few registers, no column that nothing reads, the same proofs."""

from __future__ import annotations

import random

import pytest

from core_vm.air.table import Table
from core_vm.air.table_tapes import TableTapes
from core_vm.air.tape import Tape
from core_vm.field.koalabear import P
from core_vm.host import kernel_store
from core_vm.stark.zerocheck import blocked_tape
from core_vm.stark.zerocheck.blocked_tape import blocked
from core_vm.stark.zerocheck.kernel_tapes import kernel_tapes
from precompiles.sha256.round_table import round_table
from tests.core_vm.stark.argument_words import packed_words
from tests.core_vm.stark.identities import expanded, tables_with, trace_with, weigher
from tests.core_vm.stark.zerocheck.plain_blocks import emitted, in_one_piece, moved
from tests.core_vm.stark.zerocheck.random_tapes import random_tape


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch):
    """Blocks of two columns, of every tape that reads more than three; none of them is kept."""
    monkeypatch.setattr(blocked_tape, "MAX_UNCUT_COLUMNS", 3)
    monkeypatch.setattr(blocked_tape, "COLUMNS_OF_A_BLOCK", 2)
    monkeypatch.setattr(kernel_store, "kept_or_made", lambda name, make, to_bytes, from_bytes: make())
    kernel_tapes.cache_clear()
    yield
    kernel_tapes.cache_clear()


@pytest.mark.parametrize("chains", [False, True], ids=["of K", "of F"])
@pytest.mark.parametrize("seed", range(5))
def test_a_tape_in_one_block_emits_the_same(seed: int, chains: bool) -> None:
    tape, rng = random_tape(seed)
    columns, blocks = [rng.randrange(P) for _ in range(tape.width)], blocked(tape, chains)
    assert len(blocks.blocks) == 1
    assert emitted(in_one_piece(tape, blocks), columns) == emitted(tape, columns)


@pytest.mark.parametrize("chains", [False, True], ids=["of K", "of F"])
@pytest.mark.parametrize("seed", range(5))
def test_a_cut_tape_emits_the_same(seed: int, chains: bool, small_blocks: None) -> None:
    tape, rng = random_tape(seed)
    columns, blocks = [rng.randrange(P) for _ in range(tape.width)], blocked(tape, chains)
    assert len(blocks.blocks) > 1
    assert emitted(in_one_piece(tape, blocks), columns) == emitted(tape, columns)


@pytest.mark.parametrize("chains", [False, True], ids=["of K", "of F"])
def test_a_wide_tape_keeps_few_registers(chains: bool) -> None:
    tapes, rng = TableTapes(round_table()), random.Random(1)
    columns = [rng.randrange(P) for _ in range(round_table().width)]
    for tape in (tapes.whole, tapes.whole_leading):
        cut = blocked(tape, chains)
        assert cut.num_registers < tape.width // 5
        assert len(cut.operations) <= len(tape.operations)
        assert emitted(in_one_piece(tape, cut), columns) == emitted(tape, columns)


def test_a_column_that_nothing_reads_is_not_brought_in() -> None:
    tape, _ = random_tape(0)
    wider = Tape(tape.width + 5, tape.num_constraints, tape.num_registers, moved(tape.operations, 5), tape.constants)
    fills = blocked(tape, True).fills[:, 0]
    assert blocked(wider, True).fills[:, 0].tolist() == (fills + 5).tolist()
    assert blocked(wider, True).num_registers == blocked(tape, True).num_registers


@pytest.mark.parametrize("table", [weigher(), expanded(weigher())], ids=["products", "constraints"])
def test_the_words_of_a_proof_do_not_depend_on_blocks(table: Table, request: pytest.FixtureRequest) -> None:
    """Of columns and of forms, over F and over K."""
    tables = tables_with(table)
    arguments = tables, *trace_with(tables, 70, 300)
    words = packed_words(*arguments).tolist()
    request.getfixturevalue("small_blocks")
    assert packed_words(*arguments).tolist() == words
    assert any(len(tape.blocks) > 1 for pair in kernel_tapes(tables.tables[-1]) for tape in pair)
