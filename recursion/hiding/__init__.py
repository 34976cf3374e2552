"""Proofs that hide their witness: one-time pads and random cells in the one commitment. See docs/explanation."""
