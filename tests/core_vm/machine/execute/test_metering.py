"""What is metered bounds what is committed, and no shard is larger than asked for, however a guest lays itself out."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from core_vm.air.table import Bus, Table
from core_vm.air.table_builder import TableBuilder
from core_vm.errors import UsageError
from core_vm.field.koalabear import P
from core_vm.isa.encode import encode, load_immediate
from core_vm.machine.limits import MAX_SHARD_CELLS, MAX_SHARD_STEPS, most_renewals
from core_vm.machine.machine import Machine
from core_vm.machine.precompile import Operand, Precompile
from core_vm.machine.program.program import Program
from core_vm.machine.replay.recorder import record
from core_vm.pcs.whir.config import MAX_CELLS, MAX_TILES
from core_vm.stark.shape import MAX_FRACTIONS
from core_vm.state.memory_map import ADDRESS_LIMIT
from core_vm.tables.buses import MEMORY
from core_vm.tables.gadgets.calls import module_of_lookups
from core_vm.tables.source import WitnessSource
from core_vm.tables.standard import BASE_MODULES
from core_vm.witness.module import TableModule
from precompiles.poseidon2.precompile import NUMBER as POSEIDON2_NUMBER
from precompiles.sha256.call_table import NUMBER as SHA256_NUMBER
from precompiles.standard.machine import standard_machine
from tests.core_vm.machine.elf_builder import CODE_BASE, DATA_BASE, assemble_elf, build_elf
from tests.core_vm.machine.execute.committed import shards_and_cells
from tests.core_vm.machine.python_kernel import PythonKernel, rows_of
from tests.core_vm.machine.random_programs import random_program
from tests.core_vm.machine.running import Executor
from tests.core_vm.machine.snippets import EXIT

MACHINE = standard_machine()
COUNTER, POINTER, STRIDE, VALUE = 5, 8, 9, 7


def _loop(times: int, body: list[int], base: int = DATA_BASE, stride: int = 8) -> Program:
    """`body`, `times` over, with POINTER `stride` bytes further each time."""
    start = [*load_immediate(COUNTER, times), *load_immediate(POINTER, base), *load_immediate(STRIDE, stride)]
    back = [encode("add", POINTER, POINTER, STRIDE), encode("addi", COUNTER, COUNTER, 0, -1)]
    back.append(encode("bne", 0, COUNTER, 0, -4 * (len(body) + len(back))))
    return Program.from_elf(build_elf([*start, *body, *back, *EXIT]))


def _load_and_store(offset: int = 0) -> list[int]:
    return [encode("ld", VALUE, POINTER, 0, offset), encode("sd", 0, POINTER, COUNTER, offset)]


def _scattered_code() -> Program:
    """Islands of three instructions all over the image, each of which jumps to the next: a path of its own for each."""
    rng = random.Random(2)
    places = [CODE_BASE, *(rng.randrange(2**21, 3 * 2**30 - 64) & -64 for _ in range(1200))]
    places = list(dict.fromkeys(places))
    segments = []
    for place, following in zip(places, [*places[1:], None], strict=True):
        words = EXIT if following is None else _jump_far(following)
        segments.append((place, struct.pack(f"<{len(words)}I", *words), 4 * len(words), 5))
    return Program.from_elf(assemble_elf(segments, CODE_BASE))


def _jump_far(target: int) -> list[int]:
    """To a multiple of 64, in any order of the upper and lower halves."""
    upper = (target + 0x800) & -0x1000
    signed = upper - 2**32 if upper >= 2**31 else upper
    words = [encode("lui", 6, immediate=signed)]
    if signed < 0:
        words += [encode("slli", 6, 6, 0, 32), encode("srli", 6, 6, 0, 32)]
    return [*words, encode("jalr", 1, 6, 0, target - upper)]


def _far_apart(mnemonic: str) -> Program:
    """Accesses about 640 KiB apart, over all of the memory map."""
    return _loop(6000, [encode(mnemonic, VALUE, POINTER, COUNTER)], base=2**20, stride=0xF000_0000 // 6100 & -8)


def _calls(stride: int, times: int = 150) -> Program:
    """Nothing but SHA-256 calls, on operands `stride` bytes further each time."""
    arguments = [encode("addi", 10, POINTER), encode("addi", 11, POINTER, 0, 64)]
    return _loop(times, [*load_immediate(17, SHA256_NUMBER), *arguments, encode("ecall")], stride=stride)


def _compressions(stride: int, stores: bool) -> Program:
    """Nothing but Poseidon2 calls; if the guest `stores` into an operand, no two of them are equal."""
    store = [encode("sd", 0, POINTER, COUNTER)] if stores else []
    arguments = [encode("addi", register, POINTER, 0, 32 * (register - 10)) for register in (10, 11, 12)]
    return _loop(3000, [*store, *load_immediate(17, POSEIDON2_NUMBER), *arguments, encode("ecall")], stride=stride)


def _writes() -> Program:
    call = [*load_immediate(17, 64), *load_immediate(10, 1), *load_immediate(12, 0), encode("ecall")]
    return _loop(5000, call)


def _straight_line() -> Program:
    rng = random.Random(4)
    return Program.from_elf(build_elf([encode("addi", rng.randrange(32), 0, 0, k % 2048) for k in range(9000)] + EXIT))


def _renewing(times: int) -> Program:
    """As many renewals as can be: all registers are named whenever they are about to be too far, and the sink is."""
    spin = [*load_immediate(6, 8177), encode("addi", 6, 6, 0, -1), encode("bne", 0, 6, 0, -4)]
    name_all = [encode("addi", register, register, 0, 1) for register in range(1, 32) if register not in (COUNTER, 6)]
    body = [*spin, *name_all, encode("lw", 0, POINTER)]
    return _loop(times, body, stride=1)


LAYOUTS: dict[str, Callable[[], Program]] = {
    "scattered code": _scattered_code,
    "straight-line code": _straight_line,
    "loads far apart": lambda: _far_apart("ld"),
    "stores far apart": lambda: _far_apart("sd"),
    "memory read": lambda: _loop(9000, [encode("ld", VALUE, POINTER)], stride=32),
    "memory written": lambda: _loop(9000, [encode("sd", 0, POINTER, COUNTER)], stride=32),
    "memory read and written": lambda: _loop(9000, _load_and_store(), stride=32),
    "zeros written": lambda: _loop(9000, [encode("sd", 0, POINTER)], stride=32),
    "the top of memory": lambda: _loop(9000, _load_and_store(), base=ADDRESS_LIMIT - 32, stride=-32),
    "all misaligned": lambda: _loop(9000, _load_and_store(1), stride=8),
    "now and then misaligned": lambda: _loop(9000, _load_and_store(), stride=9),
    "misaligned and far apart": lambda: _loop(2000, _load_and_store(29), base=2**20, stride=2**20),
    "one row of every table": lambda: Program.from_elf(build_elf(random_program(11, 3000), data=bytes(4096))),
    "little": lambda: Program.from_elf(build_elf(EXIT)),
    "warm calls": lambda: _calls(0),
    "cold calls": lambda: _calls(256),
    "calls far apart": lambda: _calls(2**24),
    "equal compressions": lambda: _compressions(0, stores=False),
    "different compressions": lambda: _compressions(0, stores=True),
    "compressions far apart": lambda: _compressions(2**16, stores=True),
    "writes": _writes,
    "registers renewed": lambda: _renewing(8),
}


@cache
def _program(name: str) -> Program:
    return LAYOUTS[name]()


@pytest.mark.parametrize("shard_cells", [2**20, 2**20 + 54_321, 2**23])
@pytest.mark.parametrize("name", LAYOUTS)
def test_every_shard_commits_no_more_than_is_metered_and_asked_for(name: str, shard_cells: int) -> None:
    shards = shards_and_cells(_program(name), MACHINE, shard_cells)
    for shard, committed in shards:
        assert committed <= shard.cells <= shard_cells
        assert shard.num_steps <= MAX_SHARD_STEPS
    if shard_cells == 2**20 and name != "little":
        assert len(shards) > 1


@pytest.mark.parametrize("name", ["memory read and written", "straight-line code", "all misaligned"])
def test_precompiles_that_are_not_called_do_not_move_the_cuts(name: str) -> None:
    machines = (Machine(BASE_MODULES), _machine(_precompile(64, 4, _wide(1000))), MACHINE)
    cuts = [[shard.num_steps for shard, _ in shards_and_cells(_program(name), m, 2**21)] for m in machines]
    assert len(cuts[0]) > 1
    assert cuts[0] == cuts[1] == cuts[2]


@pytest.mark.parametrize("seed", range(6))
def test_random_programs_stay_within_what_is_metered(seed: int) -> None:
    program = Program.from_elf(build_elf(random_program(seed, 2500), data=bytes(4096)))
    for shard, committed in shards_and_cells(program, MACHINE, 2**20):
        assert committed <= shard.cells <= 2**20


@pytest.mark.parametrize(
    "program",
    [
        _loop(40_000, [encode("addi", VALUE, VALUE, 0, 1)] * 4),
        _loop(25_000, [encode("ld", VALUE, POINTER)], stride=32),
        _loop(20_000, [encode("sd", 0, POINTER, COUNTER)], stride=32),
        _loop(20_000, _load_and_store(), stride=32),
        _loop(40_000, _load_and_store(1), stride=8),
        _far_apart("sd"),
        _calls(0, times=600),
        _renewing(20),
    ],
    ids=["computing", "reading", "writing", "both", "misaligned", "far_apart", "calls", "renewing"],
)
def test_what_is_metered_is_close_and_shards_are_full(program: Program) -> None:
    *full, _ = shards_and_cells(program, MACHINE, 2**22)
    assert full
    for shard, committed in full:
        assert shard.cells <= 1.02 * committed
        assert committed >= 0.97 * 2**22


def _machine(precompile: Precompile) -> Machine:
    return Machine(BASE_MODULES, (precompile,))


def _precompile(rows: int, dwords: int, module: TableModule) -> Precompile:
    kernel = PythonKernel(lambda values: None, dwords)
    counted = replace(module, rows=lambda source: rows * len(source.events.precompiles["large"]), rows_per_call=rows)
    operands = (Operand(10, dwords, "write"),)
    return Precompile("large", 0x1000, operands, lambda: kernel, lambda: (counted,))


def _wide(width: int) -> TableModule:
    return TableModule(Table("wide", tuple(f"c{i}" for i in range(width)), (), ()))


@pytest.mark.parametrize("rows", [1, 63, 64, 65, 5000])
def test_calls_that_do_not_fit_begin_a_shard(rows: int) -> None:
    """A call of 64 to 5056 rows of 150 cells, on 6400 bytes: it is cut off before it goes beyond, or is alone."""
    machine = _machine(_precompile(rows, 800, _wide(150)))
    program = _loop(40, [*load_immediate(17, 0x1000), encode("addi", 10, POINTER), encode("ecall")], stride=8 * 500)
    shards = shards_and_cells(program, machine, 2**20)
    assert sum(shard.num_calls["large"] for shard, _ in shards) == 40
    for shard, committed in shards:
        assert committed <= shard.cells
        assert shard.cells <= 2**20 or (shard.num_calls["large"], shard.num_steps) == (1, 1)
    assert any(shard.cells > 2**20 for shard, _ in shards) == (rows == 5000)


@pytest.mark.parametrize("calls", [1, 24])
def test_a_table_of_fixed_height_is_in_the_shards_that_call(calls: int) -> None:
    """It is paid for by a shard's first call, and left out of the shards without one."""
    t = TableBuilder("fixed", log_height=16)
    t.receive_counted(Bus("fixed", 99, ("bit",)), [t.key("bit", lambda bits: bits[0])], t.column("times"))
    fixed = module_of_lookups("large", t.build())
    growing = _precompile(1, 4, _wide(150))
    calling = replace(growing, make_tables=lambda: (*growing.tables, fixed))
    assert [calling.cells(n) - growing.cells(n) for n in (1, 65)] == [2**16, 2**16]
    call = [*load_immediate(17, 0x1000), encode("addi", 10, POINTER), encode("ecall")]
    begin, compute = load_immediate(POINTER, DATA_BASE), [encode("addi", 6, 6, 0, 1)] * (6000 // calls)
    program = Program.from_elf(build_elf([*begin, *[*call, *compute] * calls, *EXIT]))
    shards = shards_and_cells(program, _machine(calling), 2**20)
    assert sum(shard.num_calls["large"] for shard, _ in shards) == calls
    called = [shard.num_calls["large"] > 0 for shard, _ in shards]
    assert any(called)
    assert calls > 1 or not all(called)
    for shard, committed in shards:
        assert committed <= shard.cells <= 2**20


def test_a_narrow_table_gets_no_more_rows_than_are_accepted() -> None:
    """2^20 rows of one column a call: a table has fewer than 2^22, long before they have 2^26 cells."""
    machine = _machine(_precompile(2**20, 4, rows_of("narrow")))
    program = _loop(9, [*load_immediate(17, 0x1000), encode("addi", 10, POINTER), encode("ecall")], stride=32)
    shards = shards_and_cells(program, machine, MAX_SHARD_CELLS)
    assert [shard.num_calls["large"] for shard, _ in shards] == [3, 3, 3]


@pytest.mark.parametrize(("requests", "calls"), [(1, 6000), (300, 60), (3000, 8)])
def test_compressions_that_calls_ask_for_are_metered(requests: int, calls: int) -> None:
    """All of them different: each is a row of the core's table, which the precompile's own tables do not show."""

    def compressions(source: WitnessSource) -> np.ndarray:
        count = requests * len(source.events.precompiles["large"])
        return np.arange(2**16, 2**16 + 16 * count, dtype=np.uint32).reshape(count, 16)

    module = replace(_wide(20), compressions=compressions, compressions_per_call=requests)
    machine = _machine(_precompile(1, 4, module))
    program = _loop(calls, [*load_immediate(17, 0x1000), encode("addi", 10, POINTER), encode("ecall")], stride=0)
    shards = shards_and_cells(program, machine, 2**20)
    assert sum(shard.num_calls["large"] for shard, _ in shards) == calls
    for shard, committed in shards:
        assert committed <= shard.cells <= 2**20
    assert all(committed > 0.8 * 2**20 for _, committed in shards[:-1])


def test_a_call_that_fits_no_shard_is_refused_before_it_happens() -> None:
    for precompile in (_precompile(2**20, 4, _wide(64)), _precompile(1, 2**19, _wide(1))):
        executor = Executor(_calling("large"), precompiles=(precompile,), costs=MACHINE.row_cells)
        with pytest.raises(UsageError, match=r"large: a call takes up to [\d,]+ cells, a shard has room for"):
            list(executor.shards())
        assert executor.interpreter.calls.counts == {"large": 0}


def _calling(*names: str) -> Program:
    """One call of each, by the numbers that they have here."""
    numbers = {"large": 0x1000, "other": 0x1001}
    calls = [[*load_immediate(17, numbers[name]), encode("ecall")] for name in names]
    arguments = [word for register in (10, 11, 12) for word in load_immediate(register, DATA_BASE)]
    return Program.from_elf(build_elf([*arguments, *(word for call in calls for word in call), *EXIT]))


@pytest.mark.parametrize("called", [(), ("large",), ("other",), ("other", "large", "other")])
def test_tables_are_made_of_what_a_run_calls(called: tuple[str, ...]) -> None:
    made: list[str] = []

    def noticed(precompile: Precompile) -> Precompile:
        def make() -> tuple[TableModule, ...]:
            made.append(precompile.name)
            return precompile.tables

        return replace(precompile, make_tables=make)

    large = _precompile(3, 4, _wide(20))
    both = [noticed(precompile) for precompile in (large, replace(large, name="other", number=0x1001))]
    list(Executor(_calling(*called), precompiles=both, costs=MACHINE.row_cells).shards())
    assert made == list(dict.fromkeys(called))


def test_the_bound_of_renewals_is_close_to_what_a_guest_can_need() -> None:
    program = _renewing(12)
    executor = Executor(program, shard_cells=2**24)
    (shard,) = executor.shards()
    needed = len(record(program, shard).renewals)
    assert 0.8 * most_renewals(shard.num_steps) <= needed <= most_renewals(shard.num_steps)


def test_costs_are_those_of_the_machines_tables() -> None:
    """A wider table costs more: no width stands anywhere but in its table."""

    def widened(table: Table) -> Table:
        return replace(table, columns=(*table.columns, "one_more"))

    (narrow, committed), *_ = shards_and_cells(_program("one row of every table"), MACHINE, 2**24)
    wide_machine = Machine(tuple(replace(module, table=widened(module.table)) for module in BASE_MODULES))
    (wide, wide_committed), *_ = shards_and_cells(_program("one row of every table"), wide_machine, 2**24)
    assert committed <= narrow.cells < wide.cells
    assert wide_committed <= wide.cells


def test_what_the_arguments_ask_of_every_shard_holds() -> None:
    """The executor bounds steps and cells; what the verifier bounds besides follows from these."""
    assert MAX_SHARD_CELLS == MAX_CELLS + 1
    for module in MACHINE.everything.modules:
        table = module.table
        assert len(table.interactions) * MAX_CELLS <= MAX_FRACTIONS * table.width
        assert table.width * MAX_TILES * 64 >= MAX_CELLS or MAX_SHARD_STEPS <= MAX_TILES * 64
    assert MAX_FRACTIONS < P


def test_too_many_messages_a_cell_would_be_noticed() -> None:
    t = TableBuilder("chatty")
    real = t.bit("real")
    for _ in range(16):
        t.send(MEMORY, [0] * 6, real)
    assert len(t.build().interactions) * MAX_CELLS > MAX_FRACTIONS
