"""The standard machine: RV64IM and the precompiles that every Quire proof may use. This list is all there is."""

from __future__ import annotations

from functools import cache

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


@cache
def standard_machine() -> Machine:
    """The one instance; worker processes import this function and make their own.

    Each of the two fields with pairings has a profile, with what else computes in fields of its width: a circuit that
    verifies a shard pays for every table of the profile, called or not.
    """
    hashes, pairings = (SHA256, KECCAK, POSEIDON2, CLAIM), (*FP12, *G2, *PAIRING_ADVICE)
    curves = (*hashes, *MODULAR, *CURVES, *CHAINS, *FP2, *UINT256)
    everything, in_fields = (*curves, *pairings), (*CURVES, *CHAINS, *FP2, *pairings)
    of_384_bits = tuple(precompile for precompile in in_fields if "_bls12_381" in precompile.name)
    of_256_bits = tuple(precompile for precompile in in_fields if precompile not in of_384_bits)
    profiles = {
        "core": (),
        "hashes": hashes,
        "curves": curves,
        "pairings_bn254": (precompile for precompile in everything if precompile not in of_384_bits),
        "pairings_bls12_381": (precompile for precompile in everything if precompile not in of_256_bits),
    }
    subsets = tuple((name, tuple(precompile.name for precompile in called)) for name, called in profiles.items())
    return Machine(BASE_MODULES, everything, subsets)
