"""The buses between the tables of the Keccak precompile. `call` is the time of the ecall, unique to one call."""

from __future__ import annotations

from typing import Final

from core_vm.air.table import Bus
from core_vm.arguments import rely_on
from precompiles.keccak.digits import CHUNKS, CONSTANT_CHUNKS
from precompiles.keccak.reference import NUM_LANES

LANES_IN_A_PART: Final = 3
PARTS: Final = -(-NUM_LANES // LANES_IN_A_PART)
PLACES_OF_A_ROUND: Final = 16
"""Place of part k of the state before round r: 16 r + k."""
rely_on(PARTS <= PLACES_OF_A_ROUND, "a place is that of one part before one round")
CHUNKS_IN_A_PART: Final = CHUNKS * LANES_IN_A_PART
_PART: Final = tuple(f"chunk_{i}" for i in range(CHUNKS_IN_A_PART))

STATE: Final = Bus("keccak_state", 32, ("call", "place", *_PART))
"""Three lanes before a round, rotated and moved; before round 24, which does not exist, three lanes of the result."""

INPUT: Final = Bus("keccak_input", 33, ("call", "part", *_PART))
"""Three lanes of state + block, in digits 0, 1 and 2."""

ACCESS: Final = Bus(
    "keccak_access",
    34,
    ("call", "part", "shape", "state_dword_0", "state_dword_1_2", "block_dword_0_1", "block_dword_2"),
)
"""Three lanes in memory. `shape` says which of them there are, and which have a block's. The dwords are where the
part's first lane lies, in the state and in the block, for the lanes of these numbers: 0 where these are not there."""

STEP: Final = Bus("keccak_step", 35, ("value",))
"""A number of eight digits -1, 0, 3, 4."""

EVEN_SUM: Final = Bus("keccak_even_sum", 36, ("value",))
"""A number of eight digits 0, 2, 4, 6."""

CHUNK_PAIR: Final = Bus("keccak_chunk_pair", 37, ("first", "second"))
"""Two numbers of eight digits 0, 1."""

LIMB: Final = Bus("keccak_limb", 38, ("limb", *(f"piece_{c}" for c in range(CHUNKS))))
"""A 16-bit limb, and its bits c and c + 8 as two digits, for each chunk c."""

ROTATION: Final = Bus("keccak_rotation", 39, ("distance", "chunk", "rotated"))
"""A number of eight digits 0, 1, and the same with its digits rotated towards the higher ones."""

ROUND: Final = Bus("keccak_round", 40, ("round", "is_last", *(f"constant_{c}" for c in CONSTANT_CHUNKS)))
"""A round's number, whether it is the last, and the chunks of its constant."""
