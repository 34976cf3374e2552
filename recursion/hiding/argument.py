"""What prover and verifier of a hiding proof share: the order of the transcript, and how all that is to be checked
becomes one claim on the committed vector.

    statement, shape | root | samples | LogUp, GKR, zerocheck, terms (masked) | tau, f, g | omega | WHIR

**Soundness.** Once the root and q's values at two points are sent, one vector q is meant: in the unique-decoding regime
by the root alone, in the list regime but for an error that the samples make negligible (`whir.samples`). Define the
*true* messages as those that were sent, less the pads in q, which were fixed before any challenge. The argument without
masks runs on the true messages: its verifier's source is the same. Each check that it makes on them holds exactly if a
linear equation in q does, as the products of pads in it are committed too, and are products but for the error of their
own check (`product_check`), which rests on nothing else. So the new messages are tau, of that check, and omega, whose
error is the number of equations that it batches, / |K|: a polynomial in omega whose coefficients are the errors of the
claims. No claim has the power omega^0 but the opened one, which is the plain argument's.
"""

from __future__ import annotations

from core_vm.air.public import PublicValues
from core_vm.errors import UsageError
from core_vm.field.extension import K, powers
from core_vm.pcs.placements import PlacedWeight
from core_vm.stark.final.security import security_of_final
from core_vm.stark.final.verifier import absorb_final_statement, reduce_to_cells
from core_vm.stark.soundness import FIELD_BITS, SecurityReport, SecurityTerm
from core_vm.stark.soundness_terms import polynomial_bits
from core_vm.transcript.sponge import Transcript
from recursion.hiding.channel import MaskedChannel
from recursion.hiding.masked import Masked, combination
from recursion.hiding.product_check import equations
from recursion.hiding.shape import HidingShape
from recursion.hiding.weights import HidingWeight

HIDING_VERSION = 2
PRODUCT_POINT, PRODUCT_VALUES, CHECK_BATCHING = "product_point", "product_values", "check_batching"


def absorb_hiding_statement(channel: Transcript, shape: HidingShape, public: PublicValues) -> None:
    """What is fixed before the prover says anything."""
    absorb_final_statement(channel, shape.key, public)
    channel.absorb("hiding_shape", [HIDING_VERSION, *shape.numbers()])


def reduce_to_claim(channel: MaskedChannel, shape: HidingShape, public: PublicValues) -> tuple[HidingWeight, K]:
    """All of the argument between the samples and the opening, which then proves <q, weight> = claim."""
    with channel.masked():
        placed, opened = reduce_to_cells(channel, shape.key, public.messages)
    if tuple(channel.products.rows) != shape.plan.rows or channel.num_pads != shape.plan.num_pads:
        raise UsageError("the verifier asked for other pads or products than the shape has planned")
    return _batched(channel, shape, placed, opened)


def _batched(
    channel: MaskedChannel, shape: HidingShape, placed: PlacedWeight, opened: Masked
) -> tuple[HidingWeight, K]:
    """The opened claim, plus omega, omega^2, ... times all equations, and those of the products.

    They say number + <form, elements> = 0, the opened claim <q, columns' weight> = number + <form, elements>: so the
    elements' weight is the negated sum of all forms.
    """
    tau = channel.challenge(PRODUCT_POINT)
    sent = channel.receive_extension(PRODUCT_VALUES, 2)
    of_products = equations(channel.products, tau, shape.plan.rows, shape.plan.num_pads, sent)
    checks = [*channel.checks.equations, *of_products]
    omega = channel.challenge(CHECK_BATCHING)
    total = combination([(1, opened), *zip(powers(omega, len(checks), omega), checks, strict=True)])
    form = {number: -coefficient for number, coefficient in total.form.items()}
    return HidingWeight(shape, placed, form), total.value


def hiding_security(shape: HidingShape, public: PublicValues) -> SecurityReport:
    """The errors of the argument without masks, and of omega."""
    plain = security_of_final(shape.key, public)
    claims = shape.plan.num_equations
    omega = SecurityTerm(
        "deferred checks (omega)",
        polynomial_bits(claims, FIELD_BITS),
        1,
        f"{claims} equations / |K|, powers from omega^1",
        ((CHECK_BATCHING, 1),),
    )
    degree = 2 * len(shape.plan.rows)
    products = SecurityTerm(
        "products of pads (tau)",
        polynomial_bits(degree, FIELD_BITS),
        1,
        f"{degree} / |K|, an identity of polynomials",
        ((PRODUCT_POINT, 1),),
    )
    return SecurityReport((*plain.terms, products, omega), plain.target)
