"""The set of tables: complete, as narrow as promised, filled the same way in any order, balanced in every shard."""

from __future__ import annotations

import numpy as np
import pytest

from core_vm.errors import WitnessError
from core_vm.isa.encode import encode, load_immediate
from core_vm.isa.forms import FORMS
from core_vm.isa.operations import FAMILY_OF, MISALIGNED_FAMILY
from core_vm.tables import standard
from core_vm.tables.standard import BASE_MODULES, fill_trace
from core_vm.witness.check import check_trace
from tests.core_vm.tables.shards import program_of, public_messages, source_of, sources_of

TABLES = {module.table.name: module.table for module in BASE_MODULES}
# Columns of the best public machine (OpenVM 2.1, SP1 6), and the most interactions where a number was promised.
LIMITS = {
    "add": (29, 18), "addi": (23, 14), "logic": (42, 22), "logic_immediate": (42, 12), "compare": (33, 17),
    "compare_immediate": (33, 12), "shift_left": (58, 29), "shift_right": (58, 29), "shift_left_immediate": (51, 29),
    "shift_right_immediate": (51, 29), "multiply": (40, 30), "multiply_high": (52, 40), "divide": (84, 46),
    "remainder": (84, 46), "branch_equal": (24, 10), "branch_less": (30, 13), "jump_link": (17, 7), "constant": (17, 7),
    "jalr": (22, 14), "load_double": (39, 16), "store_double": (39, 16), "load_word": (37, 17), "store_word": (37, 17),
    "load_half": (36, 17), "store_half": (36, 17), "add_in_place": (21, 13), "addi_in_place": (14, 10),
    "move": (15, 9), "logic_in_place": (33, 17), "branch_zero": (14, 6),
}  # fmt: skip


def test_every_operation_but_trap_and_every_form_has_one_table() -> None:
    families = {family: {op for op, name in FAMILY_OF.items() if name == family} for family in FAMILY_OF.values()}
    assert set(families) <= set(TABLES)
    assert {form.name for form in FORMS} <= set(TABLES) - set(families)
    misaligned = {name for name in TABLES if name.startswith(MISALIGNED_FAMILY)}
    assert misaligned == {"misaligned_load", "misaligned_store"}


@pytest.mark.parametrize("name", LIMITS)
def test_a_table_is_as_narrow_as_promised(name: str) -> None:
    width, interactions = LIMITS[name]
    assert TABLES[name].width <= width
    assert len(TABLES[name].interactions) <= interactions


def loop(count: int) -> list[int]:
    """Words of a loop with memory, logic, comparison and a shift."""
    body = [
        encode("add", rd=6, rs1=5, rs2=6),
        encode("sd", rs1=31, rs2=6, immediate=8),
        encode("lw", rd=8, rs1=31, immediate=12),
        encode("slli", rd=9, rs1=6, immediate=13),
        encode("sltu", rd=10, rs1=9, rs2=8),
        encode("addi", rd=5, rs1=5, immediate=-1),
    ]
    return [*load_immediate(5, count), *body, encode("bne", rs1=5, rs2=0, immediate=-4 * len(body))]


def test_chunks_and_threads_fill_the_same_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    source = source_of(loop(300))
    whole = fill_trace(BASE_MODULES, source)
    monkeypatch.setattr(standard, "CHUNK", 128)
    in_chunks = fill_trace(BASE_MODULES, source, threads=2)
    assert whole.num_rows == in_chunks.num_rows
    assert np.array_equal(whole.q, in_chunks.q)


def test_every_shard_of_a_run_balances() -> None:
    program = program_of(loop(9000))
    shards = sources_of(program, shard_cells=1_500_000)
    assert len(shards) > 1
    assert sum(record.halted for record, _ in shards) == 1
    for record, source in shards:
        check_trace(fill_trace(BASE_MODULES, source), public_messages(program, record))


def test_a_statement_about_another_shard_does_not_balance() -> None:
    program = program_of(loop(5))
    ((record, source),) = sources_of(program)
    trace, messages = fill_trace(BASE_MODULES, source), public_messages(program, record)[1:]
    with pytest.raises(WitnessError, match="state"):
        check_trace(trace, messages)
