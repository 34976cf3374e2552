"""Hiding proofs from end to end: what is accepted, that nothing else is, and that no word comes back."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from unittest.mock import patch

import numpy as np
import pytest

from core_vm.air.public import PublicValues
from core_vm.errors import LogUpRejection, MalformedProof, Rejection, UsageError, WitnessError
from core_vm.field.extension import K, powers
from core_vm.field.koalabear import P
from core_vm.pcs.whir.samples import receive_samples
from core_vm.stark.final.prover import FinalTrace
from core_vm.stark.final.verifier import reduce_to_cells
from core_vm.stark.soundness import SecurityReport
from core_vm.stark.terms.system import term_system
from core_vm.transcript.channel import VerifierChannel
from core_vm.transcript.sponge import Event, Kind, Transcript
from recursion.hiding import prover as prover_module
from recursion.hiding.argument import HIDING_VERSION, absorb_hiding_statement, hiding_security, reduce_to_claim
from recursion.hiding.channel import MaskedChannel, MaskingChannel
from recursion.hiding.masked import Masked, Part, element
from recursion.hiding.product_check import equations
from recursion.hiding.prover import prove_hiding
from recursion.hiding.shape import ROOT, HidingShape, require_enough_random_cells
from recursion.hiding.verifier import verify_hiding, verify_hiding_words
from tests.core_vm.stark.keyed_toys import TABLES as KEYED
from tests.core_vm.stark.keyed_toys import fixed_columns, main_columns, public_of
from tests.core_vm.stark.toys import toy_public, toy_tables
from tests.recursion.hiding.toys import (
    FIRST,
    NO_FIXED,
    ROWS,
    TABLES,
    one_round,
    public_of_calls,
    toy_hiding_trace,
    toy_shape,
)

CHECK_END = "core_vm.pcs.whir.prover.Opening.check_end"


@pytest.fixture(scope="module")
def shape() -> HidingShape:
    return toy_shape()


@pytest.fixture(scope="module")
def proof(shape: HidingShape):
    trace, public = toy_hiding_trace(shape)
    return prove_hiding(shape, trace, public, threads=2), public


def rejects(shape: HidingShape, words: np.ndarray, public: PublicValues) -> Rejection:
    with pytest.raises(Rejection) as caught:
        verify_hiding(shape, words, public)
    return caught.value


def test_an_honest_proof_is_accepted(shape, proof) -> None:
    words, public = proof
    assert verify_hiding(shape, words, public) >= shape.stark.target_bits


def test_in_the_unique_decoding_regime() -> None:
    """Samples are drawn though soundness needs none; what is drawn is listed, and a list's proof is none of these."""
    first = replace(FIRST, multiplicity=0, num_queries=9, fold_grinding=())
    alone = toy_shape(one_round(first))
    trace, public = toy_hiding_trace(alone)
    words = prove_hiding(alone, trace, public)
    assert verify_hiding(alone, words, public) >= alone.stark.target_bits
    assert drawn_by(alone, words, public) == listed_in(hiding_security(alone, public))
    assert not any("out of domain" in term.name for term in hiding_security(alone, public).terms)
    rejects(toy_shape(one_round(replace(first, multiplicity=4))), words, public)


