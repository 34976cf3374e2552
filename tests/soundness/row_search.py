"""Changes of single rows that their table does not notice: a search for witnesses that are not determined.

A mutant of an honest row is *silent* when every constraint holds and every lookup exists. It is harmful when all the
row takes from others is the same (state, instruction, what registers and memory held) and what it gives is not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import combinations, islice

import numpy as np

from core_vm.air.keys import key_columns
from core_vm.air.table import Bus, Interaction, Table
from core_vm.field.koalabear import P
from core_vm.isa.operations import Operation
from core_vm.state.memory_map import REGISTER_DWORD
from core_vm.tables import buses
from core_vm.witness.check import constraint_values, evaluate_affine
from precompiles.standard.machine import standard_machine

SMALL = (1, 2**8, 2**16, -1, -(2**8), -(2**16))
STEPS = (*SMALL, 2, -2, 4, 8, 16, -16, 2**15, -(2**15), 0xFFFF, -0xFFFF, 0xFF00, 2**24, pow(2, -1, P), pow(2, -16, P))
RATIOS = (*SMALL, pow(2, -8, P), pow(2, -16, P), -pow(2, -8, P), -pow(2, -16, P))
PAIR_DISTANCE = 8
BATCH = 4096
MIXER = np.uint64(0x9E3779B97F4A7C15)
Change = tuple[tuple[int, int], ...]
"""(column, what is added to it), one or two of them."""


@dataclass(frozen=True)
class Silent:
    """A change that no constraint and no lookup notices."""

    columns: tuple[str, ...]
    added: tuple[int, ...]
    changes_inputs: bool
    changes_outputs: bool


def single_changes(row: np.ndarray, num_columns: int | None = None) -> Iterator[Change]:
    """Steps up and down, and zero, for every column, or for the first ones."""
    for column, value in enumerate(row[:num_columns].tolist()):
        yield from (((column, step),) for step in STEPS)
        yield ((column, -value),)


def pair_changes(row: np.ndarray, num_columns: int | None = None) -> Iterator[Change]:
    """Two columns near each other move in a ratio that limbs, bytes or carries have; or exchange their values."""
    for a, b in combinations(range(len(row[:num_columns])), 2):
        if b - a <= PAIR_DISTANCE:
            yield from (((a, step), (b, step * ratio)) for step in SMALL for ratio in RATIOS)
            yield (a, int(row[b] - row[a])), (b, int(row[a] - row[b]))


def silent_changes(table: Table, row: np.ndarray, changes: Iterable[Change]) -> list[Silent]:
    """`row`: canonical int64 (width,), an honest row in use."""
    found: list[Silent] = []
    for batch, mutants in mutants_by(row, changes):
        different = (mutants != row[:, None]).any(axis=0)
        quiet = np.flatnonzero(different & constraints_hold(table, mutants))
        quiet = quiet[lookups_hold(table, mutants[:, quiet])]
        if not len(quiet):
            continue
        inputs, outputs = differing_messages(table, row, mutants[:, quiet])
        found += [
            Silent(tuple(table.columns[c] for c, _ in batch[n]), tuple(a for _, a in batch[n]), bool(i), bool(o))
            for n, i, o in zip(quiet, inputs, outputs, strict=True)
        ]
    return found


def mutants_by(row: np.ndarray, changes: Iterable[Change]) -> Iterator[tuple[list[Change], np.ndarray]]:
    """Batches of changes and the row after each (width, n): a wide table has more mutants than memory has room for."""
    remaining = iter(changes)
    while batch := list(islice(remaining, BATCH)):
        mutants = np.repeat(row.astype(np.int64)[:, None], len(batch), axis=1)
        for number, change in enumerate(batch):
            for column, amount in change:
                mutants[column, number] = (mutants[column, number] + amount) % P
        yield batch, mutants


def constraints_hold(table: Table, columns: np.ndarray) -> np.ndarray:
    """Whether each row satisfies every constraint."""
    return ~constraint_values(table, columns).any(axis=0)


def lookups_hold(table: Table, columns: np.ndarray) -> np.ndarray:
    """Whether every message of each row that a lookup table or a precompile receives is one that it holds."""
    hold = np.ones(columns.shape[1], np.bool_)
    for interaction in table.interactions:
        if interaction.bus in _HELD and hold.any():  # most batches have no row left to look at
            count, entries = _evaluate(interaction, columns)
            hold &= (count == 0) | _HELD[interaction.bus](*entries)
    return hold


def _evaluate(interaction: Interaction, columns: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
    count = evaluate_affine(interaction.affine_multiplicity(), columns).astype(np.int64)
    return count, [evaluate_affine(form, columns).astype(np.int64) for form in interaction.affine_message()]


def _is_logic(operation: np.ndarray, a: np.ndarray, b: np.ndarray, result: np.ndarray) -> np.ndarray:
    which = [operation == int(op) for op in (Operation.AND, Operation.OR, Operation.XOR)]
    return (a < 256) & (b < 256) & (np.select(which, [a & b, a | b, a ^ b], -1) == result)


def hashed(entries: Sequence[np.ndarray], start: int = 0) -> np.ndarray:
    """Messages, canonical (n,) an entry, as one uint64 each: by rare chance alone equal for two that differ."""
    codes = np.full(entries[0].shape, start, np.uint64)
    for entry in entries:
        codes = (codes + entry.astype(np.uint64) + np.uint64(1)) * MIXER
        codes ^= codes >> np.uint64(29)
    return codes


@cache
def _messages_of(table: Table, number: int) -> np.ndarray:
    """All that a lookup table receives by its interaction `number`, hashed and sorted."""
    nothing, keys = np.zeros((0, 1 << (table.log_height or 0)), np.uint64), key_columns(table)
    entries = [evaluate_affine(form, nothing, keys) for form in table.interactions[number].affine_message()]
    return np.sort(hashed(entries))


def _is_received(table: Table, number: int, *entries: np.ndarray) -> np.ndarray:
    messages, codes = _messages_of(table, number), hashed(entries)
    return messages[np.minimum(np.searchsorted(messages, codes), len(messages) - 1)] == codes


def _held_by_precompiles() -> dict[Bus, Callable[..., np.ndarray]]:
    """Of the lookup tables that precompiles bring."""
    tables = [module.table for p in standard_machine().precompiles for module in p.tables if module.table.keys]
    return {i.bus: partial(_is_received, table, n) for table in tables for n, i in enumerate(table.interactions)}


_HELD: dict[Bus, Callable[..., np.ndarray]] = {
    buses.RANGE16: lambda value: value < 2**16,
    buses.BYTE_PAIR: lambda a, b: (a < 256) & (b < 256),
    buses.BYTE_LOGIC: _is_logic,
    buses.BIT_RANGE: lambda bits, limit, value: (bits < 16) & (limit == 1 << np.minimum(bits, 16)) & (value < limit),
    buses.CALL: lambda number, *_: number >= 0x1000,
    **_held_by_precompiles(),
}
LOOKUP_BUSES = frozenset(bus for bus in _HELD if bus != buses.CALL)


def differing_messages(table: Table, row: np.ndarray, mutants: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each mutant, whether what it takes differs from what the row takes, and whether what it gives does.

    It takes a state or a call, an instruction, the digest that it asks for, what other rows of a precompile hand over,
    and what a dword held since when. *Which* dword of memory is its own decision, so that counts as given.
    """
    takes, gives = (np.zeros(mutants.shape[1], np.bool_) for _ in range(2))
    for interaction in table.interactions:
        if interaction.bus in _HELD and interaction.bus != buses.CALL:
            continue
        (count,), honest = _evaluate(interaction, row[:, None])
        counts, entries = _evaluate(interaction, mutants)
        changed = np.zeros_like(takes)
        for value, values in zip(honest, entries, strict=True):
            changed |= values != value
        changed = (counts != count) | (changed & (count != 0))
        received = count == P - 1
        if interaction.bus in (buses.PROGRAM, buses.COMPRESS) or (interaction.bus != buses.MEMORY and received):
            takes |= changed
        elif received:
            elsewhere = entries[0] != honest[0]
            gives |= elsewhere if honest[0][0] < REGISTER_DWORD else np.zeros_like(elsewhere)
            takes |= changed & ~(elsewhere & (honest[0][0] < REGISTER_DWORD))
        else:
            gives |= changed
    return takes, gives
