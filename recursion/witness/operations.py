"""Operation codes of what is computed one after the other, with their arguments, factors and outputs.

An argument is the cell of a word (w), or of an element of K (e); or a number (n) by itself. Factors are of F.
"""

from __future__ import annotations

COPY = 0  # w -> e: a value of F as one of K
SPONGE = 1  # 16 w; header -> the state with it, the permuted state
INDEX = 2  # w, bits n -> low bits w, point w
BELOW = 3  # tiles w, less e, z e -> w, e
JAGGED = 4  # start w, tiles w, four states e, z e, y e -> w, w, 4 e
WEIGHT = 5  # x w, product e, five coordinates e -> w, e
INVERSE = 6  # e -> e
EXPAND = 7  # e, z0, z1 -> 4 e
DOT = 8  # accumulator e, 4 e, 4 e -> e
HORNER = 9  # accumulator e, x e, 4 e -> e
ARITH = 10  # a e, b e, c e; product, factors of a, b, c, constant -> e
LINEAR = 11  # 4 e; four factors, constant -> e
