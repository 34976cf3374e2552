"""The keys of final proofs that a verifier knows, one a regime: pinned by digest, built from source, kept on disk.

A key is some megabytes of columns. What is kept is compared with the pinned digest whenever it is read, so it may come
from anywhere; what is not there is built, which takes some seconds.
"""

from __future__ import annotations

from core_vm.errors import UsageError
from core_vm.host import kernel_store
from core_vm.stark.final.key import FinalKey
from recursion.final.pinned import FINAL_KEYS
from recursion.final.proof import FINAL
from recursion.proof import SHRUNK
from recursion.regime import Regime
from recursion.tables.standard import TABLES


def known_key(regime: Regime = Regime.LIST) -> FinalKey:
    """The key of `programs.final`. Raises UsageError where the sources make another key than the pinned one."""
    pinned = FINAL_KEYS[regime]

    def read(data: bytes) -> FinalKey:
        return FinalKey.from_bytes(data, bytes.fromhex(pinned), TABLES, FINAL[regime])

    def make() -> FinalKey:
        key = built_key(regime)
        if key.digest.hex() != pinned:
            raise UsageError("the key of final proofs is not the one that is known: write it again")
        return key

    return kernel_store.kept_or_made(f"final-key-{pinned}", make, FinalKey.to_bytes, read)


def built_key(regime: Regime = Regime.LIST) -> FinalKey:
    """From the sources, by numpy alone: what makes proofs of the circuit is not asked for its columns."""
    from recursion.circuit.lowering.lower import Lowered
    from recursion.final.proof import final_key
    from recursion.keys.standard import shrink_key
    from recursion.programs.final import final

    return final_key(Lowered(final(shrink_key(), SHRUNK[regime])).fixed, FINAL[regime])
