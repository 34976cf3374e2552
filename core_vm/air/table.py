"""What a table is: named columns, named constraints on one row, and bus messages. Plain data, checked when defined.

The prover, the verifier, the documentation and the mutation tests are all derived from this one declaration.

Rules (each is checked by `table_builder`, and each carries part of the soundness argument of the proof system):
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

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from core_vm.air.expression import Affine, Expression, affine, format_expression
from core_vm.air.identity import Identity
from core_vm.errors import TableDefinitionError

MAX_DEGREE = 3
MAX_ENTRIES = 31
LOG_TILE = 6
TILE = 1 << LOG_TILE


@dataclass(frozen=True, slots=True)
class Bus:
    """A named multiset of messages. `number` >= 1 is entry 0 of every fingerprint; `fields` name the other entries.

    On a `permutation` bus each row sends or receives a message once or not at all, and where it does not, the entries
    of an honest row are zero in all columns: that bus is balanced by products, which cost half of what fractions cost.
    """

    name: str
    number: int
    fields: tuple[str, ...]
    permutation: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.number < 2**16 or len(self.fields) > MAX_ENTRIES:
            raise TableDefinitionError(
                f"bus {self.name}: number {self.number} or {len(self.fields)} fields out of range"
            )


@dataclass(frozen=True, slots=True)
class Interaction:
    """`multiplicity` times `message` on `bus`; a receive has a negated multiplicity, so a balanced bus sums to zero.

    `receives`: whether it was declared as a receive, which on a permutation bus says what product it belongs to.
    `counted`: a receive whose multiplicity may be anything, because its message is true whoever asks and how often.
    """

    bus: Bus
    multiplicity: Expression
    message: tuple[Expression, ...]
    receives: bool = False
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
        kind = (" received once" if i.receives else " sent once") if i.bus.permutation else ""
        message = f"{show(i.multiplicity)} x ({', '.join(map(show, i.message))})"
        lines.append(f"bus {i.bus.number} {i.bus.name}{kind}: {message}")
    return "\n".join(lines)
