"""The two arguments, GKR and zerocheck, plain prover against the verifier, and the packed prover against the plain
one."""

from __future__ import annotations

import pytest

from tests.core_vm.stark.argument_words import check_words, packed_words, plain_words
from tests.core_vm.stark.toys import toy_tables, toy_trace

# From one tile, where no variable chooses among tiles, to eleven: the first two such variables are bound together, and
# only from the fourth on does what tiles are worth follow from pairs of folded ones.
SIZES = [(11, 0, 0), (70, 70, 1), (64, 0, 0), (129, 0, 0), (300, 70, 1), (400, 0, 0), (700, 300, 1)]


@pytest.mark.parametrize("sizes", SIZES)
def test_packed_prover_writes_the_words_of_the_plain_one(sizes):
    tables = toy_tables()
    trace, public = toy_trace(tables, *sizes)
    expected = plain_words(tables, trace, public)
    check_words(tables, trace, public, expected)
    words = packed_words(tables, trace, public)
    assert words.tolist() == expected.tolist()
