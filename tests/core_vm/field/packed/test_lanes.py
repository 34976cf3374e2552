"""The number of lanes follows the processor, and the kernels are right with either number."""

from __future__ import annotations

import pytest

from core_vm.field.packed.lanes import choose_lanes
from tests.eight_lanes import check_with_eight_lanes

KERNEL_TESTS = ("field/packed/test_packed.py", "hash/test_poseidon2.py", "poly/test_ntt.py", "poly/test_multilinear.py")


@pytest.mark.parametrize(
    ("cpu_name", "host_has_avx512", "lanes"),
    [
        (None, True, 16),
        (None, False, 8),
        ("haswell", True, 8),
        ("generic", True, 8),
        ("znver4", False, 16),
        ("skylake-avx512", False, 16),
    ],
)
def test_lanes_fill_a_register(cpu_name: str | None, host_has_avx512: bool, lanes: int) -> None:
    assert choose_lanes(cpu_name, host_has_avx512) == lanes


@pytest.mark.slow
def test_kernels_are_right_with_eight_lanes() -> None:
    check_with_eight_lanes(*(f"tests/core_vm/{name}" for name in KERNEL_TESTS))
