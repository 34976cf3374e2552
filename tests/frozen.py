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
    "shard of the profile core": "1c7cb652fecf9e15720ef6d579bc2e3e0e8728634a68dc4e19a5d4a491be4487",
    "shard of the profile hashes": "b3bbfaacbe6ca8ce2ed20e9076587a53a9fe1601c5e1b2c6810f36a4f5e62623",
    "shard of the profile curves": "760fde3d520723d3dcf122758c41d4486ffc6ca21a4ce1e897334ea10e7cf5ec",
    "shard of the profile pairings_bn254": "dc7497ad509ef83b5275a622f62aae8baa7b9f20c2c7a8569ca2012fbe4763b7",
    "shard of the profile pairings_bls12_381": "629c508c56ff1a4d61cac6599e7d5d5ff296609ebfcc5088b99084ca210133e7",
    "run": "26def3efba12c6957504218ce5706a33bd4418d2e62e11e368e423f8b46175b6",
    "folded run": "1bc14feb39d9b438d66b863095c68727390eca6718ded067ae0c9bc5688b8a4f",
    "batch": "7f70d70c835f3514ae14064246ea88c0188b7baabb92e15283766142156322a1",
    "final proof of a run": "fae0edb8b3559969088b38511ff4a3d62544edb96409d97074f5d8df83e47457",
    "final proof of a run by unique decoding": "312312a4a65a66ceea3720959decf9bbd78bebe79b2322916ab41c00557c7dc1",
    "final proof of a batch": "63c39a58b67ebe1744912485b8c351f4d9c1b3bdc8080558cfec3c176019e66a",
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
