"""Two half-filled packed elements of K as one."""

from __future__ import annotations

from core_vm.field.packed import emit
from core_vm.field.packed.base import kinds
from core_vm.field.packed.extension import unpack
from core_vm.field.packed.lanes import LANES
from core_vm.host.kernel_language import intrinsic


@intrinsic
def ext_join(_, low, high):
    """The lower half of the lanes of `low`, and the upper half of those of `high`."""

    def generate(context, b, signature, args):
        half = LANES // 2
        lanes = emit.lane_indices([*range(half), *range(LANES + half, 2 * LANES)])
        pairs = zip(unpack(b, args[0]), unpack(b, args[1]), strict=True)
        return context.make_tuple(b, kinds.Extension, [b.shuffle_vector(x, y, lanes) for x, y in pairs])

    return kinds.Extension(kinds.Extension, kinds.Extension), generate
