"""The points of a call, read from memory: eight rows a call, each offered to as many steps as use it."""

from __future__ import annotations

from functools import cache

import numpy as np

from core_vm.witness.module import TableModule
from precompiles.curve.chain.buses import ADDRESS
from precompiles.curve.chain.chain_table import ChainTable
from precompiles.curve.chain.operands import NUM_POINTS, POINTS
from precompiles.curve.chain.rows import Calls, PointRows, half_of
from precompiles.curve.curves import X, Y
from precompiles.shared.residues import constrain_reduced, dwords_of, in_bytes, in_limbs


@cache
def point_module(bits: int) -> TableModule:
    """The table `curve_chain_point_BITS`."""
    t = ChainTable("curve_chain_point", bits, __doc__ or "")
    index, dword = t.column("index", lambda rows: rows.index), t.column("dword", lambda rows: rows.dword)
    # One row for each of the call's messages: so one point for each index.
    t.receive(ADDRESS, (t.time, t.curve, index, dword), t.real)
    x = in_bytes(t, "x", t.count, lambda rows: half_of(rows.values, X))
    y = in_limbs(t, "y", t.count, lambda rows: half_of(rows.values, Y), from_memory=True)
    constrain_reduced(t, "x", x, t.modulus)
    for j, limbs in enumerate(dwords_of(x, y)):
        t.access(
            f"dword_{j}", dword + j, limbs, limbs, 1 + POINTS, previous_time=lambda rows, j=j: rows.previous_time(j)
        )
    # Any number of steps may look the point up, but only a row in use has a curve, without which nobody does.
    uses = t.column("uses", lambda rows: rows.uses.astype(np.int64))
    t.offer_point(index, x, y, uses)
    t.finish_accesses()
    return t.module_of(
        lambda source: NUM_POINTS * len(Calls(source, bits)),
        lambda source, start, stop: PointRows(source, bits, start, stop),
        rows_per_call=NUM_POINTS,
    )
