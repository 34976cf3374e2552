"""theta on a state that is looked up, chunk by chunk: the new bits, and what the next round takes of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from core_vm.air.expression import Expression
from core_vm.air.table_builder import TableBuilder
from precompiles.keccak.buses import CHUNK_PAIR, EVEN_SUM, ROTATION
from precompiles.keccak.digits import CHUNKS, ROTATED, moved
from precompiles.keccak.reference import NUM_LANES

Lanes = list[list[Expression]]
"""Chunks of the 25 lanes, lane x + 5 y."""
COLUMN_COUNTS: Final = {
    "bits": NUM_LANES * CHUNKS,
    "rotated": len(ROTATED),
    "offset": 5 * CHUNKS,
    "parity": 5 * CHUNKS,
    "rotated_parity": 5,
}
"""The columns of a theta by name, in the order in which a table declares them."""


@dataclass(frozen=True)
class Theta:
    """`new` are the bits after theta, `offset` is its D, and `moved` is `new` after rho and pi.

    Whoever makes one says by STEP what `new` follows from: see `digits`.
    """

    new: Lanes
    offset: Lanes
    moved: Lanes


def theta(
    t: TableBuilder, columns: dict[str, list[Expression]], real: Expression, followed: Expression | None = None
) -> Theta:
    """Look up all that makes the columns a theta but STEP. The parity is only that of the new bits where `followed` is
    1, by default on all rows in use; it is then the parity of the bits without D, because D is in a column five times.
    """
    new, offset, parity = (in_lanes(columns[name]) for name in ("bits", "offset", "parity"))
    rotated = dict(zip(ROTATED, columns["rotated"], strict=True))
    to: Lanes = [list(lane) for lane in new]
    plain: list[Expression] = []
    for lane, chunks in enumerate(new):
        for c, chunk in enumerate(chunks):
            other_lane, other_chunk, distance = moved(lane, c)
            to[other_lane][other_chunk] = rotated.get((lane, c), chunk)
            if distance:
                t.send(ROTATION, (distance, chunk, rotated[lane, c]), real)
            else:
                plain.append(chunk)
    highest = CHUNKS - 1  # the chunk that a rotation by one bit rotates
    for x in range(5):
        t.send(ROTATION, (1, parity[x][highest], columns["rotated_parity"][x]), real)
        plain += parity[x][:highest]
    look_up_chunks(t, plain, real)
    look_up_chunks(t, _halves(offset, parity, columns["rotated_parity"]), real)
    for x in range(5):
        for c in range(CHUNKS):
            column = offset[x][c] + parity[x][c]
            for y in range(5):
                column = column + new[x + 5 * y][c]
            t.send(EVEN_SUM, (column,), real if followed is None else followed)
    return Theta(new, offset, to)


def _halves(offset: Lanes, parity: Lanes, rotated: Sequence[Expression]) -> list[Expression]:
    """e of D + C[x - 1] + rot(C[x + 1], 1) = 2 e. A bit e shows that D has the parity of theta's, and its digits are
    between -2 and 2."""
    return [
        (offset[x][c] + parity[x - 1][c] + (parity[(x + 1) % 5][c - 1] if c else rotated[(x + 1) % 5])) / 2
        for x in range(5)
        for c in range(CHUNKS)
    ]


def look_up_chunks(t: TableBuilder, chunks: Sequence[Expression], real: Expression) -> None:
    """All digits are bits, two chunks a lookup."""
    for first, second in _pairs(chunks):
        t.send(CHUNK_PAIR, (first, second), real)


def _pairs(chunks: Sequence[Expression]) -> Iterator[tuple[Expression, Expression | int]]:
    seconds: list[Expression | int] = [*chunks[1::2], *([0] if len(chunks) % 2 else [])]
    yield from zip(chunks[::2], seconds, strict=True)


def in_lanes(chunks: Sequence[Expression]) -> Lanes:
    """Eight chunks a lane."""
    return [list(chunks[at : at + CHUNKS]) for at in range(0, len(chunks), CHUNKS)]


def flat(lanes: Lanes) -> list[Expression]:
    """All chunks, lane by lane."""
    return [chunk for lane in lanes for chunk in lane]
