"""The number of lanes follows the processor, and the kernels are right with either number."""

from __future__ import annotations

import pytest

from core_vm.field.packed.lanes import choose_lanes, multiplies_wide
from tests.eight_lanes import PLAIN, check_with_eight_lanes

KERNEL_TESTS = (
    *("field/packed/test_packed.py", "field/packed/test_dots.py", "field/packed/test_linear.py"),
    *("field/packed/test_multiples.py", "hash/test_poseidon2.py", "pcs/whir/test_whir.py"),
    *("poly/test_ntt.py", "poly/test_multilinear.py"),
)


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


@pytest.mark.parametrize(
    ("lanes", "triple", "features", "wide"),
    [
        (16, "x86_64-unknown-linux-gnu", "+avx2,+avx512f,+sse2", True),
        (16, "x86_64-unknown-linux-gnu", "", False),  # an AVX-512 processor by name only
        (8, "x86_64-unknown-linux-gnu", "+avx,+avx2,-avx512f", True),
        (8, "x86_64-unknown-linux-gnu", "+avx,-avx2", False),
        (8, "aarch64-unknown-linux-gnu", "+neon", False),
    ],
)
def test_wide_products_need_a_vector_unit_of_that_width(lanes: int, triple: str, features: str, wide: bool) -> None:
    assert multiplies_wide(lanes, triple, "any", features) == wide


@pytest.mark.slow
def test_kernels_are_right_with_eight_lanes() -> None:
    check_with_eight_lanes(*(f"tests/core_vm/{name}" for name in KERNEL_TESTS))


def test_products_are_right_without_wide_ones() -> None:
    check_with_eight_lanes("tests/core_vm/field/packed/test_packed.py", processor=PLAIN)
