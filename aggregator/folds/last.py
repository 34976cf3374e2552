"""The last proof of a chain: what a folded run or a batch ends in."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from aggregator.folds.fold_work import work_of
from aggregator.kinds import FOLDED
from core_vm.host.cores import available_cores
from core_vm.progress import OnProgress, Progress
from recursion.folded.pruned import PrunedProof
from recursion.folding import Folding, Proved
from recursion.programs.records import record_digest
from recursion.regime import Regime

if TYPE_CHECKING:
    from core_vm.machine.machine import Machine
    from recursion.folded.proof import LastProof
    from recursion.programs.member import Member


def last_proof(
    proved: Proved[Member],
    kind: str,
    make_machine: Callable[[], Machine],
    on_progress: OnProgress | None = None,
    regime: Regime = Regime.LIST,
) -> LastProof:
    """The proof in the form in which it travels; `regime` is of the kind FINAL. Raises Rejection if it is none."""
    if kind == FOLDED:
        return PrunedProof.of(proved.proof, record_digest(proved.record))
    from recursion.hiding.making import prove_last

    report = on_progress or (lambda progress: None)
    report(Progress("final", 0, 1))
    proof = prove_last(Folding(work_of(make_machine).keys).shrink(proved), available_cores(), regime)
    report(Progress("final", 1, 1))
    return proof
