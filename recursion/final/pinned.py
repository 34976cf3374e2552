"""The key of final proofs: what a verifier of them trusts.

Written by `python -m recursion.final.pin`.
"""

from __future__ import annotations

FINAL_KEY = "3af601a42d85c704c649a4eff4cbe7405ad8a88b24a2ec013e393116cb7726ab"
"""SHA-256 of `FinalKey.to_bytes`, hexadecimal."""
