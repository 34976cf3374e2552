"""The prover as protocol text: dense arrays of K, no tiles, no kernels. It writes the very words that the real one
must."""

from __future__ import annotations

from itertools import accumulate
from typing import Any

from core_vm.air.grouping import Grouping
from core_vm.air.keys import key_columns
from core_vm.air.table_set import TableSet
from core_vm.field.extension import K, eq_table, inner, to_planes
from core_vm.stark.gkr.verifier import Fingerprint, GkrClaim, join_halves, layer_value
from core_vm.stark.shape import ShardShape
from core_vm.stark.sumcheck import send_round
from core_vm.stark.zerocheck.constraint_sum import batched_constraints
from core_vm.stark.zerocheck.verifier import RowStatement
from core_vm.transcript.channel import ProverChannel
from core_vm.transcript.numbers import NUMBERS
from core_vm.witness.check import evaluate_affine
from core_vm.witness.trace import Trace


def reversed_lane(lane: int) -> int:
    return int(f"{lane:06b}"[::-1], 2)


def input_fractions(
    tables: TableSet, shape: ShardShape, trace: Trace, fingerprint: Fingerprint
) -> tuple[list[K], list[K]]:
    """N and E over the tree's index: tile bits lowest, then the inner bits of positions, then lane bits and group bits,
    both with the highest first."""
    n, e = ([K.zero] * (1 << shape.gkr_variables) for _ in range(2))
    for position, i in zip(tables.grouping.positions, tables.interactions, strict=True):
        rows = 64 * shape.tiles[i.table]
        if not rows:
            continue
        columns, keys = trace.read_table(i.table), key_columns(tables.tables[i.table])
        numerators, *places = [evaluate_affine(form, columns, keys).tolist() for form in i.forms]
        for row in range(rows):
            at = tree_index(shape, position, row)
            n[at] = K(numerators[row])
            for weight, place in zip(fingerprint.place_weights, places, strict=False):
                e[at] = e[at] + weight * place[row]
    return n, e


def tree_index(shape: ShardShape, position: int, row: int) -> int:
    inner_bits, group_bits = shape.grouping.inner_bits, shape.grouping.group_bits
    group, inner = divmod(position, 1 << inner_bits)
    reversed_group = int(f"{group:0{group_bits}b}"[::-1], 2) if group_bits else 0
    above = reversed_lane(row & 63) | reversed_group << 6
    return row >> 6 | inner << shape.tile_bits | above << (shape.tile_bits + inner_bits)


def fold(values: list[K], r: K) -> list[K]:
    return [low + r * (high - low) for low, high in zip(values[::2], values[1::2], strict=True)]


def round_message(arrays: list[list[K]], weights: list[K], combine, degree: int) -> list[K]:
    """The cofactor's values at 0..degree, turned into (g(1) - g(0), coefficients from X^2 up)."""
    values, at = [], [a[::2] for a in arrays]
    steps = [[high - low for low, high in zip(a[::2], a[1::2], strict=True)] for a in arrays]
    for _ in range(degree + 1):
        values.append(sum((w * combine(*row) for w, row in zip(weights, zip(*at, strict=True), strict=True)), K.zero))
        at = [[value + step for value, step in zip(*pair, strict=True)] for pair in zip(at, steps, strict=True)]
    difference = values[1] - values[0]
    rest = [v - values[0] - difference * x for x, v in enumerate(values)]  # zero at 0 and 1
    if degree == 2:
        return [difference, rest[2] * pow(2, -1, 2130706433)]
    # rest = X (X - 1) (u + v X): at 2 it is 2 (u + 2 v), at 3 it is 6 (u + 3 v)
    at_two, at_three = rest[2] * pow(2, -1, 2130706433), rest[3] * pow(6, -1, 2130706433)
    v = at_three - at_two
    u = at_two - v * 2
    return [difference, u - v, v]


def prove_rounds(
    channel: ProverChannel, label: str, degree: int, point: list[K], claim: K, arrays: list[list[K]], combine
):
    bound = []
    for number, z in enumerate(point):
        message = round_message(arrays, eq_table(point[number + 1 :]), combine, degree)
        r, claim = send_round(channel, label, claim, z, message)
        arrays = [fold(a, r) for a in arrays]
        bound.append(r)
    return bound, [a[0] for a in arrays], claim


