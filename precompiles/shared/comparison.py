"""Which of two big integers is less."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from core_vm.air.expression import Expression, as_expression, constant
from core_vm.tables.gadgets.calls import CallTable
from precompiles.shared.digits import Values, modulo_p


def constrain_below(
    t: CallTable, name: str, small: Sequence[Expression], large: Sequence[Expression], differences: Values
) -> None:
    """small < large on rows in use, both given as limbs that are below 2^16; `differences` are large - small, limb by
    limb.

    One limb is marked. Those above it agree, and in it large - small - 1 is below 2^16: the difference of two limbs is
    above -2^16 and below 2^16 < p / 2, so where that holds modulo p it is positive. Of equal numbers no limb can be
    marked.
    """
    limbs = [high - low for low, high in zip(small, large, strict=True)]

    def marked(rows: Any) -> np.ndarray:
        return differences(rows).shape[1] - 1 - np.argmax(differences(rows)[:, ::-1] != 0, axis=1)

    def marks_of(rows: Any) -> np.ndarray:
        return marked(rows)[:, None] == np.arange(len(limbs))

    def distance_of(rows: Any) -> np.ndarray:
        return modulo_p(np.take_along_axis(differences(rows), marked(rows)[:, None], axis=1)[:, 0] - 1)

    marks = t.bits(f"{name}_decided_by_limb", len(limbs), marks_of)
    distance = t.column(f"{name}_distance", distance_of)
    t.constrain(f"{name}_one_limb_decides", sum(marks, as_expression(0)) - t.real)
    below: Expression = constant(0)
    total: Expression = constant(0)
    for i, (mark, limb) in enumerate(zip(marks, limbs, strict=True)):
        if i:
            t.constrain(f"{name}_limbs_{i}_agree_above_the_deciding_one", below * limb)
        below = below + mark
        total = total + mark * limb
    t.constrain(f"{name}_the_deciding_limb_is_less", total - t.real - distance)
    t.range16(distance, t.real)
