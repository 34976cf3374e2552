"""How many lanes a packed vector has on this processor."""

from __future__ import annotations

import os

import llvmlite.binding as llvm

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


LANES = choose_lanes(os.environ.get("NUMBA_CPU_NAME"), _host_has_avx512())
