"""What verifying a shard would cost in a circuit: the verifier's own source, run once while its operations are counted.

Counted are Poseidon2 permutations (those of leaves, of width 24, apart from the others, of width 16), and additions and
multiplications in the extension field (by an element of the extension, or of the base field). An inner product of n
terms counts n of each. Counts go to the part of the verifier that is running: the transcript's own permutations are a
part as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

import numpy as np

from core_vm.air.public import PublicValues
from core_vm.air.table_set import TableSet
from core_vm.field.extension import K
from core_vm.hash import merkle, poseidon2, transcript
from core_vm.hash.poseidon2_parameters import POSEIDON2_16, Poseidon2
from core_vm.pcs.whir import openings as whir_openings
from core_vm.pcs.whir import verifier as whir_verifier
from core_vm.stark import verifier, zerocheck

Cost = dict[str, Counter[str]]

_PARTS = {
    (verifier, "verify_gkr"): "logup-gkr",
    (verifier, "row_statement"): "row statement",
    (verifier, "verify_zerocheck"): "zerocheck",
    (verifier, "verify_opening"): "whir",
    (whir_verifier, "weight_at"): "jagged weight",
    (merkle, "hash_leaves_batch"): "merkle leaves",
    (merkle, "compress_batch"): "merkle paths",
}


class _Meter:
    def __init__(self) -> None:
        self.cost: Cost = {}
        self.part = ["statement"]

    def count(self, what: str, times: int = 1) -> None:
        self.cost.setdefault(self.part[-1], Counter())[what] += times

    def within(self, part: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any, **named: Any) -> Any:
            self.part.append(part)
            try:
                return function(*arguments, **named)
            finally:
                self.part.pop()

        return run

    def operator(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def run(a: K, b: K | int) -> Any:
            kind = "extension" if isinstance(b, K) else "base"
            self.count(f"{kind} {name}")
            return function(a, b)

        return run

    def inner(self, function: Callable[..., K]) -> Callable[..., K]:
        def run(a: Any, b: Any) -> K:
            a, b = list(a), list(b)
            self.count("extension multiplications", len(a))
            self.count("extension additions", len(a))
            with self.paused():
                return function(a, b)

        return run

    def fold(self, function: Callable[..., list[K]]) -> Callable[..., list[K]]:
        def run(rows: np.ndarray, weights: Any, in_extension: bool) -> list[K]:
            terms = rows.shape[0] * (rows.shape[1] // 5 if in_extension else rows.shape[1])
            self.count("extension multiplications" if in_extension else "base multiplications", terms)
            self.count("extension additions", terms)
            with self.paused():
                return function(rows, weights, in_extension)

        return run

    def query_weight(self, function: Callable[..., K]) -> Callable[..., K]:
        def run(openings: Any, coefficients: Any, points: Any, coordinates: Any) -> K:
            # prod_b (1 + y_b (x^(2^b) - 1)) at each point x, then the combination.
            factors = len(points) * len(coordinates)
            self.count("base multiplications", factors)
            self.count("extension multiplications", factors + len(points))
            self.count("extension additions", factors + len(points))
            with self.paused():
                return function(openings, coefficients, points, coordinates)

        return run

    def permutations(self, function: Callable[..., Any], of: Callable[[Any], int]) -> Callable[..., Any]:
        def run(states: Any, of_width: Poseidon2 = POSEIDON2_16) -> Any:
            self.count("permutations" if of_width is POSEIDON2_16 else "leaf permutations", of(states))
            return function(states, of_width)

        return run

    @contextmanager
    def paused(self) -> Iterator[None]:
        """What a batched helper does inside is already counted."""
        kept, self.cost = self.cost, {}
        try:
            yield
        finally:
            self.cost = kept


def verifier_cost(tables: TableSet, words: np.ndarray, public: PublicValues) -> Cost:
    """Counts by part of the verifier; the proof must be valid."""
    meter = _Meter()
    permute = meter.within("transcript", meter.permutations(poseidon2.permute, lambda state: 1))
    with ExitStack() as stack:
        for owner, name in _PARTS:
            stack.enter_context(patch.object(owner, name, meter.within(_PARTS[owner, name], getattr(owner, name))))
        for owner in (verifier, zerocheck, whir_openings):
            stack.enter_context(patch.object(owner, "inner", meter.inner(owner.inner)))
        stack.enter_context(patch.object(whir_openings, "fold_leaves", meter.fold(whir_openings.fold_leaves)))
        weight = meter.query_weight(whir_openings.NumericOpenings.query_weight)
        stack.enter_context(patch.object(whir_openings.NumericOpenings, "query_weight", weight))
        stack.enter_context(patch.object(transcript, "permute", permute))
        batch = meter.permutations(poseidon2.permute_batch, len)
        stack.enter_context(patch.object(poseidon2, "permute_batch", batch))
        for method, name in (("__add__", "additions"), ("__radd__", "additions"), ("__sub__", "additions"),
                             ("__rsub__", "additions"), ("__mul__", "multiplications"),
                             ("__rmul__", "multiplications")):  # fmt: skip
            stack.enter_context(patch.object(K, method, meter.operator(name, getattr(K, method))))
        verifier.verify_shard(tables, words, public)
    return meter.cost


def totals(cost: Cost) -> Counter[str]:
    """The sum over all parts."""
    return sum(cost.values(), Counter())
