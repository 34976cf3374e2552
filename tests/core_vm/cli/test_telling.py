"""Commands tell of kernels that are compiled and of caches that cannot be used, each in lines of its own on stderr."""

from __future__ import annotations

import warnings

import pytest

from core_vm.cli.progress import ProgressDisplay
from core_vm.cli.telling import telling
from core_vm.host.cache_place import CacheWarning
from core_vm.host.compilation import report


def test_compilation_is_shown_whoever_compiles(capsys: pytest.CaptureFixture[str]) -> None:
    with telling():
        report(0, 3)
        report(3, 3)
    report(1, 2)  # nobody listens any more
    assert capsys.readouterr() == ("", "compiling kernels: 0 of 3\ncompiling kernels: 3 of 3\n")
    assert ProgressDisplay.shown == []


def test_it_is_shown_in_the_display_that_is_open(capsys: pytest.CaptureFixture[str]) -> None:
    with telling(), ProgressDisplay() as display:
        report(0, 3)
        assert ProgressDisplay.shown == [display]
    assert capsys.readouterr().err == "compiling kernels: 0 of 3\n"


def test_an_interrupted_compilation_leaves_no_display() -> None:
    def interrupted() -> None:
        with telling():
            report(0, 3)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert ProgressDisplay.shown == []


def test_a_cache_that_cannot_be_used_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with telling():
        warnings.warn("kernels are not kept", CacheWarning, stacklevel=1)
    assert capsys.readouterr().err == "quire: kernels are not kept\n"


def test_other_warnings_stay_what_they_are() -> None:
    with pytest.warns(DeprecationWarning, match="old"), telling():
        warnings.warn("old", DeprecationWarning, stacklevel=1)
