"""The seventeen tables of the circuit machine."""
