"""Declaring a table: columns, constraints and messages one by one, and at the end every rule of `table` checked."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from core_vm.air.expression import Expression, as_expression, column, evaluate
from core_vm.air.expression import key as key_expression
from core_vm.air.identity import Identity
from core_vm.air.table import LOG_TILE, MAX_DEGREE, Bus, Constraint, Interaction, Key, Table
from core_vm.errors import TableDefinitionError
from core_vm.field.koalabear import P


class TableBuilder:
    """Collects a table's declaration; `build()` checks it and returns the immutable `Table`."""

    def __init__(self, name: str, log_height: int | None = None, documentation: str = "") -> None:
        self.name, self.log_height, self.documentation = name, log_height, documentation
        self._columns: dict[str, int] = {}
        self._constraints: list[Constraint] = []
        self._interactions: list[Interaction] = []
        self._keys: list[Key] = []
        self._num_fixed = 0

    def column(self, name: str) -> Expression:
        """Declare one committed column and return it."""
        if self._num_fixed:
            raise TableDefinitionError(f"table {self.name}: column {name} is declared behind fixed ones")
        return self._next_column(name)

    def fixed(self, name: str) -> Expression:
        """Declare one fixed column and return it. Only fixed columns follow."""
        fixed = self._next_column(name)
        self._num_fixed += 1
        return fixed

    def _next_column(self, name: str) -> Expression:
        if name in self._columns:
            raise TableDefinitionError(f"table {self.name}: column {name} is declared twice")
        self._columns[name] = number = len(self._columns)
        return column(number)

    def columns(self, name: str, count: int) -> list[Expression]:
        """Declare `count` columns `name_0`, `name_1`, ..."""
        return [self.column(f"{name}_{i}") for i in range(count)]

    def bit(self, name: str) -> Expression:
        """A column that is 0 or 1."""
        value = self.column(name)
        self.constrain(f"{name}_is_a_bit", value * (value - 1))
        return value

    def key(self, name: str, function: Callable[[Sequence[Any]], Any]) -> Expression:
        """Declare a closed-form column (see `Key`). Only in tables of fixed height."""
        self._keys.append(Key(name, function))
        return key_expression(len(self._keys) - 1)

    def constrain(self, name: str, expression: Expression | int) -> None:
        """Require `expression` to be zero on every row."""
        self._constraints.append(Constraint(name, as_expression(expression)))

    def identify(self, names: Sequence[str], identity: Identity) -> None:
        """Require an identity to hold on every row, by a constraint of each name."""
        if len(names) != identity.num_constraints:
            raise TableDefinitionError(
                f"table {self.name}: {len(names)} names for {identity.num_constraints} constraints of an identity"
            )
        self._constraints += [Constraint(name, None, identity, place) for place, name in enumerate(names)]

    def send(self, bus: Bus, message: Sequence[Expression | int], multiplicity: Expression | int) -> None:
        """Put `message` on the bus `multiplicity` times: in a machine, at most once (`air.multiplicity`)."""
        self._add(bus, as_expression(multiplicity), message)

    def receive(self, bus: Bus, message: Sequence[Expression | int], multiplicity: Expression | int) -> None:
        """Take `message` off the bus `multiplicity` times: in a machine, at most once."""
        self._add(bus, -as_expression(multiplicity), message, receives=True)

    def receive_counted(self, bus: Bus, message: Sequence[Expression | int], multiplicity: Expression) -> None:
        """Take `message` off the bus as often as others send it: the row itself makes sure that it is true."""
        self._add(bus, -multiplicity, message, receives=True, counted=True)

    def _add(self, bus: Bus, multiplicity: Expression, message: Sequence[Expression | int], **kind: bool) -> None:
        entries = tuple(as_expression(entry) for entry in message)
        self._interactions.append(Interaction(bus, multiplicity, entries, **kind))

    def build(self) -> Table:
        """Check every rule of `table`; raises TableDefinitionError naming what breaks it."""
        self._check_names()
        on_zero_row: dict[Expression, int] = {}
        for constraint in self._constraints:
            self._check_constraint(constraint, on_zero_row)
        for interaction in self._interactions:
            self._check_interaction(interaction)
        if self._keys and self.log_height is None:
            raise TableDefinitionError(f"table {self.name}: keys need a fixed height")
        if self.log_height is not None and self.log_height < LOG_TILE:
            raise TableDefinitionError(f"table {self.name}: a fixed height is at least one tile, 2^{LOG_TILE}")
        for key in self._keys:
            self._check_key(key)
        return Table(
            self.name,
            tuple(self._columns),
            tuple(self._constraints),
            tuple(self._interactions),
            tuple(self._keys),
            self.log_height,
            self.documentation,
            self._num_fixed,
        )

    def _check_names(self) -> None:
        for name, count in Counter(c.name for c in self._constraints).items():
            if count > 1:
                raise TableDefinitionError(f"table {self.name}: constraint {name} is declared twice")
        if not self._columns:
            raise TableDefinitionError(f"table {self.name}: no columns")
        keys = [k.name for k in self._keys]
        for name in keys:
            if keys.count(name) > 1 or name in self._columns:
                raise TableDefinitionError(f"table {self.name}: key {name} has the name of another key or column")

    def _check_key(self, key: Key) -> None:
        """Three values on every line parallel to an axis, through one random point, lie on a line: degree one."""
        generator = random.Random(key.name)
        point = [generator.randrange(P) for _ in range(self.log_height or 0)]
        for axis in range(len(point)):
            a, b, c = (generator.randrange(P) for _ in range(3))
            at_a, at_b, at_c = (int(key.function([*point[:axis], x, *point[axis + 1 :]])) for x in (a, b, c))
            if ((at_c - at_a) * (b - a) - (at_b - at_a) * (c - a)) % P:
                raise TableDefinitionError(f"table {self.name}: key {key.name} is not linear in bit {axis}")

    def _check_constraint(self, constraint: Constraint, on_zero_row: dict[Expression, int]) -> None:
        where = f"table {self.name}, constraint {constraint.name}"
        if constraint.identity is not None:
            if constraint.identity.degree > MAX_DEGREE:
                raise TableDefinitionError(f"{where}: degree {constraint.identity.degree}, at most {MAX_DEGREE}")
            return  # it is zero on the zero row, as digits have no constant part
        if constraint.expression.degree > MAX_DEGREE:
            raise TableDefinitionError(f"{where}: degree {constraint.expression.degree}, at most {MAX_DEGREE}")
        try:
            value = evaluate(constraint.expression, [0] * len(self._columns), (), on_zero_row)
        except IndexError:
            raise TableDefinitionError(f"{where}: it speaks of a key, and keys belong into messages alone") from None
        if value:
            raise TableDefinitionError(f"{where}: the zero row violates it")

    def _check_interaction(self, interaction: Interaction) -> None:
        where = f"table {self.name}, bus {interaction.bus.name}"
        if len(interaction.message) != len(interaction.bus.fields):
            raise TableDefinitionError(
                f"{where}: {len(interaction.message)} entries, expected {len(interaction.bus.fields)}"
            )
        multiplicity, message = interaction.affine_multiplicity(), interaction.affine_message()
        if multiplicity.keys:
            raise TableDefinitionError(f"{where}: a multiplicity cannot be a key")
        if multiplicity.constant:
            raise TableDefinitionError(f"{where}: the zero row sends a message")
        if interaction.bus.permutation and (interaction.counted or any(entry.keys for entry in message)):
            raise TableDefinitionError(f"{where}: on a permutation bus no row counts its messages or looks them up")
