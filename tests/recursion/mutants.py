"""Which words of a proof are changed to see whether anybody notices."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator

from recursion.circuit.graph import Graph
from tests.recursion.shards import circuit, halting


def places(count: int, seed: int) -> Iterator[tuple[str, int]]:
    """Words of every part of a shard's proof: `count` of each kind of hints of each part of the verifier."""
    return places_in(circuit(), len(halting()[1]), count, seed)


def places_in(graph: Graph, num_words: int, count: int, seed: int) -> Iterator[tuple[str, int]]:
    """The same of a proof of so many words, which is the last of what the circuit is given."""
    parts, fields = defaultdict(list), graph.num_hints - num_words
    for gadget in graph.gadgets:
        if gadget.first_hint >= fields:
            words = range(gadget.first_hint, gadget.first_hint + gadget.kind.hints)
            parts[f"{gadget.kind.name} {gadget.part}"] += [word - fields for word in words]
    chosen = random.Random(seed)
    for name, words in sorted(parts.items()):
        for place in chosen.sample(words, min(count, len(words))):
            yield name, place
