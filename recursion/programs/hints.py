"""What the programs of circuits begin and end with: fields as hints, one word an element, and the published digest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from core_vm.field.koalabear import Words
from recursion.circuit.gadgets import Kind
from recursion.circuit.graph import Graph, Value
from recursion.programs.records import Octet, Record, record_digest

STATEMENT_DIGEST = "statement digest"


def hinted_octets(graph: Graph, count: int) -> list[Octet]:
    """The next fields are so many octets."""
    return [tuple(graph.hint(Kind.OCTET)) for _ in range(count)]


def hinted_words(graph: Graph, count: int) -> list[Value]:
    """The next fields are so many elements."""
    return [graph.hint(Kind.WORD)[0] for _ in range(count)]


def packed(fields: Iterable[Any], *words: Sequence[int] | Words) -> Words:
    """Hints, uint32: fields, integers or nested sequences of them, and then words as they are."""
    return np.concatenate([np.array(list(elements(fields)), np.uint32), *(np.asarray(w, np.uint32) for w in words)])


def elements(fields: Iterable[Any]) -> Iterator[int]:
    """All integers of nested sequences, from the left."""
    for entry in fields:
        if isinstance(entry, Iterable):
            yield from elements(entry)
        else:
            yield int(entry)


def digest_in(graph: Graph, record: Record) -> Octet:
    """The digest of a record of variables."""
    with graph.part(STATEMENT_DIGEST):
        return record_digest(record, graph.compress)


def finished(graph: Graph, record: Record) -> Graph:
    """The circuit: a proof of it is about this record."""
    graph.publish(digest_in(graph, record))
    graph.finish()
    return graph
