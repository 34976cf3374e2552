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

FROZEN_VERSION: Final = 7
FROZEN: Final = {
    "program": "8036103af2716a3c31a974fafd86ab9def2812d6f91bee0c6249d3a979c72fde",
    "shard of the profile core": "5e6662a0426a75724cef3142517765f86bee1ab0cb21362fc5aa697d3868edbd",
    "shard of the profile hashes": "f24c50591488f36a7a18e7c259723e93975551bfc7b56563e4031fd9933a7c69",
    "shard of the profile curves": "096cc54650c85043463360d3660f88ff8062a74e68c118ed2e4541a19fbc2bb5",
    "shard of the profile all": "78ac41f1464c6e655aef913f18efed4a4e0b949fe832309a343aecedf839a072",
    "run": "9fee61915802a84d04dcafead7f3ba0690e843b257f24fea603eaeae97ae82a1",
    "folded run": "f3a57464875581da4523dc7b504c29cd41f2d16c191d620210a536e8134bd5bc",
    "batch": "110fab14c494fa8bc54bf3b5a17c9fc5a3bf15140d6b3340f36ee599ff2f4e83",
    "final proof of a run": "f5e418f4dabbd68df10fcb58ca40cdfcca7fb95fc7747574dd60ee259778d1fe",
    "final proof of a run by unique decoding": "7037581dc8aa7d193883a85bba914fb470a2053f01635469f86ad9b39481c490",
    "final proof of a batch": "dc057ec172cbb5b51a06ef98852c214b36db309d919f1b24dc47172c9b4dd45f",
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
