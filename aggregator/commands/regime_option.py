"""The option of all commands that make last proofs."""

from __future__ import annotations

import click

from recursion.regime import Regime

FINAL_REGIME = click.option(
    "--final-regime", type=click.Choice([str(regime) for regime in Regime]), default=str(Regime.LIST),
    show_default=True,
    help="What a final proof rests on: bounds of list decoding, or those of unique decoding alone, at twice the size.",
)  # fmt: skip
