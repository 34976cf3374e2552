"""The standard machine: RV64IM and the precompiles that every Quire proof may use. This list is all there is."""

from __future__ import annotations

from dataclasses import replace
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
from precompiles.poseidon2.precompile import PRECOMPILE as POSEIDON2
from precompiles.sha256.precompile import PRECOMPILE as SHA256
from precompiles.uint256.precompile import PRECOMPILES as UINT256

PAIRING_HEIGHT: Final = 17
"""Of shards with calls for pairings. Their tables are so wide that the circuit that verifies a larger one would not fit
the shape of all recursion proofs (`recursion.proof.R`)."""


@cache
def standard_machine() -> Machine:
    """The one instance; worker processes import this function and make their own."""
    hashes = (SHA256, KECCAK, POSEIDON2, CLAIM)
    curves = (*hashes, *MODULAR, *CURVES, *CHAINS, *FP2, *UINT256)
    pairings = tuple(replace(precompile, largest_height=PAIRING_HEIGHT) for precompile in (*FP12, *G2))
    everything = (*curves, *pairings)
    profiles = (("core", ()), ("hashes", hashes), ("curves", curves), ("all", everything))
    return Machine(BASE_MODULES, everything, tuple((name, tuple(p.name for p in called)) for name, called in profiles))
