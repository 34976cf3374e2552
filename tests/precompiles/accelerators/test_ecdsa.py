"""Verification of ECDSA signatures over both curves: Wycheproof's, and made ones at the edges."""

from __future__ import annotations

import hashlib
import random

import pytest

from precompiles.accelerators.curve_constants import SECP256K1, SECP256R1, chain_start, cube_root_of_one, eigenvalue_of
from tests.precompiles.accelerators.functions import FALSE, TRUE, Call, outcomes, published, run
from tests.precompiles.accelerators.signatures import K1, R1, Oracle

each_curve = pytest.mark.parametrize("curve", [K1, R1], ids=["secp256k1", "secp256r1"])
TOP = 2**256 - 1


def wycheproof(curve: Oracle) -> dict[Call, bytes]:
    """The hash is longer than the order: its first 32 bytes are signed. Signatures of other lengths cannot be said."""
    name = "secp256k1" if curve is K1 else "secp256r1"
    expected = dict[Call, bytes]()
    for group in published(f"wycheproof_ecdsa_{name}_sha512_p1363")["testGroups"]:
        key = bytes.fromhex(group["publicKey"]["uncompressed"])[1:]
        for test in group["tests"]:
            signature = bytes.fromhex(test["sig"])
            digest = hashlib.sha512(bytes.fromhex(test["msg"])).digest()[:32]
            if len(signature) == 64:
                expected[Call(curve.function, digest + signature + key)] = TRUE if test["result"] == "valid" else FALSE
    return expected


@each_curve
def test_published_vectors(curve: Oracle) -> None:
    expected = wycheproof(curve)
    assert set(expected.values()) == {TRUE, FALSE}
    assert outcomes(list(expected)) == list(expected.values())


@each_curve
def test_signatures_are_true_of_one_hash_and_key(curve: Oracle) -> None:
    """Also with a high s, of hashes that are 0 or not below the order, and with s and r at their limits."""
    generator, expected = random.Random(256), dict[Call, bytes]()
    signed = curve.multiple(generator.randrange(1, curve.n), curve.generator)
    low = curve.point_above(1, curve.p)
    assert low is not None
    for point in (signed, curve.multiple(3, curve.generator), low, curve.negative(low)):
        for s in (1, 2, curve.n - 1, generator.randrange(1, curve.n)):
            z = generator.choice((0, 1, curve.n - 1, curve.n, curve.n + 1, TOP, generator.randrange(2**256)))
            key, r = curve.key(point, s, z), point[0] % curve.n
            expected[curve.check(z, r, s, key)] = TRUE
            expected[curve.check(z ^ 2, r, s, key)] = FALSE
            expected[curve.check(z, r, s, curve.negative(key))] = TRUE if z % curve.n == 0 else FALSE
    r, s, z = signed[0] % curve.n, 5, 7
    expected[curve.check(z, r, curve.n - s, curve.key(signed, s, z))] = TRUE
    assert outcomes(list(expected)) == list(expected.values())


@each_curve
def test_r_and_s_are_in_range(curve: Oracle) -> None:
    signed = curve.multiple(11, curve.generator)
    r, s, z = signed[0] % curve.n, 3, 9
    key = curve.key(signed, s, z)
    wrong = [(0, s), (r, 0), (0, 0), (curve.n, s), (r, curve.n), (r, curve.n + s), (TOP, s), (r, TOP), (curve.n - 1, s)]
    assert outcomes([curve.check(z, *pair, key) for pair in wrong]) == [FALSE] * len(wrong)


@each_curve
def test_an_x_that_wraps(curve: Oracle) -> None:
    """x of the signature's point is r plus the order. The next r is that of no point's x, and would not verify."""
    point = curve.point_above(curve.n + 1, curve.p)
    assert point is not None
    r, s, z = point[0] - curve.n, 17, 19
    calls = [curve.check(z, r, s, curve.key(point, s, z)), curve.check(z, r + 1, s, curve.key(point, s, z))]
    assert outcomes(calls) == [TRUE, FALSE]


