"""What trials chose and what came of them, as numbers on an axis, and in which words."""

import math

import numpy as np
import pytest

from nnlab.experiments.sweeps.axis import Listed, Range
from nnlab.ui.sweeps.cells import cells_of, means
from nnlab.ui.sweeps.column import column_of_axis, column_of_figures, value_text


def test_the_ends_of_a_range_are_its_own_whatever_was_drawn():
    column = column_of_axis(Range("a", 1e-3, 1e-1, is_log=True), "A", [{"a": 1e-2}, {}])
    assert column.span == (-3.0, -1.0) and column.shares()[0] == 0.5 and math.isnan(column.shares()[1])
    assert column.text(0.01234567) == "0.01235" and column.text(math.nan) == "none"


def test_whole_numbers_are_written_so():
    column = column_of_axis(Range("a", 1, 5000, is_whole=True), "A", [{"a": 1234}])
    assert column.text(1234.0) == "1,234"


def test_values_of_a_list_are_levels_numbers_by_their_size():
    column = column_of_axis(Listed("a", (0.1, 0.001, 0.01)), "A", [{"a": 0.1}, {"a": 0.001}])
    assert column.levels == ("0.001", "0.01", "0.1") and column.values.tolist() == [2, 0] and column.span == (-0.5, 2.5)
    adam = {"kind": "adam", "beta1": 0.8}
    kinds = column_of_axis(Listed("a", ("sgd", adam)), "A", [{"a": dict(adam)}])
    assert kinds.levels == ("sgd", "adam (beta1 0.8)") and kinds.text(kinds.values[0]) == "adam (beta1 0.8)"


@pytest.mark.parametrize(
    ("value", "text"),
    [(True, "on"), (0.05, "0.05"), ([1, 2], "1, 2"), ({"kind": "relu"}, "relu"), ("a\nb", "a?b")],
)
def test_values_are_written_in_a_line(value: object, text: str):
    assert value_text(value) == text


def test_figures_that_differ_by_factors_are_drawn_by_their_logarithms():
    assert column_of_figures("a", "A", [0.01, 10.0, None]).is_log
    assert not column_of_figures("a", "A", [0.5, 1.0]).is_log and not column_of_figures("a", "A", [-1.0, 100.0]).is_log
    one = column_of_figures("a", "A", [2.0])
    assert one.shares().tolist() == [0.5] and column_of_figures("a", "A", [None]).span == (0.0, 1.0)


def test_every_value_of_a_grid_has_a_cell_and_drawn_numbers_have_stretches():
    grid = column_of_axis(Range("a", 0.0, 1.0, count=3), "A", [{"a": value} for value in (0.0, 0.5, 1.0) * 2])
    assert cells_of(grid).names == ("0", "0.5", "1") and cells_of(grid).places.tolist() == [0, 1, 2, 0, 1, 2]
    rng = np.random.default_rng(0)
    drawn = column_of_axis(Range("a", 1e-4, 1.0, is_log=True), "A", [{"a": float(10**-x)} for x in rng.uniform(0, 4, 50)])
    cells = cells_of(drawn)
    assert cells.count == 8 and cells.names[0] == "0.0001 – 0.000316" and set(cells.places) <= set(range(8))
    assert cells.places.tolist() == np.clip(np.floor((np.log10(drawn.values) + 4) * 2), 0, 7).astype(int).tolist()


def test_a_cell_holds_the_mean_of_its_trials():
    x = cells_of(column_of_axis(Listed("a", ("p", "q")), "A", [{"a": "p"}, {"a": "p"}, {"a": "q"}, {}]))
    y = cells_of(column_of_axis(Listed("b", (1, 2)), "B", [{"b": 1}, {"b": 1}, {"b": 2}, {"b": 2}]))
    found, counts = means(x, y, np.array([1.0, 3.0, np.nan, 9.0]))
    assert found[0, 0] == 2.0 and np.isnan([found[0, 1], found[1, 0], found[1, 1]]).all()
    assert counts.tolist() == [[2, 0], [0, 0]]
