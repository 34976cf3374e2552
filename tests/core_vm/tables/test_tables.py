"""The set of tables: complete, as narrow as promised, filled the same way in any order, balanced in every shard."""

from __future__ import annotations

import numpy as np
import pytest

from core_vm.air.keys import key_columns
from core_vm.errors import WitnessError
from core_vm.field.extension import K, eq_table, inner, lift
from core_vm.field.koalabear import P
from core_vm.hash.poseidon2 import compress_batch
from core_vm.hash.poseidon2_parameters import POSEIDON2_16
from core_vm.isa.encode import encode, load_immediate
from core_vm.isa.operations import FAMILY_OF, MISALIGNED_FAMILY
from core_vm.tables import standard
from core_vm.tables.gadgets.inverses import inverses
from core_vm.tables.gadgets.poseidon2_kernels import permutation_columns
from core_vm.tables.lookups import LOOKUPS
from core_vm.tables.standard import BASE_MODULES, fill_trace
from core_vm.tables.trees import compressions
from core_vm.tables.trees.compression import COMPRESSION
from core_vm.witness.check import check_trace, violations
from core_vm.witness.module import ColumnWriter
from core_vm.witness.trace import Trace
from tests.core_vm.tables.shards import program_of, public_messages, source_of, sources_of

TABLES = {module.table.name: module.table for module in BASE_MODULES}

# Columns of the best public machine (OpenVM 2.1, SP1 6), and the most interactions where a number was promised.
LIMITS = {
    "add": (29, 18), "addi": (23, 14), "logic": (42, 22), "logic_immediate": (42, 12), "compare": (33, 17),
    "compare_immediate": (33, 12), "shift_left": (58, 29), "shift_right": (58, 29), "shift_left_immediate": (51, 29),
    "shift_right_immediate": (51, 29), "multiply": (40, 30), "multiply_high": (52, 40), "divide": (84, 46),
    "remainder": (84, 46), "branch_equal": (24, 10), "branch_less": (30, 13), "jump_link": (17, 7), "constant": (17, 7),
    "jalr": (22, 14), "load_double": (39, 16), "store_double": (39, 16), "load_word": (37, 17), "store_word": (37, 17),
    "load_half": (36, 17), "store_half": (36, 17),
}  # fmt: skip


def test_every_operation_but_trap_has_one_table() -> None:
    families = {family: {op for op, name in FAMILY_OF.items() if name == family} for family in FAMILY_OF.values()}
    assert set(families) <= set(TABLES)
    misaligned = {name for name in TABLES if name.startswith(MISALIGNED_FAMILY)}
    assert misaligned == {"misaligned_load", "misaligned_store"}


@pytest.mark.parametrize("name", LIMITS)
def test_a_table_is_as_narrow_as_promised(name: str) -> None:
    width, interactions = LIMITS[name]
    assert TABLES[name].width <= width
    assert len(TABLES[name].interactions) <= interactions


def test_keys_of_the_lookup_table() -> None:
    keys = dict(zip((key.name for key in LOOKUPS.table.keys), key_columns(LOOKUPS.table), strict=True))
    row = np.arange(2**16)
    low, high = row % 256, row // 256
    expected = {"row": row, "first_byte": low, "second_byte": high}
    expected |= {"and": low & high, "or": low | high, "xor": low ^ high}
    bits = np.array([max(r, 1).bit_length() - 1 for r in row.tolist()])
    expected |= {"bits": bits, "limit": 2**bits, "value": np.maximum(row - 2**bits, 0)}
    for name, values in expected.items():
        assert np.array_equal(keys[name], values), name


@pytest.mark.parametrize("key", LOOKUPS.table.keys, ids=lambda key: key.name)
def test_a_key_off_the_cube_is_the_multilinear_extension(key: object) -> None:
    point = [K(3, i, 5, 7, i * i) for i in range(16)]
    values = key_columns(LOOKUPS.table)[LOOKUPS.table.keys.index(key)]
    assert lift(key.function(point)) == inner(eq_table(point), [lift(int(v)) for v in values])


def test_compressions_are_those_of_the_hash() -> None:
    rng = np.random.default_rng(5)
    inputs = np.concatenate([rng.integers(0, P, (70, 16)), np.full((1, 16), P - 1), np.zeros((1, 16), np.int64)])
    columns = permutation_columns(POSEIDON2_16, inputs.astype(np.uint32), num_outputs=8, feed_forward=True)
    columns = np.vstack([columns, np.ones((1, len(inputs)), np.uint32)])
    assert violations(COMPRESSION.table, columns) == []
    zero = compress_batch(np.zeros((1, 8)), np.zeros((1, 8)))[0]
    digests = (columns[-9:-1].T.astype(np.int64) + zero) % P
    assert np.array_equal(digests, compress_batch(inputs[:, :8], inputs[:, 8:]))


def test_equal_compressions_are_proved_once(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = np.repeat(np.arange(32, dtype=np.uint32).reshape(2, 16), [3, 2], axis=0)[[0, 3, 1, 4, 2]]
    expected = [(tuple(range(16)), 3), (tuple(range(16, 32)), 2)]
    for mixer in (compressions._MIXER, 0):  # with 0 different rows hash alike
        monkeypatch.setattr(compressions, "_MIXER", mixer)
        counted = compressions.distinct(rows)
        assert sorted(zip(map(tuple, counted.inputs.tolist()), counted.multiplicity.tolist(), strict=True)) == expected


def test_inverses() -> None:
    values = np.array([0, 1, 2, P - 1, 12345, 0, 7])
    assert [int(v * i) % P for v, i in zip(values, inverses(values), strict=True)] == [0, 1, 1, 1, 1, 0, 1]
    assert inverses(np.zeros(0, np.uint64)).shape == (0,)


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


def test_columns_are_written_in_their_order() -> None:
    trace = Trace([TABLES["nop"]], [3])
    writer = ColumnWriter(trace, 0, 0)
    with pytest.raises(ValueError, match="column index written where real is due"):
        writer.put("index", np.zeros(3))
    writer.put("real", np.array([1, 0, 1]))
    with pytest.raises(ValueError, match="index was not written"):
        writer.finish()
    assert trace.read(0, 0)[:4].tolist() == [1, 0, 1, 0]
    with pytest.raises(ValueError, match="first row"):
        ColumnWriter(trace, 0, 32)
