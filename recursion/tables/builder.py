"""What the tables of the circuit machine are declared with: words that are read and written, and fixed addresses."""

from __future__ import annotations

from core_vm.air.expression import Expression
from core_vm.air.table_builder import TableBuilder
from core_vm.field.extension import DEGREE
from recursion.tables.buses import WORD
from recursion.tables.element import Element, Scalar, lifted


class CircuitTable(TableBuilder):
    """Main columns first, then fixed ones: addresses `address_*`, multiplicities `times_*`, flags and constants.

    Flags and multiplicities are the key's. So no prover decides which rows are in use, or what a row reads and how
    often it is read; rows beyond the circuit's have zeros there, and neither send nor receive.
    """

    def element(self, name: str) -> Element:
        """Declare five columns `name_0` .. `name_4`."""
        return Element(tuple(self.columns(name, DEGREE)))

    def elements(self, name: str, count: int) -> list[Element]:
        """Declare `count` elements `name_0`, `name_1`, ..., five columns each."""
        return [self.element(f"{name}_{i}") for i in range(count)]

    def address(self, name: str = "") -> Expression:
        """Declare the fixed column of an address."""
        return self.fixed(f"address_{name}" if name else "address")

    def times(self, name: str = "") -> Expression:
        """Declare the fixed column of a multiplicity: how often what is written is read."""
        return self.fixed(f"times_{name}" if name else "times")

    def require_equal(self, name: str, a: Element, b: Element) -> None:
        """All five coefficients are equal."""
        for i, (x, y) in enumerate(zip(a.coefficients, b.coefficients, strict=True)):
            self.constrain(f"{name}_coefficient_{i}", x - y)

    def read(self, address: Expression, value: Element | Scalar, when: Expression) -> None:
        """The word at `address` is `value`; where that is one expression, the word is of F."""
        self.receive(WORD, (address, *lifted(value).coefficients), when)

    def write(self, address: Expression, value: Element | Scalar, times: Expression) -> None:
        """`value` lies at `address` and is read `times` times.

        With `times` = -1 the row reads there: it asserts that what it computes is what another row wrote.
        """
        self.send(WORD, (address, *lifted(value).coefficients), times)
