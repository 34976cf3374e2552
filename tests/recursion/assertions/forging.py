"""Hints that break one assertion of a circuit and no other, for every kind of assertion that has such hints.

An assertion that could be left out without harm would have none; one that has them is all that stands between these
hints and a proof.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache, partial, reduce

from aggregator.runs.shard_work import shard_statement
from core_vm.field.koalabear import P, Words
from core_vm.hash.poseidon2 import DIGEST, Digest, compress
from core_vm.stark.keyed_prover import ProvingKey
from core_vm.stark.prover import prove_shard
from core_vm.state.claims import NO_CLAIMS
from core_vm.state.roots import compress_digests
from core_vm.tables.standard import fill_trace
from core_vm.witness.trace import Trace
from recursion import prover
from recursion.circuit.assertions import Assertion, Claim
from recursion.circuit.gadgets import Gadget, Kind
from recursion.circuit.graph import Graph, Operation
from recursion.circuit.interpreter import Interpreter
from recursion.circuit.lowering.filling import Filling
from recursion.circuit.lowering.lower import Lowered
from recursion.keys.tree import KeyTree
from recursion.programs.batch import NO_SALT, batch
from recursion.programs.child import Child
from recursion.programs.hints import packed
from recursion.programs.member import member_fields
from recursion.programs.records import RunRecord, record_digest
from recursion.programs.statement import ShardVariables
from tests.conformance.checking import Shard
from tests.recursion.assertions.tampering import drawing_again, lying, scaled_root
from tests.recursion.programs import test_child, test_close, test_list_child
from tests.recursion.programs.telling import SMALL, TELLER, Teller, keys, told
from tests.recursion.shards import CORE, interpreter
from tests.soundness.runs import QUICK, counting, everything

Forge = Callable[[], Words]


@dataclass(frozen=True)
class Forgery:
    """`make` gives hints that break assertion `number` of the graph."""

    name: str
    number: int
    make: Forge


def kind_of(assertion: Assertion) -> str:
    """Assertions of one kind ask for the same of other layers, tables or rows."""
    said = f"{assertion.rejection.where}: {assertion.rejection.why}"
    said = re.sub(r"table lookups", "lookup table", said)
    said = re.sub(r"on bus \w+", "on a bus", said)
    return re.sub(r"\d+", "N", said) + (" (chain)" if assertion.claim is Claim.REST else "")


# --------------------------------------------------------------------------------------------- lies of a prover
def numbers(graph: Graph, kind: str) -> list[int]:
    """Of all assertions of this kind."""
    return [number for number, assertion in enumerate(graph.assertions) if kind_of(assertion) == kind]


LAYER = "gkr layer N: the last claim is not the value of the layer's halves"
BALANCE = "gkr root: the buses do not balance with the public messages"
PRODUCTS = "gkr root: what permutation buses are sent is not what is received"
ZEROCHECK = "zerocheck: constraints or messages do not hold at the random point"
OPENING = "whir: the committed vector does not have the claimed inner product"
FIRST_WORK = "fingerprint_grinding: the nonce does not carry N bits of work"
WHIR_WORK = "whir_work: the nonce does not carry N bits of work"
FOLD_WORK = "whir_fold_work: the nonce does not carry N bits of work"
CAP = "whir openings: the cap does not hash to the root"
ROW = "whir openings: a row is not there"


def lies(graph: Graph, proved: Callable[[], Words], group_bits: int = 0) -> Iterator[Forgery]:
    """`proved` makes the hints anew, proof and all; its prover lies. `group_bits` are those of his tables' tree."""

    def lied(label: str, occurrence: int = 0, **change: Callable[..., object]) -> Words:
        with lying(label, occurrence, **change):
            return proved()

    for layer, number in enumerate(numbers(graph, LAYER)):
        if layer == 0 and not group_bits:
            yield Forgery("layer 0", number, partial(lied, "gkr_root", change=scaled_root))
        else:  # a layer has a round for each layer before it, and those of the groups
            before = layer * group_bits + layer * (layer - 1) // 2
            yield Forgery(f"layer {layer}", number, partial(lied, "gkr_round", before))
    for label, kind in (
        ("zerocheck_round", ZEROCHECK),
        ("whir_round", OPENING),
        ("fingerprint_grinding", FIRST_WORK),
        ("whir_work", WHIR_WORK),
        ("whir_fold_work", FOLD_WORK),
    ):
        for occurrence, number in enumerate(numbers(graph, kind)):
            yield Forgery(f"{label} {occurrence}", number, partial(lied, label, occurrence))


