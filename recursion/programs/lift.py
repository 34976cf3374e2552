"""Lift: the circuit that verifies shards of one profile and height, and says what they ran.

One circuit serves all shards of a profile and a height: tile counts, halt and exit code are data. Its hints are the
arguments of `lift_hints`, arranged as there, and then the words of the proofs as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from core_vm.air.table_set import TableSet
from core_vm.errors import StatementMismatch, UsageError
from core_vm.field.koalabear import Words
from core_vm.hash.poseidon2 import DIGEST, Digest
from core_vm.stark.config import STANDARD, StarkConfig
from core_vm.stark.shape import ShardShape
from core_vm.stark.verifier import absorb_shape, absorb_statement, security_of, verify_argument
from core_vm.statement.shard import ShardStatement, exit_limbs
from recursion.circuit.channel import CircuitChannel
from recursion.circuit.graph import Graph
from recursion.programs.hints import finished, hinted_octets, hinted_words, packed
from recursion.programs.records import RangeRecord
from recursion.programs.statement import ShardVariables

EMPTY: Digest = (0,) * DIGEST


def lift(tables: TableSet, log_segment: int, num_shards: int = 1, config: StarkConfig = STANDARD) -> Graph:
    """The circuit for `num_shards` shards in a row, with the tables of a profile and segments of this height.

    Only the last one may halt: of the others `halted` and exit code are constants, zero. Raises UsageError,
    SecurityError.
    """
    if num_shards < 1:
        raise UsageError(f"a lift is of one shard or more, not {num_shards}")
    graph = Graph()
    key_root, program_root = hinted_octets(graph, 2)
    roots, claims = (hinted_octets(graph, num_shards + 1) for _ in range(2))
    pcs, end_times, nums_claims = (hinted_words(graph, count) for count in (num_shards + 1, num_shards, num_shards))
    halted, low, high = hinted_words(graph, 3)
    for number in range(num_shards):
        start, stop = ((pcs[at], roots[at]) for at in (number, number + 1))
        end = (halted, (low, high)) if number == num_shards - 1 else (0, (0, 0))
        claimed = (claims[number], nums_claims[number], claims[number + 1])
        shard = ShardVariables(program_root, *start, *stop, end_times[number], *end, *claimed)
        _verify(graph, tables, log_segment, shard, config)
    record = RangeRecord(
        *(key_root, program_root, roots[0], roots[-1], claims[0], claims[-1], pcs[0], pcs[-1], halted, (low, high))
    )
    return finished(graph, record)


def _verify(graph: Graph, tables: TableSet, log_segment: int, shard: ShardVariables, config: StarkConfig) -> None:
    """`stark.verifier.verify_words`, for a height that is the circuit's instead of following from the tile counts.

    A shard that a smaller height would hold is as true a statement as one that needs this height. Raises SecurityError
    where the verifier would accept no proof.
    """
    channel = CircuitChannel(graph)
    shard.require_ranges(channel.arithmetic)
    public = shard.public_values()
    absorb_statement(channel, tables, public, config)
    tiles = channel.receive("tile_counts", len(tables.tables))
    shape = ShardShape.of_height(tables, tiles, log_segment, config)
    security_of(tables, shape, public, config).check(config.target_bits)
    absorb_shape(channel, shape)
    verify_argument(channel, tables, shape, public.messages, config)


def lifted(statements: Sequence[ShardStatement], key_root: Digest = EMPTY) -> RangeRecord:
    """What a lift of these shards says, of integers. Raises StatementMismatch if they do not follow one another."""
    for before, after in pairwise(statements):
        end = (before.pc_end, before.root_end, before.claims_end)
        if before.halted or end != (after.pc_start, after.root_start, after.claims_start):
            raise StatementMismatch("lift", "a shard does not start where the one before it ends")
        if before.program_root != after.program_root:
            raise StatementMismatch("lift", "a shard is of another program than the one before it")
    first, last = statements[0], statements[-1]
    ends = (first.root_start, last.root_end, first.claims_start, last.claims_end, first.pc_start, last.pc_end)
    return RangeRecord(key_root, first.program_root, *ends, int(last.halted), exit_limbs(last.exit_code))


def lift_hints(shards: Sequence[tuple[ShardStatement, Words]], key_root: Digest = EMPTY) -> Words:
    """The hints of a lift, from the statements and the proofs of its shards: uint32, canonical.

    The proof is about `lifted(statements, key_root)`. Raises StatementMismatch as `lifted` does.
    """
    statements = [statement for statement, _ in shards]
    whole = lifted(statements, key_root)
    roots = [whole.root_start, *(statement.root_end for statement in statements)]
    claims = [whole.claims_start, *(statement.claims_end for statement in statements)]
    pcs = [whole.pc_start, *(statement.pc_end for statement in statements)]
    times = [statement.end_time for statement in statements]
    nums_claims = [statement.num_claims for statement in statements]
    fields = [key_root, whole.program_root, roots, claims, pcs, times, nums_claims, whole.halted, whole.exit_limbs]
    return packed(fields, *(words for _, words in shards))
