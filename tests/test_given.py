"""What Python programs hand in: bytes in whatever holds them, paths, numbers; and what is none of these."""

from __future__ import annotations

import array
import io
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import quire
from aggregator.executors.local import InProcess
from aggregator.runs.resume import run_name
from aggregator.store.store import MARKER, Store
from aggregator.tiny_program import tiny_program
from core_vm.given import given_bytes
from tests.aggregator.folds.folded_runs import folded, program, shards
from tests.aggregator.guests import program_of

FORMS: dict[str, Callable[[bytes], Any]] = {
    "bytes": bytes,
    "bytearray": bytearray,
    "view": memoryview,
    "view of an array": lambda data: memoryview(bytearray(data)),
    "view of longer items": lambda data: memoryview(array.array("I", data)),
    "view of rows": lambda data: memoryview(data).cast("B", (len(data) // 4, 4)),
    "view backwards": lambda data: memoryview(data[::-1])[::-1],
}
NO_BYTES = [None, "abc", 5, [1, 2, 3], Path("x"), io.BytesIO(b"x")]


@pytest.fixture(scope="module")
def proof() -> bytes:
    """Of a public input that was handed in as four items of four bytes."""
    data = FORMS["view of longer items"](bytes(range(16)))
    return quire.prove(program_of(0, 10), data, kind="shards", public_input=True, workers=1).proof


@pytest.mark.parametrize("form", FORMS)
def test_all_bytes_of_a_view_count(form: str) -> None:
    data = bytes(range(16))
    taken = given_bytes(FORMS[form](data), "an input")
    assert type(taken) is bytes
    assert taken == data


@pytest.mark.parametrize("form", FORMS)
def test_an_input_is_the_same_in_whatever_form(form: str, proof: bytes) -> None:
    data, program_id = bytes(range(16)), program_of(0, 10).program_id
    assert quire.verify(proof, program_id, input=FORMS[form](data)).input_bound
    assert quire.inspect(proof).public_input_bytes == 16
    quire.execute(program_of(0, 10), FORMS[form](data))
    with pytest.raises(quire.StatementMismatch):
        quire.verify(proof, program_id, input=FORMS[form](bytes(16)))


def test_a_proof_is_read_from_a_view(proof: bytes) -> None:
    backwards = memoryview(proof[::-1])[::-1]
    assert quire.verify(backwards, program_of(0, 10).program_id).exit_code == 0


def test_a_program_does_not_change_with_the_buffer_that_it_came_from() -> None:
    elf = tiny_program()
    program_id = quire.Program.from_elf(elf).program_id
    for hold in (lambda buffer: buffer, memoryview):
        buffer = bytearray(elf)
        program = quire.Program.from_elf(hold(buffer))
        buffer[:] = bytes(len(buffer))
        assert program.program_id == program_id
        assert quire.execute(program).exit_code == quire.execute(quire.Program.from_elf(elf)).exit_code


@pytest.mark.parametrize("value", NO_BYTES)
def test_what_holds_no_bytes_is_wrong_usage(value: Any) -> None:
    program = program_of(0, 10)
    calls: list[Callable[[], object]] = [
        lambda: quire.Program.from_elf(value),
        lambda: quire.execute(program, value),
        lambda: quire.prove(program, value, kind="shards"),
        lambda: quire.verify(value, program.program_id),
        lambda: quire.inspect(value),
        lambda: quire.fold(value),
        lambda: quire.extract(value, 0),
        lambda: quire.aggregate([value, value]),
        lambda: quire.fold(shards(), discharging=[value]),
    ]
    for call in calls:
        with pytest.raises(quire.UsageError, match=r"(an? [\w ]+) is bytes, not \w+"):
            call()


@pytest.mark.parametrize("values", [None, 5, b"proof", bytearray(b"proof"), "proof"], ids=repr)
def test_what_is_no_list_of_proofs_is_wrong_usage(values: Any) -> None:
    for call in (lambda: quire.aggregate(values), lambda: quire.fold(shards(), discharging=values)):
        with pytest.raises(quire.UsageError, match=r"proofs.* are a list, each bytes, not \w+"):
            call()


def test_several_proofs_may_come_from_anything_that_has_them_one_by_one() -> None:
    with pytest.raises(quire.UsageError, match="a batch is of two proofs or more"):
        quire.aggregate(proof for proof in [shards()])
    with pytest.raises(quire.MalformedProof, match="proof 1: "):
        quire.aggregate(iter([shards(), b"none"]), kind="folded")


@pytest.mark.parametrize("function", ["print", 5, [1], b"print"], ids=repr)
def test_what_cannot_be_called_is_refused_before_there_is_news(function: Any) -> None:
    program = program_of(0, 10)
    calls: list[tuple[str, Callable[[], object]]] = [
        ("on_output", lambda: quire.execute(program, on_output=function)),
        ("on_output", lambda: quire.prove(program, kind="shards", on_output=function)),
        ("on_progress", lambda: quire.prove(program, kind="shards", on_progress=function)),
        ("on_progress", lambda: quire.verify(shards(), program.program_id, on_progress=function)),
        ("on_progress", lambda: quire.fold(shards(), on_progress=function)),
        ("on_progress", lambda: quire.aggregate([shards()] * 2, on_progress=function)),
    ]
    for name, call in calls:
        with pytest.raises(quire.UsageError, match=rf"{name} is a function, not \w+"):
            call()


@pytest.mark.parametrize("flag", ["no", "", 0, 1, None, b"\0"], ids=repr)
def test_whether_an_input_is_public_is_no_guess(flag: Any) -> None:
    with pytest.raises(quire.UsageError, match="public_input is True or False, not"):
        quire.prove(program_of(0, 10), b"input", kind="shards", public_input=flag)


def test_a_store_is_named_by_any_path(tmp_path: Path) -> None:
    for name, directory in (("text", str(tmp_path / "text")), ("path", tmp_path / "path")):
        Store(directory)
        assert (tmp_path / name / MARKER).exists()


class PathOfBytes:
    """As an entry of a directory that is listed by a name in bytes."""

    def __fspath__(self) -> bytes:
        return b"proofs"


@pytest.mark.parametrize("directory", ["", None, 5, b"proofs", "a\0b", PathOfBytes()], ids=range(6))
def test_what_names_no_directory_is_no_store(directory: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(quire.UsageError, match="a store of proofs is a directory's path"):
        Store(directory)
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize("workers", [quire.ProcessPool, InProcess, "2", 0], ids=repr)
def test_what_does_no_jobs_is_refused_for_workers(workers: Any) -> None:
    for call in (
        lambda: quire.prove(program_of(0, 10), kind="shards", workers=workers),
        lambda: quire.fold(shards(), workers=workers),
    ):
        with pytest.raises(quire.UsageError, match="expected a whole number of processes"):
            call()


@pytest.mark.parametrize("wrong", [{"workers": "2"}, {"memory_limit": -1}, {"store": 5}], ids=repr)
def test_what_is_said_of_the_place_is_looked_at_where_nothing_is_done_there(wrong: dict[str, Any]) -> None:
    """A folded proof becomes a final one in this process, whatever is said; what is said is wrong usage still."""
    with pytest.raises(quire.UsageError):
        quire.fold(folded().proof, kind="final", **wrong)


class Shy:
    """Does not tell what it is."""

    def __repr__(self) -> str:
        raise KeyError("no")


# Python writes no integer of more than 4300 digits.
@pytest.mark.parametrize("value", [-(10**5000), Shy(), "x" * 10**6], ids=["digits", "shy", "long"])
def test_what_cannot_be_shown_is_refused_like_anything_else(value: Any) -> None:
    program = program_of(0, 10)
    options = ("kind", "final_regime", "public_input", "shard_cells", "max_cycles", "workers", "memory_limit")
    calls: list[Callable[[], object]] = [
        *(partial(quire.prove, program, **{"kind": "shards", option: value}) for option in options),
        lambda: quire.verify(folded().proof, value),
        lambda: quire.verify(folded().proof, program.program_id, exit_code=value),
        lambda: quire.ProcessPool(value),
        lambda: quire.ProcessPool(1, start_method=value),
    ]
    for call in calls:
        with pytest.raises(quire.UsageError) as raised:
            call()
        assert len(str(raised.value)) < 250


@pytest.mark.parametrize("option", ["shard_cells", "max_cycles", "memory_limit", "workers"])
def test_wrong_usage_leaves_no_store_behind(option: str, tmp_path: Path) -> None:
    wrong: dict[str, Any] = {option: 0}
    with pytest.raises(quire.UsageError, match=option):
        quire.prove(program_of(0, 10), kind="shards", store=tmp_path / "proofs", **wrong)
    assert not [*tmp_path.iterdir()]


def test_numbers_may_be_of_other_kinds_than_pythons_own() -> None:
    code: Any = np.uint32(7)
    cells: Any = np.int64(2**20)
    minus_one: Any = np.int8(-1)
    assert type(quire.verify(folded().proof, program().program_id, exit_code=code).exit_code) is int
    assert run_name("", b"", False, cells) == run_name("", b"", False, 2**20)
    with pytest.raises(quire.StatementMismatch, match="expected 4294967295"):
        quire.verify(folded().proof, program().program_id, exit_code=minus_one)
