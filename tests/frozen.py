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

FROZEN_VERSION: Final = 6
FROZEN: Final = {
    "program": "8036103af2716a3c31a974fafd86ab9def2812d6f91bee0c6249d3a979c72fde",
    "shard of the profile core": "c8b610c45da1ca5defbaab39ccf509c896573e045e60b7d9b9d8a74237100f30",
    "shard of the profile hashes": "bdf7f13077ea24c2c761ee45982718c2733c46c6a1941cbb4b2e574b6a98cfdc",
    "shard of the profile all": "e0a2ab052eab102d99dc60b1bfe90ac24d9011643d46604184fd7dd70bb5eee1",
    "run": "1be9fe4da2eb11fe3c148a2ae982a0473b924bed9c2b5d06b54d027e480db339",
    "folded run": "b0757822f967eeb7b128e117659e0dde0291f06315e0fc8c54b3699f3178c273",
    "batch": "4be87eb837c8459f0712cc8012f4f00ead7660ec3b0a8aff7d64cddd2b2d85c6",
    "final proof of a run": "30110c6d9acfa82f296dfdeaffe14c4d91cd55c17db9ed2d04222a7e3131f4b0",
    "final proof of a run by unique decoding": "47e56360f4738f5695771e9553229dc6caa063955137eaa29aa5aaea57be78a8",
    "final proof of a batch": "611f8f27b02ac812756a5fda0c6eeceee60e4068fac2704fe0c9d92e43aa0950",
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
