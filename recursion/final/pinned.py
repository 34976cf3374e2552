"""The key of final proofs: what a verifier of them trusts.

Written by `python -m recursion.final.pin`.
"""

from __future__ import annotations

FINAL_KEY = "4c9ee3aefd8e121544542371b94dbea5a75abb5d3170b59e11eac9fcb4a41a86"
"""SHA-256 of `FinalKey.to_bytes`, hexadecimal."""
