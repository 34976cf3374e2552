"""Circuits of the recursion: what is verified, and the one digest that a proof of it is about."""
