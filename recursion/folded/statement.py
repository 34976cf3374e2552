"""What a folded proof says of a run: program, exit code, output, and the input if it is public."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cached_property

from core_vm.hash.poseidon2 import Digest
from core_vm.state import roots
from core_vm.state.claims import NO_CLAIMS
from core_vm.statement.encoding import Reader, pack, public_input_bytes
from core_vm.statement.proof import RunProof
from core_vm.statement.public_input import PublicInput
from core_vm.statement.shard import exit_limbs
from recursion.programs.records import RunRecord


@dataclass(frozen=True)
class RunStatement:
    """`program_id` is a digest, `public_input` None where the input is private."""

    program_id: Digest
    exit_code: int
    output: bytes
    public_input: PublicInput | None

    @cached_property
    def output_root(self) -> Digest:
        """The root of the output region; it takes a time in proportion to the output."""
        return roots.output_root_of(self.output)

    def record(self, key_root: Digest) -> RunRecord:
        """What the recursion says of the run: no claim of it is open."""
        public = self.public_input
        return RunRecord(
            key_root=key_root,
            program_id=self.program_id,
            output_root=self.output_root,
            input_root=public.root() if public else roots.ZERO_DIGEST,
            claims=NO_CLAIMS,
            exit_limbs=exit_limbs(self.exit_code),
            input_bound=int(public is not None),
        )

    def to_bytes(self) -> bytes:
        """Program id, exit code, output length, output, public input."""
        head = pack(self.program_id) + struct.pack("<II", self.exit_code, len(self.output))
        return head + self.output + public_input_bytes(self.public_input)

    @classmethod
    def read(cls, reader: Reader) -> RunStatement:
        """Raises MalformedProof."""
        return cls(
            program_id=reader.digest("program id"),
            exit_code=reader.integer("exit code", 2**32),
            output=reader.output(),
            public_input=reader.public_input(),
        )


def statement_of(run: RunProof) -> RunStatement:
    """What a folded proof of this run says; of its shards nothing is needed."""
    program_id = roots.program_digest(run.program_root, run.image_roots, run.entry // 4)
    return RunStatement(program_id, run.exit_code, run.output, run.public_input)
