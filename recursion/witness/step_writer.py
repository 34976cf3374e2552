"""Steps of a schedule, written as arrays for kernels; and where their outputs lie."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from core_vm.field.koalabear import to_montgomery
from core_vm.hash.poseidon2 import DIGEST, WIDTH
from recursion.circuit.gadgets import TERMS_A_ROW, Gadget, Kind
from recursion.circuit.lowering.hashing_rows import capacity_and_header
from recursion.circuit.lowering.lower import Lowered, Sum
from recursion.circuit.lowering.rows import NOTHING
from recursion.witness import operations
from recursion.witness.cells import FIRST_HINT, Cells
from recursion.witness.operations import AT_DIGEST, AT_INDEX, COMPRESSION_CELLS, LEAF_CELLS, ROOM
from recursion.witness.schedule import HASHED, Step
from recursion.witness.steps import Steps


class StepWriter:
    """Writes steps, and gives their outputs cells.

    `blocks` has for each gadget that permutes sixteen elements, by its first output, the first cell; `zeros` for each
    node that must be zero the cells of what its row computes.
    """

    def __init__(self, lowered: Lowered, cells: Cells, steps: Sequence[Step]) -> None:
        self._graph, self._cells = lowered.graph, cells
        self._operations: list[tuple[int, int, int, int]] = []
        self._arguments: list[int] = []
        self._factors: list[int] = []
        self._hashed: dict[Kind, list[tuple[int, ...]]] = {kind: [] for kind in HASHED}
        self.blocks: dict[int, int] = {}
        self.zeros: dict[int, int] = {}
        kinds = [step.of.kind for step in steps if isinstance(step.of, Gadget)]
        leaves = sum(kind is Kind.LEAF for kind in kinds)
        compressions = sum(kind in HASHED for kind in kinds) - leaves
        self._first = (
            cells.take(COMPRESSION_CELLS * (compressions + ROOM)),
            cells.take(LEAF_CELLS * (leaves + ROOM)),
        )
        self._levels: list[list[int]] = []
        self._turns: list[tuple[int, int]] = []
        self._write_all(steps)

    def _write_all(self, steps: Sequence[Step]) -> None:
        place = (1, -1)
        for step in steps:
            if (step.turn, step.level) != place and step.turn % 2:
                self._levels.append([len(self._hashed[kind]) for kind in HASHED])
            if step.turn % 2 and not place[0] % 2:
                self._turns.append((len(self._levels) - 1, len(self._operations)))
            place = step.turn, step.level
            if isinstance(step.of, Sum):
                self._add_sum(step.of)
            elif step.turn % 2:
                self._hash(step.of)
            else:
                self._add_gadget(step.of)
        self._turns.append((len(self._levels), len(self._operations)))
        self._levels.append([len(self._hashed[kind]) for kind in HASHED])

    # ------------------------------------------------------------------------------------------ hashing
    def _hash(self, gadget: Gadget) -> None:
        cells, hint = self._cells, FIRST_HINT + gadget.first_hint
        if gadget.kind is Kind.LEAF:
            at = self._first[1] + LEAF_CELLS * len(self._hashed[Kind.LEAF])
            _, *before, total = gadget.inputs[: 2 + DIGEST]
            weights = gadget.inputs[2 + DIGEST :]
            bundles = cells.bundle(weights[:TERMS_A_ROW]), cells.bundle(weights[TERMS_A_ROW:])
            self._hashed[Kind.LEAF].append((cells.octet(before), hint, cells.element(total), *bundles))
            cells.place(gadget.outputs, at)
            return
        number = len(self._hashed[Kind.COMPRESS]) + len(self._hashed[Kind.PATH])
        at = self.blocks[gadget.first_output] = self._first[0] + COMPRESSION_CELLS * number
        if gadget.kind is Kind.PATH:
            index, *digest = gadget.inputs
            self._hashed[Kind.PATH].append((cells.octet(digest), cells.word(index), hint, at))
            cells.place(gadget.outputs, at + AT_INDEX)
        else:
            self._hashed[Kind.COMPRESS].append((*(cells.word(node) for node in gadget.inputs), at))
            cells.place(gadget.outputs, at + AT_DIGEST)

    # ------------------------------------------------------------------------------------------ operations
    def _add(self, opcode: int, arguments: Iterable[int], factors: Iterable[int], num_cells: int) -> int:
        """Returns the first cell of the output."""
        out = self._cells.take(num_cells)
        self._operations.append((opcode, len(self._arguments), len(self._factors), out))
        self._arguments += arguments
        self._factors += factors
        return out

    def _elements(self, nodes: Iterable[int]) -> list[int]:
        """Cells of elements, once copied to where they are elements."""
        found = []
        for node in nodes:
            copy = self._cells.lift(node)
            if copy:
                self._operations.append((operations.COPY, len(self._arguments), len(self._factors), copy[1]))
                self._arguments.append(copy[0])
            found.append(self._cells.element(node))
        return found

    def _add_sum(self, one: Sum) -> None:
        row = one.row
        words = self._elements(node for _, node in row.operands())
        factors = [*(factor for _, factor in row.terms), row.constant]
        if row.table == "arith":
            out = self._add(operations.ARITH, words, [row.product, *factors], 5)
        else:
            out = self._add(operations.LINEAR, words, factors, 5)
        if one.output == NOTHING:
            self.zeros[one.node] = out
        else:
            self._cells.place([one.output], out)

    def _add_gadget(self, gadget: Gadget) -> None:
        opcode, words, num_cells = _GADGETS[gadget.kind]
        inputs, factors, numbers = gadget.inputs, [], []
        if gadget.kind is Kind.SPONGE:
            capacity, header = capacity_and_header(self._graph, gadget)
            inputs, factors = (*gadget.inputs[:DIGEST], *capacity), [header]
        elif gadget.kind is Kind.INDEX:
            numbers = gadget.constants
        arguments = [*(self._cells.word(node) for node in inputs[:words]), *self._elements(inputs[words:]), *numbers]
        out = self._add(opcode, arguments, factors, num_cells)
        if gadget.kind is Kind.SPONGE:
            self.blocks[gadget.first_output] = out
            self._cells.place([gadget.first_output], out + WIDTH)
            self._cells.place(gadget.outputs[1:], out + WIDTH)
        else:
            self._cells.place(gadget.outputs, out)

    # ------------------------------------------------------------------------------------------ result
    def steps(self) -> Steps:
        """All of it."""
        leaves = np.array(self._hashed[Kind.LEAF], np.int64).reshape(-1, 5)
        padded = np.concatenate([leaves, np.zeros((ROOM, 5), np.int64)])
        return Steps(
            np.array(self._turns, np.int32),
            np.array(self._levels, np.int32),
            np.array(self._hashed[Kind.COMPRESS], np.int32).reshape(-1, WIDTH + 1),
            np.array(self._hashed[Kind.PATH], np.int32).reshape(-1, 4),
            np.ascontiguousarray(padded[:, 0]),
            np.ascontiguousarray(padded[:, 1]),
            leaves[:, 2:].astype(np.int32),
            np.array(self._first, np.int64),
            np.array(self._operations, np.int32).reshape(-1, 4),
            np.array(self._arguments, np.int32),
            to_montgomery(np.array(self._factors, np.uint32)),
        )


_GADGETS = {
    # opcode, how many inputs are words (the others are elements), cells of the outputs
    Kind.SPONGE: (operations.SPONGE, WIDTH, 2 * WIDTH),
    Kind.INDEX: (operations.INDEX, 1, 2),
    Kind.BELOW: (operations.BELOW, 1, 6),
    Kind.JAGGED: (operations.JAGGED, 2, 22),
    Kind.WEIGHT: (operations.WEIGHT, 1, 6),
    Kind.INVERSE: (operations.INVERSE, 0, 5),
    Kind.EXPAND: (operations.EXPAND, 0, 20),
    Kind.DOT: (operations.DOT, 0, 5),
    Kind.HORNER: (operations.HORNER, 0, 5),
}
