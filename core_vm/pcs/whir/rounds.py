"""The rounds of a WHIR opening: what a configuration may choose of one, and what a shape makes of it."""

from __future__ import annotations

from dataclasses import dataclass

from core_vm.errors import UsageError

LEAST_MULTIPLICITY = 3
"""What the theorems on list decoding ask for."""


@dataclass(frozen=True, slots=True)
class RoundChoice:
    """One round of an explicit configuration.

    `multiplicity` m allows a prover any of the vectors within 1 - sqrt(rho) (1 + 1/(2m)) of the oracle, 0 only the one
    within the unique-decoding radius. Of a list `num_samples` out-of-domain samples choose one, right after the root;
    of a vector that is determined they are claims like any other, which soundness does not need (`samples`).
    `fold_grinding` has the bits of work before each of the folding challenges.
    """

    num_folds: int
    log_inverse_rate: int
    num_queries: int
    query_grinding: int
    multiplicity: int = 0
    num_samples: int = 0
    fold_grinding: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if self.num_folds < 0 or self.log_inverse_rate < 1 or self.num_queries < 1:
            raise UsageError(f"no round of {self.num_folds} folds, {self.num_queries} queries at this rate")
        if len(self.fold_grinding) not in (0, self.num_folds):
            raise UsageError(f"{len(self.fold_grinding)} grinds for {self.num_folds} folds")
        if self.multiplicity and self.multiplicity < LEAST_MULTIPLICITY:
            raise UsageError(f"multiplicity {self.multiplicity}: list decoding starts at {LEAST_MULTIPLICITY}")

    def parameters(self) -> list[int]:
        """All of it, as canonical field elements."""
        sizes = [self.num_folds, self.log_inverse_rate, self.num_queries, self.query_grinding]
        return [*sizes, self.multiplicity, self.num_samples, len(self.fold_grinding), *self.fold_grinding]


@dataclass(frozen=True, slots=True)
class WhirRound:
    """One oracle and what happens to it: it is sampled out of its domain, folded by `num_folds` challenges and queried.

    An oracle's leaf holds, for each tree, `widths[tree]` elements of F: one a segment in the first round (the vector is
    in F), five a segment later on (in K). `log_size` is log2 of the length of the vector after the fold, which is also
    the number of coefficients of a segment. For `multiplicity` and what follows see `RoundChoice`.
    """

    num_folds: int
    log_size: int
    log_inverse_rate: int
    num_queries: int
    widths: tuple[int, ...]
    in_extension: bool
    query_grinding: int
    multiplicity: int = 0
    num_samples: int = 0
    fold_grinding: tuple[int, ...] = ()

    @property
    def log_domain(self) -> int:
        return self.log_size + self.log_inverse_rate

    @property
    def num_variables(self) -> int:
        """Of the whole vector, before the folds."""
        return self.log_size + self.num_folds

    @property
    def log_cap(self) -> int:
        """The level of the tree that is in the proof whole: about as many nodes as there are queries."""
        return min(max(self.num_queries.bit_length() - 1, 0), self.log_domain)

    @property
    def grinding_of_folds(self) -> tuple[int, ...]:
        """The bits of work before each folding challenge."""
        return self.fold_grinding or (0,) * self.num_folds

    def numbers(self) -> list[int]:
        """What is derived, as canonical field elements; what is chosen is among the configuration's parameters."""
        sizes = [self.num_folds, self.log_size, self.log_inverse_rate, self.log_domain, self.num_queries, self.log_cap]
        return [*sizes, int(self.in_extension), len(self.widths), *self.widths]
