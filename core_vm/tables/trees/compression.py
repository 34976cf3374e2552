"""The trees' compression, one Poseidon2 permutation a row: digest = (P(left, right) + (left, right))[0:8].

Committed are the inputs, the output of every S-box but those of the last round (16 in a full round, one in a partial
round), the digest, and how many messages ask for this compression. Each is a cube of an affine form of earlier columns.

A row of zeros must satisfy every constraint. So each column holds the difference to its value in the compression of
zeros: the row of zeros *is* that compression, asked for by nobody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core_vm.air.table import Table
from core_vm.air.table_builder import TableBuilder
from core_vm.hash.poseidon2 import DIGEST, WIDTH
from core_vm.hash.poseidon2_parameters import POSEIDON2_16
from core_vm.tables import buses
from core_vm.tables.gadgets.poseidon2 import Permutation, external_layer
from core_vm.witness.module import ColumnWriter, TableModule

if TYPE_CHECKING:
    from core_vm.tables.source import WitnessSource

_EXTERNAL_ROWS = np.array([external_layer([int(i == j) for i in range(WIDTH)]) for j in range(WIDTH)]).T.tolist()


def _table() -> Table:
    t = TableBuilder("compression", documentation=__doc__ or "")
    inputs = t.columns("left", DIGEST) + t.columns("right", DIGEST)
    permutation = Permutation(t, POSEIDON2_16, inputs)
    digest = t.columns("digest", DIGEST)
    for i in range(DIGEST):
        output = sum((cube * w for cube, w in zip(permutation.cubes, _EXTERNAL_ROWS[i], strict=True)), inputs[i])
        t.constrain(f"digest_{i}_is_output_plus_input", digest[i] + permutation.zeros[i] - output)

    multiplicity = t.column("multiplicity")
    message = (*inputs, *(element + zero for element, zero in zip(digest, permutation.zeros, strict=False)))
    t.receive_counted(buses.COMPRESS, message, multiplicity)
    return t.build()


def _fill(source: WitnessSource, start: int, stop: int, writer: ColumnWriter) -> None:
    from core_vm.tables.gadgets.poseidon2_kernels import store_permutations

    *names, last = COMPRESSION.table.columns
    inputs = source.compressions.inputs[start:stop]
    store_permutations(POSEIDON2_16, inputs, DIGEST, True, *writer.claim(names))
    writer.put(last, source.compressions.multiplicity[start:stop])


COMPRESSION = TableModule(_table(), lambda source: len(source.compressions), _fill)
MODULES = (COMPRESSION,)
