"""From a circuit to rows of the circuit machine's tables: addresses, multiplicities and operands."""
