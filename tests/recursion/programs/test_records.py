"""Records: one digest for numbers and variables, of which every field and the kind are part."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest

from core_vm.field.koalabear import P
from core_vm.hash.poseidon2 import DIGEST, compress
from recursion.circuit.graph import Graph
from recursion.circuit.interpreter import Interpreter
from recursion.programs.hints import elements, finished, hinted_octets, hinted_words, packed
from recursion.programs.records import (
    BatchRecord,
    LeafRecord,
    RangeRecord,
    Record,
    RunRecord,
    leaf_digest,
    record_digest,
)
from tests.recursion.programs.telling import octet

KEYS = octet("keys")
RANGE = RangeRecord(*(KEYS, *map(octet, "abcde")), 11, 12, 1, (13, 14))
RUN = RunRecord(*(KEYS, *map(octet, "abcd")), (13, 14), 1)
BATCH = BatchRecord(KEYS, octet("a"), octet("b"))
LEAF = LeafRecord(KEYS, octet("a"), octet("b"))
RECORDS = [RANGE, RUN, BATCH, LEAF]
LAST = [(11, 12, 1, 13, 14, 1, 0, 0), (13, 14, 1, 0, 0, 2, 0, 0), *((0, 0, 0, 0, 0, tag, 0, 0) for tag in (3, 4))]


def on_variables(graph: Graph, record: Any) -> Any:
    """A record of the same kind whose fields are hints."""

    def hinted(value: Any) -> Any:
        if isinstance(value, int):
            return hinted_words(graph, 1)[0]
        return hinted_octets(graph, 1)[0] if len(value) == DIGEST else tuple(hinted_words(graph, len(value)))

    return type(record)(*(hinted(getattr(record, field.name)) for field in fields(record)))


@pytest.mark.parametrize(("record", "last"), list(zip(RECORDS, LAST, strict=True)))
def test_octets_are_compressed_from_the_left(record: Record, last: tuple[int, ...]) -> None:
    assert record.octets()[0] == KEYS
    assert tuple(record.octets()[-1]) == last
    digest = KEYS
    for octet_of_record in record.octets()[1:]:
        digest = tuple(compress(digest, tuple(octet_of_record)))
    assert record_digest(record) == digest


@pytest.mark.parametrize("record", RECORDS)
def test_variables_have_the_digest_of_the_numbers(record: Any) -> None:
    graph = Graph()
    finished(graph, on_variables(graph, record))
    run = Interpreter(graph).run(packed(getattr(record, field.name) for field in fields(record)))
    assert run.digest == record_digest(record)


@pytest.mark.parametrize("record", RECORDS)
def test_every_element_of_every_field_is_part_of_the_digest(record: Any) -> None:
    digests = [record_digest(record)]
    for field in fields(record):
        value = getattr(record, field.name)
        flat = list(elements([value]))
        for place in range(len(flat)):
            changed = [(x + (place == i)) % P for i, x in enumerate(flat)]
            digests.append(
                record_digest(replace(record, **{field.name: changed[0] if isinstance(value, int) else changed}))
            )
    assert len(set(digests)) == len(digests)


def test_records_of_two_kinds_with_the_same_octets_are_told_apart() -> None:
    """By the tag alone: all but the last octet of the longer ones are one digest."""
    before = octet("before")
    assert len({tuple(compress(before, last)) for last in LAST}) == len(LAST)
    assert len({last[5] for last in LAST}) == len(LAST)


def test_a_leaf_is_of_a_run_s_record() -> None:
    assert leaf_digest(RUN, octet("b")) == record_digest(LeafRecord(KEYS, record_digest(RUN), octet("b")))
