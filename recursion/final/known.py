"""The key of final proofs that a verifier knows: pinned by digest, built from source, kept on disk.

A key is a megabyte of columns. What is kept is compared with the pinned digest whenever it is read, so it may come from
anywhere; what is not there is built, which takes some seconds.
"""

from __future__ import annotations

from core_vm.errors import UsageError
from core_vm.host import kernel_store
from core_vm.stark.final.key import FinalKey
from recursion.final.pinned import FINAL_KEY
from recursion.final.proof import FINAL
from recursion.tables.standard import TABLES


def known_key() -> FinalKey:
    """The key of `programs.final`. Raises UsageError where the sources make another key than the pinned one."""
    sections = kernel_store.load(_entry())
    if sections is not None:
        try:
            return FinalKey.from_bytes(sections[0], bytes.fromhex(FINAL_KEY), TABLES, FINAL)
        except UsageError:
            pass  # it is built again
    key = built_key()
    if key.digest.hex() != FINAL_KEY:
        raise UsageError("the key of final proofs is not the one that is known: write it again")
    kernel_store.save(_entry(), [key.to_bytes()])
    return key


def built_key() -> FinalKey:
    """From the sources, by numpy alone: what makes proofs of the circuit is not asked for its columns."""
    from recursion.circuit.lowering.lower import Lowered
    from recursion.final.proof import final_key
    from recursion.keys.standard import shrink_key
    from recursion.programs.final import final

    return final_key(Lowered(final(shrink_key())).fixed)


def _entry() -> str:
    return f"final-key-{FINAL_KEY}"
