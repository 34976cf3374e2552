"""Digests of small proofs of each kind: whoever changes what proofs are made of learns it here.

A proof is a function of program, input, shard size and what it draws from the operating system. So the digests are the
same on every machine, for any number of threads, processes and lanes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Final
from unittest.mock import patch

FROZEN_VERSION: Final = 9
FROZEN: Final = {
    "program": "8036103af2716a3c31a974fafd86ab9def2812d6f91bee0c6249d3a979c72fde",
    "shard of the profile core": "4b6ba2a41e9895f46e55248c6932c85095d2d47590500cb4bc2e7c35de97f441",
    "shard of the profile hashes": "771017d8c0d8d3e6e80b0cbdbc03d910c043e96f4a8bbc9caa796a6c13db7a69",
    "shard of the profile curves": "4fec19ecc4e2208cee30656e7d5672ad8f7db7e82721ca9994d467442b43d88a",
    "shard of the profile pairings_bn254": "bcc6e76de07eecfb4a8911d2402fc080e1ea737b50811b1fd5ee0c186a3a1510",
    "shard of the profile pairings_bls12_381": "efc3b63875796b2194f40976412405ebd29897757bd31fd2239799bc3d412b18",
    "run": "11fbe1b7e9b5259d578854a3c2b949782673f531950a4ac15143d409acabcfc9",
    "folded run": "e140b1f9036170359fa3f2c7d49b7054ab7d355beea1651400966aae017363e4",
    "batch": "0f4887833d158f6f28aeb71f44055d8aee0eb5c4b46f50fd3877d75e91889555",
    "final proof of a run": "09de68231e131a7a2a384ae937b51ddf8ebc1940e0d88fe7699e16fa1a6f7773",
    "final proof of a run by unique decoding": "cac8dd01b426f356421fd8bfd5d2f80f64ce9442ff4b14b7f04989acac3b9424",
    "final proof of a batch": "c32009a9658cc74823a6fb8f65deed9c5206b5a3d3ccc9a8b405c1c795613b2e",
}
CHANGED: Final = """{what} is not what it was: its digest is now
    {digest}
If nothing that proofs are made of was meant to change, find what did. If it was, proofs made before are void: raise
PROTOCOL_VERSION (core_vm/stark/config.py), and put it and the new digests into FROZEN_VERSION and FROZEN
(tests/frozen.py). Folded and final proofs are others, too, where only the circuits' keys are: these say no version."""


def check_frozen(what: str, data: bytes) -> None:
    digest = hashlib.sha256(data).hexdigest()
    assert digest == FROZEN[what], CHANGED.format(what=what, digest=digest)


@contextmanager
def chosen_randomness(seed: bytes) -> Iterator[None]:
    """Within, what is drawn from the operating system follows from the seed, draw by draw: salts, and what hides."""
    numbers = count()

    def drawn(size: int = 32) -> bytes:
        return hashlib.shake_256(seed + next(numbers).to_bytes(8, "little")).digest(size)

    with patch("os.urandom", drawn), patch("secrets.token_bytes", drawn):
        yield
