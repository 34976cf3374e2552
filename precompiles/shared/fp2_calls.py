"""The calls of a table over Fp2: one precompile for each operation in each field."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core_vm.machine.precompile import ComputeKernel, Operand, Precompile
from core_vm.witness.module import TableModule
from precompiles.shared.fp2_field import Field


@dataclass(frozen=True, slots=True)
class Fp2Calls:
    """`prefix` begins their names. The operations of a field have its numbers in their order, and one table."""

    prefix: str
    operations: tuple[str, ...]
    fields: tuple[Field, ...]

    def name_of(self, operation: str, field: Field) -> str:
        """Of a precompile."""
        return f"{self.prefix}_{field.name}_{operation}"

    def numbers_of(self, field: Field) -> dict[str, int]:
        """Of the calls that share a table, by name."""
        return {self.name_of(op, field): field.first_number + place for place, op in enumerate(self.operations)}

    def parameter_of(self, operation: str, field: Field) -> int:
        """What the kernel is told, which computes all of them."""
        return self.operations.index(operation) + len(self.operations) * self.fields.index(field)

    def precompiles(
        self,
        operands: Callable[[Field], tuple[Operand, ...]],
        module: Callable[[Field], TableModule],
        kernel: Callable[[], ComputeKernel],
    ) -> tuple[Precompile, ...]:
        """The entries for a machine's list of precompiles."""

        def precompile(operation: str, field: Field) -> Precompile:
            name = self.name_of(operation, field)
            return Precompile(
                name=name,
                number=self.numbers_of(field)[name],
                operands=operands(field),
                kernel=kernel,
                make_tables=lambda: (module(field),),
                parameter=self.parameter_of(operation, field),
            )

        return tuple(precompile(operation, field) for field in self.fields for operation in self.operations)
