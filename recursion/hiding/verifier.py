"""The verifier of a hiding proof: any words end in acceptance or in a typed `Rejection`. Imports numpy, never numba."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core_vm.air.public import PublicValues
from core_vm.errors import SecurityError, SecurityRejection
from core_vm.pcs.whir.samples import receive_samples
from core_vm.pcs.whir.verifier import verify_opening
from recursion.hiding.argument import (
    absorb_hiding_statement,
    hiding_security,
    reduce_to_claim,
)
from recursion.hiding.channel import MaskedChannel
from recursion.hiding.shape import ROOT, HidingShape


def verify_hiding(shape: HidingShape, words: npt.NDArray[np.uint32], public: PublicValues) -> float:
    """Verify that `words` proves: the tables hold, and their buses balance with the public messages.

    Returns the bits of security of the weakest challenge. Raises a `Rejection`.
    """
    return verify_hiding_words(MaskedChannel(words), shape, public)


def verify_hiding_words(channel: MaskedChannel, shape: HidingShape, public: PublicValues) -> float:
    """The same for all the words of a channel."""
    try:
        security = hiding_security(shape, public).check(shape.stark.target_bits)
    except SecurityError as error:
        raise SecurityRejection("parameters", str(error)) from error
    absorb_hiding_statement(channel, shape, public)
    root = channel.receive_digest(ROOT)
    samples = receive_samples(channel, shape.opening.rounds[0])
    weight, claim = reduce_to_claim(channel, shape, public)
    verify_opening(channel, [root], weight, claim, shape.opening, samples)
    channel.finish()
    return security.bits
