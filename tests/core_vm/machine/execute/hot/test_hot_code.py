"""When a guest's code is compiled, and how much of it."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from core_vm.isa.encode import encode, load_immediate
from core_vm.machine.execute import places
from core_vm.machine.execute.hot.blocks import Blocks
from core_vm.machine.execute.hot.hot_code import COMPILE_AFTER, WORTH, HotCode
from core_vm.machine.program.program import Program
from tests.core_vm.machine.execute.both_ways import Traced, check_both_ways
from tests.core_vm.machine.execute.small_shards import ONE_CELL_A_ROW
from tests.core_vm.machine.running import CORE_COSTS
from tests.core_vm.machine.snippets import EXIT, program_of, walk_program


def _loops(*times: int) -> Program:
    """One loop of three instructions after the other, each so many times over."""
    words: list[int] = []
    for count in times:
        loop = [encode("addi", 7, 7, 0, 3), encode("addi", 5, 5, 0, -1), encode("bne", 0, 5, 0, -8)]
        words += [*load_immediate(5, count), *loop]
    return program_of(*words, *EXIT)


def _hot_share(program: Program) -> float:
    executor = Traced(program, costs=CORE_COSTS, with_records=False)
    list(executor.shards())
    return executor.hot_steps / executor.summary().cycles


def test_what_runs_long_is_compiled_and_what_comes_later_too() -> None:
    assert COMPILE_AFTER == 2**19
    assert _hot_share(_loops(100_000)) == 0
    assert _hot_share(_loops(4_000_000)) > 0.8
    assert _hot_share(_loops(3_000_000, 3_000_000)) > 0.75
    assert WORTH * 35 < COMPILE_AFTER


def test_blocks_are_entered_at_their_heads_alone() -> None:
    program = walk_program()
    code = Traced(program, costs=CORE_COSTS).interpreter.code
    blocks = Blocks(code, 0)
    inside = np.concatenate([np.arange(a + 1, b) for a, b in zip(blocks.heads, blocks.stops, strict=True)])
    instructions = program.instructions
    targets = program.slot_of(instructions.target)
    assert not np.isin(targets, inside).any()
    actions = code[:, 0] & (places.HOT - 1)
    assert (actions[inside - 1] < 39).all()  # nothing but the last may go elsewhere
    executed = np.where(actions < 48)[0]
    assert set(executed) == set(inside) | set(blocks.heads)


def test_a_short_run_loads_no_compiler() -> None:
    code = (
        "import sys\nfrom tests.core_vm.machine.running import execute\n"
        "from tests.core_vm.machine.snippets import walk_program\nexecute(walk_program())\n"
        "assert 'core_vm.machine.execute.kernels' in sys.modules\n"
        "assert not {'core_vm.machine.execute.hot.function', 'core_vm.host.intermediate_code'} & {*sys.modules}\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr


def test_the_first_stretch_pauses_for_what_is_hot() -> None:
    """It is longer than what is interpreted before something is compiled."""
    program, halves = _loops(2_000_000), []
    for pauses in (True, False):
        with pytest.MonkeyPatch.context() as patch:
            if not pauses:
                patch.setattr(HotCode, "set_pause", lambda self, at_the_latest: None)
            executor = Traced(program, costs=CORE_COSTS, with_records=False)
            list(executor.shards())
            halves.append(executor.summary().cycles - executor.hot_steps)
    assert COMPILE_AFTER is not None
    assert COMPILE_AFTER <= halves[0] < 1.5 * COMPILE_AFTER < halves[1]


def test_a_pause_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever it is: before an instruction that is new to the shard, behind it, in the middle of a block."""
    monkeypatch.setattr("core_vm.machine.execute.hot.hot_code.LEAST_STRETCH", 1)
    hot_steps = [
        check_both_ways(walk_program(), costs=costs, shard_cells=cells, compile_after=after)
        for after in range(1, 60, 4)
        for costs, cells in ((CORE_COSTS, 2**26), (ONE_CELL_A_ROW, 1900 + after))
    ]
    assert min(hot_steps) > 0
