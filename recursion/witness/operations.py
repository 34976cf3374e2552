"""What the writer of steps and the kernels agree on: codes of operations, and cells of what is hashed.

An operation has a code, arguments, factors and outputs.

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

# A compression: left and right input, of a path's step the bit that says which of them is the node, and the parent's
# index; and the digest.
COMPRESSION_CELLS, AT_BIT, AT_INDEX, AT_DIGEST = 26, 16, 17, 18
# A block of a leaf: the digest and the weighted sum so far, with this block.
LEAF_CELLS = 13
# Rows behind the last ones that kernels may read and write: as many as there are lanes at most.
ROOM = 16
