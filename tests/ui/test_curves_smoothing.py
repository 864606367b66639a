"""The mean that the curves show: of what was seen last, of nothing that came later, the same for every size of batches."""

import re
from fractions import Fraction

import numpy as np
import pytest

from nnlab.models.arrays import Array
from nnlab.ui.main_window import MainWindow
from nnlab.ui.views.curves.smoothing import smoothed
from tests.ui.conftest import Driver, example

EXAMPLES, EPOCHS = 960, 6
# What each example adds to the loss of the batch that it is in, one epoch after the other.
LOSSES = 2.0 + np.sin(np.arange(EXAMPLES * EPOCHS) / 500) + np.random.default_rng(0).normal(size=EXAMPLES * EPOCHS)


def run(batch: int) -> tuple[Array, Array]:
    """After how many epochs each step ended, and the mean loss of its batch."""
    steps = len(LOSSES) // batch
    return np.arange(1, steps + 1) * batch / EXAMPLES, LOSSES.reshape(steps, batch).mean(axis=1)


@pytest.mark.parametrize("batch", [1, 8, 60])
@pytest.mark.parametrize("width", [1 / 8, 1 / 4, 1])
def test_a_point_is_the_mean_of_the_examples_that_were_seen_last(batch: int, width: float) -> None:
    epochs, values = run(batch)
    mean, last = smoothed(epochs, values, width), round(width * EXAMPLES)
    for place in (0, 5, len(values) // 2, len(values) - 1):
        seen = (place + 1) * batch
        assert mean[place] == pytest.approx(LOSSES[max(seen - last, 0) : seen].mean())


def test_it_is_the_same_for_every_size_of_the_batches() -> None:
    whole = np.arange(1, 8 * EPOCHS + 1) / 8
    curves = []
    for batch in (1, 4, 24, 120):
        epochs, values = run(batch)
        curves.append(np.interp(whole, epochs, smoothed(epochs, values, 1 / 4)))
    for curve in curves[1:]:
        np.testing.assert_allclose(curve, curves[0])


@pytest.mark.parametrize("width", [1 / 64, 1 / 8, 1 / 2, 1])
def test_a_line_of_full_batches_does_not_lag(width: float) -> None:
    epochs, values = run(EXAMPLES)
    np.testing.assert_array_equal(smoothed(epochs, values, width), values)
    falling = 1.0 / np.arange(1, 400)
    np.testing.assert_array_equal(smoothed(np.arange(1.0, 400), falling, width), falling)


def test_nothing_that_came_later_changes_a_point() -> None:
    epochs, values = run(8)
    for seen in (1, 40, 333):
        np.testing.assert_array_equal(smoothed(epochs[:seen], values[:seen], 1 / 4), smoothed(epochs, values, 1 / 4)[:seen])


def test_of_a_step_that_lies_partly_within_the_width_the_part_counts() -> None:
    values = np.array([4.0, 1.0, 7.0])
    assert smoothed(np.array([0.2, 0.4, 0.6]), values, 0.3)[2] == pytest.approx((0.1 * 1 + 0.2 * 7) / 0.3)


def test_rows_of_several_steps_and_batches_that_grew_count_by_their_examples() -> None:
    fine, values = run(8)
    coarse = values.reshape(-1, 4).mean(axis=1)
    np.testing.assert_allclose(smoothed(fine[3::4], coarse, 1 / 5)[20:], smoothed(fine, values, 1 / 5)[3::4][20:])
    mixed = np.concatenate([fine[:240], fine[243::4]]), np.concatenate([values[:240], coarse[60:]])
    np.testing.assert_allclose(smoothed(*mixed, 1 / 5)[240:], smoothed(fine, values, 1 / 5)[243::4])


def test_an_average_is_quieter_than_what_it_is_of() -> None:
    epochs, values = run(8)
    truth = 2.0 + np.sin(np.arange(1, len(LOSSES) + 1) / 500)[7::8]
    # It is of what was seen an eighth of an epoch ago on average, and of the noise of 30 batches less than a fifth is left.
    late = smoothed(epochs, values, 1 / 4)[30:] - truth[15:-15]
    assert np.std(late) < np.std(values - truth) / 4


def test_a_phase_begins_with_its_own_numbers() -> None:
    epochs, values = run(8)
    mean = smoothed(epochs[240:], values[240:], 1 / 4, start=2.0)
    assert mean[0] == values[240] and mean[1] == pytest.approx(values[240:242].mean())


@pytest.mark.parametrize("count", [0, 1])
def test_few_numbers_are_shown_as_they_are(count: int) -> None:
    np.testing.assert_array_equal(smoothed(np.arange(count) + 1.0, np.ones(count), 1 / 4), np.ones(count))


def test_an_average_leaves_neither_the_range_nor_the_numbers_that_are_none() -> None:
    steep, epochs = 1.0 / np.arange(1, 300), np.arange(1, 300) / 100
    assert smoothed(epochs, steep, 1 / 4).min() >= steep.min() and smoothed(epochs, steep, 1 / 4).max() <= steep.max()
    unknown = np.full(299, np.nan)
    np.testing.assert_array_equal(smoothed(epochs, unknown, 1 / 4), unknown)


def test_an_average_reaches_over_no_more_than_a_tenth_of_the_run_and_says_so(driver: Driver) -> None:
    short = driver.open(example("digits-mlp", epochs=1))
    controls = short.curves.controls
    controls.choose_width(Fraction(1, 4))
    assert controls.width == 0.1 and controls._text.text() == "0.1 epoch"
    assert "tenth of the run" in controls._slider.toolTip()
    driver.finish(short)
    short.curves.redraw()
    steps = short.session.history.steps
    np.testing.assert_allclose(
        short.curves.panels["loss"].lines.mean, smoothed(steps["epoch"].values, steps["loss"].values, 0.1)
    )


def test_the_slider_says_of_how_much_of_an_epoch_the_mean_is(digits: MainWindow) -> None:
    controls = digits.curves.controls
    controls.begin(100)
    said = []
    for width in ("0", "1/4", "1"):
        controls.choose_width(Fraction(width))
        tooltip = re.sub("<[^>]+>", "", controls._slider.toolTip())
        said.append((controls._text.text(), re.split("[:.]", tooltip)[0]))
    assert said == [
        ("none", "Every batch as it was"),
        ("1/4 epoch", "Each point is the mean of the last 1/4 epoch"),
        ("1 epoch", "Each point is the mean of the last epoch"),
    ]
