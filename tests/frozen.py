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

FROZEN_VERSION: Final = 8
FROZEN: Final = {
    "program": "8036103af2716a3c31a974fafd86ab9def2812d6f91bee0c6249d3a979c72fde",
    "shard of the profile core": "070b95bc6576e9f7c5c217ab2a90538b83e8b91b9ee208433703e6de615af0cc",
    "shard of the profile hashes": "4d828b06f934e4f02ec5e9301955d2448c7cd48e9731a3d095842579aa0e3024",
    "shard of the profile curves": "5f200b4f6dc2e6b9188382dadbc13616935740d7e3fb623fe841a8e033523aa3",
    "shard of the profile pairings_bn254": "86c5996dae11583a344c7b07dec5e0caa03127d45c4b18e08c57356b3f1cdd29",
    "shard of the profile pairings_bls12_381": "116c5132b85466fa37bf34362196d22f7cb40b4ba80144749a5e3ea494133fbd",
    "run": "dd652fd462c691af23cd0e236eae5d38de41bdf376ad063ed2e1c49291784997",
    "folded run": "9ae117face3eb932dd5ebc2169ca46403a3ee67f491046466aef732ca23dccc6",
    "batch": "83636b53921315237ab2979df6696f99fb1a42966fdd2f95aee6656a2dbc172c",
    "final proof of a run": "8efd4bbd5e20960845a2c301d86c910d3546dce43019597d183e779810c66ebc",
    "final proof of a run by unique decoding": "46c9ea60c911f99dacf60de97218273dffad81ff679a819fc83f297a546e2ec0",
    "final proof of a batch": "1837632a48e8200120d527f708934d19335fd15c88460d0c3a47a6f33d48ba63",
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
