"""A scale of colours ends where nearly all numbers do."""

import subprocess
import sys

import numpy as np
import pytest

from nnlab.probes.magnitude import magnitude


def test_of_many_numbers_a_few_extreme_ones_do_not_count():
    numbers = np.linspace(-1, 1, 1001)
    numbers[[10, 500]] = 1e6, -1e6
    assert magnitude(numbers) == pytest.approx(1.0, abs=0.01)


def test_of_few_numbers_the_largest_counts():
    assert magnitude(np.array([[0.5, -7.0], [1.0, 2.0]])) == 7.0


@pytest.mark.parametrize("numbers", [[], [np.nan], [np.inf, -np.inf]])
def test_of_no_finite_number_it_is_nothing(numbers: list[float]):
    assert magnitude(np.array(numbers)) == 0.0


def test_what_is_not_finite_does_not_count():
    assert magnitude(np.array([np.nan, 3.0, -np.inf])) == 3.0


def test_of_very_many_numbers_some_stand_for_all():
    numbers = np.random.default_rng(0).normal(size=400_000)
    assert magnitude(numbers) == pytest.approx(np.percentile(np.abs(numbers), 99.5), rel=0.05)


def test_of_many_pictures_with_quiet_borders_it_is_not_the_borders():
    pictures = np.zeros((720, 28, 28))
    pictures[:, 4:24, 4:24] = np.random.default_rng(0).normal(size=(720, 20, 20))
    assert magnitude(pictures) == pytest.approx(np.percentile(np.abs(pictures), 99.5), rel=0.05)


def test_no_module_for_masked_arrays_is_loaded_for_it():
    code = "import sys; from nnlab.probes.magnitude import magnitude; import numpy; magnitude(numpy.arange(9999.0))"
    told = subprocess.run(
        [sys.executable, "-c", f"{code}; print('numpy.ma' in sys.modules)"], capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == "False"