# ------------------------------------------------------------------------------- what no challenge comes after
def openings(interpreter: Interpreter, proved: Callable[[], Words]) -> Iterator[Forgery]:
    """Of a cap, a node that no path leads to; of a path, its first sibling."""
    graph, honest = interpreter.graph, cache(proved)
    paths = [graph.gadgets[graph.assertions[number].nodes[0]] for number in numbers(graph, ROW)]

    def with_another_cap(tree: int) -> Words:
        for times in range(20):  # of draws that lead to all nodes
            with drawing_again(times):
                hints = proved()
            run = interpreter.run(hints)
            run.check()
            used = {run.values[path.inputs[0]] for path in paths if path.constants[0] == tree}
            cap = [gadget for gadget in graph.gadgets if gadget.kind is Kind.CAP and gadget.constants[0] == tree]
            for node in cap:
                if node.constants[1] not in used:
                    return _other(hints, node.first_hint)
        raise AssertionError(f"all nodes of cap {tree} are used")

    for tree, number in enumerate(numbers(graph, CAP)):
        yield Forgery(f"cap {tree}", number, partial(with_another_cap, tree))
    for row, (number, end) in enumerate(zip(numbers(graph, ROW), paths, strict=True)):
        place = _first_of_path(graph, end).first_hint
        yield Forgery(f"path {row}", number, lambda place=place: _other(honest(), place))


def _first_of_path(graph: Graph, gadget: Gadget) -> Gadget:
    """The lowest step of the path that ends there."""
    while True:
        node = gadget.inputs[0]
        below = graph.gadgets[graph.lefts[node]]
        if graph.operations[node] is not Operation.OUTPUT or below.kind is not Kind.PATH:
            return gadget
        gadget = below


def _other(hints: Words, place: int) -> Words:
    changed = hints.copy()
    changed[place] = (int(changed[place]) + 1) % P
    return changed


# ------------------------------------------------------------------------------------------------- lifts of shards
PCS, TIME, HALTED, LIMBS = 48, 50, 52, 53
"""Places of the hints of a lift of one shard, after six digests."""
STATEMENT = "shard statement: a field is out of range"
OUT_OF_RANGE: list[tuple[str, bool, dict[str, object]]] = [
    ("halted is no bit", True, {"halted": 2, "exit_limbs": (0, 0)}),
    ("the first program counter", True, {"pc_start": 2**30}),
    ("the last program counter", False, {"pc_end": 2**30}),
    ("the low limb", True, {"exit_limbs": (2**16, 5)}),
    ("a low limb of a run that goes on", False, {"exit_limbs": (1, 0)}),
    ("the high limb", True, {"exit_limbs": (6, 2**16)}),
    ("a high limb of a run that goes on", False, {"exit_limbs": (0, 1)}),
    ("a program counter after the halt", True, {"pc_end": 4}),
    ("a time after the halt", True, {"end_time": 4}),
    ("the time", False, {"end_time": 2**24 + 1}),
]
"""One for each assertion of a statement, in their order: of a shard that halts or not, and what is said of it."""


@cache
def traced(shard_halts: bool) -> tuple[Shard, Trace]:
    shard = everything() if shard_halts else counting()[0]
    return shard, fill_trace(CORE.modules, shard.source())


def lift_hints(halts: bool = True, **said: object) -> Words:
    """With a statement that says something else of a shard than its trace; its prover does not care."""
    shard, trace = traced(halts)
    true = shard_statement(shard.program, shard.record)
    fields = {name: getattr(true, name) for name in ShardVariables.__dataclass_fields__ if name != "exit_limbs"}
    fields |= {"halted": int(true.halted), "exit_limbs": (true.exit_code & 0xFFFF, true.exit_code >> 16), **said}
    statement = ShardVariables(**fields)
    words = prove_shard(CORE.tables, trace, statement.public_values(), config=QUICK, check=False)
    states = [statement.root_start, statement.root_end, statement.claims_start, statement.claims_end]
    numbers = [statement.pc_start, statement.pc_end, statement.end_time, statement.num_claims, statement.halted]
    return packed([[0] * DIGEST, statement.program_root, *states, *numbers, statement.exit_limbs], words)


def of_a_lift() -> list[Forgery]:
    """Of `tests.recursion.shards.circuit`."""
    circuit = interpreter()
    graph = circuit.graph
    statements = zip(numbers(graph, STATEMENT), OUT_OF_RANGE, strict=True)
    return [
        *lies(graph, lift_hints, CORE.tables.grouping.group_bits),
        *openings(circuit, lift_hints),
        Forgery("another exit code", *numbers(graph, BALANCE), partial(lift_hints, exit_limbs=(7, 5))),
        Forgery("another first instruction", *numbers(graph, PRODUCTS), partial(lift_hints, pc_start=12345)),
        *(Forgery(name, number, partial(lift_hints, halts, **said)) for number, (name, halts, said) in statements),
    ]


# ------------------------------------------------------------------------------------------- circuits that take proofs
STEP = "key: a step of its path goes neither left nor right"
FOREIGN = test_child.FOREIGN


def told_hints() -> Words:
    """Of `test_child`'s circuit, the proof made anew."""
    return test_child.hints(told(test_child.RECORD))


