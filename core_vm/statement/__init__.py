"""What is proved: the shard statement, the run statement, the proof's bytes, and the run verifier."""
