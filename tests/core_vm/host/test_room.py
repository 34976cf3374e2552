"""The memory of a run in progress stays within what its process was given, whatever the guest touches."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from core_vm.errors import ResourceError
from core_vm.host.room import PROCESS_BYTES, MemoryRoom, resident_bytes
from core_vm.machine.execute.arena import lazy_zeros
from tests.places import ROOT

MIB = 2**20

# A guest that writes to a dword every `stride` bytes, for ever; run with 256 MiB more than the process starts with.
TOUCHING = """
import re, sys
from pathlib import Path
from aggregator.tiny_program import elf_of
from core_vm.errors import ResourceError
from core_vm.host.room import MemoryRoom, resident_bytes
from core_vm.isa.encode import encode, load_immediate
from tests.core_vm.machine.running import Executor
from core_vm.machine.program.program import Program
from precompiles.standard.machine import standard_machine

stride, cells = int(sys.argv[1]), 1 << int(sys.argv[2])
loop = [encode("sd", rs1=5, rs2=6), encode("add", 5, 5, 6), encode("jal", 0, immediate=-8)]
program = Program.from_elf(elf_of([*load_immediate(5, 0x0030_0000), *load_immediate(6, stride), *loop]))
machine = standard_machine()

def shards(room):
    costs = machine.row_cells
    return Executor(program, shard_cells=cells, precompiles=machine.precompiles, costs=costs, room=room).shards()

next(shards(None))  # loads the kernels
limit = resident_bytes() + 256 * 2**20
try:
    for _ in shards(MemoryRoom(limit, 0)):
        pass
except ResourceError as error:
    print(error, file=sys.stderr)
peak = re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text(encoding="utf-8"))
print(int(peak[1]) * 1024 - limit)
"""


@pytest.mark.parametrize(("stride", "log_cells"), [(4096, 24), (4096, 20), (2**17, 24), (32, 24)])
def test_a_run_ends_before_it_takes_more_than_its_room(stride: int, log_cells: int) -> None:
    command = [sys.executable, "-c", TOUCHING, str(stride), str(log_cells)]
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, check=True)
    assert b"--memory-limit" in done.stderr or b"guest trap" in done.stderr
    assert int(done.stdout) < 16 * MIB


def test_what_the_caller_held_before_is_not_charged() -> None:
    room = MemoryRoom(PROCESS_BYTES + 100 * MIB, 0)
    assert 90 * MIB < room.left() <= PROCESS_BYTES + 100 * MIB
    room.check(50 * MIB)
    with pytest.raises(ResourceError, match="memory-limit"):
        room.check(2 * PROCESS_BYTES)
    before = room.left()
    held = lazy_zeros((64 * MIB,), np.uint8)  # pages that nobody had before
    held[:] = 1
    assert 60 * MIB < before - room.left() < 80 * MIB
    room.lend(held.nbytes)
    assert before - room.left() < 10 * MIB


def test_memory_of_a_run_is_not_handed_to_forked_workers() -> None:
    array = lazy_zeros((64 * MIB,), np.uint8, forked=False)
    array[:] = 1
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writer, str(resident_bytes()).encode())
        os._exit(0)
    os.waitpid(child, 0)
    assert int(os.read(reader, 100)) < resident_bytes() - 60 * MIB
    for descriptor in (reader, writer):
        os.close(descriptor)
