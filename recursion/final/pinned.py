"""The keys of final proofs: what a verifier of them trusts.

Written by `python -m recursion.final.pin`.
"""

from __future__ import annotations

FINAL_KEYS = {
    "list": "253255508a14d361c021084833a1e13141ca9bae2f40bf002d9d787554d82c9c",
    "unique": "065dc4fc6ec36f269dfdfe5d7514b013584f97d3e405ec04acb0ef879755c213",
}
"""SHA-256 of `FinalKey.to_bytes` by regime, hexadecimal."""
