from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from core_vm.host.distinct import distinct


@pytest.mark.parametrize("values", [[], [3], [2, 2, 2], [5, -1, 5, 0, -1], [2**40, 1, 2**40]])
def test_each_element_comes_once_and_they_rise(values):
    found = distinct(np.array(values, np.int64))
    assert found.dtype == np.int64
    assert found.tolist() == sorted(set(values))


def test_no_masked_arrays_are_imported():
    program = (
        "import sys, numpy as np; from core_vm.host.distinct import distinct; "
        "distinct(np.arange(3)); assert 'numpy.ma' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
