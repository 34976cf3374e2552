"""The weight polynomial of a jagged layout at one point: what the verifier computes instead of reading a trace.

The weight of the cell that holds (row r, column number c) is mu^c * eq(z_row, r); every other cell has weight zero. A
block is an interval of cells [start, start + tiles * 2^(log_width + 6)) whose index is, above `start`, the bit fields
(tile, column, lane). `start` is a multiple of 2^(log_width + 6), so lane and column bits of the cell's index are those
of the field, and only the tile bits are added to start. Its multilinear extension at a point is a sum over tile numbers
j of

    eq(point's high bits, (start >> (log_width + 6)) + j) * eq(z's tile bits, j) * [j < tiles],

which an automaton sums bit by bit, low to high. Its state is (carry of the addition, whether j < tiles on the bits so
far). Read-once branching programs as multilinear extensions: Holmgren and Rothblum (2018); jagged commitments: Hemo,
Jue, Rabinovich, Roh, Rothblum, ePrint 2025/917.

Points are lists of K, lowest index bit first. Bits of start and tiles are data, so the same evaluation serves all
heights.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from core_vm.air.table import LOG_TILE
from core_vm.field.extension import K
from core_vm.pcs.layout import Block

# Index [j][bit]: eq(z_k, j) * eq(y_k, bit) for one bit position k.
BitProducts = tuple[tuple[K, K], tuple[K, K]]
# Index [carry][less]: the sum over all low parts of j that end in this state.
State = tuple[tuple[K, K], tuple[K, K]]


def weight_at(blocks: Iterable[Block], z_row: Sequence[K], mu: K, point: Sequence[K]) -> K:
    """The weight's extension at `point`, whose length is log2 of the (padded) number of cells.

    Every block must end within 2^len(point) cells, and have at most 2^(len(z_row) - 6) tiles: `z_row` holds the six
    lane coordinates first, then the tile coordinates.
    """
    evaluation = JaggedEvaluation(z_row, mu, point)
    total = K.zero
    for block in blocks:
        if block.tiles:  # an empty block has no cells, and may be wider than the whole vector
            total = total + evaluation.block(block)
    return total


class JaggedEvaluation:
    """One evaluation of the weight: what blocks of equal width share is computed once."""

    def __init__(self, z_row: Sequence[K], mu: K, point: Sequence[K]) -> None:
        self._point, self._z_tiles = point, z_row[LOG_TILE:]
        self._lanes = K.one
        for y, z in zip(point[:LOG_TILE], z_row[:LOG_TILE], strict=True):
            both = y * z
            self._lanes = self._lanes * (1 - y - z + both + both)
        self._mu_squares = [mu]  # mu^(2^k)
        self._columns: dict[int, K] = {}
        self._products: dict[int, list[BitProducts]] = {}

    def block(self, block: Block) -> K:
        """The part of one block of the layout."""
        shift = block.log_width + LOG_TILE
        count = len(self._point) - shift
        if count < 0 or (block.start >> shift) + block.tiles > 1 << count:
            raise ValueError(f"a block of {block.cells} cells from {block.start} on exceeds 2^{len(self._point)} cells")
        start = [block.start >> (shift + k) & 1 for k in range(count)]
        tiles = [block.tiles >> k & 1 for k in range(count)]
        # A block that fills the whole vector has a tile count of one bit more: then every j is below it.
        full = block.tiles >> count & 1
        return self.block_from_bits(block.log_width, block.first_column, start, tiles, full)

    def block_from_bits(
        self, log_width: int, first_column: int, start: Sequence[int], tiles: Sequence[int], full: int = 0
    ) -> K:
        """The part of the block at tile row `start` with `tiles` tiles, both as bits, low to high.

        `full` is the bit of `tiles` above the last one: where it is set, all j are below.
        """
        zero = K.zero
        state: State = ((self.column_power(first_column) * self.columns(log_width), zero), (zero, zero))
        for products, start_bit, tiles_bit in zip(self.products(log_width), start, tiles, strict=True):
            state = jagged_step(state, products, start_bit, tiles_bit)
        at_least, less = state[0]  # a final carry would be a cell beyond the end
        return less + at_least if full else less

    def columns(self, log_width: int) -> K:
        """Lane and column bits together, and the tile coordinates of z that no index bit reaches (there j is zero)."""
        if log_width not in self._columns:
            value = self._lanes
            for k, y in enumerate(self._point[LOG_TILE : LOG_TILE + log_width]):
                value = value * (1 + y * (self._mu_square(k) - 1))
            for z in self._z_tiles[max(len(self._point) - LOG_TILE - log_width, 0) :]:
                value = value * (1 - z)
            self._columns[log_width] = value
        return self._columns[log_width]

    def column_power(self, number: int) -> K:
        """mu^number, from repeated squares."""
        result = K.one
        for k in range(number.bit_length()):
            if number >> k & 1:
                result = result * self._mu_square(k)
        return result

    def products(self, log_width: int) -> list[BitProducts]:
        """For each tile bit: eq(z, j) eq(y, bit). A z coordinate that does not exist is zero: j has no such bit."""
        if log_width not in self._products:
            high = self._point[LOG_TILE + log_width :]
            z_tiles = [*self._z_tiles[: len(high)], *[K.zero] * (len(high) - len(self._z_tiles))]
            self._products[log_width] = [_bit_products(z, y) for z, y in zip(z_tiles, high, strict=True)]
        return self._products[log_width]

    def _mu_square(self, k: int) -> K:
        while len(self._mu_squares) <= k:
            self._mu_squares.append(self._mu_squares[-1] * self._mu_squares[-1])
        return self._mu_squares[k]


def _bit_products(z: K, y: K) -> BitProducts:
    both = z * y
    return (1 - z - y + both, y - both), (z - both, both)


def jagged_step(state: State, products: BitProducts, start_bit: int, tiles_bit: int) -> State:
    """One bit of the automaton: j's bit is 0 or 1, the index's bit is that of start + j + carry.

    j < tiles on the bits so far is decided by the highest bit in which they differ.
    """
    after = [[K.zero, K.zero], [K.zero, K.zero]]
    for carry in (0, 1):
        at_least, less = state[carry]
        for j in (0, 1):
            total = start_bit + j + carry
            factor, row = products[j][total & 1], after[total >> 1]
            if j == tiles_bit:
                row[0] = row[0] + at_least * factor
                row[1] = row[1] + less * factor
            else:  # j = 1, tiles = 0: not below any more; j = 0, tiles = 1: below whatever came before
                row[tiles_bit] = row[tiles_bit] + (at_least + less) * factor
    return (after[0][0], after[0][1]), (after[1][0], after[1][1])
