"""The keys of final proofs: what a verifier of them trusts.

Written by `python -m recursion.final.pin`.
"""

from __future__ import annotations

FINAL_KEYS = {
    "list": "d3f2525910b68bd81bea2b8cfafbba8910e36a4bd9a07a51cc21736191a7ea00",
    "unique": "7faef47a4d9b203b348f1c5e50d83378a32cff282be38a02d3f9dfab55d1486c",
}
"""SHA-256 of `FinalKey.to_bytes` by regime, hexadecimal."""
