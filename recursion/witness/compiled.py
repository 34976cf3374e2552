"""Circuits compiled for kernels: run on hints, checked, filled into a trace, and kept in a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from core_vm.air.table import TILE
from core_vm.errors import UsageError
from core_vm.field.koalabear import Integers, Words, from_montgomery
from core_vm.hash.poseidon2 import Digest
from core_vm.host.arrays import packed_arrays, unpacked_arrays
from core_vm.witness.trace import FilledTables
from recursion.circuit.interpreter import canonical_words
from recursion.tables.fill import fill_table
from recursion.tables.standard import TABLES
from recursion.witness.cells import FIRST_HINT
from recursion.witness.checks import Checks
from recursion.witness.places import Places
from recursion.witness.steps import Steps


@dataclass(frozen=True)
class CompiledCircuit:
    """A circuit as arrays.

    `num_hints` words of hints go in, `num_cells` is the memory they are computed in, `constants` (n, 5) stand behind
    them. `public` (8,) are the cells of the digest that a proof is about, none if there is none. `fixed` are the
    columns of the key by table, canonical (num_fixed, rows).
    """

    num_hints: int
    num_cells: int
    constants: Words
    public: npt.NDArray[np.int64]
    steps: Steps
    checks: Checks
    places: Mapping[str, Places]
    fixed: Mapping[str, Words]

    def run(self, hints: Integers | Iterable[int]) -> Words:
        """All values of the circuit on these hints, num_cells words, Montgomery.

        Raises MalformedProof unless there are `num_hints` canonical words, and the rejection of the first assertion
        that does not hold, with its part and line: what `Interpreter` would raise.
        """
        values = self.evaluate(hints)
        failure = self.checks.first_failure(values)
        if failure is not None:
            raise failure
        return values

    def evaluate(self, hints: Integers | Iterable[int]) -> Words:
        """The same, whatever the assertions say."""
        from core_vm.witness.kernels import store_columns

        words = canonical_words(hints, self.num_hints).astype(np.uint32)
        values, first_constant = np.zeros(self.num_cells, np.uint32), FIRST_HINT + self.num_hints
        store_columns(words[None, :], values, np.array([FIRST_HINT]), np.array([TILE]))
        values[first_constant : first_constant + self.constants.size] = self.constants.reshape(-1)
        self.steps.run(values)
        self.checks.count_paths(values)
        return values

    def digest(self, values: Words) -> Digest:
        """The public digest, canonical."""
        return tuple(from_montgomery(values[self.public]).tolist())

    def fill(self, values: Words, trace: FilledTables, threads: int = 1) -> None:
        """Fills the main columns of a trace for the key of `fixed`, from the values of `run`.

        Raises UsageError for a trace with other numbers of rows.
        """
        for number, table in enumerate(TABLES.tables):
            places = self.places[table.name]
            if len(places.first) != trace.num_rows[number]:
                raise UsageError(f"table {table.name}: {len(places.first)} rows in a trace of {trace.num_rows[number]}")
            fill_table(trace, number, values, places.groups, places.first, threads)

    # ------------------------------------------------------------------------------------------ bytes
    def to_bytes(self) -> bytes:
        """As `from_bytes` reads them."""
        arrays = {"sizes": np.array([self.num_hints, self.num_cells], np.int64)}
        arrays |= {"constants": self.constants, "public": self.public}
        arrays |= _flattened("steps", self.steps) | _flattened("checks", self.checks)
        for name, places in self.places.items():
            arrays |= _flattened(f"places.{name}", places)
        return packed_arrays(arrays | {f"fixed.{name}": columns for name, columns in self.fixed.items()})

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """The inverse. Raises UsageError for bytes that are none, or were written by another version."""
        arrays = unpacked_arrays(data)
        names = [table.name for table in TABLES.tables]
        try:
            num_hints, num_cells = arrays["sizes"].tolist()
            steps, checks = (_gathered(kind, arrays, name) for kind, name in ((Steps, "steps"), (Checks, "checks")))
            places = {name: _gathered(Places, arrays, f"places.{name}") for name in names}
            fixed = {name: arrays[f"fixed.{name}"] for name in names}
            return cls(num_hints, num_cells, arrays["constants"], arrays["public"], steps, checks, places, fixed)
        except (KeyError, ValueError) as error:
            raise UsageError(f"a compiled circuit of another form: {error}") from error


def _flattened(name: str, record: Any) -> dict[str, npt.NDArray[Any]]:
    return {f"{name}.{field.name}": getattr(record, field.name) for field in fields(record)}


def _gathered(kind: type[Any], arrays: Mapping[str, npt.NDArray[Any]], name: str) -> Any:
    return kind(*(arrays[f"{name}.{field.name}"] for field in fields(kind)))
