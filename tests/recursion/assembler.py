"""Circuits written by hand: rows of the circuit machine, with addresses and multiplicities kept as they are made.

What a row writes is computed here with `K` and the reference hash, so a bus that balances says that rows compute the
same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core_vm.field.extension import K
from core_vm.field.koalabear import P, root_of_unity
from core_vm.hash.poseidon2 import DIGEST, LEAF_RATE, compress, hash_leaf, permute
from core_vm.poly import tile_sums
from core_vm.poly.tile_sums import bit_products, rows_below, shifted_sum, step_factors
from recursion.tables.rows import Columns
from recursion.tables.standard import MODULE_OF

ASSERTED = P - 1
"""The multiplicity of a row that reads where it would write."""
Digest = Sequence[int]


@dataclass(frozen=True)
class Times:
    """How often an address is read, known at the end."""

    bus: str
    address: int


@dataclass(frozen=True)
class Query:
    """Where the bits of an element start chains."""

    index: int
    low: int
    leaf: int
    weight: int
    point: int


class Assembler:
    """`words`, `nodes`, `bundles`: what lies where. Every method adds rows and returns addresses."""

    def __init__(self) -> None:
        self.rows: dict[str, list[tuple[dict[str, int | Times], dict[str, list[int]]]]] = {n: [] for n in MODULE_OF}
        self.reads: Counter[tuple[str, int]] = Counter()
        self.words: dict[int, K] = {}
        self.nodes: dict[int, tuple[int, ...]] = {}
        self.bundles: dict[int, list[K]] = {}
        self._constants: dict[K, int] = {}
        self._next = 16

    def fresh(self, count: int = 1) -> int:
        self._next += count
        return self._next - count

    def _row(self, table: str, operands: dict[str, list[int]], **fixed: int | Times) -> None:
        self.rows[table].append((fixed, operands))

    def _read(self, address: int, bus: str = "word") -> int:
        self.reads[bus, address] += 1
        return address

    def _write(self, value: K | int, address: int | None = None) -> int:
        address = self.fresh() if address is None else address
        self.words[address] = value if isinstance(value, K) else K(value)
        return address

    def _output(self, value: K, equals: int | None) -> tuple[int, int | Times]:
        """Where a row's output goes, and how often it is read; or the address that it must equal."""
        if equals is not None:
            return self._read(equals), ASSERTED
        address = self._write(value)
        return address, Times("word", address)

    # ------------------------------------------------------------------------------------------ words
    def constant(self, value: K | int) -> int:
        value = value if isinstance(value, K) else K(value)
        if value not in self._constants:
            self._constants[value] = address = self._write(value)
            coefficients = {f"value_{i}": c for i, c in enumerate(value.c)}
            self._row("constant", {}, address=address, times=Times("word", address), **coefficients)
        return self._constants[value]

    def word(self, value: K) -> int:
        address = self.fresh(6)
        self._write(value, address)
        for i, c in enumerate(value.c):
            self._write(c, address + 1 + i)
        self._row(
            "word", {"value": list(value.c)}, address=address, times=Times("word", address),
            times_each=Times("word", address + 1),
        )  # fmt: skip
        return address

    def octet(self, values: Digest) -> tuple[int, list[int]]:
        """A hint of eight elements: its node, and its words."""
        node, words = self.fresh(), [self._write(value) for value in values]
        self.nodes[node] = tuple(values)
        self._octet(values, node, Times("node", node), words, [Times("word", at) for at in words])
        return node, words

    def gathered(self, words: Sequence[int]) -> int:
        """An octet of words of F."""
        node, values = self.fresh(), [self.words[at].c[0] for at in words]
        self.nodes[node] = tuple(values)
        self._octet(values, node, Times("node", node), [self._read(at) for at in words], [ASSERTED] * DIGEST)
        return node

    def scattered(self, node: int) -> list[int]:
        """The words of an octet."""
        words = [self._write(value) for value in self.nodes[node]]
        times = [Times("word", at) for at in words]
        self._octet(self.nodes[node], self._read(node, "node"), ASSERTED, words, times)
        return words

    def _octet(
        self, values: Digest, node: int, times: int | Times, words: Sequence[int], each: Sequence[int | Times]
    ) -> None:
        addresses = {f"address_{i}": at for i, at in enumerate(words)}
        self._row(
            "octet", {"value": list(values)}, address=node, times=times, **addresses,
            **{f"times_{i}": count for i, count in enumerate(each)},
        )  # fmt: skip

    def columns(self, values: Sequence[K]) -> tuple[list[int], list[int]]:
        """Eight hints of K: their words, and the nodes of their five octets."""
        address, octets = self.fresh(8), self.fresh(5)
        flat = [c for value in values for c in value.c]
        for i, value in enumerate(values):
            self._write(value, address + i)
        for k in range(5):
            self.nodes[octets + k] = tuple(flat[8 * k : 8 * k + 8])
        times = {f"times_{i}": Times("word", address + i) for i in range(8)}
        self._row("columns", {"value": flat}, real=1, address=address, address_octets=octets, **times)
        return list(range(address, address + 8)), list(range(octets, octets + 5))

    # ------------------------------------------------------------------------------------------ arithmetic
    def arith(
        self, a: int, b: int, c: int, product: int = 0, factors: Sequence[int] = (0, 0, 0), constant: int = 0,
        equals: int | None = None,
    ) -> int:  # fmt: skip
        x, y, z = (self.words[at] for at in (a, b, c))
        value = x * y * product + x * factors[0] + y * factors[1] + z * factors[2] + constant
        output, times = self._output(value, equals)
        self._row(
            "arith", {"a": list(x.c), "b": list(y.c), "c": list(z.c)}, real=1, product=product, constant=constant,
            **{f"factor_{name}": factor for name, factor in zip("abc", factors, strict=True)},
            address_a=self._read(a), address_b=self._read(b), address_c=self._read(c), address_output=output,
            times=times,
        )  # fmt: skip
        return output

    def linear(self, words: Sequence[int], factors: Sequence[int], constant: int, equals: int | None = None) -> int:
        values = [self.words[at] for at in words]
        value = sum((x * k for x, k in zip(values, factors, strict=True)), K(constant))
        output, times = self._output(value, equals)
        self._row(
            "linear", {"x": [c for x in values for c in x.c]}, real=1, constant=constant,
            **{f"factor_{j}": factor for j, factor in enumerate(factors)},
            **{f"address_x_{j}": self._read(at) for j, at in enumerate(words)}, address_output=output, times=times,
        )  # fmt: skip
        return output

    def dot(self, accumulator: int, bundle: int, words: Sequence[int], equals: int | None = None) -> int:
        four, values = self.bundles[bundle], [self.words[at] for at in words]
        value = sum((x * y for x, y in zip(four, values, strict=True)), self.words[accumulator])
        output, times = self._output(value, equals)
        operands = {"accumulator": self.words[accumulator].c, "bundle": _flat(four), "word": _flat(values)}
        self._row(
            "dot", {name: list(v) for name, v in operands.items()}, real=1, times=times,
            address_accumulator=self._read(accumulator), address_bundle=self._read(bundle, "bundle"),
            **{f"address_word_{j}": self._read(at) for j, at in enumerate(words)}, address_output=output,
        )  # fmt: skip
        return output

    def horner(self, accumulator: int, x: int, words: Sequence[int], equals: int | None = None) -> int:
        value, at_x = self.words[accumulator], self.words[x]
        for at in words:
            value = (value + self.words[at]) * at_x
        output, times = self._output(value, equals)
        operands = {"accumulator": list(self.words[accumulator].c), "x": list(at_x.c)}
        operands["word"] = _flat([self.words[at] for at in words])
        self._row(
            "horner", operands, real=1, times=times, address_accumulator=self._read(accumulator),
            address_x=self._read(x), **{f"address_word_{j}": self._read(at) for j, at in enumerate(words)},
            address_output=output,
        )  # fmt: skip
        return output

    def expand(self, e: int, z0: int, z1: int) -> int:
        """A bundle; its words lie behind it."""
        value, x, y = (self.words[at] for at in (e, z0, z1))
        four = [value * p * q for q in (1 - y, y) for p in (1 - x, x)]
        output = self.fresh(5)
        self.bundles[output] = four
        for j, word in enumerate(four):
            self._write(word, output + 1 + j)
        self._row(
            "expand", {"e": list(value.c), "z0": list(x.c), "z1": list(y.c)}, real=1, times=Times("bundle", output),
            address_e=self._read(e), address_z0=self._read(z0), address_z1=self._read(z1), address_output=output,
            **{f"times_{j}": Times("word", output + 1 + j) for j in range(4)},
        )  # fmt: skip
        return output

    # ------------------------------------------------------------------------------------------ hashing
    def sponge(self, rate: Sequence[int], capacity: int, header: int = 0) -> tuple[int, list[int], int]:
        """The challenge, the words of the rate, and the node of the capacity."""
        state = [self.words[at].c[0] for at in rate] + list(self.nodes[capacity])
        state[DIGEST] = (state[DIGEST] + header) % P
        output, address, after = permute(state), self.fresh(9), self.fresh()
        self._write(K(*output[:5]), address)
        for i in range(8):
            self._write(output[i], address + 1 + i)
        self.nodes[after] = tuple(output[DIGEST:])
        self._row(
            "sponge", {"input": state}, real=1, header=header,
            **{f"address_rate_{i}": self._read(at) for i, at in enumerate(rate)},
            address_capacity_in=self._read(capacity, "node"), address_capacity_out=after, address=address,
            times_capacity=Times("node", after), times_challenge=Times("word", address),
            **{f"times_{i}": Times("word", address + 1 + i) for i in range(8)},
        )  # fmt: skip
        return address, list(range(address + 1, address + 9)), after

    def compress(self, left: int, right: int, output: int | None = None, equals: int | None = None) -> int:
        """Of two octets; to a new node, to `output`, or asserted to be `equals`."""
        values = self.nodes[left], self.nodes[right]
        if equals is None:
            output = self.fresh() if output is None else output
            self.nodes[output] = tuple(compress(*values))
            times: int | Times = Times("node", output)
        else:
            output, times = self._read(equals, "node"), ASSERTED
        self._row(
            "compress", {"left": list(values[0]), "right": list(values[1]), "bit": [0], "index": [0]}, plain=1,
            address_left=self._read(left, "node"), address_right=self._read(right, "node"), address_output=output,
            times=times,
        )  # fmt: skip
        return output

    def cap(self, nodes: Sequence[Digest], ends: Sequence[int]) -> tuple[int, list[int]]:
        """A tree's cap and the indices at which paths end: the tree's address, and the nodes as octets."""
        tree, octets = self.fresh(), []
        for index, digest in enumerate(nodes):
            address = self.fresh()
            self.nodes[address] = tuple(digest)
            operands = {"digest": list(digest), "paths": [list(ends).count(index)]}
            self._row("cap", operands, real=1, address=address, address_tree=tree, index=index)
            octets.append(address)
        return tree, octets

    def path(self, node: int, index: int, digest: Digest, siblings: Sequence[Digest], tree: int) -> None:
        """From a leaf's node up to the cap."""
        for level, sibling in enumerate(siblings):
            bit, index = index & 1, index >> 1
            left, right = (sibling, digest) if bit else (digest, sibling)
            digest = compress(tuple(left), tuple(right))
            above = tree if level + 1 == len(siblings) else self.fresh()
            operands = {"left": list(left), "right": list(right), "bit": [bit], "index": [index]}
            self._row(
                "compress", operands, path=1, address_left=node, address_right=node, address_output=above, times=1
            )
            node = above

    def leaf(self, query: Query, elements: Sequence[int], a: int, b: Sequence[int], node: int) -> int:
        """The leaf of a query, its digest to `node`; block k's weights are bundle a times bundle b[k]. Its fold."""
        before, total, address = [0] * DIGEST, K.zero, self._read(query.leaf, "leaf")
        starts = list(reversed(range(0, len(elements), LEAF_RATE)))
        for start in starts:
            block, weights = list(elements[start : start + LEAF_RATE]), b[start // LEAF_RATE]
            operands = {"before": before, "block": block, "index": [query.index], "sum": list(total.c)}
            operands |= {"a": _flat(self.bundles[a]), "b": _flat(self.bundles[weights])}
            ends, after = start == starts[-1], self.fresh()
            for j, y in enumerate(self.bundles[weights]):
                total = total + y * sum((x * block[4 * j + i] for i, x in enumerate(self.bundles[a])), K.zero)
            fixed = {"address_node": node, "address_word": self._write(total)} if ends else {"address_after": after}
            self._row(
                "leaf", operands, goes_on=int(not ends), ends=int(ends), address=address, **fixed,
                address_a=self._read(a, "bundle"), address_b=self._read(weights, "bundle"),
            )  # fmt: skip
            before, address = hash_leaf([*elements[start:]]), after
        return fixed["address_word"]

    # ------------------------------------------------------------------------------------------ bits
    def query(self, value: int, num_bits: int, low: int | None = None, weight_rows: int = 1) -> Query:
        """The low bits of a word of F, as a word of their own or asserted to be `low`."""
        element = self.words[value].c[0]
        index, point = element & ((1 << num_bits) - 1), 1
        for bit in range(min(num_bits, 24)):
            point = point * (root_of_unity(bit + 1) if index >> bit & 1 else 1) % P
        at_low, times = self._output(K(index), low)
        leaf, weight = self.fresh(), self.fresh(weight_rows)
        self._row(
            "query", {"value": [element]}, real=1, address=self._read(value), address_low=at_low, times_low=times,
            **{f"mask_{i}": 1 for i in range(num_bits)}, address_leaf=leaf, times_leaf=Times("leaf", leaf),
            address_weight=weight, times_weight=Times("weight", weight),
        )  # fmt: skip
        return Query(index, at_low, leaf, weight, point)

    def weight(self, query: Query, coordinates: Sequence[int]) -> int:
        """The extension of i -> x^i at the coordinates; zeros fill the last row."""
        self._read(query.weight, "weight")
        x, product = query.point, K.one
        padded = [*coordinates, *[self.constant(0)] * (-len(coordinates) % 5)]
        for row, start in enumerate(range(0, len(padded), 5)):
            five, ends = padded[start : start + 5], start + 5 == len(padded)
            operands = {"x": [x], "product": list(product.c), "y": _flat([self.words[at] for at in five])}
            for at in five:
                product, x = product * (1 + self.words[at] * (x - 1)), x * x % P
            output = {"address_output": self._write(product)} if ends else {}
            self._row(
                "weight", operands, goes_on=int(not ends), ends=int(ends), address=query.weight + row, **output,
                **{f"address_y_{j}": self._read(at) for j, at in enumerate(five)},
            )  # fmt: skip
        return output["address_output"]

    def below(self, tiles: int, point: Sequence[int]) -> int:
        """The sum of eq(point, t) over t < tiles."""
        left, address, output = self.words[tiles].c[0], self.fresh(len(point)), self.fresh()
        self._write(rows_below(left, [self.words[at] for at in point]), output)
        for k, z in enumerate(point):
            less = rows_below(left & ((1 << k) - 1), [self.words[at] for at in point[:k]])
            operands = {"tiles": [left >> k], "less": list(less.c), "z": list(self.words[z].c)}
            first = {"first": 1, "address_tiles": self._read(tiles)} if k == 0 else {}
            last = {"last": 1, "times": Times("word", output), "address_output": output} if k + 1 == len(point) else {}
            self._row("below", operands, real=1, address=address + k, address_z=self._read(z), **first, **last)
        return output

    def jagged(self, start: int, tiles: int, points: Sequence[tuple[int, int]]) -> int:
        """The sum over j < tiles of eq(z, j) eq(y, start + j)."""
        s, t = self.words[start].c[0], self.words[tiles].c[0]
        values = [(self.words[z], self.words[y]) for z, y in points]
        address, output = self.fresh(len(points)), self.fresh()
        self._write(shifted_sum(s, t, [step_factors(z, y) for z, y in values]), output)
        state = ((K.one, K.zero), (K.zero, K.zero))
        for k, (z, y) in enumerate(points):
            operands = {"start": [s >> k], "tiles": [t >> k], "state": _flat([v for pair in state for v in pair])}
            operands |= {"z": list(values[k][0].c), "y": list(values[k][1].c)}
            first = (
                {"first": 1, "address_start": self._read(start), "address_tiles": self._read(tiles)} if k == 0 else {}
            )
            last = {"last": 1, "times": Times("word", output), "address_output": output} if k + 1 == len(points) else {}
            self._row(
                "jagged", operands, real=1, address=address + k, address_z=self._read(z), address_y=self._read(y),
                **first, **last,
            )  # fmt: skip
            state = tile_sums.shifted_step(state, bit_products(*values[k]), s >> k & 1, t >> k & 1)
        return output

    # ------------------------------------------------------------------------------------------ the end
    def fixed_columns(self) -> dict[str, Columns]:
        """Of every table, once all rows are there: (num_fixed, rows)."""
        found = {}
        for name, module in MODULE_OF.items():
            columns = module.table.columns[module.table.num_main :]
            for fixed, _ in self.rows[name]:
                assert set(fixed) <= set(columns), (name, set(fixed) - set(columns))
            rows = [[self._number(fixed.get(column, 0)) for column in columns] for fixed, _ in self.rows[name]]
            found[name] = np.array(rows, np.int64).reshape(len(rows), len(columns)).T
        return found

    def _number(self, value: int | Times) -> int:
        return self.reads[value.bus, value.address] if isinstance(value, Times) else value % P

    def operands(self, name: str) -> dict[str, Columns]:
        """Of one table: each (count, rows)."""
        rows = self.rows[name]
        return {
            operand: np.array([row[operand] for _, row in rows], np.int64).reshape(len(rows), count).T
            for operand, count in MODULE_OF[name].operands.items()
        }

    def main_columns(self) -> dict[str, Columns]:
        """Of every table: (num_main, rows)."""
        fixed = self.fixed_columns()
        return {name: module.main_columns(fixed[name], self.operands(name)) for name, module in MODULE_OF.items()}


def _flat(values: Sequence[K]) -> list[int]:
    return [c for value in values for c in value.c]
