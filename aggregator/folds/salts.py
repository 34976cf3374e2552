"""The salts of a batch's leaves: drawn anew for each batch, and kept where its folds are.

A store holds them under a name made of all proofs in their order: the same command makes the same batch from one store,
as it makes the same run (`resume`), and another one from another store, or from none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from aggregator.store.names import kept_name
from aggregator.store.store import Store
from core_vm.errors import MalformedProof
from core_vm.hash.poseidon2 import Digest
from core_vm.statement.encoding import Reader, pack
from recursion.folded.batch import fresh_salt


def settled_salts(store: Store | None, proofs: Sequence[bytes]) -> list[Digest]:
    """One a proof; of a batch among them its own are used. Raises ResourceError."""
    if store is None:
        return [fresh_salt() for _ in proofs]
    name = kept_name("salts", [list(hashlib.sha256(data).digest()) for data in proofs])
    with store.locked():
        salts = _read(store.load(name), len(proofs))
        if salts is None:
            salts = [fresh_salt() for _ in proofs]
            store.save(name, b"".join(map(pack, salts)))
    return salts


def _read(data: bytes | None, count: int) -> list[Digest] | None:
    """None for anything else than so many."""
    reader = Reader(data or b"")
    try:
        salts = [reader.digest("salt") for _ in range(count)]
        reader.finish()
    except MalformedProof:
        return None
    return salts
