"""`python -m recursion.final.pin` writes the pinned digest of the final key again, in seconds.

After `python -m recursion.keys.pin`: the final circuit has the key of the shrink in it.
"""

from __future__ import annotations

from pathlib import Path

from recursion.final.known import built_key

TARGET = Path(__file__).resolve().parent / "pinned.py"
MODULE = '''\
"""The key of final proofs: what a verifier of them trusts.

Written by `python -m recursion.final.pin`.
"""

from __future__ import annotations

FINAL_KEY = "{digest}"
"""SHA-256 of `FinalKey.to_bytes`, hexadecimal."""
'''


def written(digest: str) -> str:
    """The module `pinned`."""
    return MODULE.format(digest=digest)


def main() -> None:
    """Build the key and write its digest."""
    digest = built_key().digest.hex()
    TARGET.write_text(written(digest), encoding="utf-8")
    print(digest)


if __name__ == "__main__":
    main()
