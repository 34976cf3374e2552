"""A shard ends before a call that no profile holds together with the calls before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from core_vm.errors import UsageError
from core_vm.isa.encode import encode, load_immediate
from core_vm.machine.execute import cutting
from core_vm.machine.execute.companions import Companions
from core_vm.machine.machine import Machine
from core_vm.machine.precompile import Operand, Precompile
from core_vm.machine.program.program import Program
from core_vm.tables.standard import BASE_MODULES
from tests.core_vm.machine.elf_builder import DATA_BASE
from tests.core_vm.machine.execute.both_ways import check_both_ways
from tests.core_vm.machine.execute.committed import shards_and_cells
from tests.core_vm.machine.python_kernel import PythonKernel, rows_of
from tests.core_vm.machine.running import Executor, execute
from tests.core_vm.machine.snippets import EXIT, call, program_of

KERNEL = PythonKernel(lambda values: None, 4)


def precompile(name: str, number: int, *, claims: bool = False) -> Precompile:
    module = replace(rows_of(name), rows=lambda source: len(source.events.precompiles[name]), rows_per_call=1)
    return Precompile(name, number, (Operand(10, 4, "write"),), lambda: KERNEL, lambda: (module,), claims=claims)


LEFT, RIGHT, BOTH = (precompile(name, 0x1000 + k) for k, name in enumerate(("left", "right", "both")))
SUBSETS = (("core", ()), ("left", ("left", "both")), ("right", ("right", "both")))
MACHINE = Machine(BASE_MODULES, (LEFT, RIGHT, BOTH), SUBSETS)
LETTERS = {"l": LEFT, "r": RIGHT, "b": BOTH}


def calling(letters: str) -> Program:
    """A call for each letter, with some instructions in between."""
    spin = [encode("addi", 6, 6, 0, 1)] * 5
    return program_of(
        *(word for letter in letters for word in [*call(LETTERS[letter].number, DATA_BASE), *spin]), *EXIT
    )


def calls_by_shard(program: Program) -> list[str]:
    """What each shard calls, sorted; the shards are all that a profile holds."""
    executor = Executor(
        program, precompiles=MACHINE.precompiles, costs=MACHINE.row_cells, profiles=MACHINE.called_together
    )
    shards = list(executor.shards())
    for before, after in pairwise(shards):
        assert (before.pc_end, before.root_after) == (after.pc_start, after.root_before)
    assert all(MACHINE.profile_for(shard.num_calls) for shard in shards)
    return ["".join(name[0] * shard.num_calls[name] for name in ("left", "right", "both")) for shard in shards]


@pytest.mark.parametrize(
    ("letters", "shards"),
    [
        ("", [""]),
        ("llbl", ["lllb"]),
        ("rrbb", ["rrbb"]),
        ("lr", ["l", "r"]),
        ("lrlrr", ["l", "r", "l", "rr"]),
        ("bbllbbrbbl", ["llbbbb", "rbb", "l"]),
        ("bbb", ["bbb"]),
    ],
)
def test_a_call_that_no_profile_holds_with_those_before_begins_a_shard(letters: str, shards: list[str]) -> None:
    """The precompile that all share goes with any; nothing is executed twice or left out."""
    program = calling(letters)
    assert calls_by_shard(program) == shards
    metered = execute(
        program, precompiles=MACHINE.precompiles, costs=MACHINE.row_cells, profiles=MACHINE.called_together,
        with_records=False,
    )  # fmt: skip
    assert metered.num_shards == len(shards)
    check_both_ways(program, precompiles=MACHINE.precompiles, costs=MACHINE.row_cells, profiles=MACHINE.called_together)


def test_the_call_that_ends_a_shard_is_the_next_ones_first_step() -> None:
    program = calling("lr")
    executor = Executor(program, precompiles=MACHINE.precompiles, profiles=MACHINE.called_together)
    first, second = executor.shards()
    slot = int(program.slot_of(np.array([second.pc_start // 4]))[0])
    assert program.instructions[slot].operation.name == "ECALL"
    assert (first.num_ecalls, second.num_ecalls) == (1, 2)


def test_calls_in_turns_in_a_loop_are_cut_alike_by_compiled_code() -> None:
    spin = [*load_immediate(6, 20), encode("addi", 6, 6, 0, -1), encode("bne", 0, 6, 0, -4)]
    body = [word for letter in "lbr" for word in [*call(LETTERS[letter].number, DATA_BASE), *spin]]
    loop = [*body, encode("addi", 5, 5, 0, -1)]
    program = program_of(*load_immediate(5, 40), *loop, encode("bne", 0, 5, 0, -4 * len(loop)), *EXIT)
    options = {"precompiles": MACHINE.precompiles, "costs": MACHINE.row_cells, "profiles": MACHINE.called_together}
    assert check_both_ways(program, **options) > 100
    assert calls_by_shard(program) == ["lb", *["r", "lb"] * 39, "r"]
    for shard, committed in shards_and_cells(program, MACHINE, 2**20):
        assert committed <= shard.cells


def test_without_profiles_one_shard_calls_all() -> None:
    (shard,) = Executor(calling("lrb"), precompiles=MACHINE.precompiles).shards()
    assert shard.num_calls == {"left": 1, "right": 1, "both": 1}
    with pytest.raises(UsageError, match="no profile holds both, left, right together"):
        MACHINE.profile_for(shard.num_calls)


def test_of_each_shard_the_driver_looks_at_first_calls_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of those that are not in every widest profile, and of what the run calls for the first time."""
    asked: list[str] = []
    admit = cutting.Cutter.admit_call

    def noticed(cutter: cutting.Cutter, place: int) -> bool:
        asked.append("lrb"[place])
        return admit(cutter, place)

    monkeypatch.setattr(cutting.Cutter, "admit_call", noticed)
    assert calls_by_shard(calling("bblllbrrrbbll")) == ["lllbbb", "rrrbb", "ll"]
    assert "".join(asked) == "blrrll"


