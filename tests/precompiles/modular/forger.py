"""A prover that lies in a row of modular arithmetic, and computes all that depends on the lie anew.

Everything is computed from the documented equation, not by the table's own witness:
u (y | u) +- u +- y = r + one + q m.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from core_vm.field.koalabear import P
from core_vm.witness.check import violations
from precompiles.modular.reference import OPERATIONS
from tests.precompiles.modular.calls import Case, module_of, rows
from tests.soundness.row_search import lookups_hold

BASE = 2**16


class Row:
    """An honest row of a call, whose columns are set by name: signed integers."""

    def __init__(self, case: Case, bits: int, result: int | None = None) -> None:
        self.table, self.bits = module_of(bits).table, bits
        self.at = {name: k for k, name in enumerate(self.table.columns)}
        values = rows([case], bits, None if result is None else [result])[:, 0].tolist()
        self.values = [value if value <= P // 2 else value - P for value in values]

    def __getitem__(self, name: str) -> int:
        return self.values[self.at[name]]

    def set(self, changes: Mapping[str, int]) -> Row:
        for name, value in changes.items():
            self.values[self.at[name]] = value
        return self

    def numbers(self, name: str) -> list[int]:
        """The columns name_0, name_1, .."""
        return [self[f"{name}_{k}"] for k in range(len(self.at)) if f"{name}_{k}" in self.at]

    def set_digits(self, name: str, value: int, width: int = 8) -> Row:
        """Unsigned digits of so many bits."""
        count = len(self.numbers(name))
        return self.set({f"{name}_{k}": value >> width * k & 2**width - 1 for k in range(count)})

    def set_quotient(self, value: int) -> Row:
        """Balanced digits, with what does not fit lost."""
        count = self.bits // 8 + 1
        shifted = value + 128 * (256**count - 1) // 255
        return self.set({f"quotient_{k}": (shifted >> 8 * k & 255) - 128 for k in range(count)})

    def set_result(self, value: int) -> Row:
        """Of a result, and what follows from it but the quotient."""
        self.set_digits("x_after", value, 16)
        if self["is_" + self.name("invert")] or self["is_" + self.name("root")]:
            self.set_digits("factor", value)
        return self.compare()

    def name(self, operation: str) -> str:
        return f"modular_{self.bits}_{operation}"

    def repair(self) -> Row:
        """The carries anew, as if every group were divisible."""
        carry = 0
        coefficients = self._coefficients()
        for i in range(len(self.numbers("equation_carry"))):
            carry = (carry + coefficients[2 * i] + 256 * coefficients[2 * i + 1]) // BASE
            self.set({f"equation_carry_{i}": carry})
        return self

    def compare(self) -> Row:
        """The comparison anew, if the result is below the modulus."""
        m, result = self.numbers("m"), self.numbers("x_after")
        differences = [m[2 * i] + 256 * m[2 * i + 1] - limb for i, limb in enumerate(result)]
        differences.append(self["modulus_wraps"])
        place = max((i for i, d in enumerate(differences) if d), default=0)
        marks = {f"result_is_reduced_decided_by_limb_{i}": int(i == place) for i in range(len(differences))}
        return self.set({**marks, "result_is_reduced_distance": differences[place] - 1})

    def _coefficients(self) -> list[int]:
        u, y, q = self.numbers("factor"), self.numbers("y"), self.numbers("quotient")
        m, result = [*self.numbers("m"), self["modulus_wraps"]], self.numbers("x_after")
        multiply, add, subtract, invert, root = (self["is_" + self.name(operation)] for operation in OPERATIONS)
        inverse_of_zero, sign = self["is_inverse_of_zero"], self["sign_of_root"]
        total = [0] * (2 * len(q))
        for i, a in enumerate(u):
            for j in range(len(u)):
                total[i + j] += a * ((multiply + invert) * y[j] + root * u[j])
            total[i] += (add + subtract) * a + (add - subtract + inverse_of_zero - sign) * y[i]
        for i, a in enumerate(q):
            for j, b in enumerate(m):
                total[i + j] -= a * b
        for i, limb in enumerate(result):
            total[2 * i] -= (multiply + add + subtract) * limb
        total[0] -= invert - inverse_of_zero
        return total

    def objections(self) -> set[str]:
        """Constraints that do not hold, and "lookup"."""
        column = np.array(self.values, np.int64)[:, None] % P
        found = {name for name, _ in violations(self.table, column)}
        return found if lookups_hold(self.table, column)[0] else found | {"lookup"}
