"""Intrinsics of Poseidon2's partial rounds, where elements whose diagonal entries are d and -d go together.

The internal layer makes T + d x of an element x, T being the sum of all. Of two elements x and y with entries d and -d
take a = (x + y) / 2 and b = (x - y) / 2. A round makes T + d b of a and d a of b: so b is always d times what a was one
round before, and what a becomes is T + d^2 times that. One scaled element a round does for two, and the sum of all
needs one of them, twice.

Between `enter_partial_rounds` and `leave_partial_rounds` a state is: element 0; the a of every pair; what they were one
round before; the elements without a partner. Where an entry is a small enough inverse power of two, its element is any
32-bit word of its class (`emit.add_quotient`), elsewhere it is canonical.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from llvmlite import ir

from core_vm.field.koalabear import MONTGOMERY_R, P
from core_vm.field.packed import emit
from core_vm.field.packed.base import require_words
from core_vm.hash.packed_poseidon2 import require_state, round_constant, unpack
from core_vm.hash.poseidon2_parameters import POSEIDON2_16, POSEIDON2_24, DiagonalEntry
from core_vm.host.kernel_language import intrinsic, types


class Layout(NamedTuple):
    """Which elements of a width are pairs, (x, y) with the entry of x, and which have no partner."""

    pairs: tuple[tuple[int, int], ...]
    pair_entries: tuple[DiagonalEntry, ...]
    singles: tuple[int, ...]
    single_entries: tuple[DiagonalEntry, ...]


def _layout(entries: Sequence[DiagonalEntry]) -> Layout:
    """Of every element but the first, whose entry is -2."""
    places = {entry: i for i, entry in enumerate(entries) if i and entries.index(entry, 1) == i}
    partners = {entry: DiagonalEntry(-entry.factor, entry.shift) for entry in places}
    pairs = [(places[entry], places[partner]) for entry, partner in partners.items()
             if entry.factor > 0 and partner in places]  # fmt: skip
    paired = {i for pair in pairs for i in pair}
    singles = [i for i in range(1, len(entries)) if i not in paired]
    return Layout(tuple(pairs), tuple(entries[i] for i, _ in pairs), tuple(singles), tuple(entries[i] for i in singles))


LAYOUTS = {poseidon2.width: _layout(poseidon2.entries) for poseidon2 in (POSEIDON2_16, POSEIDON2_24)}


def _squared(entry: DiagonalEntry) -> DiagonalEntry:
    return DiagonalEntry(entry.factor**2, 2 * entry.shift)


def _is_any_word(entry: DiagonalEntry) -> bool:
    """Whether an element that this entry scales once a round is any word of its class."""
    return entry.factor == 1 and entry.shift >= emit.LEAST_SHIFT_OF_WORDS


# ------------------------------------------------------------------------------------------------------ scaled elements
def _scaled(b, x: ir.Value, entry: DiagonalEntry) -> ir.Value:
    """|entry| x, canonical, of a canonical x."""
    if entry.shift:
        return emit.divide_by_power_of_two(b, x, entry.shift)
    return x if abs(entry.factor) == 1 else emit.multiply_by_small(b, x, abs(entry.factor))


def _plus_scaled(b, total: ir.Value, raised: ir.Value, x: ir.Value, entry: DiagonalEntry) -> ir.Value:
    """total + entry x, `raised` being total + p."""
    if _is_any_word(entry):
        return emit.add_quotient(b, raised, x, entry.shift)
    return (emit.add if entry.factor > 0 else emit.sub)(b, total, _scaled(b, x, entry))


def _times(b, x: ir.Value, factor: int) -> ir.Value:
    """factor x, canonical, of any word x."""
    constant = emit.constant64(factor * MONTGOMERY_R % P)
    return emit.dot(b, [emit.halves(b, x)], [(constant, constant)])


# --------------------------------------------------------------------------------------------------------------- rounds
class _Split(NamedTuple):
    """A state between the rounds."""

    first: ir.Value
    sums: list[ir.Value]
    earlier: list[ir.Value]
    singles: list[ir.Value]

    @classmethod
    def of(cls, s: Sequence[ir.Value]) -> _Split:
        pairs = len(LAYOUTS[len(s)].pairs)
        return cls(s[0], list(s[1 : 1 + pairs]), list(s[1 + pairs : 1 + 2 * pairs]), list(s[1 + 2 * pairs :]))

    def joined(self) -> list[ir.Value]:
        return [self.first, *self.sums, *self.earlier, *self.singles]


def _enter(b, s: Sequence[ir.Value]) -> list[ir.Value]:
    """The a of a pair is (x + y) / 2; what it was before is (x - y) / (2 d)."""
    layout = LAYOUTS[len(s)]
    sums = [emit.divide_by_power_of_two(b, emit.add(b, s[i], s[j]), 1) for i, j in layout.pairs]
    earlier = [
        _times(b, emit.sub(b, s[i], s[j]), pow(2 * entry.factor, -1, P) << entry.shift)
        for (i, j), entry in zip(layout.pairs, layout.pair_entries, strict=True)
    ]
    return _Split(s[0], sums, earlier, [s[i] for i in layout.singles]).joined()


def _leave(b, s: Sequence[ir.Value]) -> list[ir.Value]:
    """x and y of a pair are a + b and a - b, b being d times what a was before."""
    layout, state = LAYOUTS[len(s)], _Split.of(s)
    result = [state.first] * len(s)
    for i, x, entry in zip(layout.singles, state.singles, layout.single_entries, strict=True):
        result[i] = _times(b, x, 1) if _is_any_word(entry) else x
    for (i, j), a, earlier, entry in zip(layout.pairs, state.sums, state.earlier, layout.pair_entries, strict=True):
        half_difference = _times(b, earlier, entry.factor * pow(2, -entry.shift, P))
        canonical = _times(b, a, 1) if _is_any_word(_squared(entry)) else a
        result[i], result[j] = emit.add(b, canonical, half_difference), emit.sub(b, canonical, half_difference)
    return result


def _round(b, s: Sequence[ir.Value], lowered: ir.Value) -> list[ir.Value]:
    """A constant and a cube on element 0, and the internal layer."""
    layout, state = LAYOUTS[len(s)], _Split.of(s)
    squares = [_squared(entry) for entry in layout.pair_entries]
    rest = emit.sum_of_many(
        b,
        _addends(b, state.singles, layout.single_entries),
        _addends(b, state.sums, squares),
    )
    cube = emit.cube_of_sum(b, state.first, lowered)
    total = emit.add(b, rest, cube)
    raised = b.add(total, emit.constant32(P))

    def scaled(elements: Sequence[ir.Value], entries: Sequence[DiagonalEntry]) -> list[ir.Value]:
        return [_plus_scaled(b, total, raised, x, entry) for x, entry in zip(elements, entries, strict=True)]

    return _Split(
        emit.sub(b, rest, cube),
        scaled(state.earlier, squares),
        state.sums,
        scaled(state.singles, layout.single_entries),
    ).joined()


def _addends(b, elements: Sequence[ir.Value], entries: Sequence[DiagonalEntry]) -> list[ir.Value]:
    """Words with the same sum: of canonical elements two fit into one."""
    words = [x for x, entry in zip(elements, entries, strict=True) if _is_any_word(entry)]
    return words + emit.sums_of_two(
        b, [x for x, entry in zip(elements, entries, strict=True) if not _is_any_word(entry)]
    )


def _layer_intrinsic(layer: Callable):
    @intrinsic
    def change_layout(_, state):
        require_state(state)

        def generate(context, b, signature, args):
            return context.make_tuple(b, state, layer(b, unpack(b, args[0], state)))

        return state(state), generate

    return change_layout


enter_partial_rounds = _layer_intrinsic(_enter)
leave_partial_rounds = _layer_intrinsic(_leave)


@intrinsic
def partial_round(_, state, constants, offset):
    """constants[offset], lowered by p, and a cube on element 0, internal layer."""
    require_state(state)
    require_words(constants)

    def generate(context, b, signature, args):
        lowered = round_constant(context, b, signature, args, 0)
        return context.make_tuple(b, state, _round(b, unpack(b, args[0], state), lowered))

    return state(state, constants, types.intp), generate
