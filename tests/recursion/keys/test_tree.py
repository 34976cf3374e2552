"""The tree of keys: every path leads to the root, and nothing else does."""

from __future__ import annotations

import random

import pytest

from core_vm.errors import UsageError
from core_vm.field.koalabear import P
from core_vm.hash.poseidon2 import Digest, compress
from recursion.keys.catalogue import Program, catalogue
from recursion.keys.tree import KEY_DEPTH, MAX_KEYS, NO_KEY, KeyTree


def digests(count: int, seed: int = 0) -> list[Digest]:
    rng = random.Random(seed)
    return [tuple(rng.randrange(P) for _ in range(8)) for _ in range(count)]


def led_to(digest: Digest, number: int, path: tuple[Digest, ...]) -> Digest:
    for height, sibling in enumerate(path):
        pair = (sibling, digest) if number >> height & 1 else (digest, sibling)
        digest = tuple(compress(*pair))
    return digest


@pytest.mark.parametrize("count", [1, 2, 21, MAX_KEYS])
def test_every_path_leads_to_the_root(count: int) -> None:
    tree = KeyTree(digests(count))
    for number, digest in enumerate(tree.digests):
        assert len(tree.path(number)) == KEY_DEPTH
        assert led_to(digest, number, tree.path(number)) == tree.root
        assert led_to(digest, number ^ 1, tree.path(number)) != tree.root


def test_other_keys_and_other_orders_have_other_roots() -> None:
    keys = digests(5)
    others = [[*keys, NO_KEY[:-1] + (1,)], keys[:4], [keys[1], keys[0], *keys[2:]], digests(5, 1)]
    assert KeyTree(keys).root not in {KeyTree(other).root for other in others}


def test_more_keys_than_leaves_are_refused() -> None:
    with pytest.raises(UsageError, match="33 circuits"):
        KeyTree(digests(MAX_KEYS + 1))


def test_a_catalogue_names_each_circuit_once_and_fits_the_tree() -> None:
    names = catalogue(3)
    assert len(set(map(str, names))) == len(names) <= MAX_KEYS
    assert [name.program for name in names[-4:]] == [Program.JOIN, Program.CLOSE, Program.RESOLVE, Program.BATCH]
    assert str(names[0]) == "lift-1-profile-0-height-13"
