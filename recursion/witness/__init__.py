"""Witnesses of circuits by kernels: what the interpreter computes and the rows take in, at the speed of proving.

    compiled = compile_circuit(graph)            # recursion.witness.compile; a Graph or a Lowered, takes seconds
    data = compiled.to_bytes()                   # arrays, deflated
    compiled = CompiledCircuit.from_bytes(data)  # recursion.witness.compiled; UsageError for what is none
    key = key_of(compiled.fixed)                 # recursion.prover; fixed columns by table, canonical
    values = compiled.run(hints)                 # uint32 (num_cells,), Montgomery; Rejection, MalformedProof
    compiled.digest(values)                      # the published octet, eight canonical integers
    compiled.fill(values, trace, threads=1)      # main columns of a KeyedTrace of that key
    trace = compiled_trace(key, compiled, values, config=R, threads=1)  # recursion.prover; a new trace, filled

`run` is the check of a received proof: it raises what `circuit.interpreter` would. The interpreter, and the rows that
`circuit.lowering.filling` makes of its values, are the definition.
"""
