"""The keys of final proofs: what a verifier of them trusts.

Written by `python -m recursion.final.pin`.
"""

from __future__ import annotations

FINAL_KEYS = {
    "list": "17f4eb741fd200a6d914e11c08bed63a2f44cda280f5ba14a28cae4254d579eb",
    "unique": "cf73fc3f52516178d78b50cf91f84fbe8c20add1e66e74deb92332a3cddcf2cd",
}
"""SHA-256 of `FinalKey.to_bytes` by regime, hexadecimal."""
