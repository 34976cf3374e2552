"""How many lanes a packed vector has on this processor, and where compiled kernels are kept.

numba keeps one cache file per function and notices when the *file of that function* changes, but not when an intrinsic
from another file does. Therefore the cache directory's name carries a digest of the field's files, of every file of
intrinsics (`packed*.py`) and of the lane count: a change there starts a fresh cache instead of running stale code.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import llvmlite
import llvmlite.binding as llvm
import numba

# Names of processors with AVX-512, for NUMBA_CPU_NAME, where the host's features say nothing.
WIDE_PROCESSORS = (
    *("skylake-avx512", "skx", "cascadelake", "cooperlake", "cannonlake", "rocketlake", "tigerlake"),
    *("icelake-client", "icelake-server", "sapphirerapids", "emeraldrapids", "graniterapids", "znver4", "znver5"),
)


def choose_lanes(cpu_name: str | None, host_has_avx512: bool) -> int:
    """16 lanes fill one AVX-512 register; elsewhere 8, since 16 would spill the sixteen registers of AVX2."""
    wide = cpu_name in WIDE_PROCESSORS if cpu_name else host_has_avx512
    return 16 if wide else 8


def _host_has_avx512() -> bool:
    try:
        return bool(llvm.get_host_cpu_features().get("avx512f", False))
    except RuntimeError:  # a processor whose features LLVM cannot list
        return False


LANES = choose_lanes(numba.config.CPU_NAME, _host_has_avx512())


def cache_directory() -> Path:
    """One directory per version of the intrinsics, under $NUMBA_CACHE_DIR or the user's cache directory."""
    package = Path(__file__).resolve().parents[1]
    digest = hashlib.sha256(f"{numba.__version__} {llvmlite.__version__} {LANES}".encode())
    for path in sorted({*package.glob("field/*.py"), *package.glob("*/packed*.py")}):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    base = os.environ.get("NUMBA_CACHE_DIR") or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "quire"
    return Path(base) / f"kernels-{digest.hexdigest()[:16]}"


numba.config.CACHE_DIR = str(cache_directory())
