"""The calls' names and numbers."""

from __future__ import annotations

from typing import Final

from precompiles.fp2.fields import FIELDS
from precompiles.fp2.reference import OPERATIONS
from precompiles.shared.fp2_calls import Fp2Calls

CALLS: Final = Fp2Calls("fp2", OPERATIONS, FIELDS)
