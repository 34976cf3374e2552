"""The published vectors of EIP-2537, whose field elements have 16 zero bytes in front that the standard leaves out."""

from __future__ import annotations

from tests.precompiles.accelerators.functions import RESULT_SIZES, Call, Function, published

_SIZES = {"f": 64, "s": 32}
_PADDING = 16


def without_padding(data: bytes, layout: str) -> bytes | None:
    """Of operands of which each has these parts, f a field element and s a scalar; None if they are not whole, or have
    something in the padding: then the standard cannot say them."""
    parts, at = list[bytes](), 0
    if len(data) % sum(_SIZES[kind] for kind in layout):
        return None
    while at < len(data):
        for kind in layout:
            part = data[at : at + _SIZES[kind]]
            at += len(part)
            if kind == "f" and any(part[:_PADDING]):
                return None
            parts.append(part[_PADDING:] if kind == "f" else part)
    return b"".join(parts)


def cases(name: str, function: Function, layout: str) -> list[tuple[Call, bytes | None]]:
    """Calls, and what they have for results; the call of nothing is left to other tests."""
    found = list[tuple[Call, bytes | None]]()
    for vector in published(f"eip2537_{name}"):
        operands = without_padding(bytes.fromhex(vector["Input"]), layout)
        if not operands:
            continue
        expected = None
        if "Expected" in vector:
            data = bytes.fromhex(vector["Expected"])
            expected = without_padding(data, "f") if function in RESULT_SIZES else data[-1:]
        found.append((Call(function, operands), expected))
    assert found
    return found
