"""The C sources that precompiles bring to guests, linked only where used; `guest.build` finds their headers beside."""

from __future__ import annotations

from pathlib import Path


def guest_sources() -> list[Path]:
    """Each precompile's `guest.c`, in the order of their names."""
    return sorted(Path(__file__).resolve().parent.glob("*/guest.c"))
