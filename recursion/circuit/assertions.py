"""What a circuit asserts, with the line of the verifier that asks for it and what the verifier would say."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from enum import Enum

from core_vm.errors import Rejection


class Claim(Enum):
    """What is asserted of an assertion's nodes."""

    ZERO = "the node is zero"
    SAME = "the first eight nodes are the last eight"
    REST = "the node, what a chain leaves of a number, is zero"
    GADGET = "the gadget accepts"


@dataclass(frozen=True, slots=True)
class Assertion:
    """`nodes` as `claim` says; for GADGET the gadget's number. `line` is where in the source it is asked for."""

    claim: Claim
    nodes: tuple[int, ...]
    rejection: Rejection
    part: str
    line: str

    def failure(self) -> Rejection:
        """The verifier's rejection, with the line and the part of the verifier."""
        return located(type(self.rejection), self.rejection.where, self.rejection.why, self.part, self.line)


def located(kind: type[Rejection], where: str, why: str, part: str, line: str) -> Rejection:
    """A rejection of the verifier, with the line and the part of the verifier."""
    return kind(where, f"{why} (part {part}, {line})")


def line_of_caller() -> str:
    """file:line of the innermost caller outside this package."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith(__package__ or ""):
        frame = frame.f_back
    module = str(frame.f_globals.get("__name__", "?"))
    return f"{module.replace('.', '/')}.py:{frame.f_lineno}"
