"""`quire keys`: the keys of recursion circuits, which are what a verifier of folded proofs trusts."""

from __future__ import annotations

import click

from core_vm.cli.output import json_option, print_facts, print_json, print_table
from core_vm.cli.progress import ProgressDisplay
from core_vm.errors import UsageError


@click.command()
@click.option("--check", is_flag=True, help="Compute all of them again from the sources; it takes minutes.")
@json_option
def keys(check: bool, as_json: bool) -> None:
    """Print the keys of all circuits of the standard machine, and the root of their tree."""
    from recursion.keys.pinned import KEYS
    from recursion.keys.standard import standard_keys, text_of

    wrong = _wrong_keys() if check else None
    root = text_of(standard_keys().root)
    if as_json:
        print_json({"root": root, "keys": KEYS, "checked": check, "wrong": wrong})
    else:
        print_table("Keys of the recursion circuits", ("circuit", "digest"), list(KEYS.items()), numeric=frozenset())
        facts = [("root", root), ("checked", "computed again, and the same" if check and not wrong else "no")]
        print_facts("Their tree", facts)
    if wrong:
        raise UsageError(f"keys that are not those of the sources: {', '.join(wrong)}")


def _wrong_keys() -> list[str]:
    """The circuits whose keys differ from those that are pinned."""
    from precompiles.standard.machine import standard_machine
    from recursion.keys.pin import computed_keys
    from recursion.keys.pinned import KEYS
    from recursion.keys.standard import text_of

    found: dict[str, str] = {}
    with ProgressDisplay() as display:
        for name, digest in computed_keys(standard_machine().profile_tables):
            found[str(name)] = text_of(digest)
            display.update("keys computed", len(found), len(KEYS))
    return [name for name in {**KEYS, **found} if KEYS.get(name) != found.get(name)]
