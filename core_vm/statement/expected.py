"""What a caller expects of a run, and the comparison with what a proof states."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core_vm.errors import StatementMismatch
from core_vm.given import given_bytes
from core_vm.hash.poseidon2 import Digest
from core_vm.progress import OnProgress, Progress
from core_vm.state import roots
from core_vm.statement.notation import format_exit_code, normalised_exit_code, normalised_program_id
from core_vm.statement.public_input import PublicInput


@dataclass(frozen=True, slots=True)
class Expected:
    """`input_bytes` is None where any input will do. Every check raises StatementMismatch."""

    program_id: str
    exit_code: int
    input_bytes: bytes | None

    @classmethod
    def of(cls, program_id: str, exit_code: int, input_bytes: bytes | None) -> Expected:
        """Raises UsageError for an id or an exit code that no program has, and an input that is none."""
        given = given_bytes(input_bytes, "an input") if input_bytes is not None else None
        return cls(normalised_program_id(program_id), normalised_exit_code(exit_code), given)

    def check_exit_code(self, code: int) -> None:
        if code != self.exit_code:
            codes = f"expected {format_exit_code(self.exit_code)}, the program exited with {format_exit_code(code)}"
            raise StatementMismatch("exit code", codes)

    def check_program(self, program_id: str) -> None:
        if program_id != self.program_id:
            ids = f"expected program id {self.program_id}, the proof is about {program_id}"
            raise StatementMismatch("program", ids)

    def check_input_length(self, public_input: PublicInput | None) -> None:
        """Before anything in proportion to the input is done."""
        if self.input_bytes is None:
            return
        if public_input is None:
            raise StatementMismatch("input", "the proof binds no public input: the input of this run is private")
        if public_input.length != len(self.input_bytes):
            sizes = f"one of {public_input.length} bytes, the one given has {len(self.input_bytes)}"
            raise StatementMismatch("input", f"the proof binds another public input: {sizes}")

    def check_input(self, input_root: Digest, report: OnProgress) -> None:
        """Hashes the input that was given."""
        if self.input_bytes is None:
            return
        size = len(self.input_bytes)
        if input_root != roots.input_root_of(self.input_bytes, on_hashed=bytes_of("input", size, report)):
            raise StatementMismatch("input", f"the proof binds another public input, of {size} bytes as well")


def bytes_of(stage: str, total: int, report: OnProgress) -> Callable[[int], None]:
    """What reports how far a region is hashed."""
    return lambda done: report(Progress(stage, min(done, total), total))