def prove_gkr(channel: ProverChannel, grouping: Grouping, n: list[K], e: list[K]) -> GkrClaim:
    layers = [(n, e)]
    while len(n) > grouping.groups:
        quads = list(zip(n[::2], n[1::2], e[::2], e[1::2], strict=True))
        n = [n0 * (1 + e1) + n1 * (1 + e0) for n0, n1, e0, e1 in quads]
        e = [e0 + e1 + e0 * e1 for _, _, e0, e1 in quads]
        layers.append((n, e))
    claim = send_roots(channel, grouping, n, e)
    for n, e in reversed(layers[:-1]):
        batching = channel.challenge("gkr_batching")
        arrays = [n[::2], n[1::2], e[::2], e[1::2]]

        def combine(*halves: K, batching: K = batching) -> K:
            return layer_value(halves, batching)

        bound, halves, _ = prove_rounds(
            channel, "gkr_round", 2, claim.point, claim.n + batching * claim.e, arrays, combine
        )
        channel.send_extension("gkr_halves", halves)
        r = channel.challenge("gkr_half")
        claim = GkrClaim([r, *bound], *join_halves(halves, r))
    return claim


def send_roots(channel: ProverChannel, grouping: Grouping, n: list[K], e: list[K]) -> GkrClaim:
    """By reversed numbers of groups, as the tree has them: so the lowest coordinate is the highest bit."""
    bits, factors = grouping.group_bits, grouping.factor_groups
    order = [int(f"{group:0{bits}b}"[::-1], 2) if bits else 0 for group in range(grouping.groups)]
    assert not any(n[at] for at in order[:factors])
    channel.send_extension(
        "gkr_root", [e[at] for at in order[:factors]] + [a[at] for a in (n, e) for at in order[factors:]]
    )
    if not bits:
        return GkrClaim([], n[0], e[0])
    point = channel.challenges("gkr_groups", bits)
    weights = eq_table(point)
    return GkrClaim(point, inner(weights, n), inner(weights, e))


def bus_form(tables: TableSet, shape: ShardShape, fingerprint: Fingerprint, gkr: GkrClaim, kappa: K) -> list[K]:
    """The weight of each column of all tables in the claim: share times weight of the place times coefficient."""
    shares = eq_table(shape.split_gkr_point(gkr.point)[1])
    place_weights = [K.one, *(kappa * weight for weight in fingerprint.place_weights)]
    weights, first = [K.zero] * tables.num_columns, [0, *accumulate(tables.widths)]
    for position, i in zip(tables.grouping.positions, tables.interactions, strict=True):
        for place_weight, form in zip(place_weights, i.forms, strict=False):
            for column, coefficient in form.columns.items():
                at = first[i.table] + column
                weights[at] = weights[at] + shares[position] * place_weight * coefficient
    return weights


def prove_zerocheck(
    channel: ProverChannel,
    tables: TableSet,
    shape: ShardShape,
    trace: Trace,
    statement: RowStatement[Any],
    weights: list[K],
):
    """`weights` are those of the bus form, one a column."""
    arrays = []
    for table, tiles in enumerate(shape.tiles):
        for column in range(tables.widths[table]):
            dense = [K.zero] * (1 << shape.row_variables)
            for row, value in enumerate(trace.read(table, column).tolist() if tiles else []):
                dense[row >> 6 | reversed_lane(row & 63) << shape.tile_bits] = K(value)
            arrays.append(dense)

    def combine(*columns: K) -> K:
        linear = sum((w * c for w, c in zip(weights, columns, strict=True)), K.zero)
        return linear + batched_constraints(NUMBERS, tables, statement.rho, columns)

    bound, columns, claim = prove_rounds(
        channel, "zerocheck_round", 3, statement.binding_point, statement.claim, arrays, combine
    )
    channel.send_columns(to_planes(columns))
    return shape.row_point(bound), columns, claim
