"""A tape whose most frequent sequences are one operation each, which saves stores, loads and reductions between them.

Words of bits are sums by Horner's rule in powers of two: chains of DOUBLE_ADD, whose terms are values, products of two
or of three that nothing else reads. Every bit that is stored as a sign has a constraint x^2 - y. And linear layers of a
permutation are sums of values times constants. What is emitted stays what it was: a fused operation takes the same sums
and products, and where they are reduced changes no value.

Chains of products are fused over F alone. Over K a product takes all registers of the processor, and a chain gains
nothing; but a constant of F times an element of K is five products in F.
"""

from __future__ import annotations

from typing import NamedTuple

from core_vm.air.tape import Opcode, Tape

# Opcodes that only fused tapes have. A chain (opcode, d, a, n) goes from t = a to d in n steps t <- 2 t + x, 2 t + x y
# or 2 t + x y z, whose operands are the n rows that follow. SQUARES: the rows (x, y, c) that follow, as many as are
# weighed together, emit x^2 - y as the value of constraint c each. A combination (COMBINATION, d, a, n) goes from t = a
# to d in n steps t <- t + x c + y e, whose rows are (x, c, y, e), of two constants.
SUMS, PRODUCTS, TRIPLES, SQUARES, COMBINATION = range(8, 13)
READS_TWO = frozenset(map(int, (Opcode.ADD, Opcode.SUBTRACT, Opcode.MULTIPLY, Opcode.DOUBLE_ADD)))
SQUARES_AT_ONCE = 8
_EMIT, _SUBTRACT, _MULTIPLY, _DOUBLE_ADD = map(int, (Opcode.EMIT, Opcode.SUBTRACT, Opcode.MULTIPLY, Opcode.DOUBLE_ADD))
_ADD, _SCALE = int(Opcode.ADD), int(Opcode.MULTIPLY_CONSTANT)


