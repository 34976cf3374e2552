"""Folded proofs: one recursion proof of a run, or of many; their bytes and their verifier, which needs numpy alone."""
