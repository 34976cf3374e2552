"""What has no form finds no row in a form's table; what has one, finds one in its operation's table all the same."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from core_vm.errors import WitnessError
from core_vm.isa import forms
from core_vm.isa.decode import Instructions
from core_vm.isa.encode import encode
from core_vm.isa.forms import FORMS, Form
from core_vm.tables import buses
from core_vm.tables.standard import BASE_MODULES
from tests.conformance.assembler import Assembler, Guest, guest
from tests.conformance.checking import Shard, shards_of
from tests.conformance.guests import all_guests
from tests.core_vm.tables.single_rows import accepted, messages
from tests.soundness.forcing import Forced, check_objection, force_instruction
from tests.soundness.honest_rows import all_rows

MODULES = {module.table.name: module for module in BASE_MODULES}
REGISTERS = ("rd", "rs1", "rs2")
FIRST, SECOND, RESULT = 10, 11, 9
SAME = 0x1234_5678_9ABC_DEF0


def words_of(rows: np.ndarray, form: Form) -> Instructions:
    """The instructions that rows (width, n) of a form's table fetch."""
    ((_, fetched),) = messages(MODULES[form.name], buses.PROGRAM, rows)
    fields = dict(zip(buses.PROGRAM.fields, fetched.T.astype(np.int64), strict=True))
    immediate = fields["immediate_0"].astype(np.uint64)
    return Instructions(fields["operation"], fields["rd"], fields["rs1"], fields["rs2"], immediate, fields["target"])


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_a_table_fetches_what_has_its_form_and_nothing_else(form: Form) -> None:
    """Whatever its register columns hold. One thing more finds a row, too: an operand in place of both, which is true
    all the same; no form has it, because the read of one would lie between the two halves of the other's update."""
    table, rows = MODULES[form.name].table, all_rows(MODULES[form.name])
    columns = [table.columns.index(name) for name in REGISTERS if name in table.columns]
    tried = []
    for operation in form.operations:
        row = rows[:, words_of(rows, form).operation == operation][:, 0]
        numbers = np.array(list(product((1, 2, 3), repeat=len(columns))), np.int64).T
        changed = np.repeat(row[:, None], numbers.shape[1], axis=1)
        changed[columns] = numbers
        tried.append(changed)
    mutants = np.concatenate(tried, axis=1)
    code = words_of(mutants, form)
    assert set(code.operation) == set(form.operations)
    is_both = (code.rd == code.rs1) & (code.rd == code.rs2)
    assert np.array_equal(accepted(MODULES[form.name], mutants), form.holds(code) | is_both)


def _program(word: int) -> Guest:
    """One instruction whose operands hold the same, as does its result before; then an exit."""
    code = Assembler()
    for register in (FIRST, SECOND, RESULT):
        code.set(register, SAME)
    code.word(word)
    code.exit()
    return guest("forms", code)


OTHERS = {
    "move": (("addi", RESULT, FIRST, 0, 3), ("addi", RESULT, FIRST, 0, 0)),
    "move of another register": (("addi", RESULT, FIRST, 0, 0), ("addi", RESULT, SECOND, 0, 0)),
    "addi_in_place": (("addi", RESULT, FIRST, 0, 3), ("addi", RESULT, RESULT, 0, 3)),
    "add_in_place": (("add", RESULT, FIRST, SECOND, 0), ("add", RESULT, RESULT, SECOND, 0)),
    "add_in_place, second": (("add", RESULT, FIRST, SECOND, 0), ("add", RESULT, FIRST, RESULT, 0)),
    "sub for sub": (("sub", RESULT, FIRST, RESULT, 0), ("sub", RESULT, RESULT, FIRST, 0)),
    "logic_in_place": (("xor", RESULT, FIRST, SECOND, 0), ("xor", RESULT, RESULT, SECOND, 0)),
    "branch_zero": (("beq", 0, FIRST, SECOND, 4), ("beq", 0, FIRST, 0, 4)),
}
"""What stands in the program, and what has the form; that it does the same here leaves the fetch alone to object."""


def _force(name: str, own_program_rows: bool) -> Forced:
    real, formed = (encode(*written) for written in OTHERS[name])
    program = _program(real).program
    at = program.entry + 4 * _program(real).segments[0][1].index(real.to_bytes(4, "little")) // 4
    return force_instruction(program, at, formed, own_program_rows=own_program_rows)


@pytest.mark.parametrize("own_program_rows", [False, True])
@pytest.mark.parametrize("name", OTHERS)
def test_an_instruction_without_the_form_has_no_proof_by_its_table(name: str, own_program_rows: bool) -> None:
    check_objection(lambda: _force(name, own_program_rows), proves=True)
    with pytest.raises(WitnessError, match=r"do not balance|rd_is"):
        _force(name, own_program_rows).check()


def _ends(shards: list[Shard]) -> list[tuple[int, ...]]:
    return [shard.record.root_after for shard in shards]


@pytest.mark.parametrize("name", ["operations in place", "aliases", "branches", "immediate operations"])
def test_without_forms_the_same_is_proved(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (chosen,) = [made for made in all_guests() if made.name == name]
    expected = _ends(shards_of(chosen.program, chosen.input))
    monkeypatch.setattr(forms, "FORMS", ())
    shards = shards_of(chosen.program, chosen.input)
    assert _ends(shards) == expected
    for shard in shards:
        assert not any(len(shard.events().families[form.name]) for form in FORMS)
        shard.check()
