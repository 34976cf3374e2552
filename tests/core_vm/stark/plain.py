"""The prover as protocol text: dense arrays of K, no tiles, no kernels. It writes the very words that the real one
must."""

from __future__ import annotations

from core_vm.air.keys import key_columns
from core_vm.air.table_set import TableSet
from core_vm.field.extension import K, eq_table, from_planes, to_planes
from core_vm.field.koalabear import Words
from core_vm.stark.gkr.verifier import Fingerprint, GkrClaim, join_halves, layer_value
from core_vm.stark.shape import ShardShape
from core_vm.stark.sumcheck import send_round
from core_vm.stark.zerocheck.bus_form import bus_weights
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
    """N and E over the tree's index: tile bits lowest, then interaction bits, then lane bits with the highest lane bit
    first."""
    n, e = ([K.zero] * (1 << shape.gkr_variables) for _ in range(2))
    for number, i in enumerate(tables.interactions):
        rows = 64 * shape.tiles[i.table]
        if not rows:
            continue
        columns = trace.read_table(i.table)
        counts = evaluate_affine(i.multiplicity, columns)
        keys = key_columns(tables.tables[i.table])
        entries = [evaluate_affine(form, columns, keys).tolist() for form in i.message]
        for row in range(rows):
            at = (
                row >> 6
                | number << shape.tile_bits
                | reversed_lane(row & 63) << (shape.tile_bits + shape.interaction_bits)
            )
            n[at] = K(int(counts[row]))
            e[at] = fingerprint.of(i.bus_number, [column[row] for column in entries]) - 1
    return n, e


def fold(values: list[K], r: K) -> list[K]:
    return [low + r * (high - low) for low, high in zip(values[::2], values[1::2], strict=True)]


def round_message(arrays: list[list[K]], weights: list[K], combine, degree: int) -> list[K]:
    """The cofactor's values at 0..degree, turned into (g(1) - g(0), coefficients from X^2 up)."""
    values = []
    for x in range(degree + 1):
        at = [[low + (high - low) * x for low, high in zip(a[::2], a[1::2], strict=True)] for a in arrays]
        values.append(sum((w * combine(*row) for w, row in zip(weights, zip(*at, strict=True), strict=True)), K.zero))
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


def prove_gkr(channel: ProverChannel, n: list[K], e: list[K]) -> GkrClaim:
    layers = [(n, e)]
    while len(n) > 1:
        quads = list(zip(n[::2], n[1::2], e[::2], e[1::2], strict=True))
        n = [n0 * (1 + e1) + n1 * (1 + e0) for n0, n1, e0, e1 in quads]
        e = [e0 + e1 + e0 * e1 for _, _, e0, e1 in quads]
        layers.append((n, e))
    channel.send_extension("gkr_root", [n[0], e[0]])
    claim = GkrClaim([], n[0], e[0])
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


def prove_zerocheck(
    channel: ProverChannel, tables: TableSet, shape: ShardShape, trace: Trace, statement: RowStatement[Words]
):
    arrays, weights = [], from_planes(bus_weights(tables, statement))
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
