"""Whether labels are classes or values, guessed where nobody says it: only what could be no classes is taken as values."""

import numpy as np
import numpy.typing as npt

from nnlab.datasets.files.classes import are_hardly_classes
from nnlab.datasets.files.csv_numbers import number_of
from nnlab.datasets.files.csv_sample import Sample

# So many numbers in a hundred must have a fraction, or a single slip among classes would make them values.
_FRACTION_PERCENT = 10


def columns_are_values(sample: Sample, label: tuple[int, ...], target: str, is_named: bool) -> bool:
    """Whether the columns of the label hold values; target is the setting, is_named whether a person chose the columns.

    What was guessed to be the label is one of classes, whatever it holds. Several columns are values where most rows hold
    something else than the zeros and the one of a class.
    """
    if target != "auto" or not is_named or not label:
        return target == "values" and bool(label)
    rows = [[number_of(row[place], sample.decimal) for place in label] for row in sample.full]
    numbers = np.array([[cell[0] if cell else np.nan for cell in row] for row in rows], np.float64).reshape(-1, len(label))
    if not len(numbers) or np.isnan(numbers).any():
        return False
    if len(label) > 1:
        return bool(2 * ((numbers != 0) & (numbers != 1)).any(axis=1).sum() > len(numbers))
    return have_fractions(numbers) or are_hardly_classes(numbers[:, 0])


def have_fractions(numbers: npt.NDArray[np.floating]) -> bool:
    """Whether finite numbers (N,) or (N, K) are no whole ones, but for some."""
    fractions = np.isfinite(numbers) & (numbers != np.floor(numbers))
    return bool(100 * np.count_nonzero(fractions) >= _FRACTION_PERCENT * numbers.size > 0)
