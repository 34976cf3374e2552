"""Final proofs of circuits without masks: what hiding proofs are made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core_vm.hash.poseidon2 import Digest
from core_vm.stark.final.key import FinalKey
from core_vm.stark.final.security import security_of_final
from core_vm.stark.final.verifier import verify_final
from core_vm.stark.soundness import SecurityReport
from core_vm.statement.packing import pack_words, unpack_words
from recursion.proof import public_values


def security_report(key: FinalKey) -> SecurityReport:
    return security_of_final(key, public_values([0] * 8))


def verify(key: FinalKey, proof: bytes, digest: Sequence[Any]) -> float:
    return verify_final(key, unpack_words(proof, "final proof"), public_values(digest))


def prove(key: FinalKey, trace: Any, digest: Digest, threads: int = 1, check: bool = True) -> bytes:
    from core_vm.stark.final.prover import prove_final

    return pack_words(prove_final(key, trace, public_values(digest), threads, check=check))
