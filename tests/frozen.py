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

FROZEN_VERSION: Final = 10
FROZEN: Final = {
    "program": "8036103af2716a3c31a974fafd86ab9def2812d6f91bee0c6249d3a979c72fde",
    "shard of the profile core": "8184ba543d46a26c9f948721403c976c541ccb6a4fc8e20071d17b3f552d0ef3",
    "shard of the profile hashes": "d40330c93b4110bc13c45372438520a5a1cd2c30085155304a44480bbfd7e7a4",
    "shard of the profile curves": "9c0f129a076d0b18d0f5369cc83ac391f833f2b5660072e989f4a1f05678de0c",
    "shard of the profile pairings_bn254": "943fb53e01a87ea040cc1bf17d774ce13b3c273788e8d6085814042cee559d95",
    "shard of the profile pairings_bls12_381": "190fbec2ba55ce6626efd280ace5adaa67be6d42db0a21bf627ece1b8a5873b1",
    "run": "8e5122f644c0e8410a7bd1491187c2d893216e57d181e8c5093798beeb10401d",
    "folded run": "e8221d576c0d4ed2f024a75e1766801131b53b5e2adff99fc32a6b2f6eaab1e7",
    "batch": "819fa1ab6673cc58786ee6269f142dc26ae8cb2662f0e3dfa97f9aa536846093",
    "final proof of a run": "007a78e3a6cf6d247503c3101cea272d5a075324deaad0bb92693ee6e2a11f3e",
    "final proof of a run by unique decoding": "d2c8be4519672166777ecda5b8475c0f501b5c05e2acdb61043666df1def7922",
    "final proof of a batch": "888972baf47c44904157cf560003734b26b35b7c3c0f3a28eead9b575cf818b4",
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
