"""How many lanes a packed vector has on this processor."""

from __future__ import annotations

import os
from functools import cache

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


@cache
def has_wide_products() -> bool:
    """Whether one instruction multiplies the low words of a vector's 64-bit words: vpmuludq, where it is as wide."""
    from numba.core.registry import cpu_target

    return multiplies_wide(LANES, *cpu_target.target_context.codegen().magic_tuple())


def multiplies_wide(lanes: int, triple: str, _cpu_name: str, features: str) -> bool:
    """The same for a processor that is described in LLVM's words. What only its name tells does not count."""
    needed = "+avx512f" if lanes == 16 else "+avx2"
    return triple.startswith("x86_64") and needed in features.split(",")
