"""The keys of final proofs that a verifier knows: pinned by digest, built from source, kept on disk.

A key is a megabyte of columns. What is kept is compared with the pinned digest whenever it is read, so it may come from
anywhere; what is not there is built, which takes a compiler of circuits and some seconds.
"""

from __future__ import annotations

from core_vm.errors import UsageError
from core_vm.host import kernel_store
from core_vm.stark.final.key import FinalKey
from recursion.final.pinned import FINAL_KEYS
from recursion.final.proof import FINAL
from recursion.tables.standard import TABLES


def known_key(name: str) -> FinalKey:
    """The key of a circuit of the catalogue. Raises UsageError for one without a pinned key, and where the sources
    make another key than the pinned one."""
    if name not in FINAL_KEYS:
        raise UsageError(f"no final proofs of {name}: of {', '.join(FINAL_KEYS)}")
    pinned = FINAL_KEYS[name]
    sections = kernel_store.load(_entry(pinned))
    if sections is not None:
        try:
            return FinalKey.from_bytes(sections[0], bytes.fromhex(pinned), TABLES, FINAL)
        except UsageError:
            pass  # it is built again
    key = built_key(name)
    if key.digest.hex() != pinned:
        raise UsageError(f"the final key of {name} is not the one that is known: write it again")
    kernel_store.save(_entry(pinned), [key.to_bytes()])
    return key


def built_key(name: str) -> FinalKey:
    """From the sources."""
    from recursion.final.proof import final_key
    from recursion.keys.catalogue import CircuitName, Program
    from recursion.keys.circuits import circuit

    return final_key(circuit(CircuitName(Program(name)), None).compiled.fixed)


def _entry(pinned: str) -> str:
    return f"final-key-{pinned}"
