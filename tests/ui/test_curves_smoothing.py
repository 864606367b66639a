"""The mean that the curves show: of what was seen around each step, never late, the same for every size of batches."""

import re
from fractions import Fraction

import numpy as np
import pytest

from nnlab.models.arrays import Array
from nnlab.ui.main_window import MainWindow
from nnlab.ui.views.curves.smoothing import settled, smoothed
from tests.ui.conftest import Driver, example

EXAMPLES, EPOCHS = 960, 6
# What each example adds to the loss of the batch that it is in, one epoch after the other.
LOSSES = 2.0 + np.sin(np.arange(EXAMPLES * EPOCHS) / 500) + np.random.default_rng(0).normal(size=EXAMPLES * EPOCHS)


def run(batch: int) -> tuple[Array, Array]:
    """After how many epochs each step ended, and the mean loss of its batch."""
    steps = len(LOSSES) // batch
    return np.arange(1, steps + 1) * batch / EXAMPLES, LOSSES.reshape(steps, batch).mean(axis=1)


def middles(epochs: Array) -> Array:
    """Half way through each step of an even run."""
    return epochs - epochs[0] / 2


@pytest.mark.parametrize("batch", [2, 8, 60])
@pytest.mark.parametrize("width", [1 / 8, 1 / 4, 1])
def test_a_point_is_the_mean_of_the_examples_that_were_seen_around_it(batch: int, width: float) -> None:
    epochs, values = run(batch)
    mean, half = smoothed(epochs, values, width), round(width * EXAMPLES) // 2
    for place in (0, 5, len(values) // 2, len(values) - 1):
        middle = place * batch + batch // 2
        reach = max(min(half, middle, len(LOSSES) - middle), batch // 2)
        # Of a step that lies partly within the width its mean counts, for all that was seen of it.
        shown = np.repeat(values, batch)[middle - reach : middle + reach]
        assert mean[place] == pytest.approx(shown.mean())


def test_it_is_the_same_for_every_size_of_the_batches() -> None:
    # Half way through steps of 120 that the width holds whole: its borders fall between the steps of all sizes.
    whole = (np.arange(8 * EPOCHS)[3:-3] + 0.5) / 8
    curves = []
    for batch in (2, 8, 24, 120):
        epochs, values = run(batch)
        curves.append(np.interp(whole, middles(epochs), smoothed(epochs, values, 3 / 8)))
    for curve in curves[1:]:
        np.testing.assert_allclose(curve, curves[0], atol=0.02)


@pytest.mark.parametrize("width", [1 / 64, 1 / 8, 1])
def test_an_even_fall_is_shown_as_it_is(width: float) -> None:
    epochs, falling = np.arange(1, 401) / 100, 9.0 - np.arange(400) / 50
    np.testing.assert_allclose(smoothed(epochs, falling, width), falling, atol=1e-12)


def test_a_fast_fall_is_not_late() -> None:
    epochs = np.arange(1, 2001) / 400
    falling = 2.3 * np.exp(-3 * epochs) + 0.1
    shown = smoothed(epochs, falling, 1 / 8)
    # A mean of what was seen last would be a sixth above.
    assert (np.abs(shown / falling - 1) < 0.01).all()


def test_both_ends_are_as_they_are_and_the_quiet_comes_gradually() -> None:
    epochs, values = run(8)
    mean = smoothed(epochs, values, 1 / 4)
    assert mean[0] == values[0] and mean[-1] == values[-1]
    assert mean[1] == pytest.approx(values[:3].mean()) and mean[-3] == pytest.approx(values[-5:].mean())


def test_the_newest_means_which_are_of_few_batches_are_not_drawn() -> None:
    epochs = np.arange(1, 801) / 400
    assert settled(epochs, 1 / 8) == 787 and settled(epochs, 0.0) == 800
    assert settled(np.arange(1.0, 30.0), 1 / 8) == 29
    assert settled(epochs[:40], 1 / 8) == 40 and settled(epochs[:0], 1 / 8) == 0
    # A single batch that was all right does not lift the end of the line that is drawn to the top.
    values = np.where(np.arange(800) % 2, 0.9, 0.8)
    values[-1] = 1.0
    assert smoothed(epochs, values, 1 / 8)[: settled(epochs, 1 / 8)].max() < 0.91


@pytest.mark.parametrize("width", [1 / 64, 1 / 8, 1 / 2, 1])
def test_a_line_of_full_batches_does_not_lag(width: float) -> None:
    epochs, values = run(EXAMPLES)
    np.testing.assert_array_equal(smoothed(epochs, values, width), values)
    falling = 1.0 / np.arange(1, 400)
    np.testing.assert_array_equal(smoothed(np.arange(1.0, 400), falling, width), falling)


def test_what_lies_further_ahead_than_half_the_width_changes_no_point() -> None:
    epochs, values = run(8)
    whole = smoothed(epochs, values, 1 / 4)
    for seen in (40, 333):
        part = smoothed(epochs[:seen], values[:seen], 1 / 4)
        np.testing.assert_allclose(part[: seen - 15], whole[: seen - 15])


def test_of_a_step_that_lies_partly_within_the_width_the_part_counts() -> None:
    values = np.array([4.0, 1.0, 7.0])
    mean = smoothed(np.array([0.2, 0.4, 0.6]), values, 0.3)
    assert mean[1] == pytest.approx((0.05 * 4 + 0.2 * 1 + 0.05 * 7) / 0.3)


def test_rows_of_several_steps_and_batches_that_grew_count_by_their_examples() -> None:
    fine, values = run(8)
    mixed = (
        np.concatenate([fine[:240], fine[243::4]]),
        np.concatenate([values[:240], values.reshape(-1, 4).mean(axis=1)[60:]]),
    )
    even = np.concatenate([middles(fine)[:240], mixed[0][240:] - 2 * fine[0]])
    shown, straight = smoothed(mixed[0], mixed[1], 1 / 5), smoothed(mixed[0], even, 1 / 5)
    # A line that rises evenly with what was seen is itself, also where a step suddenly sees four times as much.
    np.testing.assert_allclose(straight, even, atol=0.002)
    np.testing.assert_allclose(shown[:220], smoothed(fine, values, 1 / 5)[:220])


def test_an_average_is_quieter_than_what_it_is_of() -> None:
    epochs, values = run(8)
    truth = 2.0 + np.sin(np.arange(1, len(LOSSES) + 1) / 500)[7::8]
    # Of the noise of 30 batches less than a fifth is left.
    left = (smoothed(epochs, values, 1 / 4) - truth)[15:-15]
    assert np.std(left) < np.std(values - truth) / 4


def test_a_phase_begins_with_its_own_numbers() -> None:
    epochs, values = run(8)
    mean = smoothed(epochs[240:], values[240:], 1 / 4, start=2.0)
    assert mean[0] == values[240] and mean[1] == pytest.approx(values[240:243].mean())


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
        (
            "1/4 epoch",
            "Each point is the mean over 1/4 epoch around it, half of it before and half after, of all examples seen in it",
        ),
        (
            "1 epoch",
            "Each point is the mean over one epoch around it, half of it before and half after, of all examples seen in it",
        ),
    ]
