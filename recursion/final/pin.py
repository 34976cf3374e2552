"""`python -m recursion.final.pin` writes the pinned digests of the final keys again, in seconds.

After `python -m recursion.keys.pin`: a final circuit has the key of its shrink in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from recursion.final.known import built_key
from recursion.regime import Regime

TARGET = Path(__file__).resolve().parent / "pinned.py"
MODULE = '''\
"""The keys of final proofs: what a verifier of them trusts.

Written by `python -m recursion.final.pin`.
"""

from __future__ import annotations

FINAL_KEYS = {{
{lines}}}
"""SHA-256 of `FinalKey.to_bytes` by regime, hexadecimal."""
'''


def written(digests: Mapping[str, str]) -> str:
    """The module `pinned`."""
    return MODULE.format(lines="".join(f'    "{regime}": "{digest}",\n' for regime, digest in digests.items()))


def main() -> None:
    """Build the keys and write their digests."""
    digests = {str(regime): built_key(regime).digest.hex() for regime in Regime}
    TARGET.write_text(written(digests), encoding="utf-8")
    for regime, digest in digests.items():
        print(regime, digest)


if __name__ == "__main__":
    main()
