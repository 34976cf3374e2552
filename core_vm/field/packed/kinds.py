"""What numba knows of packed values: the type `Packed`, LANES base-field elements in one vector register, and tuples of
such that stand for more."""

from __future__ import annotations

from numba import types
from numba.extending import models, register_model

from core_vm.field.extension import DEGREE
from core_vm.field.packed import emit
from core_vm.field.packed.lanes import LANES
from core_vm.field.packed.transpose import BLOCK


class PackedType(types.Type):
    """LANES elements side by side; its machine representation is an LLVM vector of i32."""

    def __init__(self) -> None:
        super().__init__(name=f"PackedKoalaBear{LANES}")


Packed = PackedType()
Extension = types.UniTuple(Packed, DEGREE)
WideExtension = types.UniTuple(Packed, 2 * DEGREE)
Block = types.UniTuple(Packed, BLOCK)


@register_model(PackedType)
class PackedModel(models.PrimitiveModel):
    """A `Packed` is passed around as the bare vector."""

    def __init__(self, manager, numba_type) -> None:
        super().__init__(manager, numba_type, emit.V32)
