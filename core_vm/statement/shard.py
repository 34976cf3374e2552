"""The statement of one shard: (program, pc, root) steps to (pc', root'), running or halted with an exit code.

The shard's tables never see this object: they see messages. The verifier sends the first state and receives the last,
and it receives the roots of the two trees that the shard's rows open; what balances with these is the statement.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core_vm.air.public import PublicMessage, PublicValues
from core_vm.arguments import rely_on
from core_vm.errors import MalformedProof
from core_vm.field.koalabear import P
from core_vm.hash.poseidon2 import Digest
from core_vm.state.memory_map import FIRST_TIME, MAX_TIME, PROGRAM_DEPTH, TREE_DEPTH
from core_vm.tables.buses import CLAIM, HALT, PROGRAM_LEAF_LEVEL, STATE, TREE

MEMORY_ROOT_LEVEL = TREE_DEPTH
# The program tree's levels are numbered from 32 (leaves) to 62 (root).
PROGRAM_ROOT_LEVEL = 62
MAX_PC_INDEX = 2**PROGRAM_DEPTH

# Times fit 24 bits, so that a difference of two times is a 16-bit and an 8-bit limb.
rely_on(MAX_TIME <= 2**24, "a difference of two times has two limbs")
rely_on(
    PROGRAM_ROOT_LEVEL == PROGRAM_LEAF_LEVEL + PROGRAM_DEPTH and PROGRAM_LEAF_LEVEL > MEMORY_ROOT_LEVEL,
    "the two trees' levels are apart, and a root stands as far above the leaves as its tree is deep",
)
rely_on(MAX_PC_INDEX < P, "the place of a node, from the root's 0 down, is an integer below p")


def exit_limbs(exit_code: int) -> tuple[int, int]:
    """The low and the high 16 bits of an exit code of 32 bits."""
    return exit_code & 0xFFFF, exit_code >> 16


@dataclass(frozen=True, slots=True)
class ShardStatement:
    """Digests are 8 canonical elements; program counters are instruction indices (byte address / 4).

    `end_time` is 1 + 4 * instructions for a shard that goes on, and 0 for one that halts; `exit_code` is 32 bits, and 0
    for a shard that goes on; `pc_end` is 0 for one that halts. The shard makes `num_claims` claims about other runs,
    which lead from the digest `claims_start` of those before to `claims_end` (`core_vm.state.claims`).
    """

    program_root: Digest
    pc_start: int
    root_start: Digest
    pc_end: int
    root_end: Digest
    end_time: int
    halted: bool
    exit_code: int
    claims_start: Digest
    num_claims: int
    claims_end: Digest

    def check_ranges(self) -> None:
        """Raises MalformedProof for a statement outside the ranges that the tables' arguments rely on."""
        if not (0 <= self.pc_start < MAX_PC_INDEX and 0 <= self.pc_end < MAX_PC_INDEX):
            raise MalformedProof(
                "shard statement", f"program counters {self.pc_start}, {self.pc_end} are not below 2^30"
            )
        if self.halted:
            in_order = self.end_time == 0 and self.pc_end == 0 and 0 <= self.exit_code < 2**32
        else:
            in_order = self.exit_code == 0 and FIRST_TIME <= self.end_time <= MAX_TIME
        if not in_order:
            raise MalformedProof(
                "shard statement", f"end time {self.end_time}, exit code {self.exit_code} out of range"
            )

    def public_values(self) -> PublicValues:
        """What the verifier absorbs, and the messages it puts on the buses."""
        return shard_values(
            *(self.program_root, self.pc_start, self.root_start, self.pc_end, self.root_end),
            *(self.end_time, int(self.halted), exit_limbs(self.exit_code)),
            *(self.claims_start, self.num_claims, self.claims_end),
        )


def shard_values(
    program_root: Sequence[Any],
    pc_start: Any,
    root_start: Sequence[Any],
    pc_end: Any,
    root_end: Sequence[Any],
    end_time: Any,
    halted: Any,
    exit_limbs: tuple[Any, Any],
    claims_start: Sequence[Any],
    num_claims: Any,
    claims_end: Sequence[Any],
) -> PublicValues:
    """A statement's absorbed values, and the messages that the outside world adds: integers, or what stands for them in
    a circuit.

    Of the two ends, a halt and a state to go on from, one has multiplicity zero. Which one, data decide, not shape.

    A row that makes a claim takes a message (n, claims) and gives (n + 1, claims with it). There are fewer rows than p,
    so no rows give to one another in a circle: all of them lie on one path from (0, claims_start) to the claims at the
    end, in some order. Without such rows the two messages must be equal.
    """
    messages = (
        PublicMessage(STATE, 1, (pc_start, FIRST_TIME)),
        PublicMessage(HALT, -1, exit_limbs, halted),
        PublicMessage(STATE, -1, (pc_end, end_time), 1 - halted),
        PublicMessage(TREE, -1, (MEMORY_ROOT_LEVEL, 0, *root_start, *root_end)),
        PublicMessage(TREE, -1, (PROGRAM_ROOT_LEVEL, 0, *program_root, *program_root)),
        PublicMessage(CLAIM, 1, (0, *claims_start)),
        PublicMessage(CLAIM, -1, (num_claims, *claims_end)),
    )
    roots_and_counters = (*program_root, pc_start, *root_start, pc_end, *root_end, end_time, halted, *exit_limbs)
    return PublicValues((*roots_and_counters, *claims_start, num_claims, *claims_end), messages)
