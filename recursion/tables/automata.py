"""Sums over the first tiles of a table, one bit of the tile count a row: `core_vm.poly.tile_sums` as tables.

A chain reads numbers as words of F in its first row and hands on what is left after each bit; nothing is left after the
last row. So a number is a sum of as many bits as the chain has rows. Chains have at most 24 rows, and such a sum has
one form: the bits are those of the number, which is below 2^rows.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from core_vm.air.table import Table
from core_vm.field.extension import DEGREE
from recursion.tables.builder import CircuitTable
from recursion.tables.buses import BELOW, JAGGED
from recursion.tables.element import Element, Scalar, lifted
from recursion.tables.rows import CircuitModule, Rows


def below_table() -> Table:
    """One bit of: the sum of eq(z, t) over t < tiles.

    `less` is that sum for the bits so far, 0 before the first one. A bit of one adds all t whose bit is zero, whatever
    comes below: (1 - z) + z less. A bit of zero leaves those whose bit is zero: (1 - z) less.
    """
    t = CircuitTable("below", documentation=below_table.__doc__ or "")
    tiles, bit = t.column("tiles"), t.bit("tiles_bit")
    less, z, output = t.element("less"), t.element("z"), t.element("output")
    first, real, last = t.fixed("first"), t.fixed("real"), t.fixed("last")
    address, at_z, at_tiles, at_output, times = (
        t.address(), t.address("z"), t.address("tiles"), t.address("output"), t.times()
    )  # fmt: skip
    t.require_equal("output_takes_the_bit", output, _less_after(less, z, bit, lifted(real)))
    for i, coefficient in enumerate(less.coefficients):
        t.constrain(f"nothing_is_less_at_first_{i}", first * coefficient)
    t.constrain("no_tiles_are_left_at_last", last * tiles)
    whole = tiles * 2 + bit
    t.read(at_tiles, whole, first)
    t.receive(BELOW, (address, whole, *less.coefficients), real - first)
    t.send(BELOW, (address + 1, tiles, *output.coefficients), real - last)
    t.write(at_output, output, times)
    t.read(at_z, z, real)
    return t.build()


def _less_after(less: Element, z: Element, bit: Scalar, one: Element) -> Element:
    inside = z * less
    if_zero, if_one = less - inside, one - z + inside
    return if_zero + (if_one - if_zero) * bit


def _fill_below(rows: Rows) -> list[Any]:
    left, bit = rows.halved(rows.column("tiles"))
    less, z = rows.element("less"), rows.element("z")
    return [left, bit, less, z, _less_after(less, z, bit, lifted(rows.fixed("real")))]


def jagged_table() -> Table:
    """One bit of: the sum over j < tiles of eq(z, j) eq(y, start + j).

    An automaton adds start and j bit by bit, low to high. Its state is (carry, whether j < tiles on the bits so far),
    and each state holds the sum over the low parts of j that end in it: `least_c` (at least) and `less_c` with carry c;
    1, 0, 0, 0 before the first bit. With j's bit, start's bit s and carry c the place's bit is that of s + j + c, and
    the new carry whether that is two or more. eq(z, j's bit) eq(y, place's bit) is the factor of a step. By `same`,
    eq(y, s), and `stays`, (1 - z) same, all four factors are affine:

        j = 0, place s:  (1 - z) same = stays              j = 0, place 1 - s:  (1 - z)(1 - same)
        j = 1, place s:  z same = same - stays             j = 1, place 1 - s:  z (1 - same)

    From carry 0 with j = 0, and from carry 1 with j = 1, the place's bit is s and the carry stays what it was. From
    carry 0 with j = 1, and from carry 1 with j = 0, it is 1 - s and the new carry is s: `crossing_*` are both together.
    """
    t = CircuitTable("jagged", documentation=jagged_table.__doc__ or "")
    start, tiles, s, b = t.column("start"), t.column("tiles"), t.bit("start_bit"), t.bit("tiles_bit")
    least_0, less_0, least_1, less_1 = (t.element(name) for name in ("least_0", "less_0", "least_1", "less_1"))
    z, y, same, stays = (t.element(name) for name in ("z", "y", "same", "stays"))
    crossing_least, crossing_less = t.element("crossing_least"), t.element("crossing_less")
    outputs = [t.element(f"output_{name}") for name in ("least_0", "less_0", "least_1", "less_1")]
    first, real, last = t.fixed("first"), t.fixed("real"), t.fixed("last")
    address, at_z, at_y = t.address(), t.address("z"), t.address("y")
    at_start, at_tiles, at_output, times = t.address("start"), t.address("tiles"), t.address("output"), t.times()

    one = lifted(real)  # so that a row of zeros holds
    state = _State(least_0, less_0, least_1, less_1)
    t.require_equal("same_is_eq_of_y_and_the_bit", same, _eq(one, y, s))
    t.require_equal("stays_is_its_share_without_z", stays, same - z * same)
    sums = _crossings(state, one, z, same, stays, b)
    t.require_equal("crossing_least_is_the_sum", crossing_least, sums[0])
    t.require_equal("crossing_less_is_the_sum", crossing_less, sums[1])
    after = _after(state, same, stays, crossing_least, crossing_less, s, b)
    for name, output, value in zip(_State._fields, outputs, after, strict=True):
        t.require_equal(f"output_{name}_is_the_sum", output, value)

    before = [c for element in state for c in element.coefficients]
    for i, coefficient in enumerate(before):
        t.constrain(f"first_state_{i}_is_that_of_no_bits", first * (coefficient - int(i == 0)))
    t.constrain("no_start_is_left_at_last", last * start)
    t.constrain("no_tiles_are_left_at_last", last * tiles)
    t.read(at_start, start * 2 + s, first)
    t.read(at_tiles, tiles * 2 + b, first)
    t.receive(JAGGED, (address, start * 2 + s, tiles * 2 + b, *before), real - first)
    t.send(JAGGED, (address + 1, start, tiles, *(c for element in outputs for c in element.coefficients)), real - last)
    t.write(at_output, outputs[1], times)
    t.read(at_z, z, real)
    t.read(at_y, y, real)
    return t.build()


class _State(NamedTuple):
    """The sums by (whether j < tiles, carry)."""

    least_0: Element
    less_0: Element
    least_1: Element
    less_1: Element


def _eq(one: Element, y: Element, s: Scalar) -> Element:
    """1 - y - s + 2 y s, of a bit s."""
    return one - y - s + y * s * 2


def _compared(least: Element, less: Element, j: int, b: Scalar) -> tuple[Element, Element]:
    """Both sums with one bit more, j of j and b of tiles: the highest bit that differs decides.

    j = 0, b = 1: all are less. j = 1, b = 0: all are at least. Equal bits: as before.
    """
    if j:
        return least + (less - less * b), less * b
    return least - least * b, less + least * b


def _crossings(
    state: _State, one: Element, z: Element, same: Element, stays: Element, b: Scalar
) -> tuple[Element, Element]:
    """What becomes of carry 0 with j = 1 and of carry 1 with j = 0, together: at least, less."""
    taken = same - stays
    factors = z - taken, one - z - same + taken  # z (1 - same), (1 - z)(1 - same)
    from_0, from_1 = _compared(state.least_0, state.less_0, 1, b), _compared(state.least_1, state.less_1, 0, b)
    least, less = (p * factors[0] + q * factors[1] for p, q in zip(from_0, from_1, strict=True))
    return least, less


def _after(
    state: _State, same: Element, stays: Element, crossing_least: Element, crossing_less: Element, s: Scalar, b: Scalar
) -> _State:
    """The state after this bit: what keeps its carry, and what crosses to the carry s."""
    taken = same - stays
    least_0, less_0 = _compared(state.least_0, state.less_0, 0, b)
    least_1, less_1 = _compared(state.least_1, state.less_1, 1, b)
    return _State(
        least_0 * stays + (crossing_least - crossing_least * s),
        less_0 * stays + (crossing_less - crossing_less * s),
        least_1 * taken + crossing_least * s,
        less_1 * taken + crossing_less * s,
    )


def _fill_jagged(rows: Rows) -> list[Any]:
    (start, s), (tiles, b) = (rows.halved(rows.column(name)) for name in ("start", "tiles"))
    state, z, y, one = _State(*rows.elements("state", 4)), rows.element("z"), rows.element("y"), rows.fixed("real")
    same = _eq(lifted(one), y, s)
    stays = same - z * same
    crossings = _crossings(state, lifted(one), z, same, stays, b)
    after = _after(state, same, stays, *crossings, s, b)
    return [start, tiles, s, b, list(state), z, y, same, stays, list(crossings), list(after)]


BELOW_BIT = CircuitModule(below_table(), _fill_below, {"tiles": 1, "less": DEGREE, "z": DEGREE})
JAGGED_BIT = CircuitModule(
    jagged_table(), _fill_jagged, {"start": 1, "tiles": 1, "state": 4 * DEGREE, "z": DEGREE, "y": DEGREE}
)
