"""Which of a table's messages go to memory, and which come from there."""

from __future__ import annotations

from core_vm.air.table import Interaction
from core_vm.field.koalabear import P
from core_vm.tables import buses


def is_receive(interaction: Interaction) -> bool:
    """Of any bus: all columns of the multiplicity count negatively."""
    return all(count > P // 2 for count in interaction.affine_multiplicity().columns.values())


def is_write(interaction: Interaction) -> bool:
    """What a dword holds from now on, be it what it held before."""
    return interaction.bus == buses.MEMORY and not is_receive(interaction)
