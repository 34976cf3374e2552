"""Rows of `keccak_rounds` made in plain Python from lanes, honest or not, and what a row violates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from core_vm.field.koalabear import P
from core_vm.witness.check import violations
from precompiles.keccak.digits import CHUNKS, CONSTANT_CHUNKS, ROTATED, byte_of_lane, chunk_of_byte, moved
from precompiles.keccak.reference import NUM_ROUNDS, ROUND_CONSTANTS, chi, rho_and_pi, rotate, theta_offsets
from tests.precompiles.keccak.filled import ROUNDS
from tests.soundness.row_search import LOOKUP_BUSES, lookups_hold

TABLE = ROUNDS.table


@dataclass(frozen=True)
class Round:
    """The lanes of one round: what chi takes, the new bits, D and C of the next theta, the constant, and D with it."""

    taken: tuple[int, ...]
    new: tuple[int, ...]
    offset: tuple[int, ...]
    parity: tuple[int, ...]
    constant: int
    with_constant: int

    @staticmethod
    def honest(taken: Sequence[int], number: int) -> Round:
        lanes = chi(taken)
        lanes[0] ^= ROUND_CONSTANTS[number]
        parity, offset = theta_offsets(lanes) if number < NUM_ROUNDS - 1 else ([0] * 5, [0] * 5)
        new = [lane ^ offset[n % 5] for n, lane in enumerate(lanes)]
        constant = ROUND_CONSTANTS[number]
        return Round(tuple(taken), tuple(new), tuple(offset), tuple(parity), constant, offset[0] ^ constant)

    def flipped(self, z: int, new: Sequence[int] = (), offset: Sequence[int] = (), parity: Sequence[int] = ()) -> Round:
        """Bit z of these lanes turned round; D with the constant follows D."""
        turn = lambda lanes, which: tuple(lane ^ (n in which) << z for n, lane in enumerate(lanes))  # noqa: E731
        changed = replace(
            self, new=turn(self.new, new), offset=turn(self.offset, offset), parity=turn(self.parity, parity)
        )
        return replace(changed, with_constant=self.with_constant ^ (0 in offset) << z)


def chunks_of(lanes: Sequence[int]) -> list[int]:
    return [chunk_of_byte(byte_of_lane(lane, c)) for lane in lanes for c in range(CHUNKS)]


def row_of(number: int, rounds: tuple[Round, Round], call: int = 70001) -> np.ndarray:
    """Canonical int64 (width,): a row in use whose first round is `number`."""
    values = [1, call, number, int(number + 2 == NUM_ROUNDS), *chunks_of(rounds[0].taken)]
    for r in rounds:
        values += [chunk_of_byte(byte_of_lane(r.constant, c)) for c in CONSTANT_CHUNKS]
        values += chunks_of(r.new)
        for lane, c in ROTATED:
            byte, distance = byte_of_lane(r.new[lane], c), moved(lane, c)[2]
            values.append(chunk_of_byte((byte << distance | byte >> 8 - distance) & 0xFF))
        values += chunks_of(r.offset) + chunks_of(r.parity)
        values += [chunk_of_byte(byte_of_lane(rotate(lane, 1), 0)) for lane in r.parity]
        values += [chunk_of_byte(byte_of_lane(r.with_constant, c)) for c in CONSTANT_CHUNKS]
    return np.array(values, np.int64) % P


def honest_rounds(number: int, seed: int = 0) -> tuple[Round, Round]:
    """The rounds of one row, on random lanes."""
    lanes = [int(lane) for lane in np.random.default_rng(seed).integers(0, 2**64, 25, dtype=np.uint64)]
    first = Round.honest(lanes, number)
    return first, Round.honest(rho_and_pi(first.new), number + 1)


def faults(row: np.ndarray) -> set[str]:
    """The constraints that a row violates, and the buses on which it looks up what is not there."""
    found = {name for name, _ in violations(TABLE, row[:, None])}
    for bus in LOOKUP_BUSES & {i.bus for i in TABLE.interactions}:
        of_bus = tuple(i for i in TABLE.interactions if i.bus == bus)
        if not lookups_hold(replace(TABLE, interactions=of_bus), row[:, None])[0]:
            found.add(bus.name)
    return found
