"""Where the repository lies: tests that read its files or run its commands begin here, wherever they lie themselves."""

from __future__ import annotations

from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
GUEST_PROGRAMS: Final = ROOT / "tests" / "core_vm" / "guest" / "programs"
"""C sources of guests that tests build."""
VECTORS: Final = ROOT.parent / "shared" / "vectors"
"""Published test vectors, where they lie beside the checkout; no part of it."""
