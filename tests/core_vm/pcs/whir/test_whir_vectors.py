"""The prover's vector operations against their definitions in plain Python."""

from __future__ import annotations

import random

import numpy as np
import pytest

from core_vm.field.extension import K, eq_table, from_planes, inner, powers, to_planes
from core_vm.field.koalabear import P, from_montgomery, root_of_unity
from core_vm.pcs.layout import Layout
from core_vm.pcs.whir.vectors import fold, round_polynomial
from core_vm.pcs.whir.weights import add_query_weights, domain_points, expand_runs, lane_weights, run_weights
from core_vm.poly.ntt import bit_reverse
from core_vm.transcript.numbers import NUMBERS
from tests.core_vm.pcs.opening_cases import naive_weights
from tests.elements import random_element, random_point


def random_vector(rng: random.Random, size: int) -> list[K]:
    return [random_element(rng) for _ in range(size)]


@pytest.mark.parametrize("size", [2, 8, 16, 64, 256])
def test_a_sumcheck_round_agrees_with_its_polynomial(size: int) -> None:
    rng, half = random.Random(size), size // 2
    v, w = random_vector(rng, size), random_vector(rng, size)
    constant, square = round_polynomial(to_planes(v), to_planes(w))
    r = random_element(rng)
    bound = [from_planes(fold(to_planes(x), r)) for x in (v, w)]
    assert bound[0] == [lo + r * (hi - lo) for lo, hi in zip(v[:half], v[half:], strict=True)]
    linear = inner(v, w) - constant - constant - square
    assert constant + r * (linear + r * square) == inner(*bound)


def test_long_rounds_are_the_same_in_threads() -> None:
    rng = np.random.default_rng(3)
    v, w = (rng.integers(0, P, (5, 4096)).astype(np.uint32) for _ in range(2))
    assert round_polynomial(v, w, 1) == round_polynomial(v, w, 2)
    r = K(1, 2, 3, 4, 5)
    assert np.array_equal(fold(v, r, 1), fold(v, r, 2))


@pytest.mark.parametrize(
    ("widths", "tiles"), [([1], [1]), ([5, 3, 37], [3, 0, 2]), ([9, 1, 16], [5, 19, 3]), ([64], [1]), ([2], [0])]
)
def test_the_jagged_weight_is_a_weight_of_runs_times_one_of_lanes(widths: list[int], tiles: list[int]) -> None:
    rng, layout = random.Random(5), Layout(widths, tiles)
    variables = max((layout.used - 1).bit_length(), 8)
    z_row = random_point(rng, 6 + max(max(tiles) - 1, 0).bit_length())
    mu = random_element(rng)
    runs = run_weights(layout.blocks, z_row, to_planes(powers(mu, layout.num_columns)), 1 << variables >> 6)
    weights = from_planes(expand_runs(runs, lane_weights(z_row)))
    assert weights == naive_weights(layout, z_row, mu, 1 << variables)


@pytest.mark.parametrize(("log_domain", "log_size"), [(9, 8), (13, 12), (12, 5), (15, 8), (13, 4)])
def test_query_weights_are_sums_of_powers(log_domain: int, log_size: int) -> None:
    rng = random.Random(log_domain)
    draws = [rng.randrange(1 << log_domain) for _ in range(7)]
    draws.append(draws[0])
    coefficients = random_vector(rng, len(draws))
    before = random_vector(rng, 1 << log_size)
    planes = to_planes(before)
    add_query_weights(planes, draws, to_planes(coefficients), log_domain, threads=2)
    after = from_planes(planes)
    points = [pow(root_of_unity(log_domain), bit_reverse(draw, log_domain), P) for draw in draws]
    assert NUMBERS.domain_points(draws, log_domain).tolist() == domain_points(draws, log_domain).tolist() == points
    for i in [0, 1, (1 << log_size) - 1, *rng.sample(range(1 << log_size), 5)]:
        assert after[i] == before[i] + sum((c * pow(x, i, P) for c, x in zip(coefficients, points)), K.zero)


def test_the_query_weight_is_the_extension_of_powers() -> None:
    rng = random.Random(11)
    y, points = random_point(rng, 4), [rng.randrange(P), 1, P - 1]
    expected = [inner(eq_table(y), [K(pow(x, i, P)) for i in range(16)]) for x in points]
    assert NUMBERS.power_extensions(np.array(points, np.uint64), y) == expected


@pytest.mark.parametrize("in_extension", [False, True])
def test_leaves_fold_by_inner_products(in_extension: bool) -> None:
    rng = random.Random(13)
    segments, degree = 6, 5 if in_extension else 1
    rows = np.random.default_rng(1).integers(P - 9, P, (4, segments * degree)).astype(np.uint32)
    point = random_point(rng, 3)
    trees = [rows] if in_extension else [rows[:, :2], rows[:, 2:]]
    folded = NUMBERS.fold_rows(trees, point, in_extension)
    for row, value in zip(rows.tolist(), folded, strict=True):
        elements = [K(*row[j::segments]) for j in range(segments)]
        assert value == inner(eq_table(point)[:segments], elements)


def test_cells_fold_and_multiply_run_by_run() -> None:
    from core_vm.pcs.whir.commitment import commit
    from core_vm.pcs.whir.config import WhirShape
    from core_vm.pcs.whir.prover import fold_cells
    from core_vm.pcs.whir.runs import products_of_runs

    rng, shape = random.Random(17), WhirShape.for_segments(8, (3, 9))
    cells = [
        np.random.default_rng(i).integers(P - 3, P, count).astype(np.uint32) for i, count in enumerate((600, 2304))
    ]
    commitments = [commit(q, shape, number=i) for i, q in enumerate(cells)]
    assert [len(c.cells) for c in commitments] == [3 * 256, 9 * 256]
    flat = [int(x) for c in commitments for x in from_montgomery(c.cells)]
    lanes, weights = random_vector(rng, 64), random_vector(rng, 16)
    products = from_planes(products_of_runs(commitments, to_planes(lanes), 8, 64, 1))
    assert products[:48] == [inner(lanes, [K(x) for x in flat[64 * i : 64 * i + 64]]) for i in range(48)]
    assert products[48:] == [K.zero] * 16
    folded = from_planes(fold_cells(commitments, weights, 8, 1))
    for x in (0, 1, 100, 255):
        assert folded[x] == inner(weights[:12], [K(flat[256 * j + x]) for j in range(12)])
