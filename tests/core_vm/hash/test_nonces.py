"""Nonces that carry work: the smallest one, whoever finds it."""

from __future__ import annotations

import pytest

from core_vm.field.koalabear import P
from core_vm.hash.nonce_kernels import BATCH, find_nonce
from core_vm.hash.poseidon2 import permute


def first_element(state: list[int], position: int, nonce: int) -> int:
    return permute([*state[:position], nonce, *state[position + 1 :]])[0]


def test_nonce_is_the_smallest_one() -> None:
    state, bits = list(range(16)), 5

    def has_work(nonce: int) -> bool:
        return first_element(state, 3, nonce) % (1 << bits) == 0

    nonce = find_nonce(state, 3, bits)
    assert has_work(nonce)
    assert not any(has_work(x) for x in range(nonce))
    following = find_nonce(state, 3, bits, nonce + 1)
    assert has_work(following)
    assert not any(has_work(x) for x in range(nonce + 1, following))


@pytest.mark.parametrize("bits", [9, 12])
def test_threads_find_the_same_nonce_as_one(bits: int) -> None:
    found = set[int]()
    for start in range(0, 40_000, 1_111):
        state = [start + element for element in range(16)]
        alone = find_nonce(state, 5, bits, start)
        assert {find_nonce(state, 5, bits, start, threads) for threads in (2, 3)} == {alone}
        assert first_element(state, 5, alone) % (1 << bits) == 0
        found.add((alone - start) // BATCH)
    assert len(found) > 1 or bits < 10  # some are found in later batches, by any of the threads


def test_the_end_of_the_field() -> None:
    state = list(range(16))
    last = next(x for x in range(P - 1, 0, -1) if first_element(state, 0, x) % 16 == 0)
    assert find_nonce(state, 0, 4, last, 2) == last
    with pytest.raises(ArithmeticError, match="no nonce carries"):
        find_nonce(state, 0, 24, P - 3 * BATCH - 5, 2)
