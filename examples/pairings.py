"""Inputs of the examples that check pairings, and what these answer, by py_ecc.

A BLS signature is made by py_ecc itself. A Groth16 proof is made here, of x^3 + x + 5 = y for a public y, by whoever
made the key: who knows its secret point computes with numbers what others compute with points.
"""

from __future__ import annotations

import hashlib
from itertools import pairwise

import py_ecc.optimized_bls12_381 as bls12_381
import py_ecc.optimized_bn128 as bn254
from py_ecc.bls import G2ProofOfPossession
from py_ecc.bls.g2_primitives import pubkey_to_G1, signature_to_G2

BLS_RECORD, BLS_KEY, BLS_SIGNATURE = 320, 96, 192
GROTH16_KEY, GROTH16_RECORD = 576, 288
ORDER = bn254.curve_order


def number_from(seed: str, order: int) -> int:
    """A number below the order that is no secret."""
    return int.from_bytes(hashlib.sha512(seed.encode()).digest(), "big") % order


def encoded(point: tuple, size: int, imaginary_first: bool = False) -> bytes:
    """x and y of a finite point, their coefficients of `size` bytes each."""
    curve = bls12_381 if size == 48 else bn254
    found = list[int]()
    for coordinate in curve.normalize(point):
        coefficients = [int(c) for c in getattr(coordinate, "coeffs", [coordinate])]
        found += reversed(coefficients) if imaginary_first else coefficients
    return b"".join(c.to_bytes(size, "big") for c in found)


def decoded(data: bytes, size: int, imaginary_first: bool = False) -> tuple:
    """The point of these coordinates."""
    curve = bls12_381 if size == 48 else bn254
    found = [int.from_bytes(data[k : k + size], "big") for k in range(0, len(data), size)]
    if len(found) == 2:
        return curve.FQ(found[0]), curve.FQ(found[1]), curve.FQ.one()
    x, y = (reversed(pair) if imaginary_first else pair for pair in (found[:2], found[2:]))
    return curve.FQ2(list(x)), curve.FQ2(list(y)), curve.FQ2.one()


def bls_signatures_input() -> bytes:
    """Of two messages; the second is signed by another key."""
    records = list[bytes]()
    for index in range(2):
        key = number_from(f"key {index}", bls12_381.curve_order)
        message = hashlib.sha256(f"message {index}".encode()).digest()
        signature = G2ProofOfPossession.Sign(key if index != 1 else key + 1, message)
        public = pubkey_to_G1(G2ProofOfPossession.SkToPk(key))
        records.append(encoded(public, 48) + encoded(signature_to_G2(signature), 48) + message)
    return b"".join(records)


def bls_signatures(data: bytes) -> bytes:
    """A byte for each: e(key, hash) = e(generator, signature)."""
    from py_ecc.bls.hash_to_curve import hash_to_G2

    verdicts = bytearray()
    for at in range(0, len(data), BLS_RECORD):
        record = data[at : at + BLS_RECORD]
        key, signature = decoded(record[:BLS_KEY], 48), decoded(record[BLS_KEY : BLS_KEY + BLS_SIGNATURE], 48)
        hashed = hash_to_G2(record[BLS_KEY + BLS_SIGNATURE :], G2ProofOfPossession.DST, hashlib.sha256)
        verdicts.append(bls12_381.pairing(hashed, key) == bls12_381.pairing(signature, bls12_381.G1))
    return bytes(verdicts)


# The constraints A z * B z = C z of z = (1, y, x, s, t), with s = x^2 and t = s x: rows of A, B and C.
A = ((0, 0, 1, 0, 0), (0, 0, 0, 1, 0), (5, 0, 1, 0, 1))
B = ((0, 0, 1, 0, 0), (0, 0, 1, 0, 0), (1, 0, 0, 0, 0))
C = ((0, 0, 0, 1, 0), (0, 0, 0, 0, 1), (0, 1, 0, 0, 0))
NUM_PUBLIC = 2