@each_curve
def test_sums_at_infinity_and_of_equal_points(curve: Oracle) -> None:
    """Keys that are small multiples of G, or its images: parts of the sum meet parts of it, and their opposites."""
    expected, factors = (
        dict[Call, bytes](),
        [1, 2, 3, 5, 15, 16, curve.n - 1, curve.n - 2, curve.n - 3, (curve.n + 1) // 2],
    )
    if curve is K1:
        root = cube_root_of_one(curve.n)
        factors += [root, root**2 % curve.n, curve.n - root]
    for d in factors:
        key = curve.multiple(d, curve.generator)
        for r, s in ((1, 1), (5, 1), (2**128, 3)):
            expected[curve.check(-r * d % curve.n, r, s, key)] = FALSE  # infinite
        for u1, u2 in ((1, 1), (d, 1), (2, curve.n - 1), (2**128 + 1, 2**128), (31, 33), (0, 1), (curve.n - 1, 3)):
            k = (u1 + u2 * d) % curve.n
            if k:
                r = curve.multiple(k, curve.generator)[0] % curve.n
                s = r * pow(u2, -1, curve.n) % curve.n
                expected[curve.check(u1 * s % curve.n, r, s, key)] = TRUE
    assert outcomes(list(expected)) == list(expected.values())


@each_curve
def test_keys_that_are_no_points_fail(curve: Oracle) -> None:
    x, y = curve.generator
    small = curve.point_above(1, curve.p)
    assert small is not None
    keys = [(0, 0), (x, y ^ 1), (y, x), (x, 0), (0, y), (curve.p, y), (x, curve.p), (TOP, TOP), (x ^ 1, y)]
    if small[0] + curve.p <= TOP:
        keys.append((small[0] + curve.p, small[1]))  # the point again, not reduced
    assert outcomes([curve.check(5, 7, 9, key) for key in keys]) == [None] * len(keys)


@each_curve
def test_the_verdict_may_lie_in_the_operands(curve: Oracle) -> None:
    signed = curve.multiple(21, curve.generator)
    key = curve.key(signed, 3, 4)
    places = (0, 31, 32, 95, 96, 159)
    assert outcomes([curve.check(4, signed[0] % curve.n, 3, key, place) for place in places]) == [TRUE] * len(places)
    assert outcomes([curve.check(5, signed[0] % curve.n, 3, key, place) for place in places]) == [FALSE] * len(places)


@each_curve
def test_a_key_that_was_made_to_break_the_chain_verifies_all_the_same(curve: Oracle) -> None:
    """One of the points that a step adds is the point where chains start: then the sum is made by single calls."""
    u1, u2, cycles = 2**255 // 3, 2**254 // 7 + 1, []
    for signs in range(8 if curve is K1 else 2):
        key = _key_of_start(curve, signs)
        total = curve.add(curve.multiple(u1, curve.generator), curve.multiple(u2, key))
        r = total[0] % curve.n
        s = r * pow(u2, -1, curve.n) % curve.n
        call = curve.check(u1 * s % curve.n, r, s, key)
        wrong = curve.check((u1 * s + 1) % curve.n, r, s, key)
        assert outcomes([call, wrong]) == [TRUE, FALSE]
        cycles.append(run([call]).cycles)
    assert max(cycles) > min(cycles) + 4_000


def _key_of_start(curve: Oracle, signs: int) -> tuple[int, int]:
    """Q for which Q +- G, or lambda Q +- Q +- lambda G +- G, is the start: minus where a bit of `signs` is set, of G
    the lowest one."""
    sign = [-1 if signs >> j & 1 else 1 for j in range(3)]
    if curve is not K1:
        others, of_key = sign[0], 1
        start = chain_start("secp256r1", SECP256R1)
    else:
        root = eigenvalue_of(SECP256K1)
        others, of_key = sign[0] + sign[1] * root, root + sign[2]
        start = chain_start("secp256k1", SECP256K1)
    rest = curve.add(start, curve.multiple(-others % curve.n, curve.generator))
    return curve.multiple(pow(of_key, -1, curve.n), rest)
