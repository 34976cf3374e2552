"""What the kernels of calls are compiled with: of each curve, by its place in `CURVES`."""

from __future__ import annotations

from precompiles.curve.curves import CURVES, curves_of, montgomery_constants
from precompiles.shared.primes import like

CONSTANTS = tuple(montgomery_constants(curve) for curve in CURVES)
IS_LONG = tuple(curve in curves_of(384) for curve in CURVES)
FOUR, SIX = like(256), like(384)
"""How many dwords a number has: of curves that are long, six."""