def test_a_claim_is_looked_at_each_time_whatever_its_profiles() -> None:
    claim = replace(
        LEFT, claims=True, operands=(Operand(10, 4, "read"), Operand(11, 4, "read")),
        kernel=lambda: PythonKernel(lambda values: None, 8),
    )  # fmt: skip
    machine = Machine(BASE_MODULES, (claim, RIGHT, BOTH), SUBSETS)
    words = [word for letter in "llrl" for word in call(LETTERS[letter].number, DATA_BASE, DATA_BASE + 64)]
    run = execute(
        program_of(*words, *EXIT), precompiles=machine.precompiles, costs=machine.row_cells,
        profiles=machine.called_together,
    )  # fmt: skip
    assert [shard.num_claims for shard in run.shards] == [2, 0, 1]
    assert len(run.claims) == 3


def bits(letters: str) -> np.ndarray:
    return np.array([letter in letters for letter in "abc"])


@pytest.mark.parametrize(
    ("profiles", "choosy", "joined"),
    [
        ((), "", ["abc"]),
        (("", "abc"), "", ["abc"]),
        (("", "a", "ab", "abc"), "", ["abc"]),
        (("a", "ab", "ac"), "bc", ["ab", "ac"]),
        (("ab", "ab", "c"), "abc", ["ab", "c"]),
        (("ab", "bc", "ac"), "abc", ["ab", "bc", "ac"]),
    ],
)
def test_who_joins_whom(profiles: Sequence[str], choosy: str, joined: list[str]) -> None:
    companions = Companions("abc", profiles)
    assert companions.is_choosy.tolist() == bits(choosy).tolist()
    for called in ("", "a", "b", "c", "ab", "bc", "ac", "abc"):
        if not any(set(called) <= set(held) for held in joined):
            continue
        for place, name in enumerate("abc"):
            expected = any({*called, name} <= set(held) for held in joined)
            assert companions.may_join(place, bits(called)) == expected
            assert expected or name in choosy


def test_a_machine_without_precompiles_has_no_companions() -> None:
    assert Companions((), ((),)).is_choosy.shape == (0,)
