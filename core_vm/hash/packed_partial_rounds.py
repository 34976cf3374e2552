"""Intrinsics of Poseidon2's partial rounds, where elements whose diagonal entries are d and -d go together.

The internal layer makes T + d x of an element x, T being the sum of all. Of two elements x and y with entries d and -d
take a = (x + y) / 2 and b = (x - y) / 2. A round makes T + d b of a and d a of b: so b is always d times what a was one
round before, and what a becomes is T + d^2 times that. One scaled element a round does for two, and the sum of all
needs one of them, twice.

Between `enter_partial_rounds` and `leave_partial_rounds` a state is: element 0; the a of every pair; what they were one
round before; the elements without a partner. An element that a small inverse power of two scales each round is a word
(`emit_multiples`), every other one is canonical.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from llvmlite import ir

from core_vm.field.koalabear import MONTGOMERY_R, P
from core_vm.field.packed import emit
from core_vm.field.packed import emit_multiples as multiples
from core_vm.field.packed.base import require_words
from core_vm.hash.packed_poseidon2 import linear_layer, require_state, round_constant, unpack
from core_vm.hash.poseidon2_parameters import POSEIDON2_16, POSEIDON2_24, DiagonalEntry
from core_vm.host.kernel_language import intrinsic, types


class Pair(NamedTuple):
    """The places of two elements, and the entry of the first; the second has its negative."""

    x: int
    y: int
    entry: DiagonalEntry

    @property
    def square(self) -> DiagonalEntry:
        """Of the entry: what scales a pair each round."""
        return DiagonalEntry(self.entry.factor**2, 2 * self.entry.shift)


class Layout(NamedTuple):
    """Pairs, and the places of the elements without a partner, but for element 0: its entry is -2."""

    pairs: tuple[Pair, ...]
    singles: tuple[int, ...]


def layout_of(entries: Sequence[DiagonalEntry]) -> Layout:
    """No entry occurs twice."""
    places = {entry: i for i, entry in enumerate(entries) if i}
    negatives = {entry: DiagonalEntry(-entry.factor, entry.shift) for entry in places if entry.factor > 0}
    pairs = [Pair(places[d], places[minus], d) for d, minus in negatives.items() if minus in places]
    paired = {place for pair in pairs for place in (pair.x, pair.y)}
    return Layout(tuple(pairs), tuple(i for i in range(1, len(entries)) if i not in paired))


DIAGONALS = {poseidon2.width: poseidon2.entries for poseidon2 in (POSEIDON2_16, POSEIDON2_24)}
LAYOUTS = {width: layout_of(entries) for width, entries in DIAGONALS.items()}


class _Scaled(NamedTuple):
    """An element, and what scales it each round."""

    value: ir.Value
    entry: DiagonalEntry

    @property
    def is_word(self) -> bool:
        return self.entry.factor == 1 and self.entry.shift >= multiples.LEAST_SHIFT_TO_WORDS


class _State(NamedTuple):
    """A state between the rounds."""

    first: ir.Value
    sums: list[_Scaled]
    earlier: list[_Scaled]
    singles: list[_Scaled]

    @classmethod
    def of(cls, s: Sequence[ir.Value]) -> _State:
        layout, entries = LAYOUTS[len(s)], DIAGONALS[len(s)]
        squares = [pair.square for pair in layout.pairs]
        count = len(squares)
        sums, earlier, singles = s[1 : 1 + count], s[1 + count : 1 + 2 * count], s[1 + 2 * count :]
        return cls(
            s[0],
            [_Scaled(*element) for element in zip(sums, squares, strict=True)],
            [_Scaled(*element) for element in zip(earlier, squares, strict=True)],
            [_Scaled(x, entries[i]) for x, i in zip(singles, layout.singles, strict=True)],
        )


# ------------------------------------------------------------------------------------------------------------- elements
def _canonical(b, element: _Scaled) -> ir.Value:
    return multiples.canonical(b, element.value) if element.is_word else element.value


def _multiple(b, x: ir.Value, entry: DiagonalEntry) -> ir.Value:
    """|entry| x."""
    if entry.shift:
        return multiples.divide_by_power_of_two(b, x, entry.shift)
    return x if abs(entry.factor) == 1 else multiples.multiply_by_small(b, x, abs(entry.factor))


def _over_twice(b, x: ir.Value, entry: DiagonalEntry) -> ir.Value:
    """x / (2 entry)."""
    if entry.factor == 1 and 1 <= entry.shift <= 5:
        return x if entry.shift == 1 else multiples.multiply_by_small(b, x, 1 << entry.shift - 1)
    constant = emit.constant64((pow(2 * entry.factor, -1, P) << entry.shift) * MONTGOMERY_R % P)
    return emit.dot(b, [emit.halves(b, x)], [(constant, constant)])


def _plus_multiple(b, total: ir.Value, raised: ir.Value, element: _Scaled) -> ir.Value:
    """total + entry x, a word if the element is one; `raised` is total + p."""
    x, entry = element
    if element.is_word:
        return multiples.add_quotient(b, raised, x, entry.shift)
    return (emit.add if entry.factor > 0 else emit.sub)(b, total, _multiple(b, x, entry))


def _addends(b, elements: Sequence[_Scaled]) -> list[ir.Value]:
    """Words with the same sum."""
    words = [element.value for element in elements if element.is_word]
    return words + multiples.sums_of_two(b, [element.value for element in elements if not element.is_word])


# --------------------------------------------------------------------------------------------------------------- layers
def _enter(b, s: Sequence[ir.Value]) -> list[ir.Value]:
    """The a of a pair is (x + y) / 2; what it was before is (x - y) / (2 d)."""
    pairs, singles = LAYOUTS[len(s)]
    sums = [multiples.divide_by_power_of_two(b, emit.add(b, s[x], s[y]), 1) for x, y, _ in pairs]
    earlier = [_over_twice(b, emit.sub(b, s[x], s[y]), entry) for x, y, entry in pairs]
    return [s[0], *sums, *earlier, *(s[i] for i in singles)]


def _leave(b, s: Sequence[ir.Value]) -> list[ir.Value]:
    """x and y of a pair are a + b and a - b, b being d times what a was before."""
    (pairs, singles), state = LAYOUTS[len(s)], _State.of(s)
    elements = {0: state.first}
    for i, single in zip(singles, state.singles, strict=True):
        elements[i] = _canonical(b, single)
    for (x, y, entry), half_sum, earlier in zip(pairs, state.sums, state.earlier, strict=True):
        half_sum, half_difference = _canonical(b, half_sum), _multiple(b, _canonical(b, earlier), entry)
        elements[x], elements[y] = emit.add(b, half_sum, half_difference), emit.sub(b, half_sum, half_difference)
    return [elements[i] for i in range(len(s))]


def _round(b, s: Sequence[ir.Value], lowered: ir.Value) -> list[ir.Value]:
    """A constant and a cube on element 0, and the internal layer."""
    state = _State.of(s)
    cube = emit.cube_of_sum(b, state.first, lowered)
    rest = multiples.sum_of_many(b, _addends(b, state.singles), _addends(b, state.sums))
    total = emit.add(b, rest, cube)
    raised = b.add(total, emit.constant32(P))
    sums = [_plus_multiple(b, total, raised, element) for element in state.earlier]
    singles = [_plus_multiple(b, total, raised, element) for element in state.singles]
    return [emit.sub(b, rest, cube), *sums, *(element.value for element in state.sums), *singles]


enter_partial_rounds = linear_layer(_enter, "A state as it is between partial rounds, of canonical elements.")
leave_partial_rounds = linear_layer(_leave, "Canonical elements, of a state between partial rounds.")


@intrinsic
def partial_round(_, state, constants, offset):
    """constants[offset], lowered by p, and a cube on element 0, internal layer."""
    require_state(state)
    require_words(constants)

    def generate(context, b, signature, args):
        lowered = round_constant(context, b, signature, args, 0)
        return context.make_tuple(b, state, _round(b, unpack(b, args[0], state), lowered))

    return state(state, constants, types.intp), generate
