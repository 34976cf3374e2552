"""The keys of final proofs: what a verifier of them trusts.

Written by `python -m recursion.final.pin`.
"""

from __future__ import annotations

FINAL_KEYS = {
    "list": "8accaa587b7de03a7a0a963a0257eec3855dc9a3121d3f34f3d05e393d0078cf",
    "unique": "cd8f9be2ad31be2c5e3d5cae13d40a3ce75e23d4ed497e2a3807508a46206ab6",
}
"""SHA-256 of `FinalKey.to_bytes` by regime, hexadecimal."""
