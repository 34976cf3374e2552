"""Which files a compilation has read: those that its result must not be written over."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

_WORD = re.compile(r"(?:\\[\s#\\]|[^\s\\]|\\(?!\n))+")
_ESCAPED = re.compile(r"\\([\s#\\])|\$\$")
_NAMED = re.compile(
    r"""(?:\.incbin|\.include)\s*\\?"(?P<assembled>[^"\\\n]+)\\?"|"""
    r"""\#\s*(?:include|include_next|embed)\s*["<](?P<preprocessed>[^">\n]+)[">]"""
)
"""As assembly has it, in a string of C too; and as the preprocessor has it."""


def files_of_rule(rule: str) -> list[Path]:
    """The files that a rule for make names behind its target, as compilers write it (`-MD`)."""
    _, _, names = rule.replace("\\\n", " ").partition(": ")
    return [Path(_ESCAPED.sub(lambda found: found[1] or "$", name)) for name in _WORD.findall(names)]


def named_files(sources: Iterable[Path], directories: Sequence[Path]) -> Iterator[Path]:
    """The files that `sources` name and those that are named in them in turn, whether a rule names them or not.

    No rule knows of `.incbin`, and clang writes none where it finds the file of an `#embed <...>`. A name is searched
    for in the working directory, beside the file that has it and in `directories`.
    """
    pending, seen = list(sources), set[Path]()
    while pending:
        source = pending.pop()
        bases = [Path(), source.parent, *directories]
        names = [found["assembled"] or found["preprocessed"] for found in _NAMED.finditer(_text(source))]
        new = {path for name in names for base in bases if (path := base / name).is_file()} - seen
        seen |= new
        pending += new
        yield from new


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""  # gone since it was compiled
