"""The shards of a run follow one another."""

from __future__ import annotations

import pickle

from core_vm.machine.program.program import Program
from core_vm.machine.replay.node_rows import node_rows, program_node_rows
from core_vm.machine.replay.recorder import record
from core_vm.machine.shard import Run
from core_vm.state import roots


def check_chain(program: Program, run: Run) -> None:
    """Each shard starts where the one before ended, replays from its pickled record, and leads to its roots."""
    root, pc, steps = run.initial_root, program.entry, 0
    for shard in run.shards:
        shard = pickle.loads(pickle.dumps(shard))
        assert (shard.root_before, shard.pc_start) == (root, pc)
        events = record(program, shard)
        node_rows(shard, events)
        assert sum(len(rows) for rows in events.families.values()) == shard.num_steps == events.program_counts[1].sum()
        assert len(program_node_rows(program, events.program_counts[0])) >= 30
        root, pc, steps = shard.root_after, shard.pc_end, steps + shard.num_steps
    assert (root, steps) == (run.final_root, run.cycles)
    assert [shard.halted for shard in run.shards] == [False] * (run.num_shards - 1) + [True]
    assert run.initial_root == roots.initial_root(program.image_roots, run.input_root)
    assert roots.root_from_output(roots.output_root_of(run.output), run.output_siblings) == run.final_root
