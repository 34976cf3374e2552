"""Identities as products of forms: the same values as their constraints one by one, and the same words of a proof."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from core_vm.air.expression import column
from core_vm.air.forms import formed
from core_vm.air.identity import Identity, Term
from core_vm.air.table_builder import TableBuilder
from core_vm.air.table_set import TableSet
from core_vm.errors import TableDefinitionError
from core_vm.field.extension import K
from core_vm.field.koalabear import P
from core_vm.stark.zerocheck.constraint_sum import batched_constraints
from core_vm.transcript.numbers import NUMBERS
from precompiles.modular.table import modular_module
from tests.core_vm.stark.argument_words import check_words, packed_words, plain_words
from tests.core_vm.stark.identities import expanded, tables_with, trace_with, weigher

SIZES = [(11, 5), (70, 64), (129, 300), (300, 71), (64, 0)]


@pytest.mark.parametrize(
    "table", [weigher(), modular_module(256).table, modular_module(384).table], ids=lambda t: t.name
)
def test_batched_products_have_the_value_of_the_constraints(table) -> None:
    """On columns that satisfy nothing."""
    generator = random.Random(1)
    as_products, one_by_one = TableSet((table,)), TableSet((expanded(table),))
    for _ in range(3):
        columns = [K(*(generator.randrange(P) for _ in range(5))) for _ in range(as_products.num_columns)]
        rho = K(*(generator.randrange(P) for _ in range(5)))
        expected = batched_constraints(NUMBERS, one_by_one, rho, columns)
        assert batched_constraints(NUMBERS, as_products, rho, columns) == expected
    assert as_products.tapes[-1].forms
    assert not one_by_one.tapes[-1].forms


@pytest.mark.parametrize("sizes", SIZES)
def test_the_proof_has_the_words_of_the_constraints_one_by_one(sizes) -> None:
    """Of the plain prover, which knows no forms, and of the packed one, with forms and without."""
    as_products, one_by_one = tables_with(weigher()), tables_with(expanded(weigher()))
    trace, public = trace_with(as_products, *sizes)
    words = packed_words(as_products, trace, public)
    check_words(as_products, trace, public, words)
    check_words(one_by_one, trace, public, words)
    assert words.tolist() == packed_words(one_by_one, trace, public).tolist()
    assert words.tolist() == packed_words(as_products, trace, public, threads=3).tolist()
    if sizes[1] < 100:
        assert words.tolist() == plain_words(one_by_one, trace, public).tolist()


def test_an_identity_that_lacks_a_constraint_is_taken_constraint_by_constraint() -> None:
    table = weigher()
    for left_out in range(len(table.constraints)):
        kept = table.constraints[:left_out] + table.constraints[left_out + 1 :]
        weaker = replace(table, constraints=kept)
        covered = len(kept) - len(formed(weaker).plain)
        identity = table.constraints[left_out].identity
        assert covered == sum(c.identity not in (None, identity) for c in table.constraints)
    swapped = (table.constraints[1], table.constraints[0], *table.constraints[2:])
    assert len(formed(replace(table, constraints=swapped)).products) == 1


def test_a_changed_identity_is_another_machine() -> None:
    """The digest binds all that the products are made of."""
    texts = {weigher().describe()}
    for number, constraint in enumerate(weigher().constraints):
        identity = constraint.identity
        if identity is None or constraint.place:
            continue
        for other in (
            Identity(identity.terms[:-1], identity.carries, identity.group),
            Identity((*identity.terms, Term(1, ((column(0),),))), identity.carries, identity.group),
            Identity((replace(identity.terms[0], factor=2), *identity.terms[1:]), identity.carries, identity.group),
            Identity(identity.terms, (column(0), *identity.carries[1:]), identity.group),
        ):
            changed = list(weigher().constraints)
            for place in range(identity.num_constraints):
                changed[number + place] = replace(changed[number + place], identity=other)
            texts.add(replace(weigher(), constraints=tuple(changed)).describe())
    assert len(texts) == 9


def test_what_is_no_identity_is_refused() -> None:
    a, b = (column(0), column(1), column(2)), (column(3), column(4))
    for terms, carries, group in (
        ((Term(1, ((column(0) + 1,),)),), (), 2),
        ((Term(1, ((column(0) * column(1),),)),), (), 2),
        ((Term(1, (a, b)),), (), 2),
        ((Term(1, (a,)),), (), 3),
        ((Term(1, (a, b, b)),), (column(5), column(6)), 2),
    ):
        with pytest.raises(TableDefinitionError):
            Identity(terms, carries, group)
    t = TableBuilder("four_factors")
    scalars = tuple((x,) for x in t.columns("x", 4))
    t.identify(["too_many"], Identity((Term(1, scalars),), ()))
    with pytest.raises(TableDefinitionError, match="degree 4"):
        t.build()
    with pytest.raises(TableDefinitionError, match="1 names for 2 constraints"):
        TableBuilder("names").identify(["one"], Identity((Term(1, (a,)),), (column(5),), 2))
