"""The keys of final proofs: what a verifier of them trusts.

Written by `python -m recursion.final.pin`.
"""

from __future__ import annotations

FINAL_KEYS = {
    "list": "4c9ee3aefd8e121544542371b94dbea5a75abb5d3170b59e11eac9fcb4a41a86",
    "unique": "3e1410083331e9043a02838166ac9fb32e49de23ba72cb9112f3884702ba612b",
}
"""SHA-256 of `FinalKey.to_bytes` by regime, hexadecimal."""
