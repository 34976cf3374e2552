"""Commands about proofs of every kind: `quire verify`, `extract`, `security`, `keys`."""
