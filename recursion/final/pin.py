"""`python -m recursion.final.pin` writes the pinned digests of final keys again, in seconds."""

from __future__ import annotations

from pathlib import Path

from recursion.final.known import built_key
from recursion.final.pinned import FINAL_KEYS

TARGET = Path(__file__).resolve().parent / "pinned.py"
MODULE = '''\
"""The keys of final proofs: what a verifier of them trusts.

Written by `python -m recursion.final.pin`.
"""

from __future__ import annotations

FINAL_KEYS = {{
{lines}}}
"""By the circuit's name: SHA-256 of `FinalKey.to_bytes`, hexadecimal."""
'''


def written(keys: dict[str, str]) -> str:
    """The module `pinned`."""
    return MODULE.format(lines="".join(f'    "{name}": "{digest}",\n' for name, digest in keys.items()))


def main() -> None:
    """Build all keys and write their digests."""
    keys = {name: built_key(name).digest.hex() for name in FINAL_KEYS}
    TARGET.write_text(written(keys), encoding="utf-8")
    print(*(f"{name} {digest}" for name, digest in keys.items()), sep="\n")


if __name__ == "__main__":
    main()
