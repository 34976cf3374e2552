"""Claims: what a run says of other runs and takes for true, as one digest. Needs numpy alone.

A claim says: the program X ended with exit code 0 and an output of root Y. The claims of a run are a chain: a further
one makes compress(claims, compress(X, Y)) of their digest. A run without claims has the digest NO_CLAIMS, of which
nobody knows a preimage, so it says that there are none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from core_vm.hash.poseidon2 import Compress, Digest
from core_vm.state.roots import ZERO_DIGEST, compress_digests

NO_CLAIMS: Final[Digest] = ZERO_DIGEST


@dataclass(frozen=True, slots=True)
class Claim:
    """That the program `program_id` ended with exit code 0 and an output of root `output_root`."""

    program_id: Digest
    output_root: Digest

    @property
    def digest(self) -> Digest:
        """Eight canonical integers."""
        return self.digest_by(compress_digests)

    def digest_by(self, compress: Compress) -> Digest:
        """The same by a compression of what the claim consists of."""
        return compress(self.program_id, self.output_root)


def chain_of(claims: Iterable[Claim]) -> list[Digest]:
    """What a run's claims are before the first of these and after each."""
    chain = [NO_CLAIMS]
    for claim in claims:
        chain.append(with_claim(chain[-1], claim))
    return chain


def with_claim(claims: Digest, claim: Claim, compress: Compress = compress_digests) -> Digest:
    """The digest of `claims` and one more."""
    return compress(claims, claim.digest_by(compress))
