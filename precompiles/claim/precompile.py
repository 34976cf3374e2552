"""A claim about another run as a precompile: call 0x1010, a0 = program id, a1 = root of the output, a2 unused.

A call is a row. It takes the digest of the run's claims so far and gives that of one more, both by messages whose first
and last are the statement's (`core_vm.statement.shard`): so a claim cannot be made without being stated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from core_vm.field.koalabear import from_montgomery, to_montgomery
from core_vm.hash.poseidon2 import DIGEST
from core_vm.machine.precompile import ComputeKernel, Operand, Precompile
from core_vm.state.sparse_tree import compress_pairs
from core_vm.tables import buses
from core_vm.tables.gadgets.calls import CallRows, CallTable, flat
from core_vm.witness.module import TableModule
from precompiles.shared.elements import elements, require_canonical, words

if TYPE_CHECKING:
    from core_vm.tables.source import WitnessSource

NAME: Final = "claim"
NUMBER: Final = 0x1010
DIGEST_DWORDS: Final = 4
OPERANDS: Final = (Operand(10, DIGEST_DWORDS, "read"), Operand(11, DIGEST_DWORDS, "read"))
_PROGRAM_ID, _OUTPUT_ROOT = 0, 1


def _kernel() -> ComputeKernel:
    """Loaded when a guest calls: the verifier imports this module and needs no compiler."""
    from precompiles.claim.claim_kernels import compute

    return compute


class _ClaimRows(CallRows):
    """`number` (n,) counts the shard's claims; `claim` (n, 8) is the digest of each, `claims` and `with_claim` (n, 8)
    those of the run's claims without and with it, canonical."""

    def __init__(self, source: WitnessSource, start: int, stop: int) -> None:
        super().__init__([source.events.precompiles[NAME]], start, stop)
        claim, chain = source.once(_chain)
        self.number, self.claim = np.arange(start, stop), claim[start:stop]
        self.claims, self.with_claim = chain[start:stop], chain[start + 1 : stop + 1]

    @property
    def words(self) -> np.ndarray:
        """What is claimed: (n, 16), the program id first."""
        return np.concatenate([words(self.before(_PROGRAM_ID)), words(self.before(_OUTPUT_ROOT))], axis=1)

    @property
    def link(self) -> np.ndarray:
        """What is compressed to the next digest of the chain: (n, 16)."""
        return np.concatenate([self.claims, self.claim], axis=1)


def _chain(source: WitnessSource) -> tuple[np.ndarray, np.ndarray]:
    """The digest of each claim of a shard (n, 8), and the digests (n + 1, 8) of the run's claims around them."""
    calls = source.events.precompiles[NAME]
    said = np.concatenate([words(calls.before[_PROGRAM_ID]), words(calls.before[_OUTPUT_ROOT])], axis=1)
    claims = compress_pairs(to_montgomery(said))
    chain = np.empty((len(claims) + 1, DIGEST), np.uint32)
    chain[0] = to_montgomery(source.record.claims_start)
    for k, claim in enumerate(claims):
        chain[k + 1] = compress_pairs(np.concatenate([chain[k], claim])[None])[0]
    return from_montgomery(claims), from_montgomery(chain)


def _table() -> TableModule:
    t = CallTable(NAME, NUMBER, OPERANDS, __doc__ or "")
    program_id, output_root = flat(t.read("program_id", _PROGRAM_ID)), flat(t.read("output_root", _OUTPUT_ROOT))
    # Else two strings of bytes would name one program, or one output: a guest could compare the other one.
    require_canonical(t, "program_id", program_id, lambda rows: rows.before(_PROGRAM_ID))
    require_canonical(t, "output_root", output_root, lambda rows: rows.before(_OUTPUT_ROOT))

    number = t.column("number", lambda rows: rows.number)
    claims = t.columns("claims", DIGEST, lambda rows: rows.claims)
    claim = t.columns("claim", DIGEST, lambda rows: rows.claim)
    with_claim = t.columns("with_claim", DIGEST, lambda rows: rows.with_claim)
    t.compress((*elements(program_id), *elements(output_root)), claim, t.real, lambda rows: rows.words)
    t.compress((*claims, *claim), with_claim, t.real, lambda rows: rows.link)
    t.receive(buses.CLAIM, (number, *claims), t.real)
    t.send(buses.CLAIM, (number + 1, *with_claim), t.real)
    t.finish_accesses()
    return t.module_of(lambda source: len(source.events.precompiles.get(NAME, ())), _ClaimRows, rows_per_call=1)


PRECOMPILE: Final = Precompile(NAME, NUMBER, OPERANDS, _kernel, lambda: (_table(),), claims=True)
"""The entry for a machine's list of precompiles."""
