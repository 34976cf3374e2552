"""The different elements of an array, without `np.unique`: where it is asked for nothing else, it imports masked arrays
to see whether it was given one, which takes ten milliseconds of a process's start."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import numpy.typing as npt

Element = TypeVar("Element", bound=np.generic)


def distinct(values: npt.NDArray[Element]) -> npt.NDArray[Element]:
    """Each of the elements once, rising; `values` (n,) of any type that can be sorted."""
    rising = np.sort(values)
    first = np.ones(len(rising), np.bool_)
    first[1:] = rising[1:] != rising[:-1]
    return rising[first]
