"""The keys of final proofs: what a verifier of them trusts.

Written by `python -m recursion.final.pin`.
"""

from __future__ import annotations

FINAL_KEYS = {
    "list": "5e1ad84c3d9557e6090024c13a65e35fd0e4ef3b7e5e5a76fc4817a8e5895c52",
    "unique": "be74b8df778372e005ed9c703c8cf387cf8b6b3672f47bd7e72dc3e07008f80a",
}
"""SHA-256 of `FinalKey.to_bytes` by regime, hexadecimal."""
