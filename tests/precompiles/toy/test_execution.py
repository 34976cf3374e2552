"""A guest calls the precompile: its result, its traps, what its calls cost, and what else knows of a machine."""

from __future__ import annotations

import ctypes
from dataclasses import replace

import numpy as np
import pytest

from aggregator.tiny_program import prove_tiny_program
from core_vm.errors import GuestTrap, UsageError
from core_vm.witness.module import TableModule
from precompiles.sha256.precompile import PRECOMPILE as SHA256
from precompiles.standard.machine import standard_machine
from precompiles.standard.security import largest_shard_security
from tests.core_vm.machine.running import Executor, execute
from tests.docs.generator import load_generator
from tests.precompiles.toy import guests
from tests.precompiles.toy.machine import toy_machine
from tests.precompiles.toy.vector_add.add_kernels import compute
from tests.precompiles.toy.vector_add.precompile import PRECOMPILE
from tests.precompiles.toy.vector_add.reference import LANES, add


def test_the_kernel_computes_what_the_reference_says() -> None:
    generator = np.random.default_rng(1)
    call = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.POINTER(ctypes.c_uint64))(compute.address)
    for _ in range(100):
        values = generator.choice(np.array(guests.EDGES, np.uint64), 2 * LANES)
        terms, total = values[:LANES].tolist(), values[LANES:].tolist()
        assert call(values.ctypes.data_as(ctypes.POINTER(ctypes.c_uint64)))
        assert values.tolist() == [*terms, *add(terms, total)]


def test_the_guest_adds_up_its_input() -> None:
    machine = toy_machine()
    executor = Executor(guests.program(), guests.vectors(), precompiles=machine.precompiles, costs=machine.row_cells)
    (record,) = executor.shards()
    assert executor.summary().output == guests.total_of(guests.vectors())
    assert {name: calls for name, calls in record.num_calls.items() if calls} == {PRECOMPILE.name: 40}
    assert machine.profile_for(record.num_calls).name == "vectors"


def test_the_standard_machine_has_no_such_call() -> None:
    with pytest.raises(GuestTrap, match="unknown environment call a7 = 0x2000"):
        execute(guests.program(), guests.vectors(), precompiles=standard_machine().precompiles, with_records=False)


def test_the_tables_say_what_a_call_costs() -> None:
    """Which is what a run is cut by."""
    (module,) = PRECOMPILE.tables
    assert [[m.rows_per_call for m in p.tables] for p in (SHA256, PRECOMPILE)] == [[1, 4], [1]]
    costly = replace(PRECOMPILE, make_tables=lambda: (replace(module, rows_per_call=65),))
    machine = replace(toy_machine(), precompiles=(*toy_machine().precompiles[:-1], costly))
    (dearer,) = guests.shards_of(guests.program(), guests.vectors(), machine=machine)
    assert dearer.record.cells == guests.shard().record.cells + 40 * 64 * module.table.width


def test_a_table_that_does_not_say_it_is_refused() -> None:
    (module,) = PRECOMPILE.tables
    silent = TableModule(module.table, module.rows, module.fill)
    with pytest.raises(UsageError, match="vector_add: rows_per_call of vector_add has to be at least 1"):
        _ = replace(PRECOMPILE, make_tables=lambda: (silent,)).tables


def test_what_is_derived_from_a_machine_knows_the_precompile() -> None:
    """Its page of tables, its security, and the warm-up, which calls every precompile and proves it."""
    assert "[vector_add](#vector_add)" in load_generator().tables_page(toy_machine())
    assert largest_shard_security(toy_machine()).check().bits >= 128
    prove_tiny_program(toy_machine)
