"""Writes each example's `input` and `expected_output`, computed here and not by the guests.

python examples/make_expected.py            writes the files
python examples/make_expected.py --check    fails where a file differs from what this program computes
"""

from __future__ import annotations

import hashlib
import re
import struct
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from pairings import bls_signatures, bls_signatures_input, groth16, groth16_input

from core_vm.state.roots import output_root_of
from precompiles.accelerators.curve_constants import SECP256K1
from precompiles.keccak.reference import sponge_256

EXAMPLES = Path(__file__).resolve().parent


def pseudorandom_bytes(size: int, seed: str) -> bytes:
    """The same bytes on every machine: SHA-256 of a seed and a counter."""
    blocks = [hashlib.sha256(f"{seed} {number}".encode()).digest() for number in range(-(-size // 32))]
    return b"".join(blocks)[:size]


def fibonacci(data: bytes) -> bytes:
    """The n-th Fibonacci number modulo 2^64, by doubling: F(2k) = F(k)(2F(k+1) - F(k)), F(2k+1) = F(k)^2 + F(k+1)^2."""
    count = int(data)
    current, following = 0, 1
    for bit in bin(count)[2:]:
        doubled, after = current * (2 * following - current), current**2 + following**2
        current, following = (doubled, after) if bit == "0" else (after, doubled + after)
        current, following = current % 2**64, following % 2**64
    return f"fibonacci({count}) = {current} modulo 2^64\n".encode()


def sort(data: bytes) -> bytes:
    """Count, smallest, largest and the rank-weighted sum of the sorted numbers."""
    numbers = sorted(number for (number,) in struct.iter_unpack("<Q", data))
    weighted = sum(rank * number for rank, number in enumerate(numbers, start=1)) % 2**64
    return struct.pack("<4Q", len(numbers), numbers[0], numbers[-1], weighted)


def sha256(data: bytes) -> bytes:
    """hashlib's digest."""
    return hashlib.sha256(data).digest()


def keccak256(data: bytes) -> bytes:
    """The reference's digest, which the tests compare with others."""
    return sponge_256(data)


def sha256_merkle(data: bytes) -> bytes:
    """RFC 6962, section 2.1: a tree's left half is the largest complete one that is not all of it."""
    if len(data) == 64:
        return hashlib.sha256(b"\0" + data).digest()
    half = 64 << (len(data) // 64 - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + sha256_merkle(data[:half]) + sha256_merkle(data[half:])).digest()


def output_root(data: bytes) -> bytes:
    """The digest that a verifier computes of an output, as a statement's bytes."""
    return b"".join(element.to_bytes(4, "little") for element in output_root_of(data)).hex().encode() + b"\n"


def primes(data: bytes) -> bytes:
    """The primes below the limit, by a sieve over all numbers."""
    limit = int(data)
    prime = bytearray(b"\1") * limit
    prime[:2] = b"\0\0"
    for number in range(2, int(limit**0.5) + 1):
        if prime[number]:
            prime[number * number :: number] = bytes(len(range(number * number, limit, number)))
    return f"{sum(prime)} primes below {limit}, the largest is {prime.rindex(1)}\n".encode()


def continued_primes(data: bytes) -> bytes:
    """The program id, and the primes below a limit that is larger by a thousand, all of them counted anew."""
    limit = int(re.findall(rb"below (\d+)", data)[0]) + 1000
    return data[:32] + primes(str(limit).encode())


def word_count(data: bytes) -> bytes:
    """Totals and the ten most frequent words."""
    text = data.decode("ascii").lower()
    words = re.findall("[a-z]+", text)
    counts = sorted(Counter(words).items(), key=lambda item: (-item[1], item[0]))
    lines = [f"{len(data)} bytes, {text.count(chr(10))} lines, {len(words)} words, {len(counts)} different\n"]
    lines += [f"{count:6} {100 * count / len(words):5.1f}% {word[:100]}\n" for word, count in counts[:10]]
    return "".join(lines).encode()


def secret(seed: str) -> int:
    """A key, or a number that is used once."""
    return int.from_bytes(hashlib.sha256(seed.encode()).digest(), "big") % SECP256K1.order


def sign(digest: bytes, key: int) -> tuple[int, int, int]:
    """r, s and the lowest bit of the point's y."""
    nonce, order = secret(f"nonce {digest.hex()}"), SECP256K1.order
    x, y = SECP256K1.multiply(nonce, SECP256K1.generator)
    s = (int.from_bytes(digest, "big") + x % order * key) * pow(nonce, -1, order) % order
    return x % order, s, y % 2


def as_bytes(*numbers: int) -> bytes:
    return b"".join(number.to_bytes(32, "big") for number in numbers)


def signatures() -> bytes:
    """Records of hash, signature and key. The third is of another hash, the fifth of another key."""
    records = list[bytes]()
    for number in range(6):
        digest, key = hashlib.sha256(f"message {number}".encode()).digest(), secret(f"key {number}")
        r, s, _ = sign(digest, key)
        signed = digest if number != 2 else bytes(32)
        x, y = SECP256K1.multiply(key if number != 4 else 1, SECP256K1.generator)
        records.append(signed + as_bytes(r, s, x, y))
    return b"".join(records)


def ecdsa_batch(data: bytes) -> bytes:
    """A byte for each signature: SEC 1, section 4.1.4."""
    order, verdicts = SECP256K1.order, bytearray()
    for at in range(0, len(data), 160):
        z, r, s, x, y = (int.from_bytes(data[k : k + 32], "big") for k in range(at, at + 160, 32))
        first, second = (factor * pow(s, -1, order) % order for factor in (z, r))
        total = SECP256K1.multiply(second, (x, y))
        if first:
            total = SECP256K1.add(SECP256K1.multiply(first, SECP256K1.generator), total)
        verdicts.append(total[0] % order == r)
    return bytes(verdicts)


def rlp(item: int | bytes | list[int | bytes]) -> bytes:
    """Ethereum's encoding of a number, a string or a list of such ("Yellow paper", appendix B)."""
    if isinstance(item, int):
        item = item.to_bytes(-(-item.bit_length() // 8), "big")
    if isinstance(item, bytes) and len(item) == 1 and item < b"\x80":
        return item
    first = 0xC0 if isinstance(item, list) else 0x80
    content = b"".join(map(rlp, item)) if isinstance(item, list) else item
    size = len(content).to_bytes(-(-len(content).bit_length() // 8), "big")
    return (bytes([first + len(content)]) if len(content) < 56 else bytes([first + 55 + len(size)]) + size) + content


def transaction() -> bytes:
    """Of chain 1, signed by the sender's key: a call with data, so that all lengths of lists occur."""
    items: list[int | bytes] = [7, 20 * 10**9, 60000, b"\x35" * 20, 10**18, b"\xa9\x05\x9c\xbb" + bytes(range(64))]
    r, s, parity = sign(keccak256(rlp([*items, 1, b"", b""])), secret("sender"))
    return rlp([*items, 37 + parity, r, s])


def ethereum_sender(_: bytes) -> bytes:
    """The address of the key that signed."""
    return keccak256(as_bytes(*SECP256K1.multiply(secret("sender"), SECP256K1.generator)))[12:]


EXPECTED: dict[str, Callable[[bytes], bytes]] = {
    "fibonacci": fibonacci,
    "sort": sort,
    "sha256_software": sha256,
    "sha256_file": sha256,
    "keccak_software": keccak256,
    "keccak_file": keccak256,
    "output_root": output_root,
    "primes": primes,
    "continued_primes": continued_primes,
    "word_count": word_count,
    "ecdsa_batch": ecdsa_batch,
    "ethereum_sender": ethereum_sender,
    "sha256_merkle": sha256_merkle,
    "bls_signatures": bls_signatures,
    "groth16": groth16,
}

# The text of word_count is written by hand and stands in its folder.
INPUTS: dict[str, Callable[[], bytes]] = {
    "fibonacci": lambda: b"100000\n",
    "sort": lambda: pseudorandom_bytes(8 * 8000, "sort"),
    "sha256_software": lambda: pseudorandom_bytes(16 * 1024 + 5, "sha256_software"),
    "sha256_file": lambda: pseudorandom_bytes(64 * 1024 + 60, "sha256_file"),
    "keccak_software": lambda: pseudorandom_bytes(16 * 1024 + 5, "keccak_software"),
    "keccak_file": lambda: pseudorandom_bytes(32 * 1024 + 60, "keccak_file"),
    "output_root": lambda: pseudorandom_bytes(8 * 1024 + 5, "output_root"),
    "primes": lambda: b"2000000\n",
    # The id of no program: put there the one of `examples/primes` as it is built.
    "continued_primes": lambda: bytes(32) + primes(b"2000000\n"),
    "ecdsa_batch": signatures,
    "ethereum_sender": transaction,
    "sha256_merkle": lambda: pseudorandom_bytes(64 * 1000, "sha256_merkle"),
    "bls_signatures": bls_signatures_input,
    "groth16": groth16_input,
}


def main() -> int:
    """Writes or checks every file; the number of differing files is the exit code."""
    check = sys.argv[1:] == ["--check"]
    differing = 0
    for name, compute in EXPECTED.items():
        input_path = EXAMPLES / name / "input"
        data = INPUTS[name]() if name in INPUTS else input_path.read_bytes()
        for path, content in ((input_path, data), (EXAMPLES / name / "expected_output", compute(data))):
            if check and path.read_bytes() != content:
                print(f"{path.relative_to(EXAMPLES)} differs", file=sys.stderr)
                differing += 1
            elif not check:
                path.write_bytes(content)
    return differing


if __name__ == "__main__":
    sys.exit(main())
