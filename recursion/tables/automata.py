"""Sums over the first tiles of a table, one bit of the tile count a row: `core_vm.poly.tile_sums` as tables.

A chain reads numbers as words of F in its first row and hands on what is left after each bit; nothing is left after the
last row. So a number is a sum of as many bits as the chain has rows. Chains have at most 24 rows, and such a sum has
one form: the bits are those of the number, which is below 2^rows.
"""

from __future__ import annotations

from core_vm.air.expression import Expression
from core_vm.air.table import Table
from recursion.tables.builder import CircuitTable
from recursion.tables.buses import BELOW, JAGGED
from recursion.tables.element import Element, lifted


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
    inside = z * less
    if_zero, if_one = less - inside, lifted(real) - z + inside
    t.require_equal("output_takes_the_bit", output, if_zero + (if_one - if_zero) * bit)
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
    t.require_equal("same_is_eq_of_y_and_the_bit", same, one - y - s + y * s * 2)
    t.require_equal("stays_is_its_share_without_z", stays, same - z * same)
    taken = same - stays  # z same
    z_other = z - taken
    other = one - z - same + taken  # (1 - z)(1 - same)
    step_0, step_1 = _Compare(b, 0), _Compare(b, 1)
    t.require_equal(
        "crossing_least_is_the_sum",
        crossing_least,
        step_1.least(least_0, less_0) * z_other + step_0.least(least_1, less_1) * other,
    )
    t.require_equal(
        "crossing_less_is_the_sum",
        crossing_less,
        step_1.less(least_0, less_0) * z_other + step_0.less(least_1, less_1) * other,
    )
    without, with_carry = 1 - s, s
    t.require_equal("output_least_0", outputs[0], step_0.least(least_0, less_0) * stays + crossing_least * without)
    t.require_equal("output_less_0", outputs[1], step_0.less(least_0, less_0) * stays + crossing_less * without)
    t.require_equal("output_least_1", outputs[2], step_1.least(least_1, less_1) * taken + crossing_least * with_carry)
    t.require_equal("output_less_1", outputs[3], step_1.less(least_1, less_1) * taken + crossing_less * with_carry)

    state = [c for element in (least_0, less_0, least_1, less_1) for c in element.coefficients]
    for i, coefficient in enumerate(state):
        t.constrain(f"first_state_{i}_is_that_of_no_bits", first * (coefficient - int(i == 0)))
    t.constrain("no_start_is_left_at_last", last * start)
    t.constrain("no_tiles_are_left_at_last", last * tiles)
    t.read(at_start, start * 2 + s, first)
    t.read(at_tiles, tiles * 2 + b, first)
    t.receive(JAGGED, (address, start * 2 + s, tiles * 2 + b, *state), real - first)
    t.send(JAGGED, (address + 1, start, tiles, *(c for element in outputs for c in element.coefficients)), real - last)
    t.write(at_output, outputs[1], times)
    t.read(at_z, z, real)
    t.read(at_y, y, real)
    return t.build()


class _Compare:
    """What the sums become when j has the bit `j` and tiles the bit `b`: the highest bit that differs decides."""

    def __init__(self, b: Expression, j: int) -> None:
        self.b, self.j = b, j

    def least(self, least: Element, less: Element) -> Element:
        """j = 1, b = 0: whatever was less is not any more. j = 0, b = 1: nothing is at least. Equal bits: as before."""
        return least + (less - less * self.b) if self.j else least - least * self.b

    def less(self, least: Element, less: Element) -> Element:
        return less * self.b if self.j else less + least * self.b
