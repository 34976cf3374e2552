"""The multilinear extension of equality as it is defined."""

from __future__ import annotations

from core_vm.field.extension import K


def eq_at(point: list[K], corner: list[K]) -> K:
    """prod_i (a_i b_i + (1 - a_i)(1 - b_i)), the extension of equality of bit strings."""
    result = K.one
    for x, y in zip(point, corner, strict=True):
        result = result * (x * y * 2 - x - y + 1)
    return result
