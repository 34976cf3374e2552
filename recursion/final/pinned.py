"""The keys of final proofs: what a verifier of them trusts.

Written by `python -m recursion.final.pin`.
"""

from __future__ import annotations

FINAL_KEYS = {
    "list": "430f026ec343781a588d670d46b8c89a2f1b960b74ce8c962c36db7d43b942f2",
    "unique": "ac8dddc9290cfe0a4751be72e0fbb71889171bcca801c9677dfda754f4a0ee54",
}
"""SHA-256 of `FinalKey.to_bytes` by regime, hexadecimal."""
