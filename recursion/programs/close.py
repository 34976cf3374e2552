"""Close: a range of shards from a program's first instruction to its halt is a run.

What the outside knows of a run, its program id, input and output, is computed from the range's first and last memory as
the verifier of a run's shards computes it (`core_vm.state.roots`). The prover chooses what is hashed: roots of image
and input, digests beside the output region. All of it is bound, by the first root, the last one and the program id.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from core_vm.errors import StatementMismatch
from core_vm.field.koalabear import Words
from core_vm.hash.poseidon2 import Compress
from core_vm.stark.keyed import KeyedConfig
from core_vm.state.claims import NO_CLAIMS
from core_vm.state.roots import compress_digests, initial_root, program_digest, root_from_output
from recursion.circuit.channel import CircuitChannel
from recursion.circuit.graph import Graph
from recursion.programs.child import Child, verify_record
from recursion.programs.hints import finished, hinted_octets, hinted_words, packed
from recursion.programs.records import Octet, RangeRecord, RunRecord, Value
from recursion.proof import R

HALTED = 1
NO_PC = 0
"""The program counter after a halt."""


@dataclass(frozen=True)
class RunOpening:
    """What a run's range and its record are computed from: integers, or what stands for them in a circuit.

    Three `image_roots`, four `output_siblings` as `roots.root_from_output` takes them; `pc_start` is the index of the
    first instruction, below 2^30 as every lift requires; `input_bound` is 1 where the input is public, else 0; `claims`
    are all that the run makes.
    """

    key_root: Octet
    program_root: Octet
    image_roots: tuple[Octet, ...]
    input_root: Octet
    output_root: Octet
    output_siblings: tuple[Octet, ...]
    claims: Octet
    pc_start: Value
    input_bound: Value
    exit_limbs: tuple[Value, Value]

    def range_record(self, compress: Compress = compress_digests) -> RangeRecord:
        """From the first instruction, without claims, to the halt."""
        first = initial_root(self.image_roots, self.input_root, compress)
        last = root_from_output(self.output_root, self.output_siblings, compress)
        ends = (first, last, NO_CLAIMS, self.claims, self.pc_start, NO_PC, HALTED)
        return RangeRecord(self.key_root, self.program_root, *ends, self.exit_limbs)

    def run_record(self, compress: Compress = compress_digests) -> RunRecord:
        """A private input is not named: its root would tell two runs with one input from others."""
        program_id = program_digest(self.program_root, self.image_roots, self.pc_start, compress)
        named = tuple(self.input_bound * element for element in self.input_root)
        return RunRecord(
            self.key_root, program_id, self.output_root, named, self.claims, self.exit_limbs, self.input_bound
        )


def close(config: KeyedConfig = R) -> Graph:
    """The circuit of one proof about a range, in the shape of `config`. Raises SecurityError."""
    graph = Graph()
    opening = _hinted(graph)
    bound, no_bit = opening.input_bound, StatementMismatch("close", "whether the input is bound is neither 0 nor 1")
    CircuitChannel(graph).arithmetic.require_zero(bound * bound - bound, no_bit)
    verify_record(graph, opening.range_record(graph.compress), config)
    return finished(graph, opening.run_record(graph.compress))


def _hinted(graph: Graph) -> RunOpening:
    key_root, program_root, *images, input_root, output_root = hinted_octets(graph, 7)
    *siblings, claims = hinted_octets(graph, 5)
    pc_start, bound, low, high = hinted_words(graph, 4)
    memory = tuple(images), input_root, output_root, tuple(siblings)
    return RunOpening(key_root, program_root, *memory, claims, pc_start, bound, (low, high))


def closed(record: RangeRecord, opening: RunOpening) -> RunRecord:
    """What the close of a proof about this range says, of integers. Raises StatementMismatch if it is not this run."""
    expected = opening.range_record()
    if opening.input_bound not in (0, 1):
        raise StatementMismatch("close", "whether the input is bound is neither 0 nor 1")
    for field in fields(RangeRecord):
        if getattr(record, field.name) != getattr(expected, field.name):
            raise StatementMismatch("close", f"the range is not all of this run: {field.name}")
    return opening.run_record()


def close_hints(record: RangeRecord, opening: RunOpening, child: Child) -> Words:
    """The hints of a close, from integers and the proof about the range: uint32, canonical.

    The proof is about `closed(record, opening)`. Raises StatementMismatch as `closed` does.
    """
    closed(record, opening)
    return packed((getattr(opening, field.name) for field in fields(RunOpening)), child.hints())
