"""Openings of fixed length without what their verifier can compute: for proofs that travel and are folded again.

`MerkleTree.open` gives a path for every row that is asked for, and the tree's cap, so that nothing in an opening's form
depends on which rows those are. Of all this a verifier needs each row once; of the nodes beside the paths those that
are not on a path themselves, each once; and of the cap what no path leads to. Which ones these are follows from the
indices, and so does their order: rows by their index, then level by level from the leaves up, nodes by their index. An
opening has one pruned form, and a pruned form that leads to the root one opening: the others' nodes are its hashes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from core_vm.errors import UsageError
from core_vm.field.koalabear import Words
from core_vm.hash.poseidon2 import DIGEST, compress_batch, hash_leaves_batch
from core_vm.hash.pruned import missing_siblings


@dataclass(frozen=True, slots=True)
class OpeningForm:
    """Of openings of a tree of `depth` levels whose rows have `width` elements, of which those from `stored` on are
    zero in all rows."""

    width: int
    stored: int
    depth: int
    log_cap: int

    @property
    def levels(self) -> int:
        """Of nodes that a path has."""
        return self.depth - self.log_cap


def pruned(form: OpeningForm, indices: Sequence[int], rows: Words, paths: Words, cap: Words) -> list[Words]:
    """The words of the pruned form, in their order, of an opening as `MerkleTree.open` gives it.

    Raises UsageError if a row has other elements than zeros where the form says so.
    """
    nodes, first = np.unique(np.asarray(indices, np.int64), return_index=True)
    if rows[first, form.stored :].any():
        raise UsageError(f"a row has elements other than zero beyond the first {form.stored}")
    parts = [rows[first, : form.stored]]
    for level, missing in enumerate(missing_siblings(nodes, form.levels)):
        here = nodes >> level
        parts.append(paths[first[np.searchsorted(here, missing ^ 1)], level])
    parts.append(np.delete(cap, nodes >> form.levels, axis=0))
    return [part.reshape(-1) for part in parts]


def restored(form: OpeningForm, indices: Sequence[int], take: Callable[[int], Words]) -> tuple[Words, Words, Words]:
    """The opening (rows, paths, cap) whose pruned form `take(count)` gives word by word, as `pruned` orders it.

    Every path leads to its node of the cap, by construction; whether the cap is that of a root is for the caller to see
    (`merkle.verify_cap`).
    """
    nodes, place = np.unique(np.asarray(indices, np.int64), return_inverse=True)
    rows = np.zeros((len(nodes), form.width), np.uint32)
    rows[:, : form.stored] = take(len(nodes) * form.stored).reshape(len(nodes), form.stored)
    paths = np.zeros((len(nodes), form.levels, DIGEST), np.uint32)
    here, digests = nodes, hash_leaves_batch(rows)
    for level, missing in enumerate(missing_siblings(nodes, form.levels)):
        given = take(DIGEST * len(missing)).reshape(-1, DIGEST)
        order = np.argsort(both := np.concatenate([here, missing]))
        known, values = both[order], np.concatenate([digests, given])[order]
        paths[:, level] = values[np.searchsorted(known, (nodes >> level) ^ 1)]
        here, digests = known[0::2] >> 1, compress_batch(values[0::2], values[1::2])
    cap, on_path = np.zeros((1 << form.log_cap, DIGEST), np.uint32), np.zeros(1 << form.log_cap, np.bool_)
    cap[here], on_path[here] = digests, True
    cap[~on_path] = take(DIGEST * int((~on_path).sum())).reshape(-1, DIGEST)
    return rows[place], paths[place], cap
