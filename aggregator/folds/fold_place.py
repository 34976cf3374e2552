"""Where proofs that are there are folded: by which processes, within how much memory, out of which store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from aggregator.executors.local import JobExecutor, executor_of
from aggregator.plan import FoldingPlan, memory_to_use
from aggregator.store.store import Store, store_path
from core_vm.given import check_function
from core_vm.machine.limits import check_positive
from core_vm.progress import OnProgress

# A proof that is folded is held as bytes, and once more as words.
TIMES_HELD = 2


@dataclass(frozen=True)
class FoldPlace:
    """`workers`, `memory_limit` and `store` are as for `quire.prove`. `on_plan` is told how the memory is shared out,
    before the work begins; `on_progress` how far it is. Raises UsageError for what is none of these, whether the work
    that is done here has a use for it or not."""

    workers: int | JobExecutor | None = None
    memory_limit: int | None = None
    store: str | Path | None = None
    on_plan: Callable[[FoldingPlan], None] | None = None
    on_progress: OnProgress | None = None

    def __post_init__(self) -> None:
        check_function("on_progress", self.on_progress)
        executor_of(self.workers)
        check_positive("memory_limit", self.memory_limit, "bytes")
        if self.store is not None:
            store_path(self.store)

    def executor(self, held: int) -> JobExecutor:
        """Planned, beside proofs of so many bytes. Raises ResourceError, UsageError."""
        executor = executor_of(self.workers)
        plan = executor.plan_folding(memory_to_use(self.memory_limit) - TIMES_HELD * held)
        if self.on_plan is not None:
            self.on_plan(plan)
        return executor

    def opened_store(self) -> Store | None:
        """Raises UsageError, ResourceError."""
        return Store(self.store) if self.store is not None else None
