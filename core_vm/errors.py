"""Every public exception of Quire, as one tree.

QuireError                          anything Quire refuses, with one clear line
├── UsageError                      an argument that cannot be honoured
├── InvalidProgramError             not a program we can load: ELF class, machine, segments, compressed code
├── GuestError                      the guest ran and did something that cannot be proved
│   ├── GuestTrap                   illegal instruction, bad address, unknown ecall, null pointer, stack overflow
│   ├── CycleLimitExceeded          the run is longer than the caller allows
│   └── OutputSpaceExhausted        more output than the output region holds
├── InputTooLargeError              the input does not fit its region
├── TableDefinitionError            a table that breaks a rule of the proof system (degree, zero row, affinity)
├── WitnessError                    a trace that does not satisfy its own tables: a bug of the prover, named
├── SecurityError                   parameters below the security target, or an argument that they break
├── ResourceError                   the work does not fit the memory or the disk it was given
└── Rejection                       a proof that does not verify: where, expected, got
    ├── MalformedProof              bytes that are no proof: length, magic, version, non-canonical element
    ├── StatementMismatch           a valid shape for another statement: program, exit code, input, chaining
    ├── MerkleRejection             an opening that does not match its root
    ├── ProofOfWorkRejection        a nonce without the work
    ├── SumcheckRejection           a claim that does not add up
    ├── LogUpRejection              the buses do not balance
    ├── ZerocheckRejection          a constraint does not hold
    ├── OpeningRejection            the committed polynomial does not have the claimed values
    └── SecurityRejection           a proof whose parameters are below the security target; a SecurityError as well
"""

from __future__ import annotations

from typing import Self


class QuireError(Exception):
    """Base of everything Quire raises on purpose."""


class UsageError(QuireError):
    """An argument that cannot be honoured; says what was expected."""


class InvalidProgramError(QuireError):
    """The file is not a program that this machine can load."""


class GuestError(QuireError):
    """The guest did something that ends the run without a proof."""


class GuestTrap(GuestError):
    """The guest trapped, or touched memory that it does not own: a null pointer, a stack overflow.

    Attributes: `pc` (byte address), `symbol` (function name or None), `registers` (32 integers).
    """

    def __init__(self, reason: str, pc: int, symbol: str | None = None, registers: tuple[int, ...] = ()) -> None:
        where = f"0x{pc:08x}" + (f" in {symbol}" if symbol else "")
        super().__init__(f"guest trap at {where}: {reason}")
        self.reason, self.pc, self.symbol, self.registers = reason, pc, symbol, registers

    def __reduce__(self) -> tuple[object, ...]:
        """Errors travel from the processes in which they happen."""
        return type(self), (self.reason, self.pc, self.symbol, self.registers), self.__dict__


class CycleLimitExceeded(GuestError):
    """The run reached the cycle limit before it halted."""


class OutputSpaceExhausted(GuestError):
    """The guest wrote more output than the output region holds."""


class InputTooLargeError(QuireError):
    """The input does not fit the input region."""


class TableDefinitionError(QuireError):
    """A table declaration that the proof system cannot prove soundly."""


class WitnessError(QuireError):
    """A trace that does not satisfy its tables; the message names constraint, row and columns."""


class SecurityError(QuireError):
    """Parameters whose proven security is below the target, or that break an argument of the proof system."""


class ResourceError(QuireError):
    """The work does not fit the memory or disk that it was given."""


class Rejection(QuireError):
    """A proof that does not verify.

    Attributes: `where` (the step of the verifier), `why` (what was expected and what came).
    """

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"{where}: {why}")
        self.where, self.why = where, why

    def of(self, name: str) -> Self:
        """The same, of one among several: `name` says which."""
        return type(self)(f"{name}: {self.where}", self.why)

    def __reduce__(self) -> tuple[object, ...]:
        """As `GuestTrap`."""
        return type(self), (self.where, self.why), self.__dict__


class MalformedProof(Rejection):
    """Bytes that are not a proof: wrong length, magic, version, or a non-canonical field element."""


class StatementMismatch(Rejection):
    """The proof speaks of another statement than the one asked for."""


class MerkleRejection(Rejection):
    """An opening does not match the committed root."""


class ProofOfWorkRejection(Rejection):
    """A grinding nonce does not carry the required work."""


class SumcheckRejection(Rejection):
    """A sumcheck's last claim is not the value of its polynomial."""


class LogUpRejection(Rejection):
    """The messages on the buses do not balance."""


class ZerocheckRejection(Rejection):
    """A table's constraints or messages do not hold on the committed trace."""


class OpeningRejection(Rejection):
    """The committed polynomial does not have the claimed values."""


class SecurityRejection(Rejection, SecurityError):
    """A proof whose parameters have less proven security than the target."""
