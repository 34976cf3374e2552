"""Values of which nobody knows what they are: the verifier computes with them, and cannot look at them.

A function of the verifier that runs to its end on such values branches on the shape of a proof alone.
"""

from __future__ import annotations

from typing import NoReturn


class Unseen:
    """Whatever would say something of the value raises: its truth, comparison, hash, use as a number or as a list."""

    __slots__ = ()

    def refusal(self) -> Exception:
        """What is raised."""
        raise NotImplementedError

    def _looked_at(self, *_: object) -> NoReturn:
        raise self.refusal()

    __bool__ = __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _looked_at
    __hash__ = __index__ = __int__ = __float__ = __len__ = __iter__ = __getitem__ = _looked_at