def at_secret(rows: tuple[tuple[int, ...], ...], tau: int) -> list[int]:
    """Of each column, the value at tau of the polynomial through it at 1, 2 and 3 (Lagrange)."""
    weights = list[int]()
    for i in range(1, len(rows) + 1):
        others = [k for k in range(1, len(rows) + 1) if k != i]
        top = [(tau - k) % ORDER for k in others]
        bottom = [(i - k) % ORDER for k in others]
        weights.append(top[0] * top[1] * pow(bottom[0] * bottom[1], -1, ORDER) % ORDER)
    return [sum(w * row[j] for w, row in zip(weights, rows, strict=True)) % ORDER for j in range(len(rows[0]))]


class Groth16:
    """A key and its proofs: Groth, "On the size of pairing-based non-interactive arguments", section 3.2."""

    def __init__(self) -> None:
        self.alpha, self.beta, self.gamma, self.delta, tau = (
            number_from(f"groth16 {name}", ORDER) for name in ("alpha", "beta", "gamma", "delta", "tau")
        )
        self.a, self.b, self.c = (at_secret(rows, tau) for rows in (A, B, C))
        self.mixed = [
            (self.beta * a + self.alpha * b + c) % ORDER for a, b, c in zip(self.a, self.b, self.c, strict=True)
        ]

    def key(self) -> bytes:
        public = [m * pow(self.gamma, -1, ORDER) % ORDER for m in self.mixed[:NUM_PUBLIC]]
        return (
            self.g1(self.alpha)
            + b"".join(map(self.g2, (self.beta, self.gamma, self.delta)))
            + b"".join(map(self.g1, public))
        )

    def proof(self, x: int) -> bytes:
        """And the public input."""
        z = [1, (x**3 + x + 5) % ORDER, x, x**2, x**3]
        a, b, c = (sum(v * w for v, w in zip(z, column, strict=True)) for column in (self.a, self.b, self.c))
        r, s = (number_from(f"groth16 {x} {name}", ORDER) for name in "rs")
        left, right = self.alpha + a + r * self.delta, self.beta + b + s * self.delta
        private = sum(v * m for v, m in zip(z[NUM_PUBLIC:], self.mixed[NUM_PUBLIC:], strict=True))
        rest = (private + a * b - c) * pow(self.delta, -1, ORDER) + left * s + right * r - r * s * self.delta
        return self.g1(left) + self.g2(right) + self.g1(rest) + z[1].to_bytes(32, "big")

    @staticmethod
    def g1(k: int) -> bytes:
        return encoded(bn254.multiply(bn254.G1, k % ORDER), 32)

    @staticmethod
    def g2(k: int) -> bytes:
        return encoded(bn254.multiply(bn254.G2, k % ORDER), 32, imaginary_first=True)


def groth16_input() -> bytes:
    """The key and two proofs, the second with another public input than its own."""
    setup = Groth16()
    second = bytearray(setup.proof(4))
    second[-1] ^= 1
    return setup.key() + setup.proof(3) + bytes(second)


def groth16(data: bytes) -> bytes:
    """The key's hash, then each public input and whether e(A, B) = e(alpha, beta) e(L, gamma) e(C, delta)."""
    output, key = hashlib.sha256(data[:GROTH16_KEY]).digest(), data[:GROTH16_KEY]
    alpha, of_one, of_input = (decoded(key[k : k + 64], 32) for k in (0, 448, 512))
    beta, gamma, delta = (decoded(key[k : k + 128], 32, imaginary_first=True) for k in (64, 192, 320))
    ends = [*range(GROTH16_KEY, len(data), GROTH16_RECORD), len(data)]
    for start, end in pairwise(ends):
        record = data[start:end]
        a, b, c = (
            decoded(record[:64], 32),
            decoded(record[64:192], 32, imaginary_first=True),
            decoded(record[192:256], 32),
        )
        public = bn254.add(of_one, bn254.multiply(of_input, int.from_bytes(record[256:], "big")))
        product = bn254.pairing(beta, alpha) * bn254.pairing(gamma, public) * bn254.pairing(delta, c)
        output += record[256:] + bytes([bn254.pairing(b, a) == product])
    return output
