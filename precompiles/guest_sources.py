"""The C sources that precompiles bring to guests, linked only where used; `guest.build` finds their headers beside."""

from __future__ import annotations

from pathlib import Path


def guest_sources() -> list[Path]:
    """Each precompile's `guest.c`, and the accelerators that are made of their calls, in the order of their names."""
    folder = Path(__file__).resolve().parent
    return [*sorted(folder.glob("*/guest.c")), *sorted(folder.glob("accelerators/*.c"))]
