"""`quire keys`: the keys of recursion circuits, which are what a verifier of folded proofs trusts."""

from __future__ import annotations

from collections.abc import Mapping

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
    root, beside = text_of(standard_keys().root), _beside_the_tree()
    if as_json:
        print_json({"root": root, "keys": KEYS, **beside, "checked": check, "wrong": wrong})
    else:
        print_table("Keys of the recursion circuits", ("circuit", "digest"), list(KEYS.items()), numeric=frozenset())
        checked = "computed again, and the same" if check and not wrong else "no"
        print_facts("Their tree", [("root", root), *beside.items(), ("checked", checked)])
    if wrong:
        raise UsageError(f"keys that are not those of the sources: {', '.join(wrong)}")


def _beside_the_tree() -> dict[str, str]:
    """The keys of the last circuits of a chain: of the shrink a digest as in the tree, of finals a SHA-256."""
    from recursion.final.pinned import FINAL_KEYS
    from recursion.keys.catalogue import Program
    from recursion.keys.standard import shrink_key, text_of

    return {Program.SHRINK.value: text_of(shrink_key().digest), **_of_finals(FINAL_KEYS)}


def _of_finals(keys: Mapping[str, str]) -> dict[str, str]:
    """The keys of final circuits by the circuit's name, from those by regime."""
    from recursion.keys.catalogue import CircuitName, Program
    from recursion.regime import Regime

    return {str(CircuitName(Program.FINAL, regime=Regime(regime))): key for regime, key in keys.items()}


def _wrong_keys() -> list[str]:
    """The circuits whose keys differ from those that are pinned."""
    from precompiles.standard.machine import standard_machine
    from recursion.final.known import built_key
    from recursion.keys.catalogue import Program
    from recursion.keys.pin import computed_keys, computed_shrink_key
    from recursion.keys.pinned import KEYS
    from recursion.keys.standard import text_of
    from recursion.regime import Regime

    known, found = {**KEYS, **_beside_the_tree()}, dict[str, str]()
    with ProgressDisplay() as display:
        for name, digest in computed_keys(standard_machine().profile_tables):
            found[str(name)] = text_of(digest)
            display.update("keys computed", len(found), len(known))
    found[Program.SHRINK] = text_of(computed_shrink_key().digest)
    found |= _of_finals({regime: built_key(regime).digest.hex() for regime in Regime})
    return [name for name in {**known, **found} if known.get(name) != found.get(name)]
