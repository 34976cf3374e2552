"""Writes the generated pages of docs/reference/ from the code (the tables of the machine, the command line), and the
sources that the how-to pages show.

`python docs/generate.py` writes them; `python docs/generate.py --check` says which are out of date (status 1).
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from inspect import cleandoc
from pathlib import Path

import click

from core_vm.air.expression import format_expression
from core_vm.air.table import TILE, Bus, Table
from core_vm.air.table_set import TableSet
from core_vm.cli.main import main as quire_command
from core_vm.errors import QuireError
from core_vm.machine.machine import Machine
from precompiles.standard.machine import standard_machine
from recursion.tables.standard import TABLES as CIRCUIT_TABLES

DOCS = Path(__file__).resolve().parent
GENERATED = "<!-- Written by docs/generate.py; change the code, then run `make docs`. -->\n"


# ------------------------------------------------------------------------------------------------ tables
def tables_page(machine: Machine | None = None) -> str:
    """Every table of a machine, by default the standard one: columns, constraints, messages; and who speaks on which
    bus."""
    introduction = (
        "Every row of a table speaks for itself: a constraint sees one row, and whatever ties rows together is a",
        "message on a bus. An instruction is one row of its family's table, or if it has a common form, of that form's",
        "([why](../decisions/0028-forms-of-instructions-have-tables.md)). A row costs one committed cell a column,",
        "and one interaction a message; an interaction costs about as much proving time as two or three cells.",
    )
    return _page_of_tables("Tables", introduction, (machine or standard_machine()).everything.tables)


def recursion_tables_page() -> str:
    """Every table of the circuit machine."""
    introduction = (
        "A circuit that verifies proofs is a set of rows of these tables, which read and write words at addresses.",
        "Fixed columns say which rows there are, what each reads and how often it is read: the circuit's key commits",
        "to them once. Main columns are the trace of one proof. See",
        "[the decision on fixed columns](../decisions/0012-fixed-columns-under-a-key.md).",
    )
    return _page_of_tables("Tables of recursion", introduction, CIRCUIT_TABLES)


def _page_of_tables(title: str, introduction: Sequence[str], everything: TableSet) -> str:
    tables = everything.tables
    fixed = sum(everything.fixed_widths)
    columns = f"{everything.num_columns - fixed} columns" + (f" and {fixed} fixed ones" if fixed else "")
    lines = [
        GENERATED,
        f"# {title}",
        "",
        *introduction,
        "",
        f"{len(tables)} tables, {columns}, {everything.num_constraints} constraints, "
        f"{len(everything.interactions)} messages.",
        "",
        *_overview(tables),
        "",
        "# Buses",
        "",
        *_buses(tables),
    ]
    for table in tables:
        lines += ["", *_table_section(table)]
    return "\n".join(lines) + "\n"


def _overview(tables: Sequence[Table]) -> Iterator[str]:
    yield "| table | columns | constraints | messages | rows |"
    yield "|---|--:|--:|--:|---|"
    for table in tables:
        rows = f"2^{table.log_height}, or none" if table.log_height is not None else f"any, in tiles of {TILE}"
        columns = f"{table.num_main} + {table.num_fixed}" if table.num_fixed else f"{table.width}"
        counts = f"{columns} | {len(table.constraints)} | {len(table.interactions)}"
        yield f"| [{table.name}](#{anchor(table.name)}) | {counts} | {rows} |"


def _buses(tables: tuple[Table, ...]) -> Iterator[str]:
    buses: dict[int, Bus] = {}
    speakers: dict[int, list[str]] = defaultdict(list)
    for table in tables:
        for interaction in table.interactions:
            buses[interaction.bus.number] = interaction.bus
            if table.name not in speakers[interaction.bus.number]:
                speakers[interaction.bus.number].append(table.name)
    yield "| bus | number | fields | tables |"
    yield "|---|--:|---|---|"
    for number in sorted(buses):
        bus = buses[number]
        yield f"| {bus.name} | {number} | {fold_names(bus.fields)} | {', '.join(speakers[number])} |"


def _table_section(table: Table) -> Iterator[str]:
    yield f"## {table.name}"
    yield ""
    if table.documentation:
        yield cleandoc(table.documentation)
        yield ""
    main, fixed = table.columns[: table.num_main], table.columns[table.num_main :]
    yield f"Columns ({len(main)}): {fold_names(main)}." if main else "No columns but fixed ones."
    if fixed:
        yield ""
        yield f"Fixed columns ({len(fixed)}): {fold_names(fixed)}."
    if table.keys:
        yield ""
        yield f"Closed-form columns, not committed: {fold_names(tuple(key.name for key in table.keys))}."
    show = _shower(table)
    if table.constraints:
        yield ""
        yield "| constraint | zero on every row |"
        yield "|---|---|"
        yield from _alike([(c.name, code(show(c.expression))) for c in table.constraints])
    if table.interactions:
        yield ""
        yield "| bus | times | message |"
        yield "|---|---|---|"
        for interaction in table.interactions:
            message = ", ".join(show(entry) for entry in interaction.message)
            yield f"| {interaction.bus.name} | {code(show(interaction.multiplicity))} | {code(message)} |"


def _alike(rows: list[tuple[str, str]]) -> Iterator[str]:
    """Constraints whose names differ in numbers alone share a line, which shows the first one's formula."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for name, formula in rows:
        groups.setdefault(re.sub(r"\d+", "#", name), []).append((name, formula))
    for members in groups.values():
        (first, formula), more = members[0], len(members) - 1
        yield f"| {first}{f' ... {members[-1][0]} ({more + 1} alike)' if more else ''} | {formula} |"


