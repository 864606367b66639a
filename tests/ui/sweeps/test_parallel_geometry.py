"""Lines go through the axes where their values lie, and a place on the sheet means what is drawn there."""

import numpy as np

from nnlab.experiments.sweeps.axis import Listed, Range
from nnlab.ui.sweeps.column import Column, column_of_axis, column_of_figures
from nnlab.ui.sweeps.parallel_geometry import LEFT, RIGHT, TOP, Frame, brushed, joined, lines, nearest_line

RATES = Range("training.learning_rate", 1e-4, 1.0, is_log=True)
KINDS = Listed("training.optimizer", ("sgd", "adam"))
CHOICES = [
    {"training.learning_rate": 1e-4, "training.optimizer": "sgd"},
    {"training.learning_rate": 1e-2, "training.optimizer": "adam"},
    {"training.learning_rate": 1.0, "training.optimizer": "adam"},
]
FRAME = Frame(600.0, 400.0, 3)


def columns() -> list[Column]:
    axes = [column_of_axis(axis, axis.name, CHOICES) for axis in (RATES, KINDS)]
    return [*axes, column_of_figures("objective", "loss", [2.0, 1.0, None])]


def test_axes_stand_equally_far_apart_with_room_for_their_numbers():
    assert FRAME.across.tolist() == [LEFT, (LEFT + 600 - RIGHT) / 2, 600 - RIGHT]
    assert Frame(600.0, 400.0, 1).across.tolist() == [300.0]


def test_a_logarithmic_axis_has_its_factors_equally_far_apart():
    points = lines(columns(), FRAME)
    down = points[:, 0, 1]
    assert np.isclose(down[0], FRAME.bottom) and np.isclose(down[2], TOP)
    assert np.isclose(down[1], (FRAME.bottom + TOP) / 2)


def test_levels_stand_within_their_axis_and_the_first_below():
    down = lines(columns(), FRAME)[:, 1, 1]
    quarter = (FRAME.bottom - TOP) / 4
    assert np.allclose(down, [FRAME.bottom - quarter, TOP + quarter, TOP + quarter])


def test_a_trial_without_an_objective_ends_before_that_axis():
    points = lines(columns(), FRAME)
    assert np.isnan(points[2, 2, 1]) and np.isfinite(points[2, :2]).all()
    x, y = joined(points[[2]])
    assert len(x) == 4 and np.isnan([x[3], y[2], y[3]]).all() and np.isfinite(x[:3]).all()


def test_a_brush_holds_up_what_passes_it():
    found = columns()
    assert brushed(found, {}).all()
    assert brushed(found, {0: (0.4, 1.0)}).tolist() == [False, True, True]
    assert brushed(found, {0: (0.4, 1.0), 1: (0.5, 1.0), 2: (0.0, 0.5)}).tolist() == [False, True, False]
    assert brushed(found, {1: (0.0, 0.1)}).tolist() == [False, False, False]


def test_the_line_that_is_meant_is_the_nearest_one_that_is_near_enough():
    points = lines(columns(), FRAME)
    middle = (points[1, 0] + points[1, 1]) / 2
    assert nearest_line(points, middle[0], middle[1] + 3, 8.0) == 1
    assert nearest_line(points, middle[0], FRAME.bottom, 8.0) is None
    # Where a line has no end it is not met either.
    assert nearest_line(points[[2]], FRAME.across[2], TOP, 8.0) is None
    assert nearest_line(points[:0], 1.0, 1.0, 8.0) is None


def test_a_height_on_an_axis_is_a_share_of_it_and_beyond_its_ends_the_end():
    shares = np.array([0.0, 0.3, 1.0])
    assert np.allclose([FRAME.share_at(y) for y in FRAME.down(shares)], shares)
    assert FRAME.share_at(-50.0) == 1.0 and FRAME.share_at(1000.0) == 0.0
    assert FRAME.axis_at(FRAME.across[1] + 5, 16.0) == 1 and FRAME.axis_at(FRAME.across[1] + 40, 16.0) is None