def of_a_child() -> list[Forgery]:
    """A proof under a key: what a circuit asks of it is what every join, close and batch asks."""
    circuit = test_child.interpreter()
    graph = circuit.graph
    another = Forgery("another record", *numbers(graph, BALANCE), of_another_record)
    return [*lies(graph, told_hints), *openings(circuit, told_hints), another, *_keys(graph)]


def of_a_list_child() -> list[Forgery]:
    """A proof up to the list-decoding radius, as those of a shrink: what it has besides is work before its folds."""

    def told_again() -> Words:
        return test_list_child.hints(test_list_child.TELLER.tell(test_list_child.RECORD))

    return [*lies(test_list_child.circuit()[0], told_again)]


def of_another_record() -> Words:
    """A proof about this record, by a prover whose circuit has computed another one's digest."""
    teller, record = Teller.of(looks=False), test_child.RECORD
    *before, last = replace(record, left=record.right).octets()
    run = teller.interpreter.run(packed([reduce(compress_digests, before), last]))
    trace = prover.trace_of(teller.key, Filling(teller.lowered, run).main_columns(), SMALL)
    words = prover.prove(teller.key, trace, record_digest(record), SMALL, check=False)
    return test_child.hints(replace(test_child.child(), words=words))


def _keys(graph: Graph) -> Iterator[Forgery]:
    def foreign() -> Words:
        return test_child.hints(test_child.told_by_another(test_child.RECORD))

    yield Forgery("a key of one's own", *numbers(graph, FOREIGN), foreign)
    for level, number in enumerate(numbers(graph, STEP)):
        yield Forgery(f"step {level} is 2", number, partial(_stepping_aside, level))


def _stepping_aside(level: int) -> Words:
    """A step that is no bit mixes both sides. What the path leads to then is said to be the root of the keys, by a
    proof about a record that says so too: a parent compares it with nothing else."""
    key, path = Teller.of(looks=False).key.verifying, keys().path(TELLER)
    bits = [TELLER >> height & 1 for height in range(len(path))]
    bits[level] = 2
    node = key.digest
    for bit, sibling in zip(bits, path, strict=True):
        left = tuple((x + bit * (y - x)) % P for x, y in zip(node, sibling, strict=True))
        right = tuple((x + y - z) % P for x, y, z in zip(node, sibling, left, strict=True))
        node = tuple(compress(left, right))
    record = replace(test_child.RECORD, key_root=node)
    words = told(record).words
    return packed([record.key_root, record.left, record.right, key.root, key.tiles, bits, path], words)


# ------------------------------------------------------------------------------------------- what programs ask besides
NO_MEMBER = "record: it is neither one of a run nor one of a batch"
NO_BOUND = "close: whether the input is bound is neither N nor N"


@cache
def free_teller() -> tuple[ProvingKey, Callable[[Digest], Words]]:
    """A circuit that publishes whatever it is told, be it the digest of a record or not."""
    graph = Graph()
    graph.publish(graph.hint(Kind.OCTET))
    graph.finish()
    lowered, circuit = Lowered(graph), Interpreter(graph)
    key = prover.key_of(lowered.fixed, SMALL)

    def tell(digest: Digest) -> Words:
        run = circuit.run(packed([digest]))
        return prover.prove(key, prover.trace_of(key, Filling(lowered, run).main_columns(), SMALL), digest, SMALL)

    return key, tell


@cache
def batches() -> Interpreter:
    return Interpreter(batch(SMALL))


def between_a_run_and_a_batch(side: int) -> Words:
    """The bit of a member is 2. What comes of it is the digest of no record that anybody knows; but a proof that says
    it is taken."""
    key, tell = free_teller()
    tree = KeyTree([key.verifying.digest])
    members = [member_fields(test_child.RECORD), member_fields(test_child.RECORD)]
    digests = [record_digest(replace(test_child.RECORD, key_root=tree.root))] * 2
    first, second = test_child.RECORD.left, test_child.RECORD.right
    run = record_digest(RunRecord(tree.root, first, second, (0,) * DIGEST, NO_CLAIMS, (0, 0), 0))
    members[side] = [first, second, [0] * DIGEST, 2, 0, 0, 0]
    digests[side] = tuple((x + 2 * (y - x)) % P for x, y in zip(run, digests[side], strict=True))
    children = [Child(key.verifying, 0, tree.path(0), tell(digest)).hints() for digest in digests]
    return packed([tree.root, *members, NO_SALT, NO_SALT], *children)


def of_programs() -> list[tuple[Interpreter, Forgery]]:
    """Of a batch and of a close."""
    sides = enumerate(numbers(batches().graph, NO_MEMBER))
    closes = test_close.interpreter()

    def bound() -> Words:
        return test_close.hints(replace(test_close.OPENING, input_bound=2), test_close.child())

    return [
        *((batches(), Forgery(f"member {side}", n, partial(between_a_run_and_a_batch, side))) for side, n in sides),
        (closes, Forgery("input bound twice", *numbers(closes.graph, NO_BOUND), bound)),
    ]
