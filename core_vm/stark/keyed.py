"""Tables with fixed columns: a verifying key, and the verification of proofs under it.

A key commits to the fixed columns of all tables, and to how many tiles each table has. Its digest is absorbed before
the prover says anything, so all challenges depend on it, and a proof opens its columns at one point of both commitments
together: main columns lie in the first segments of one vector, fixed ones in the last, and the opening folds them as
one. A proof under one key is no proof under another: the roots, the digests and so the challenges are others.

What a key says of the fixed columns is taken as it is. The verifier must know by other means that the key is the right
one: it is a constant, or a leaf of a tree whose root is. Whoever makes keys sees to it that the tile counts fit the
segments (`KeyedConfig.require_fits`); for a received key the verifier here looks again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from core_vm.air.public import PublicValues
from core_vm.air.table_set import TableSet
from core_vm.errors import MalformedProof
from core_vm.hash.poseidon2 import DIGEST, Compress, Digest, compress
from core_vm.pcs.layout import KeyedLayout
from core_vm.pcs.whir.config import WhirShape
from core_vm.stark.config import STANDARD, StarkConfig
from core_vm.stark.length import check_length
from core_vm.stark.shape import ShardShape, require_fixed_heights
from core_vm.stark.verifier import absorb_shape, absorb_statement, accepted_security, verify_committed
from core_vm.transcript.channel import VerifierChannel
from core_vm.transcript.numbers import NUMBERS
from core_vm.transcript.sponge import Transcript


def key_digest(root: Sequence[Any], tiles: Sequence[Any], compress: Compress = compress) -> tuple[Any, ...]:
    """The tile counts in octets, the last one filled with zeros, compressed into the root one after the other.

    The number of tables is that of the table set, so the length of the chain says nothing. Elements may be whatever
    `compress` takes.
    """
    digest, padded = tuple(root), [*tiles, *[0] * (-len(tiles) % DIGEST)]
    for start in range(0, len(padded), DIGEST):
        digest = tuple(compress(digest, tuple(padded[start : start + DIGEST])))
    return digest


@dataclass(frozen=True)
class VerifyingKey:
    """The root of the fixed columns, and each table's number of tiles."""

    root: Digest
    tiles: tuple[int, ...]

    @cached_property
    def digest(self) -> Digest:
        """What a transcript absorbs, and what stands for the key elsewhere."""
        return key_digest(self.root, self.tiles)


@dataclass(frozen=True, slots=True)
class KeyedConfig:
    """The one shape of all proofs under keys of a kind: `main_segments` segments of 2^log_segment cells for a trace,
    `fixed_segments` for a key, and fewer than 2^tile_bits tiles a table."""

    log_segment: int
    main_segments: int
    fixed_segments: int
    tile_bits: int
    stark: StarkConfig = field(default_factory=lambda: STANDARD)

    @property
    def fixed_start(self) -> int:
        """The cell from which on fixed columns lie."""
        return self.main_segments << self.log_segment

    def shape(self, tables: TableSet, tiles: Sequence[Any]) -> ShardShape:
        """The shape with these tile counts, integers or what stands for them in a circuit."""
        layout = KeyedLayout(tables.main_widths, tables.fixed_widths, tiles, self.fixed_start)
        segments = (self.main_segments, self.fixed_segments)
        opening = WhirShape.for_segments(self.log_segment, segments, self.stark.whir)
        return ShardShape.with_opening(tables, layout, opening, self.tile_bits)

    def require_fits(self, tables: TableSet, tiles: Sequence[int]) -> None:
        """Raises MalformedProof unless there is a count a table, tables of fixed height are whole or absent, and main
        and fixed columns fit their segments.

        Else a block could lie over cells of the other commitment, or of none.
        """
        if len(tiles) != len(tables.tables):
            raise MalformedProof("key", f"{len(tiles)} tile counts for {len(tables.tables)} tables")
        for table, count in zip(tables.tables, tiles, strict=True):
            if not 0 <= count < 1 << self.tile_bits:
                raise MalformedProof("key", f"{count} tiles of table {table.name}, fewer than 2^{self.tile_bits} fit")
        require_fixed_heights(NUMBERS, tables, tiles)
        layout = KeyedLayout(tables.main_widths, tables.fixed_widths, tiles, self.fixed_start)
        for kind, part, segments in (
            ("main", layout.main, self.main_segments),
            ("fixed", layout.fixed, self.fixed_segments),
        ):
            room = segments << self.log_segment
            if part.used >= room:
                raise MalformedProof("key", f"{part.used} cells of {kind} columns, fewer than {room} fit")


def absorb_keyed_statement(
    channel: Transcript, tables: TableSet, digest: Sequence[Any], public: PublicValues, config: KeyedConfig
) -> None:
    """Parameters, tables, public values and the key: all that a prover cannot choose."""
    absorb_statement(channel, tables, public, config.stark)
    channel.absorb_digest("key", digest)


def verify_keyed(
    tables: TableSet, key: VerifyingKey, words: npt.NDArray[np.uint32], public: PublicValues, config: KeyedConfig
) -> float:
    """Verify that `words` proves: tables with this key's fixed columns hold, and balance with the public messages.

    Returns the bits of security of the weakest challenge. Raises a `Rejection`.
    """
    channel = VerifierChannel(words)
    check_length(channel.remaining, tables, config.shape(tables, [0] * len(tables.tables)), config.stark)
    return verify_keyed_on(channel, tables, key, public, config)


def verify_keyed_on(
    channel: VerifierChannel, tables: TableSet, key: VerifyingKey, public: PublicValues, config: KeyedConfig
) -> float:
    """The same of what a channel reads, whose length is for the caller to look at."""
    config.require_fits(tables, key.tiles)
    shape = config.shape(tables, key.tiles)
    security = accepted_security(tables, shape, public, config.stark)
    verify_keyed_argument(channel, tables, key.root, key.tiles, public, config)
    channel.finish()
    return security.bits


def verify_keyed_argument(
    channel: VerifierChannel,
    tables: TableSet,
    root: Sequence[Any],
    tiles: Sequence[Any],
    public: PublicValues,
    config: KeyedConfig,
    compress: Compress = compress,
) -> None:
    """The whole of it on shape alone. The caller knows that `root` and `tiles` are of a key which was made to fit
    `config`; `compress` is one of what they are."""
    absorb_keyed_statement(channel, tables, key_digest(root, tiles, compress), public, config)
    shape = config.shape(tables, tiles)
    absorb_shape(channel, shape)
    verify_committed(channel, tables, shape, public.messages, config.stark, [root])
