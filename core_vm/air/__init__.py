"""Tables as data: expressions, buses, tables, the constraint tape and its plain interpreter."""
