"""Computing all keys of a machine; `python -m recursion.keys.pin` writes those of the standard one again.

It takes minutes, a few seconds a circuit. Keys follow from the sources alone, so everybody computes the same.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path

from core_vm.air.public import PublicValues
from core_vm.air.table_set import TableSet
from core_vm.hash.poseidon2 import Digest
from core_vm.stark.config import STANDARD
from core_vm.stark.keyed import VerifyingKey
from core_vm.stark.shape import ShardShape
from core_vm.stark.verifier import security_of
from recursion.keys.catalogue import CircuitName, Program, catalogue
from recursion.keys.circuits import circuit
from recursion.keys.known import KnownKeys
from recursion.keys.standard import text_of

TARGET = Path(__file__).resolve().parent / "pinned.py"


def computed_keys(profiles: Sequence[TableSet]) -> Iterator[tuple[CircuitName, Digest]]:
    """Each circuit of the catalogue with the digest of its key, in order."""
    for name in catalogue(len(profiles)):
        yield name, key_of(name, profiles)


def keys_of(profiles: Sequence[TableSet]) -> KnownKeys:
    """The keys of a machine with these profiles."""
    return KnownKeys([digest for _, digest in computed_keys(profiles)], shard_bits(profiles))


def key_of(name: CircuitName, profiles: Sequence[TableSet]) -> Digest:
    """The digest of one key."""
    tables = profiles[name.profile] if name.program is Program.LIFT else None
    return circuit(name, tables).key.verifying.digest


def computed_shrink_key() -> VerifyingKey:
    """`standard.shrink_key` from the sources."""
    return circuit(CircuitName(Program.SHRINK), None).key.verifying


def shard_bits(profiles: Sequence[TableSet]) -> float:
    """The security of the weakest shard that a lift verifies."""
    shapes = [
        (tables, ShardShape.of_height(tables, [0] * len(tables.tables), height))
        for tables in profiles
        for height in STANDARD.whir.log_segments
    ]
    return min(security_of(tables, shape, PublicValues((), ()), STANDARD).bits for tables, shape in shapes)


def written(keys: dict[str, str], shrink: VerifyingKey, bits: float) -> str:
    """The module `pinned`."""
    lines = "".join(f'    "{name}": "{digest}",\n' for name, digest in keys.items())
    return textwrap.dedent('''\
        """The keys of the standard machine's circuits: what a verifier of folded proofs trusts.

        Written by `python -m recursion.keys.pin`; `quire keys --check` computes them again.
        """

        from __future__ import annotations

        SHARD_BITS = {bits!r}
        """The security of the weakest shard that a lift verifies, in bits."""

        SHRINK_ROOT = "{root}"
        SHRINK_TILES = {tiles}
        """The key of the shrink, which is not in the tree."""

        KEYS = {{
        {lines}}}
        """By the circuit's name, in the order of the catalogue: digests, eight elements of eight hexadecimal digits."""
        ''').format(bits=bits, lines=lines, root=text_of(shrink.root), tiles=shrink.tiles)


def main() -> None:
    """Write the keys of the standard machine."""
    from precompiles.standard.machine import standard_machine

    profiles = standard_machine().profile_tables
    keys = {}
    for name, digest in computed_keys(profiles):
        keys[str(name)] = text_of(digest)
        print(name, keys[str(name)], flush=True)
    shrink = computed_shrink_key()
    print(Program.SHRINK, text_of(shrink.digest), flush=True)
    TARGET.write_text(written(keys, shrink, shard_bits(profiles)), encoding="utf-8")


if __name__ == "__main__":
    main()