def test_every_message_is_bound(shape, proof) -> None:
    """A word of every message and hint changed, the first and the last one: a typed rejection."""
    words, public = proof
    places = sorted({place for reading in readings(shape, words, public) for place in (reading[0], reading[1] - 1)})
    assert len(places) > 150
    for place in places[:: max(1, len(places) // 30)]:
        changed = words.copy()
        changed[place] = (int(changed[place]) + 1) % P
        rejects(shape, changed, public)


def readings(shape: HidingShape, words: np.ndarray, public: PublicValues) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []

    class Recording(MaskedChannel):
        def read(self, label: str, count: int) -> np.ndarray:
            found.append((self.position, self.position + count))
            return super().read(label, count)

    verify_hiding_words(Recording(words), shape, public)
    return [(start, stop) for start, stop in found if stop > start]


def test_other_lengths_and_words_are_no_proofs(shape, proof) -> None:
    words, public = proof
    for changed in (words[:-1], words[:500], np.append(words, np.uint32(0)), words[:0]):
        assert isinstance(rejects(shape, changed, public), MalformedProof)
    for place in (0, 100, len(words) - 1):
        changed = words.copy()
        changed[place] = P
        assert isinstance(rejects(shape, changed, public), MalformedProof)


def test_another_statement_is_not_proved(shape, proof) -> None:
    words, _ = proof
    rejects(shape, words, public_of_calls(100, 100 + ROWS + 1))
    rejects(shape, words, public_of_calls(101, 101 + ROWS))


def test_all_that_is_fixed_is_absorbed(shape, proof) -> None:
    """Both ends do it by one source, so no proof would tell if a part of it were left out."""
    _, public = proof
    log: list[Event] = []
    absorb_hiding_statement(Transcript(log=log), shape, public)
    key, stark = shape.key, shape.stark
    assert [(event.label, event.values) for event in log] == [
        ("parameters", tuple(stark.parameters())),
        ("tables", key.tables.digest),
        ("public", public.absorbed),
        ("final_key", tuple(key.limbs)),
        ("shape", tuple(key.shape.numbers())),
        ("terms", (term_system(key.tables).log_terms,)),
        ("hiding_shape", (HIDING_VERSION, *shape.numbers())),
    ]


def test_the_product_of_fingerprints_is_looked_at_in_clear(shape, proof) -> None:
    """It follows the root, the samples' answers, a nonce, and the masked numerator."""
    words, public = proof
    changed = words.copy()
    changed[8 + 10 + 1 + 5 :][:5] = (P - 1, 0, 0, 0, 0)
    rejection = rejects(shape, changed, public)
    assert isinstance(rejection, LogUpRejection)
    assert "product of all fingerprints is zero" in rejection.why


def test_a_false_witness_is_noticed_and_rejected(shape) -> None:
    trace, public = toy_hiding_trace(shape)
    total = trace.read(0, 4).astype(np.int64)
    total[3] += 1
    trace.write(0, 4, 0, total)
    with pytest.raises(WitnessError):
        prove_hiding(shape, trace, public)
    with patch(CHECK_END):
        rejects(shape, prove_hiding(shape, trace, public, check=False), public)


@pytest.mark.parametrize(
    "changed",
    [
        element(Part.PAD, 0),
        element(Part.PAD, 1),
        element(Part.PRODUCT, 0),
        element(Part.PRODUCT, 36),
        element(Part.BEYOND, 0),
        element(Part.BEYOND, 37),
    ],
)
def test_elements_that_are_not_the_committed_ones_are_rejected(shape, changed: int) -> None:
    """The vector has another pad than was used, or another product than that of its pads."""
    trace, public = toy_hiding_trace(shape)
    honest = prover_module.committed_vector

    def cheating(shape, trace, elements, randomness):
        return honest(shape, trace, {**elements, changed: elements[changed] + K(0, 1)}, randomness)

    with patch.object(prover_module, "committed_vector", cheating), patch(CHECK_END):
        rejects(shape, prove_hiding(shape, trace, public, check=False), public)


def test_values_of_the_products_check_are_bound(shape) -> None:
    trace, public = toy_hiding_trace(shape)
    honest = prover_module.values_at
    for side in (0, 1):

        def cheating(*arguments, side: int = side):
            values = honest(*arguments)
            values[side] = values[side] + 1
            return values

        with patch.object(prover_module, "values_at", cheating), patch(CHECK_END):
            rejects(shape, prove_hiding(shape, trace, public, check=False), public)


def test_no_claim_makes_up_for_another(shape, proof) -> None:
    """Prover and verifier batch by one source. Each claim has a power of omega of its own, and the opened one has the
    zeroth: an element that only one claim has in it is weighed by that power."""
    words, public = proof
    marks: list[int] = []

    def marked(channel: MaskedChannel, claim: Masked) -> Masked:
        marks.append(element(Part.BEYOND, 2**20 + len(marks)))
        return claim + Masked(channel.products, K.zero, {marks[-1]: K.one})

    def with_marks(channel: MaskedChannel, *arguments):
        weight, opened = reduce_to_cells(channel, *arguments)
        opened = marked(channel, opened)
        channel.checks.equations[:] = [marked(channel, equation) for equation in channel.checks.equations]
        return weight, opened

    def products_with_marks(*arguments) -> list[Masked]:
        return [marked(channel, equation) for equation in equations(*arguments)]

    channel = MaskedChannel(words)
    absorb_hiding_statement(channel, shape, public)
    channel.receive_digest(ROOT)
    receive_samples(channel, shape.opening.rounds[0])
    module = "recursion.hiding.argument"
    with patch(f"{module}.reduce_to_cells", with_marks), patch(f"{module}.equations", products_with_marks):
        weight, _ = reduce_to_claim(channel, shape, public)
    assert len(marks) == 1 + shape.plan.num_equations
    weights = [-weight.form[mark] for mark in marks]
    assert weights == powers(weights[1], len(marks))
    assert any(weights[1].c[1:])


def test_pads_of_zeros_leave_the_plain_verifiers_values(shape) -> None:
    """The masked verifier of a transcript without pads, and the plain one: the same weight, value and checks."""
    trace, public = toy_hiding_trace(shape)
    with patch("recursion.hiding.randomness.Randomness.elements", lambda self, count: [K.zero] * count):
        words = prove_hiding(shape, trace, public)
    masked, plain = MaskedChannel(words), VerifierChannel(words)
    for channel in (masked, plain):
        absorb_hiding_statement(channel, shape, public)
        channel.receive_digest(ROOT)
        receive_samples(channel, shape.opening.rounds[0])
    with masked.masked():
        weight, value = reduce_to_cells(masked, shape.key, public.messages)
    plain_weight, plain_value = reduce_to_cells(plain, shape.key, public.messages)
    assert masked.position == plain.position
    assert weight.z_row == plain_weight.z_row
    assert (weight.columns == plain_weight.columns).all()
    assert isinstance(value, Masked)
    assert value.value == plain_value
    assert all(equation.value == K.zero for equation in masked.checks.equations)


class Undemanding(MaskedChannel):
    """Takes any nonce: before the first challenge a changed word spoils the work as well."""

    def check_grind(self, label: str, bits: int) -> None:
        self._has_work(label, int(self.read(label, 1)[0]), bits)


def test_deferred_checks_hold_for_the_pads_and_each_tampered_message_breaks_one(shape) -> None:
    """Equation by equation, before omega: with the true pads all are zero; with another masked message some are not."""
    trace, public = toy_hiding_trace(shape)
    kept: list[dict[int, K]] = []
    honest = prover_module.committed_vector

    def keeping(shape, trace, elements, randomness):
        kept.append(elements)
        return honest(shape, trace, elements, randomness)

    with patch.object(prover_module, "committed_vector", keeping):
        words = prove_hiding(shape, trace, public)
    elements = kept[0]

    def equations(words: np.ndarray) -> list[K]:
        channel = Undemanding(words)
        absorb_hiding_statement(channel, shape, public)
        channel.receive_digest(ROOT)
        receive_samples(channel, shape.opening.rounds[0])
        reduce_to_claim(channel, shape, public)
        return [equation.open(elements) for equation in channel.checks.equations]

    assert equations(words) == [K.zero] * shape.plan.num_checks
    channel = MaskedChannel(words)
    absorb_hiding_statement(channel, shape, public)
    channel.receive_digest(ROOT)
    receive_samples(channel, shape.opening.rounds[0])
    start = channel.position + 1 + 5  # the nonce, and the numerator of the root
    stop = start + 5 * shape.plan.num_pads
    for place in range(start, stop, 85):
        changed = words.copy()
        changed[place] = (int(changed[place]) + 1) % P
        assert any(equations(changed)), place


def test_two_proofs_of_one_statement_share_no_word(shape) -> None:
    """Of 31 bits each, 3,000 against 3,000: words that are drawn apart meet by chance, but not in the same place."""
    trace, public = toy_hiding_trace(shape)
    logs: list[list[Event]] = []
    vectors = []
    honest = prover_module.committed_vector

    def keeping(*arguments):
        vectors.append(honest(*arguments))
        return vectors[-1]

    def logging(log: list[Event]) -> MaskingChannel:
        logs.append(log)
        return MaskingChannel(log=log)

    with (
        patch.object(prover_module, "committed_vector", keeping),
        patch.object(prover_module, "MaskingChannel", logging),
    ):
        proofs = [prove_hiding(shape, trace, public) for _ in range(2)]
    sent = [[e for e in log if e.kind in (Kind.DIGEST, Kind.EXTENSION)] for log in logs]
    for ours, theirs in zip(*sent, strict=True):
        if ours.label != "tables":
            assert not same_place(ours.values, theirs.values), ours.label
    pads = shape.element_cells(shape.plan.in_order()).reshape(-1)
    random = (shape.places.random_runs()[:, None] * 64 + np.arange(64)).reshape(-1)
    for cells in (pads, random):
        assert not same_place(vectors[0][cells], vectors[1][cells])
    opened = [rows(shape, words, public) for words in proofs]
    assert not set(opened[0]) & set(opened[1])


def same_place(ours, theirs) -> bool:
    return bool((np.asarray(ours, np.int64) == np.asarray(theirs, np.int64)).any())


def rows(shape: HidingShape, words: np.ndarray, public: PublicValues) -> list[tuple[int, ...]]:
    """All leaves of all oracles that a proof opens."""
    found = []

    class Recording(MaskedChannel):
        def receive_rows(self, root, width, indices, depth, log_cap):
            opened = super().receive_rows(root, width, indices, depth, log_cap)
            found.extend(map(tuple, opened.tolist()))
            return opened

    verify_hiding_words(Recording(words), shape, public)
    return found


def test_no_random_cell_belongs_to_a_table_or_a_pad(shape) -> None:
    places = shape.places
    random = set(places.random_runs().tolist())
    data = places.runs(np.arange(places.data_runs)).tolist()
    assert len(set(data)) == len(data)
    assert not random & set(data)
    assert len(random) == 8 * 4 + places.reserved * places.data_segments
    elements = shape.plan.in_order()
    cells = shape.element_cells(elements).reshape(-1)
    assert len(np.unique(cells)) == len(cells) == 5 * len(elements)
    assert not random & set((cells >> 6).tolist())


def test_queries_never_exceed_what_random_cells_hide(shape) -> None:
    require_enough_random_cells(shape.opening, 1)
    queries = shape.opening.rounds[0].num_queries
    assert queries <= 64 * shape.places.reserved - 5
    with pytest.raises(UsageError, match="too few"):
        require_enough_random_cells(shape.opening, 0)


def test_shapes_that_do_not_fit_are_refused() -> None:
    messages = public_of_calls(100, 101).messages
    for config, why in (
        (one_round(segments=17), "do not fit"),
        (one_round(replace(FIRST, num_queries=192)), "do not fit"),
        (one_round(replace(FIRST, num_samples=1)), "1 samples"),
        (one_round(replace(FIRST, multiplicity=0, num_samples=0)), "0 samples"),
    ):
        with pytest.raises(UsageError, match=why):
            HidingShape.of(TABLES, NO_FIXED, config, messages)
    with pytest.raises(UsageError, match="permutation buses cannot be hidden"):
        HidingShape.of(toy_tables(), NO_FIXED, one_round(), toy_public(100, 101).messages)


def test_pads_are_used_once_and_all_of_them() -> None:
    channel = MaskingChannel()
    with pytest.raises(UsageError, match="run out"), channel.masked([K.one]):
        channel.send_extension("gkr_round", [K.zero, K.zero])
    with pytest.raises(UsageError, match="left"), channel.masked([K.one, K.one]):
        channel.send_extension("gkr_round", [K.zero])
    with channel.masked([K(7)]):
        channel.send_extension("gkr_root", [K(1), K(2)])
    assert channel.words.reshape(-1, 5)[-2:, 0].tolist() == [8, 2]
    with channel.masked([K(7)]):  # kernels leave words and no elements
        channel.send_coefficients("gkr_round", [P - 1, 2, 3, 4, 5])
    assert channel.words[-5:].tolist() == [6, 2, 3, 4, 5]


def test_security_has_a_term_for_all_that_is_drawn(shape, proof) -> None:
    """And for products and deferred checks their own."""
    words, public = proof
    report = hiding_security(shape, public)
    assert drawn_by(shape, words, public) == listed_in(report)
    own = [term for term in report.terms if "omega" in term.name or "tau" in term.name]
    assert [term.draws for term in own] == [(("product_point", 1),), (("check_batching", 1),)]
    assert all(145 < term.bits < 155 for term in own)


def drawn_by(shape: HidingShape, words: np.ndarray, public: PublicValues) -> Counter[str]:
    log, drawn = list[Event](), Counter[str]()
    verify_hiding_words(MaskedChannel(words, log=log), shape, public)
    for event in log:
        if event.kind in (Kind.CHALLENGE, Kind.INDICES, Kind.WORK):
            drawn[event.label] += -(-len(event.values) // 8) if event.kind is Kind.CHALLENGE else len(event.values)
    return drawn


def listed_in(report: SecurityReport) -> Counter[str]:
    listed = Counter[str]()
    for term in report.terms:
        for label, count in term.draws:
            listed[label] += count
    return listed


def test_the_trace_may_be_used_again(shape) -> None:
    trace, public = toy_hiding_trace(shape)
    assert isinstance(trace, FinalTrace)
    first = prove_hiding(shape, trace, public)
    second = prove_hiding(shape, trace, public)
    for words in (first, second):
        verify_hiding(shape, words, public)
    assert (first[:18] != second[:18]).all()  # the root and the samples' answers; behind them is a nonce


def test_tables_with_fixed_columns() -> None:
    """The key's columns are the verifier's own; another key's proof is none."""
    main, fixed = main_columns(), [columns.astype(np.uint32) for columns in fixed_columns()]
    public = public_of(int(main[0][1, -1]))
    shape = HidingShape.of(KEYED, fixed, one_round(), public.messages)
    trace = FinalTrace(shape.key)
    for table, columns in enumerate(main):
        trace.fill(table, columns)
    words = prove_hiding(shape, trace, public)
    verify_hiding(shape, words, public)
    rejects(shape, words, public_of(int(main[0][1, -1]) + 1))
    fixed[1][1] += 1
    rejects(HidingShape.of(KEYED, fixed, one_round(), public.messages), words, public)
