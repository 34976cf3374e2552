"""Kernels are compiled beside one another because they are listed: the lists name what proving calls, and no more."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from aggregator import kernel_list
from aggregator.tiny_program import fold_tiny_program, tiny_program
from core_vm.errors import UsageError
from core_vm.host.compilation import LIST_NAME, ListedKernel, listed_kernels
from core_vm.host.kernel_cache import kept_name
from core_vm.host.kernel_sources import PACKAGES
from core_vm.host.kernel_store import kept_bytes


def test_the_lists_are_what_a_proof_calls() -> None:
    script = "from aggregator.kernel_list import called_kernels; print(*called_kernels(), sep='\\n')"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, encoding="utf-8", check=True)
    called = set(done.stdout.splitlines())
    assert called == set(map(str, listed_kernels())), "write the lists again: python -m aggregator.kernel_list"


def test_lists_that_cannot_be_written_again_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proving fails where keys are no longer right, and without the lists it would be all kernels, too."""

    def failing() -> set[ListedKernel]:
        assert not list(tmp_path.rglob(LIST_NAME))
        raise UsageError("the key is not the one that is known")

    lists = [tmp_path / package / LIST_NAME for package in PACKAGES[:2]]
    for path in lists:
        path.parent.mkdir()
        path.write_text(f"# of {path.parent.name}\n", encoding="utf-8")
    monkeypatch.setattr(kernel_list, "ROOT", tmp_path)
    monkeypatch.setattr(kernel_list, "called_kernels", failing)
    with pytest.raises(UsageError, match="the key"):
        kernel_list.main()
    assert [path.read_text(encoding="utf-8") for path in lists] == [f"# of {path.parent.name}\n" for path in lists]


def test_every_kernel_can_be_kept() -> None:
    """One whose code holds an address of this process is compiled anew in every process."""
    fold_tiny_program()
    lost = [str(kernel) for kernel in listed_kernels() if not kept_bytes(kept_name(kernel))]
    assert not lost


@pytest.mark.parametrize(
    "command", [["execute"], ["prove", "-o", "{proof}"], ["prove", "-o", "{proof}", "--kind", "shards"]]
)
def test_a_process_that_finds_all_kernels_never_imports_numba(tmp_path: Path, command: list[str]) -> None:
    """The other tests of this module leave all of them compiled."""
    fold_tiny_program()
    guest, proof = tmp_path / "tiny.elf", tmp_path / "tiny.proof"
    guest.write_bytes(tiny_program())
    code = (
        "import sys\nfrom core_vm.cli.main import main\n"
        "try:\n    main(sys.argv[1:])\nexcept SystemExit as end:\n    assert not end.code\n"
        "assert 'llvmlite' in sys.modules\n"
        "assert not [name for name in sys.modules if name.split('.')[0] == 'numba']"
    )
    arguments = [argument.format(proof=proof) for argument in [*command, str(guest)]]
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr


def test_every_listed_kernel_is_loaded_without_numba() -> None:
    fold_tiny_program()
    code = (
        "import sys\nfrom core_vm.host.compilation import listed_kernels\n"
        "from core_vm.host.kernel_cache import kernel_of\n"
        "print(*(listed for listed in listed_kernels() if kernel_of(listed).load(listed.types) is None))\n"
        "assert not [name for name in sys.modules if name.split('.')[0] == 'numba']"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8")
    assert (done.returncode, done.stdout, done.stderr) == (0, "\n", "")
