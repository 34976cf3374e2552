"""A call of each function of the standard that succeeds, and its result by an oracle."""

from __future__ import annotations

import hashlib
from functools import cache

import py_ecc.optimized_bls12_381
import py_ecc.optimized_bn128
from Crypto.Hash import RIPEMD160, keccak
from py_ecc.bls.hash_to_curve import clear_cofactor_G1, clear_cofactor_G2, map_to_curve_G1, map_to_curve_G2
from py_ecc.optimized_bls12_381 import FQ, FQ2

from tests.precompiles.accelerators.bls12_381_points import G1, G2, encoded, msm, multiply, number, scalar
from tests.precompiles.accelerators.bn254_points import encoded as bn254_encoded
from tests.precompiles.accelerators.functions import TRUE, Call, Function
from tests.precompiles.accelerators.openings import of_line
from tests.precompiles.accelerators.pairing_friendly import balanced
from tests.precompiles.accelerators.signatures import K1, R1, Oracle

DATA = bytes(range(200))


@cache
def samples() -> dict[Function, tuple[Call, bytes]]:
    """Of every function."""
    found = _hashes() | _signatures() | _numbers() | _bn254() | _bls12_381()
    found[Function.KZG] = of_line(3, 4, 5), TRUE
    assert set(found) == set(Function)
    return found


def _hashes() -> dict[Function, tuple[Call, bytes]]:
    results = {
        Function.KECCAK256: keccak.new(digest_bits=256, data=DATA).digest(),
        Function.SHA256: hashlib.sha256(DATA).digest(),
        Function.RIPEMD160: bytes(12) + RIPEMD160.new(DATA).digest(),
    }
    return {function: (Call(function, DATA), result) for function, result in results.items()}


def _signed(curve: Oracle) -> Call:
    """By the key that fits s = 7 and the hash 9."""
    signed = curve.multiple(5, curve.generator)
    return curve.check(9, signed[0], 7, curve.key(signed, 7, 9))


def _signatures() -> dict[Function, tuple[Call, bytes]]:
    of_k1, parity = _signed(K1), K1.multiple(5, K1.generator)[1] % 2
    return {
        Function.SECP256K1_VERIFY: (of_k1, TRUE),
        Function.SECP256R1_VERIFY: (_signed(R1), TRUE),
        Function.ECRECOVER: (Call(Function.ECRECOVER, of_k1.operands[:96], (parity,)), of_k1.operands[96:]),
    }


def _numbers() -> dict[Function, tuple[Call, bytes]]:
    base, exponent, modulus = DATA[1:34], DATA[34:67], DATA[67:100]
    power = pow(*(int.from_bytes(part) for part in (base, exponent, modulus)))
    first = (0x6A09E667F3BCC908 ^ 0x01010040).to_bytes(8, "little")  # of the hash of one block: no key, 64 bytes
    state = first + b"".join(
        word.to_bytes(8, "little")
        for word in (
            *(0xBB67AE8584CAA73B, 0x3C6EF372FE94F82B, 0xA54FF53A5F1D36F1, 0x510E527FADE682D1),
            *(0x9B05688C2B3E6C1F, 0x1F83D9ABFB41BD6B, 0x5BE0CD19137E2179),
        )
    )
    block = state + DATA[:128] + (128).to_bytes(16, "little")
    return {
        Function.MODEXP: (Call(Function.MODEXP, base + exponent + modulus, (33, 33, 33)), power.to_bytes(33)),
        Function.BLAKE2F: (Call(Function.BLAKE2F, block, (12, 1), place=0), hashlib.blake2b(DATA[:128]).digest()),
    }


def _bn254() -> dict[Function, tuple[Call, bytes]]:
    curve = py_ecc.optimized_bn128
    p, q, k = curve.multiply(curve.G1, 5), curve.multiply(curve.G1, 8), 2**255 + 3
    pairs = b"".join(bn254_encoded(a) + bn254_encoded(b) for a, b in balanced(curve, 2, seed=1))
    return {
        Function.BN254_G1_ADD: (
            Call(Function.BN254_G1_ADD, bn254_encoded(p) + bn254_encoded(q)),
            bn254_encoded(curve.add(p, q)),
        ),
        Function.BN254_G1_MUL: (
            Call(Function.BN254_G1_MUL, bn254_encoded(p) + k.to_bytes(32)),
            bn254_encoded(curve.multiply(p, k % curve.curve_order)),
        ),
        Function.BN254_PAIRING: (Call(Function.BN254_PAIRING, pairs), TRUE),
    }


def _bls12_381() -> dict[Function, tuple[Call, bytes]]:
    found, scalars = dict[Function, tuple[Call, bytes]](), (2**200 + 1, 2**255)
    for generator, add, sums in ((G1, Function.G1_ADD, Function.G1_MSM), (G2, Function.G2_ADD, Function.G2_MSM)):
        points = [multiply(generator, k) for k in (5, 8)]
        terms = b"".join(encoded(p) + scalar(k) for p, k in zip(points, scalars, strict=True))
        found[add] = Call(add, b"".join(map(encoded, points))), encoded(multiply(generator, 13))
        found[sums] = Call(sums, terms), encoded(msm(points, scalars))
    pairs = b"".join(encoded(p) + encoded(q) for p, q in balanced(py_ecc.optimized_bls12_381, 2, seed=1))
    to_g1, to_g2 = clear_cofactor_G1(map_to_curve_G1(FQ(7))), clear_cofactor_G2(map_to_curve_G2(FQ2([7, 9])))
    return found | {
        Function.BLS12_PAIRING: (Call(Function.BLS12_PAIRING, pairs), TRUE),
        Function.MAP_TO_G1: (Call(Function.MAP_TO_G1, number(7)), encoded(to_g1)),
        Function.MAP_TO_G2: (Call(Function.MAP_TO_G2, number(7) + number(9)), encoded(to_g2)),
    }
