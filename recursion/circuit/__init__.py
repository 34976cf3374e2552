"""Circuits: the verifier's own source, run on variables instead of numbers."""