class Step(NamedTuple):
    """An operation in single assignment: values below the tape's width are columns, others are what steps write.

    `operands` are all that it reads, in order; `numbers` what is no value: an index of a constant, or constraints.
    """

    opcode: int
    value: int
    operands: tuple[int, ...]
    numbers: tuple[int, ...] = ()

    def rows(self, to: int, registers: tuple[int, ...]) -> list[tuple[int, ...]]:
        """As the interpreters read it, for registers of its operands and of its value."""
        if self.opcode == SQUARES:
            pairs = zip(registers[::2], registers[1::2], self.numbers, strict=True)
            return [(SQUARES, 0, 0, len(self.numbers)), *((x, y, c, 0) for x, y, c in pairs)]
        if self.opcode == COMBINATION:
            start, *terms = registers
            pairs = zip(terms[::2], self.numbers[::2], terms[1::2], self.numbers[1::2], strict=True)
            return [(COMBINATION, to, start, len(terms) // 2), *pairs]
        if self.opcode >= SUMS:
            size, (start, *terms) = self.opcode - SUMS + 1, registers
            steps = [(*terms[at : at + size], 0, 0, 0)[:4] for at in range(0, len(terms), size)]
            return [(self.opcode, to, start, len(steps)), *steps]
        if self.opcode == _EMIT:
            return [(_EMIT, *self.numbers, *registers, 0)]
        return [(self.opcode, to, *registers, *self.numbers)]


def fused(tape: Tape, chains: bool) -> list[Step]:
    """The steps of a tape, with squares and combinations, and with `chains` where they are wanted. Each stands where
    the last of its parts stood."""
    steps = _single_assignment(tape)
    writers = {step.value: step for step in steps if step.opcode != _EMIT}
    uses = dict.fromkeys(writers, 0)
    for step in steps:
        for operand in step.operands:
            if operand in uses:
                uses[operand] += 1
    once = {value: writers[value] for value, count in uses.items() if count == 1}
    gone = _fuse_squares(steps, once) | _fuse_combinations(writers, once)
    if chains:
        gone |= _fuse_chains(writers, once)
    return [_lone(step, writers.get(step.value, step)) for step in steps if step.value not in gone]


def _lone(step: Step, fused: Step) -> Step:
    """A chain of a single sum is the step that it was."""
    return step if fused.opcode == SUMS and len(fused.operands) == 2 else fused


def _single_assignment(tape: Tape) -> list[Step]:
    """Operation n has the value width + n, if it writes one."""
    now = list(range(tape.width + tape.num_registers))
    found: list[Step] = []
    for value, (opcode, d, a, b) in enumerate(tape.operations.tolist(), tape.width):
        if opcode == _EMIT:
            found.append(Step(opcode, value, (now[a],), (d,)))
            continue
        found.append(
            Step(opcode, value, (now[a], now[b])) if opcode in READS_TWO else Step(opcode, value, (now[a],), (b,))
        )
        now[d] = value
    return found


def _fuse_chains(writers: dict[int, Step], once: dict[int, Step]) -> set[int]:
    """Replaces chains in `writers` by what they are fused to; `once` are the writers of what is read once. Returns what
    nothing writes any more."""
    gone = set[int]()
    for value, step in list(writers.items()):
        if step.opcode != _DOUBLE_ADD:
            continue
        start, added = step.operands
        factors = _factors(added, once)
        opcode, before = SUMS + len(factors) - 1, writers.get(start)
        gone.update(_products_within(added, once) if len(factors) > 1 else ())
        if before is not None and before.opcode == opcode and start in once:
            gone.add(start)
            writers[value] = Step(opcode, value, (*before.operands, *factors))
        else:
            writers[value] = Step(opcode, value, (start, *factors))
    return gone


def _fuse_combinations(writers: dict[int, Step], once: dict[int, Step]) -> set[int]:
    """The same of sums of values times constants, two at a time."""
    sums: dict[int, list[tuple[int, int, Step]]] = {}  # of each value that ends one: (value, what came before, scaling)
    for value, step in writers.items():
        scaled = [x for x in step.operands if x in once and once[x].opcode == _SCALE]
        if step.opcode == _ADD and scaled and step.operands[0] != step.operands[1]:
            (before,) = (x for x in step.operands if x != scaled[-1])
            links = sums.pop(before) if before in sums and before in once else []
            sums[value] = [*links, (value, before, once[scaled[-1]])]
    gone = set[int]()
    for value, links in sums.items():
        links = links[len(links) % 2 :]
        if links:
            scalings = [scaling for *_, scaling in links]
            operands = (links[0][1], *(scaling.operands[0] for scaling in scalings))
            writers[value] = Step(COMBINATION, value, operands, tuple(scaling.numbers[0] for scaling in scalings))
            gone.update(*((sum_so_far, scaling.value) for sum_so_far, _, scaling in links))
            gone.remove(value)
    return gone


def _is_product(value: int, once: dict[int, Step]) -> bool:
    """Whether it is a product that is read once; a square is cheaper on its own."""
    return value in once and once[value].opcode == _MULTIPLY and len(set(once[value].operands)) == 2


def _products_within(value: int, once: dict[int, Step]) -> list[int]:
    """The product itself, if it is one, and that of its factors which is one."""
    if not _is_product(value, once):
        return []
    return [value, *[factor for factor in once[value].operands if _is_product(factor, once)][:1]]


def _factors(value: int, once: dict[int, Step]) -> tuple[int, ...]:
    """One to three, whose product the value is."""
    products = _products_within(value, once)
    if not products:
        return (value,)
    x, y = once[value].operands
    if len(products) == 1:
        return x, y
    return (*once[products[1]].operands, y if products[1] == x else x)


def _fuse_squares(steps: list[Step], once: dict[int, Step]) -> set[int]:
    """Replaces in `steps` the last of every SQUARES_AT_ONCE emissions of x^2 - y. Returns what is no longer there."""
    gone, found = set[int](), list[tuple[int, Step, tuple[int, ...]]]()
    for at, step in enumerate(steps):
        parts = _square_less(step, once)
        if parts:
            found.append((at, step, parts))
    for first in range(0, len(found) - SQUARES_AT_ONCE + 1, SQUARES_AT_ONCE):
        group = found[first : first + SQUARES_AT_ONCE]
        last, emission, _ = group[-1]
        gone.update(value for _, step, parts in group for value in (step.value, *parts[2:]))
        gone.remove(emission.value)
        operands = tuple(operand for _, _, parts in group for operand in parts[:2])
        steps[last] = Step(SQUARES, emission.value, operands, tuple(n for _, step, _ in group for n in step.numbers))
    return gone


def _square_less(step: Step, once: dict[int, Step]) -> tuple[int, ...]:
    """x and y of an emission of x^2 - y, and what it is made of."""
    difference = once.get(step.operands[0])
    if step.opcode != _EMIT or difference is None or difference.opcode != _SUBTRACT:
        return ()
    square, y = difference.operands
    if square not in once or once[square].opcode != _MULTIPLY or len(set(once[square].operands)) != 1:
        return ()
    return once[square].operands[0], y, difference.value, square
