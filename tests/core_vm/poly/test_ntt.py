"""Encodings against plain polynomial evaluation, and the compiled path against the reference."""

from __future__ import annotations

import numpy as np
import pytest

from core_vm.field.koalabear import P, from_montgomery, root_of_unity, to_montgomery
from core_vm.poly.ntt import bit_reverse, block_factors, encode_reference, padded_columns, root_powers
from core_vm.poly.ntt_kernels import encode_segments


def _segments(num_segments: int, log_height: int, seed: int = 0) -> np.ndarray:
    values = np.random.default_rng(seed).integers(0, P, num_segments << log_height)
    values[: min(8, len(values))] = P - 1
    return to_montgomery(values)


def _evaluate(coefficients: list[int], x: int) -> int:
    result = 0
    for coefficient in reversed(coefficients):
        result = (result * x + coefficient) % P
    return result


@pytest.mark.parametrize(("log_height", "log_blowup"), [(2, 1), (3, 3), (4, 1), (5, 2)])
@pytest.mark.parametrize("encode", [encode_reference, encode_segments])
def test_rows_are_the_values_at_powers_of_the_root(encode, log_height: int, log_blowup: int) -> None:
    num_segments, log_domain = 3, log_height + log_blowup
    q = _segments(num_segments, log_height)
    rows = from_montgomery(encode(q, num_segments, log_height, log_blowup))
    coefficients = from_montgomery(q).reshape(num_segments, -1).tolist()
    for b in range(1 << log_domain):
        x = pow(root_of_unity(log_domain), bit_reverse(b, log_domain), P)
        assert rows[b, :num_segments].tolist() == [_evaluate(segment, x) for segment in coefficients]
    assert rows.shape == (1 << log_domain, padded_columns(num_segments))
    assert not rows[:, num_segments:].any()


@pytest.mark.parametrize("log_height", range(2, 14))
def test_every_height_agrees_with_the_reference(log_height: int) -> None:
    q = _segments(5, log_height)
    assert (encode_segments(q, 5, log_height, 1) == encode_reference(q, 5, log_height, 1)).all()


@pytest.mark.parametrize("log_blowup", range(1, 9))
def test_every_blowup_agrees_with_the_reference(log_blowup: int) -> None:
    q = _segments(3, 6)
    assert (encode_segments(q, 3, 6, log_blowup) == encode_reference(q, 3, 6, log_blowup)).all()


@pytest.mark.parametrize("num_segments", [1, 7, 8, 15, 16, 17, 33, 64, 80, 130, 300])
def test_every_number_of_segments_agrees_with_the_reference(num_segments: int) -> None:
    q = _segments(num_segments, 8)
    assert (encode_segments(q, num_segments, 8, 2) == encode_reference(q, num_segments, 8, 2)).all()


def test_threads_and_given_output() -> None:
    q = _segments(20, 11)
    out = np.full((1 << 14, 32), 7, np.uint32)
    assert encode_segments(q, 20, 11, 3, out=out, threads=2) is out
    assert (out == encode_segments(q, 20, 11, 3)).all()


@pytest.mark.parametrize("log_height", [3, 4, 5, 8, 9, 12])
def test_some_cosets_are_those_rows_of_all(log_height: int) -> None:
    q = _segments(19, log_height)
    whole = encode_segments(q, 19, log_height, 3)
    for cosets in (range(1), range(3, 8), range(7, 8), range(8)):
        some = encode_segments(q, 19, log_height, 3, threads=2, cosets=cosets)
        assert np.array_equal(some, whole[cosets.start << log_height : cosets.stop << log_height])


@pytest.mark.parametrize("log_height", [3, 7])
def test_missing_cells_count_as_zero(log_height: int) -> None:
    q = _segments(3, log_height)
    used = (2 << log_height) + 3
    padded = q.copy()
    padded[used:] = 0
    assert (encode_segments(q[:used], 3, log_height, 1) == encode_reference(padded, 3, log_height, 1)).all()


def test_wrong_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match="segments"):
        encode_segments(np.zeros(129, np.uint32), 2, 6, 1)
    with pytest.raises(ValueError, match="output"):
        encode_segments(np.zeros(128, np.uint32), 2, 6, 1, out=np.zeros((64, 16), np.uint32))


def test_root_powers() -> None:
    assert root_powers(5, 32).tolist() == [pow(root_of_unity(5), i, P) for i in range(32)]
    assert root_powers(4, 5).tolist() == [pow(root_of_unity(4), i, P) for i in range(5)]


def test_block_factors_are_square_roots_of_the_factors_one_level_up() -> None:
    ratios, factors = block_factors(5).reshape(-1, 2).T.astype(object)
    assert (ratios == factors * 2**32 // P).all()
    assert factors[0] == 1
    for t, s in enumerate(factors):
        parent = factors[t // 2] * (P - 1 if t % 2 else 1)
        assert s * s % P == parent % P
    assert (block_factors(3) == block_factors(5)[:16]).all()


def test_an_output_may_start_anywhere() -> None:
    q = _segments(18, 9)
    for skip in (1, 4):
        out = np.zeros((1 << 10) * 32 + skip, np.uint32)[skip:].reshape(-1, 32)
        assert (encode_segments(q, 18, 9, 1, out=out) == encode_reference(q, 18, 9, 1)).all()
