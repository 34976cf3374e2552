"""Keys recovered from signatures over secp256k1: published vectors, coincurve, and the edges."""

from __future__ import annotations

import random

import coincurve
from Crypto.Hash import keccak

from tests.precompiles.accelerators.functions import Call, Function, outcomes, published
from tests.precompiles.accelerators.signatures import K1, Point


def recover(z: int, r: int, s: int, recid: int, place: int | None = None) -> Call:
    return Call(Function.ECRECOVER, b"".join(number.to_bytes(32, "big") for number in (z, r, s)), (recid,), place)


def encoded(key: Point) -> bytes:
    return b"".join(coordinate.to_bytes(32, "big") for coordinate in key)


def test_published_vectors() -> None:
    """Ethereum's call takes 27 or 28 for the recovery id, and answers with an address."""
    for vector in published("evm_ecRecover"):
        data = bytes.fromhex(vector["Input"]).ljust(128, b"\0")
        z, v, r, s = (int.from_bytes(data[k : k + 32], "big") for k in (0, 32, 64, 96))
        address = b""
        if v in (27, 28):
            (key,) = outcomes([recover(z, r, s, v - 27)])
            address = bytes(12) + keccak.new(digest_bits=256, data=key).digest()[12:] if key else b""
        assert address == bytes.fromhex(vector["Expected"])


def test_keys_of_signatures() -> None:
    generator, expected = random.Random(27), dict[Call, bytes]()
    for _ in range(12):
        secret, digest = coincurve.PrivateKey(generator.randbytes(32)), generator.randbytes(32)
        signature = secret.sign_recoverable(digest, hasher=None)
        z, r, s = (int.from_bytes(part, "big") for part in (digest, signature[:32], signature[32:64]))
        key = encoded(secret.public_key.point())
        expected[recover(z, r, s, signature[64])] = key
        expected[recover(z, r, K1.n - s, signature[64] ^ 1)] = key
    assert outcomes(list(expected)) == list(expected.values())


def test_points_of_every_recovery_id() -> None:
    plain, wrapped = K1.point_above(1, K1.p), K1.point_above(K1.n + 1, K1.p)
    assert plain is not None
    assert wrapped is not None
    expected = dict[Call, bytes]()
    for point, is_wrapped in ((plain, 0), (wrapped, 1)):
        for signed in (point, K1.negative(point)):
            for s, z in ((1, 1), (K1.n - 1, 0), (2, 2**256 - 1), (3, K1.n)):
                key = K1.key(signed, s, z)
                expected[recover(z, signed[0] % K1.n, s, 2 * is_wrapped + signed[1] % 2)] = encoded(key)
    assert outcomes(list(expected)) == list(expected.values())


def test_what_has_no_key() -> None:
    """Out of range, a recovery id above 3, an x that is of no point or not below the prime, a key at infinity."""
    r, s, z = K1.multiple(5, K1.generator)[0], 7, 11
    no_point = next(x for x in range(1, 99) if K1.point_above(x, x + 1) is None)
    calls = [
        recover(z, *pair, recid) for pair in ((0, s), (r, 0), (K1.n, s), (r, K1.n), (r, K1.n + s)) for recid in range(4)
    ]
    calls += [recover(z, r, s, recid) for recid in (4, 5, 27, 28, 128, 255)]
    calls += [recover(z, no_point, s, recid) for recid in (0, 1)]
    calls += [recover(z, x, s, recid) for x in (r, K1.p - K1.n, K1.p - K1.n + 1, K1.n - 1) for recid in (2, 3)]
    point = K1.multiple(5, K1.generator)
    calls.append(recover(5 * s % K1.n, point[0], s, point[1] % 2))
    assert outcomes(calls) == [None] * len(calls)


def test_the_key_may_lie_in_the_operands() -> None:
    signed = K1.multiple(9, K1.generator)
    key = encoded(K1.key(signed, 5, 6))
    assert outcomes([recover(6, signed[0], 5, signed[1] % 2, place) for place in (0, 8, 32)]) == [key] * 3
