"""Errors come out of other processes as they went in."""

from __future__ import annotations

import pickle

import pytest

from core_vm import errors
from core_vm.errors import GuestTrap, QuireError, Rejection

KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, QuireError)]


def error_of(kind: type[QuireError]) -> QuireError:
    if issubclass(kind, Rejection):
        return kind("opening", "it does not open")
    return GuestTrap("illegal instruction", 0x10_0000, "main", (1,) * 32) if kind is GuestTrap else kind("no")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_an_error_is_pickled_with_all_that_it_says(kind: type[QuireError]) -> None:
    error = error_of(kind)
    error.add_note("where it was raised")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind
    assert str(again) == str(error)
    assert vars(again) == vars(error)
