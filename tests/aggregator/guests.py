"""Guests whose runs have as many shards as a test wants."""

from __future__ import annotations

import quire
from aggregator.tiny_program import DATA_ADDRESS, elf_of
from core_vm.isa.encode import encode, load_immediate
from precompiles.sha256.call_table import NUMBER as SHA256
from tests.core_vm.machine.snippets import exit_with

NUM_ROUNDS = 14000


def program_of(exit_code: int, num_rounds: int = NUM_ROUNDS) -> quire.Program:
    """A loop of five instructions over memory, then a call of a precompile and an exit."""
    body = [
        encode("add", 7, 7, 6),
        encode("sd", rs1=5, rs2=7, immediate=16),
        encode("ld", 8, 5, immediate=16),
        encode("addi", 6, 6, immediate=-1),
    ]
    words = [*load_immediate(5, DATA_ADDRESS), *load_immediate(6, num_rounds), *body]
    words.append(encode("bne", rs1=6, rs2=0, immediate=-4 * len(body)))
    words += [*load_immediate(17, SHA256), encode("addi", 10, 5), encode("addi", 11, 5, immediate=64), encode("ecall")]
    return quire.Program.from_elf(elf_of([*words, *exit_with(exit_code)]))
