"""Which words of a proof are changed to see whether anybody notices."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator

from tests.recursion.shards import circuit, halting


def places(count: int, seed: int) -> Iterator[tuple[str, int]]:
    """Words of every part of a proof: `count` of each kind of hints of each part of the verifier."""
    graph, parts = circuit(), defaultdict(list)
    fields = graph.num_hints - len(halting()[1])
    for gadget in graph.gadgets:
        if gadget.first_hint >= fields:
            words = range(gadget.first_hint, gadget.first_hint + gadget.kind.hints)
            parts[f"{gadget.kind.name} {gadget.part}"] += [word - fields for word in words]
    chosen = random.Random(seed)
    for name, words in sorted(parts.items()):
        for place in chosen.sample(words, min(count, len(words))):
            yield name, place
