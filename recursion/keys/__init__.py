"""Which circuits proofs may be of: their names, their keys, and the tree whose root every statement carries."""
