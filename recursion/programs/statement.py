"""The statement of a shard on variables."""

from __future__ import annotations

from dataclasses import dataclass

from core_vm.air.public import PublicValues
from core_vm.errors import MalformedProof
from core_vm.state.memory_map import FIRST_TIME, MAX_TIME
from core_vm.statement.shard import MAX_PC_INDEX, shard_values
from core_vm.transcript.arithmetic import Arithmetic
from recursion.programs.records import Octet, Value

LIMB_BITS = 16
_PC_BITS = (MAX_PC_INDEX - 1).bit_length()
_TIME_BITS = (MAX_TIME - FIRST_TIME).bit_length()


@dataclass(frozen=True)
class ShardVariables:
    """`ShardStatement`, with `exit_limbs` for the exit code. Fields may be constants of the circuit."""

    program_root: Octet
    pc_start: Value
    root_start: Octet
    pc_end: Value
    root_end: Octet
    end_time: Value
    halted: Value
    exit_limbs: tuple[Value, Value]
    claims_start: Octet
    num_claims: Value
    claims_end: Octet

    def public_values(self) -> PublicValues:
        """What the verifier absorbs, and the messages it puts on the buses."""
        return shard_values(
            *(self.program_root, self.pc_start, self.root_start, self.pc_end, self.root_end),
            *(self.end_time, self.halted, self.exit_limbs, self.claims_start, self.num_claims, self.claims_end),
        )

    def require_ranges(self, arithmetic: Arithmetic) -> None:
        """`ShardStatement.check_ranges`: program counters are below 2^30, and

        - running (halted = 0): no exit code, and FIRST_TIME <= end_time <= MAX_TIME;
        - halted (1): end_time = pc_end = 0, and an exit code of two limbs.

        `end_time - FIRST_TIME + halted` is zero in the second case, so one range serves both. The number of claims may
        be any element: it says how long a path of messages is (`shard_values`).
        """
        wrong = MalformedProof("shard statement", "a field is out of range")
        halted = self.halted
        arithmetic.require_zero(halted * halted - halted, wrong)
        for pc in (self.pc_start, self.pc_end):
            arithmetic.require_below(pc, _PC_BITS, wrong)
        for limb in self.exit_limbs:
            arithmetic.require_below(limb, LIMB_BITS, wrong)
            arithmetic.require_zero(limb - halted * limb, wrong)
        arithmetic.require_zero(halted * self.pc_end, wrong)
        arithmetic.require_zero(halted * self.end_time, wrong)
        arithmetic.require_below(self.end_time - FIRST_TIME + halted * FIRST_TIME, _TIME_BITS, wrong)
