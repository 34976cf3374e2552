"""Claims as a digest: what enters it, and that no claims are the zero digest."""

from __future__ import annotations

from core_vm.hash.poseidon2 import compress
from core_vm.state.claims import NO_CLAIMS, Claim, with_claim

FIRST, SECOND = Claim((1,) * 8, (2,) * 8), Claim((3,) * 8, (4,) * 8)


def test_a_claim_joins_program_and_output_and_the_claims_before() -> None:
    assert NO_CLAIMS == (0,) * 8
    assert list(FIRST.digest) == compress((1,) * 8, (2,) * 8)
    once = with_claim(NO_CLAIMS, FIRST)
    assert list(once) == compress((0,) * 8, FIRST.digest)
    assert list(with_claim(once, SECOND)) == compress(once, SECOND.digest)


def test_order_number_and_sides_count() -> None:
    def chain(*claims: Claim):
        digest = NO_CLAIMS
        for claim in claims:
            digest = with_claim(digest, claim)
        return digest

    exchanged = Claim(FIRST.output_root, FIRST.program_id)
    runs = [(), (FIRST,), (SECOND,), (FIRST, SECOND), (SECOND, FIRST), (FIRST, FIRST), (exchanged,)]
    assert len({chain(*claims) for claims in runs}) == len(runs)
