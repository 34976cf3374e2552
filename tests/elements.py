"""Elements of K that tests compute with."""

from __future__ import annotations

import random

from core_vm.field.extension import DEGREE, K
from core_vm.field.koalabear import P


def random_element(rng: random.Random) -> K:
    return K(*(rng.randrange(P) for _ in range(DEGREE)))


def random_point(rng: random.Random, count: int) -> list[K]:
    return [random_element(rng) for _ in range(count)]
