"""What a table is: named columns, named constraints on one row, and bus messages. Plain data, checked when defined.

The prover, the verifier, the documentation and the mutation tests are all derived from this one declaration.

Rules (each is checked by `TableBuilder.build`, and each carries part of the soundness argument of the proof system):
- a constraint has degree at most 3: the zerocheck's round polynomials are sized for it;
- the all-zero row satisfies every constraint and sends nothing: it fills the last tile of a table, so no row of the
  committed trace escapes a constraint;
- multiplicities and message entries are affine in the columns: the LogUp-GKR claim then ends as a linear form of them;
- a message has at most 31 entries: with the bus number in front, five coordinates of beta weigh them all apart;
- a key is multilinear: the verifier's own evaluation is then the extension of the values that the prover looks up;
- *fixed* columns stand behind all others. A trace does not fill them: a verifying key commits to their cells once and
  for all, and the verifier knows it (`stark.keyed`). Constraints and messages use them like any other column.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from core_vm.air.expression import Affine, Expression, affine, as_expression, column, evaluate, format_expression
from core_vm.air.expression import key as key_expression
from core_vm.air.identity import Identity
from core_vm.errors import TableDefinitionError
from core_vm.field.koalabear import P

MAX_DEGREE = 3
MAX_ENTRIES = 31
LOG_TILE = 6
TILE = 1 << LOG_TILE


@dataclass(frozen=True, slots=True)
class Bus:
    """A named multiset of messages. `number` >= 1 is entry 0 of every fingerprint; `fields` name the other entries."""

    name: str
    number: int
    fields: tuple[str, ...]

    def __post_init__(self) -> None:
        if not 1 <= self.number < 2**16 or len(self.fields) > MAX_ENTRIES:
            raise TableDefinitionError(
                f"bus {self.name}: number {self.number} or {len(self.fields)} fields out of range"
            )


@dataclass(frozen=True, slots=True)
class Interaction:
    """`multiplicity` times `message` on `bus`; a receive has a negated multiplicity, so a balanced bus sums to zero.

    `counted`: a receive whose multiplicity may be anything, because its message is true whoever asks and how often.
    """

    bus: Bus
    multiplicity: Expression
    message: tuple[Expression, ...]
    counted: bool = False

    def affine_multiplicity(self) -> Affine:
        return affine(self.multiplicity)

    def affine_message(self) -> tuple[Affine, ...]:
        return tuple(affine(entry) for entry in self.message)


@dataclass(frozen=True, slots=True)
class Constraint:
    """`expression` is zero on every row. `name` is a sentence.

    Instead of an expression of its own it may have an `identity`, of whose constraints it is number `place`.
    """

    name: str
    own_expression: Expression | None
    identity: Identity | None = None
    place: int = 0

    @property
    def expression(self) -> Expression:
        if self.identity is not None:
            return self.identity.constraints[self.place]
        assert self.own_expression is not None
        return self.own_expression


@dataclass(frozen=True, slots=True)
class Key:
    """A closed-form column: a multilinear function of the bits of the row number, lowest first.

    `function` takes the `log_height` bits (integers, numpy arrays, or extension elements: then it gives the multilinear
    extension, which the verifier evaluates itself) and must be multilinear.
    """

    name: str
    function: Callable[[Sequence[Any]], Any]


def full_tiles(log_height: int) -> int:
    """The tiles of a table of this fixed height."""
    return 1 << log_height - LOG_TILE


@dataclass(frozen=True, slots=True)
class Table:
    """One AIR table. `log_height` is None, or the fixed log2 of the number of rows of a table with keys, 6 or more.

    A shard in which nobody asks a table of fixed height may be without it: what others would look up there, nobody
    receives then, so such a lookup leaves its bus unbalanced. The last `num_fixed` of
    a table's columns are fixed.
    """

    name: str
    columns: tuple[str, ...]
    constraints: tuple[Constraint, ...]
    interactions: tuple[Interaction, ...]
    keys: tuple[Key, ...] = ()
    log_height: int | None = None
    documentation: str = ""
    num_fixed: int = 0

    def __hash__(self) -> int:
        """By the name, which is enough to tell tables apart: hashing what is declared walks thousands of objects."""
        return hash(self.name)

    @property
    def width(self) -> int:
        return len(self.columns)

    @property
    def num_main(self) -> int:
        """How many columns a trace fills; the others are fixed."""
        return len(self.columns) - self.num_fixed

    def describe(self) -> str:
        """The whole declaration as canonical text: what the machine digest hashes and the reference pages print."""
        return _described(self)


@lru_cache(maxsize=1024)
def _described(table: Table) -> str:
    """Remembered: a table of several sets is described for each, and whoever keeps what follows from it asks again."""
    known: dict[Expression, str] = {}
    key_names = [key.name for key in table.keys]

    def show(expression: Expression) -> str:
        return format_expression(expression, table.columns.__getitem__, key_names.__getitem__, known)

    lines = [f"table {table.name} height {table.log_height}", "columns " + " ".join(table.columns[: table.num_main])]
    if table.num_fixed:
        lines.append("fixed " + " ".join(table.columns[table.num_main :]))
    lines += ["key " + name for name in key_names]
    identities: list[Identity] = []
    for c in table.constraints:
        if c.identity is None:
            lines.append(f"constraint {c.name}: {show(c.expression)}")
            continue
        if c.identity not in identities:
            identities.append(c.identity)
            lines.append(f"identity {len(identities)}: {c.identity.describe(show)}")
        lines.append(f"constraint {c.name}: number {c.place} of identity {identities.index(c.identity) + 1}")
    for i in table.interactions:
        lines.append(f"bus {i.bus.number} {i.bus.name}: {show(i.multiplicity)} x ({', '.join(map(show, i.message))})")
    return "\n".join(lines)


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
        self._interactions.append(
            Interaction(bus, as_expression(multiplicity), tuple(as_expression(e) for e in message))
        )

    def receive(self, bus: Bus, message: Sequence[Expression | int], multiplicity: Expression | int) -> None:
        """Take `message` off the bus `multiplicity` times: in a machine, at most once."""
        self.send(bus, message, -as_expression(multiplicity))

    def receive_counted(self, bus: Bus, message: Sequence[Expression | int], multiplicity: Expression) -> None:
        """Take `message` off the bus as often as others send it: the row itself makes sure that it is true."""
        entries = tuple(as_expression(e) for e in message)
        self._interactions.append(Interaction(bus, -multiplicity, entries, counted=True))

    def build(self) -> Table:
        """Check every rule of the module's head; raises TableDefinitionError naming what breaks it."""
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
        multiplicity = interaction.affine_multiplicity()
        interaction.affine_message()
        if multiplicity.keys:
            raise TableDefinitionError(f"{where}: a multiplicity cannot be a key")
        if multiplicity.constant:
            raise TableDefinitionError(f"{where}: the zero row sends a message")
