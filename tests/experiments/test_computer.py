"""The machine's part in a result: the number of BLAS threads, and what is recorded of it."""

import os
import subprocess
import sys

import numpy as np
import pytest
from threadpoolctl import ThreadpoolController

from nnlab.experiments.computer import engine_versions, set_threads


@pytest.mark.parametrize("count", [1, 2])
def test_the_number_of_threads_is_the_one_asked_for(count: int):
    assert set_threads(count) == count
    assert engine_versions()["threads"] == str(count)


@pytest.mark.parametrize("count", [1, 2])
def test_blas_itself_uses_as_many_threads(count: int):
    # In a fresh process no other library has brought a BLAS of its own.
    code = (
        "from threadpoolctl import threadpool_info; from nnlab.experiments.computer import set_threads;"
        f"set_threads({count}); print({{entry['num_threads'] for entry in threadpool_info()}})"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert found in (f"{{{count}}}\n", "set()\n")


def test_none_asked_for_means_all_cores():
    assert set_threads(0) == os.cpu_count()


def test_versions_are_texts():
    versions = engine_versions()
    assert versions["numpy"] == np.__version__
    assert all(isinstance(text, str) and text for text in versions.values())


def test_the_blas_that_is_told_is_numpys_also_beside_scipys(monkeypatch):
    def libraries(_):
        entry = {"user_api": "blas", "internal_api": "openblas", "num_threads": 1}
        scipys = entry | {"filepath": "/lib/scipy.libs/libscipy_openblas.so", "version": "0.1"}
        return [scipys, entry | {"filepath": "/lib/numpy.libs/libscipy_openblas64_.so", "version": "0.2"}]

    monkeypatch.setattr(ThreadpoolController, "info", libraries)
    assert engine_versions()["blas"] == "openblas 0.2"
