"""The page of the rooms is true: the order is the enforced one, what it sends a reader to is there, and there once."""

from __future__ import annotations

import re
import tomllib

import pytest

from tests.places import ROOT

PAGE = (ROOT / "docs" / "decisions" / "0010-rooms.md").read_text(encoding="utf-8")
INSTRUCTIONS = sorted(
    path.stem for path in (ROOT / "core_vm/tables/instructions").glob("*.py") if path.stem != "__init__"
)
CHALLENGE = re.compile(r"\.challenges?\(\"(\w+)\"")


@pytest.mark.parametrize(("package", "highest"), [("core_vm", "cli"), ("aggregator", "commands")])
def test_the_order_of_the_rooms_is_the_one_that_is_enforced(package: str, highest: str) -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    (rooms,) = [contract for contract in contracts if contract.get("containers") == [package]]
    (told,) = re.findall(rf"`({highest} > [^`]*)`", PAGE.replace("\n", " "))
    assert told == " > ".join(rooms["layers"])


def test_the_places_that_it_names_are_there() -> None:
    names = re.findall(r"`((?:tests/)?\w+/[\w/.]*)`", PAGE)
    assert len(names) > 20
    lost = [
        name
        for name in names
        if "ROOM" not in name and not (ROOT / name).exists() and not (ROOT / "core_vm" / name).exists()
    ]
    assert lost == []


@pytest.mark.parametrize(("package", "prefix"), [("core_vm", ""), ("aggregator", "aggregator/")])
def test_every_room_is_on_the_page(package: str, prefix: str) -> None:
    rooms = [path.name for path in (ROOT / package).iterdir() if (path / "__init__.py").is_file()]
    assert len(rooms) > 5
    assert [room for room in rooms if not re.search(rf"^\|.*`{prefix}{room}/", PAGE, flags=re.MULTILINE)] == []


def test_every_folder_is_in_the_readme() -> None:
    """And every chapter of the documentation."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (_, rooms) = readme.split("## Where things are")
    tables = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]["targets"]
    folders = [entry[1:] for entry in tables["sdist"]["include"] if (ROOT / entry[1:]).is_dir()]
    assert {"core_vm", "precompiles", "recursion", "aggregator", "tests", "benches"} <= set(folders)
    assert [folder for folder in folders if not re.search(rf"[`(]{folder}/", rooms)] == []
    chapters = [path.name for path in (ROOT / "docs").iterdir() if path.is_dir() and path.name != "__pycache__"]
    assert [chapter for chapter in chapters if f"docs/{chapter}" not in rooms] == []


@pytest.mark.parametrize("name", INSTRUCTIONS)
def test_an_instructions_test_has_its_name(name: str) -> None:
    assert (ROOT / f"tests/core_vm/tables/instructions/test_{name}.py").is_file()


@pytest.mark.parametrize("name", ["words.py", "program.py"])
def test_one_word_is_one_thing(name: str) -> None:
    packages = ("core_vm", "precompiles", "recursion", "aggregator")
    assert len([path for package in packages for path in (ROOT / package).rglob(name)]) == 1


def test_the_term_of_a_drawn_challenge_is_found_by_its_label() -> None:
    """One search for the label leads to the verifier that draws it and to its term, in a file that the page names."""
    verifiers = [path for room in ("stark", "pcs") for path in (ROOT / "core_vm" / room).rglob("*verifier.py")]
    drawn = {label for path in verifiers for label in CHALLENGE.findall(path.read_text(encoding="utf-8"))}
    (row,) = [line for line in PAGE.splitlines() if line.startswith("| its soundness term")]
    terms = "".join(
        (ROOT / "core_vm" / name).read_text(encoding="utf-8") for name in re.findall(r"`(stark/[^`]*)`", row)
    )
    assert len(drawn) > 5
    assert {label for label in drawn if f'"{label}"' not in terms} == set()
