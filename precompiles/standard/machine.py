"""The standard machine: RV64IM and the precompiles that every Quire proof may use. This list is all there is."""

from __future__ import annotations

from functools import cache
from typing import Final

from core_vm.machine.machine import Machine
from core_vm.tables.standard import BASE_MODULES
from precompiles.claim.precompile import PRECOMPILE as CLAIM
from precompiles.curve.chain.precompile import PRECOMPILES_256 as CHAINS
from precompiles.curve.precompile import PRECOMPILES as CURVES
from precompiles.fp2.precompile import PRECOMPILES as FP2
from precompiles.fp12.precompile import PRECOMPILES as FP12
from precompiles.g2.precompile import PRECOMPILES as G2
from precompiles.keccak.precompile import PRECOMPILE as KECCAK
from precompiles.modular.precompile import PRECOMPILES as MODULAR
from precompiles.pairing_advice.precompile import PRECOMPILES as PAIRING_ADVICE
from precompiles.poseidon2.precompile import PRECOMPILE as POSEIDON2
from precompiles.sha256.precompile import PRECOMPILE as SHA256
from precompiles.uint256.precompile import PRECOMPILES as UINT256

PAIRED_FIELDS: Final = ("bn254", "bls12_381")
"""Each has a profile of its own: a circuit that verifies a shard with the tables of both would not fit the shape of all
recursion proofs (`recursion.proof.R`)."""


@cache
def standard_machine() -> Machine:
    """The one instance; worker processes import this function and make their own."""
    hashes = (SHA256, KECCAK, POSEIDON2, CLAIM)
    curves = (*hashes, *MODULAR, *CURVES, *CHAINS, *FP2, *UINT256)
    everything, profiles = curves, [("core", ()), ("hashes", hashes), ("curves", curves)]
    for field in PAIRED_FIELDS:
        pairings = tuple(precompile for precompile in (*FP12, *G2, *PAIRING_ADVICE) if f"_{field}_" in precompile.name)
        everything += pairings
        profiles.append((f"pairings_{field}", (*curves, *pairings)))
    subsets = tuple((name, tuple(precompile.name for precompile in called)) for name, called in profiles)
    return Machine(BASE_MODULES, everything, subsets)
