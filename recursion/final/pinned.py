"""The keys of final proofs: what a verifier of them trusts.

Written by `python -m recursion.final.pin`.
"""

from __future__ import annotations

FINAL_KEYS = {
    "close": "ae63faeb62bc78299d625e069170f12053d47d1a196c458f269099d2baa2c0ce",
}
"""By the circuit's name: SHA-256 of `FinalKey.to_bytes`, hexadecimal."""
