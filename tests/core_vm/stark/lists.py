"""A configuration of explicit rounds in the list-decoding regime, small and weak, for tests of whole arguments."""

from __future__ import annotations

from core_vm.pcs.whir.config import WhirConfig
from core_vm.pcs.whir.rounds import RoundChoice
from core_vm.stark.config import StarkConfig

# Two samples are as strong as ever; what is weak are queries, 8 bits a round.
QUICK_LISTS = StarkConfig(
    WhirConfig(
        security_bits=8,
        rounds=(
            RoundChoice(4, 3, 5, 2, multiplicity=4, num_samples=2, fold_grinding=(2, 0, 1, 1)),
            RoundChoice(4, 5, 3, 2, multiplicity=3, num_samples=1, fold_grinding=(1, 1, 1, 1)),
        ),
    ),
    fingerprint_grinding_bits=2,
)