def _shower(table: Table) -> Callable[..., str]:
    def show(expression: object) -> str:
        return format_expression(expression, lambda c: table.columns[c], lambda k: table.keys[k].name)

    return show


def fold_names(names: tuple[str, ...]) -> str:
    """`x_0, x_1, x_2` as `x_0 .. x_2`, each in code type."""
    groups: list[list[str]] = []
    for name in names:
        stem, _, number = name.rpartition("_")
        if groups and stem and number.isdigit():
            last_stem, _, last = groups[-1][-1].rpartition("_")
            if last_stem == stem and last.isdigit() and int(number) == int(last) + 1:
                groups[-1].append(name)
                continue
        groups.append([name])
    return ", ".join(f"`{g[0]}`" if len(g) == 1 else f"`{g[0]}` .. `{g[-1]}`" for g in groups)


def code(text: str, limit: int = 240) -> str:
    """Code type inside a Markdown table; a very long formula is cut, the source has it whole."""
    shown = text if len(text) <= limit else text[:limit] + " ..."
    return "`" + shown.replace("|", "\\|") + "`"


def anchor(heading: str) -> str:
    return heading.lower().replace(" ", "-")


# ------------------------------------------------------------------------------------------------ command line
def commands_page() -> str:
    """The help of every command, as click prints it."""
    context = click.Context(quire_command, info_name="quire", terminal_width=100, **quire_command.context_settings)
    lines = [GENERATED, "# The quire command", "", _block(quire_command.get_help(context))]
    for name in quire_command.list_commands(context):
        command = quire_command.get_command(context, name)
        assert command is not None
        inner = click.Context(command, parent=context, info_name=name)
        lines += ["", f"## quire {name}", "", _block(command.get_help(inner))]
    return "\n".join(lines) + "\n"


def errors_page() -> str:
    """Every public exception, from the tree of classes."""
    lines = [
        GENERATED,
        "# Errors",
        "",
        "Everything Quire raises on purpose. The command prints the message on one line.",
        "",
    ]
    return "\n".join([*lines, *_error_lines(QuireError, 0)]) + "\n"


def _error_lines(kind: type[QuireError], depth: int) -> Iterator[str]:
    summary = (kind.__doc__ or "").strip().splitlines()[0]
    yield f"{'  ' * depth}- `{kind.__name__}`: {summary}"
    for child in kind.__subclasses__():
        yield from _error_lines(child, depth + 1)


def _block(text: str) -> str:
    return "```text\n" + "\n".join(line.rstrip() for line in text.splitlines()) + "\n```"


# ------------------------------------------------------------------------------------------------ sources
PRECOMPILE_PAGE = "how-to/add-a-precompile.md"


def precompile_page() -> str:
    """The page as it is, its blocks that name a file filled with that file."""
    return with_sources(_text(PRECOMPILE_PAGE))


def with_sources(page: str) -> str:
    """`page` with what stands in each block that begins with ```LANGUAGE file=PATH replaced by the file's text."""

    def filled(block: re.Match[str]) -> str:
        text = (DOCS.parent / block["path"]).read_text(encoding="utf-8").strip("\n")
        return f"{block['fence']}\n{text}\n```"

    return re.sub(r"(?P<fence>^```\w+ file=(?P<path>\S+))$.*?^```$", filled, page, flags=re.DOTALL | re.MULTILINE)


# ------------------------------------------------------------------------------------------------ writing
PAGES: dict[str, Callable[[], str]] = {
    "reference/tables.md": tables_page,
    "reference/recursion-tables.md": recursion_tables_page,
    "reference/commands.md": commands_page,
    "reference/errors.md": errors_page,
    PRECOMPILE_PAGE: precompile_page,
}


def outdated() -> list[str]:
    """The pages, by their place in docs/, that differ from what the code says."""
    return [name for name in PAGES if not (DOCS / name).exists() or _text(name) != PAGES[name]()]


def _text(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def main() -> None:
    if "--check" in sys.argv[1:]:
        stale = outdated()
        print("\n".join(f"docs/{name} is out of date: run `make docs`" for name in stale))
        sys.exit(bool(stale))
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")
        print(f"docs/{name}")


if __name__ == "__main__":
    main()
