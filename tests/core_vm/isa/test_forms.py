"""Which instructions have a form, and what the kernels make of their operands."""

from __future__ import annotations

import numpy as np
import pytest

from core_vm.isa import forms
from core_vm.isa.decode import decode_many
from core_vm.isa.encode import encode
from core_vm.isa.forms import FAMILIES, FORMS, family_numbers, leaves_rs2_unread, overwrites_rs2
from core_vm.isa.operations import FAMILY_OF

# What is written (rd, rs1, rs2, immediate), its family, and whether rd is the second operand.
EXAMPLES = {
    ("addi", 5, 6, 0, 0): ("move", False),
    ("addi", 5, 6, 0, 1): ("addi", False),
    ("addi", 5, 5, 0, 1): ("addi_in_place", False),
    ("addi", 5, 5, 0, 0): ("addi_in_place", False),
    ("addi", 5, 0, 0, 0): ("constant", False),
    ("addi", 0, 5, 0, 0): ("nop", False),
    ("addiw", 5, 5, 0, 0): ("addi_word", False),
    ("add", 5, 5, 6, 0): ("add_in_place", False),
    ("add", 5, 6, 5, 0): ("add_in_place", True),
    ("add", 5, 0, 5, 0): ("add_in_place", True),
    ("add", 5, 5, 0, 0): ("add_in_place", False),
    ("add", 5, 5, 5, 0): ("add", False),
    ("add", 5, 6, 7, 0): ("add", False),
    ("add", 0, 0, 7, 0): ("nop", False),
    ("sub", 5, 5, 6, 0): ("add_in_place", False),
    ("sub", 5, 6, 5, 0): ("add", False),
    ("sub", 5, 5, 5, 0): ("add", False),
    ("addw", 5, 5, 6, 0): ("add_word", False),
    ("xor", 5, 6, 5, 0): ("logic_in_place", True),
    ("and", 5, 5, 6, 0): ("logic_in_place", False),
    ("or", 5, 5, 5, 0): ("logic", False),
    ("xor", 0, 0, 0, 0): ("nop", False),
    ("beq", 0, 6, 0, 8): ("branch_zero", False),
    ("bne", 0, 0, 0, 8): ("branch_zero", False),
    ("bne", 0, 0, 6, 8): ("branch_equal", False),
    ("blt", 0, 6, 0, 8): ("branch_less", False),
    ("mul", 5, 5, 6, 0): ("multiply", False),
    ("ld", 5, 5, 0, 0): ("load_double", False),
    ("ecall", 0, 0, 0, 0): ("ecall", False),
}
CODE = decode_many(
    np.array([encode(*written) for written in EXAMPLES], np.uint32), np.arange(len(EXAMPLES), dtype=np.uint64) * 4
)


def test_an_instruction_has_the_form_that_its_registers_make() -> None:
    numbers = family_numbers(CODE)
    found = [(FAMILIES[n], bool(s)) for n, s in zip(numbers, overwrites_rs2(CODE, numbers), strict=True)]
    assert dict(zip(EXAMPLES, found, strict=True)) == EXAMPLES
    assert {name for name, _ in found} >= {form.name for form in FORMS}


def test_an_rs2_that_is_not_read_is_x0() -> None:
    unread = leaves_rs2_unread(family_numbers(CODE))
    assert unread.any()
    assert not CODE.rs2[unread].any()


def test_without_forms_every_instruction_is_of_its_operations_family(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms, "FORMS", ())
    numbers = family_numbers(CODE)
    assert [FAMILIES[n] for n in numbers] == [FAMILY_OF[CODE[i].operation] for i in range(len(CODE))]
    assert not overwrites_rs2(CODE, numbers).any()
    assert not leaves_rs2_unread(numbers).any()


def test_no_two_families_share_a_name() -> None:
    assert len(set(FAMILIES)) == len(FAMILIES)
