"""The pictures and plots of the Samples view by themselves."""

from collections.abc import Iterator

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from nnlab.probes import Moment
from nnlab.probes.machine_figures import MachineFigures
from nnlab.probes.machine_units import MachineUnits
from nnlab.ui.theme import grey_lut
from nnlab.ui.views.parts.scales import Scales
from nnlab.ui.views.samples.hidden_units import UnitPictures
from nnlab.ui.views.samples.mosaic import PictureMosaic
from nnlab.ui.views.samples.plots import EnergyPlot, HistoryPlots
from nnlab.ui.widgets.canvas import Canvas


@pytest.fixture
def mosaic(qtbot: QtBot) -> Iterator[PictureMosaic]:
    canvas = pg.GraphicsLayoutWidget()
    qtbot.addWidget(canvas)
    canvas.resize(400, 300)
    box = PictureMosaic()
    canvas.addItem(box)
    canvas.show()
    yield box


def test_coloured_pictures_keep_their_colours(mosaic: PictureMosaic) -> None:
    pictures = np.random.default_rng(0).integers(0, 256, (5, 4, 6, 3)).astype(np.uint8)
    mosaic.show_pictures(pictures)
    x, y = mosaic.mosaic.corner_of(3)
    drawn = mosaic.image.image[y + 1 : y + 5, x + 1 : x + 7].astype(int)
    assert np.abs(drawn - pictures[3]).max() <= 2
    assert (mosaic.image.image[y, x] == grey_lut(mosaic._theme)[255]).all()


@pytest.mark.parametrize("shape", [(1, 1, 1, 1), (1, 1, 1, 3), (3, 2, 5, 2)])
def test_pictures_of_any_size_and_channels_are_shown(mosaic: PictureMosaic, shape: tuple[int, ...]) -> None:
    mosaic.show_pictures(np.full(shape, 200, np.uint8))
    assert (mosaic.mosaic.count, mosaic.mosaic.height, mosaic.mosaic.width) == shape[:3]
    mosaic.show_mask(np.ones(shape[1:3], bool))
    x, y = mosaic.mosaic.corner_of(0)
    assert mosaic.under_stroke(QPointF(x + 1.5, y + 1.5), QPointF(x + 1.5, y + 1.5))[0, 0]
    assert mosaic.under_stroke(QPointF(-50, -50), QPointF(-40, -50)) is None


def test_a_fast_stroke_leaves_no_holes(mosaic: PictureMosaic) -> None:
    mosaic.show_pictures(np.zeros((2, 28, 28, 1), np.uint8))
    under = mosaic.under_stroke(QPointF(3, 10), QPointF(27, 20))
    assert under[:, 3:25].any(axis=0).all()
    assert under.sum() < 28 * 6


def test_energies_are_one_line_with_gaps_between_the_chains() -> None:
    plot = EnergyPlot()
    for step in range(5):
        plot.follow(2 * step, np.array([1.0, 10.0, 100.0]) + step)
    plot.redraw()
    x, y = plot.each.getData()
    np.testing.assert_array_equal(y[:5], 1.0 + np.arange(5))
    assert np.isnan(y[5])
    np.testing.assert_array_equal(y[6:11], 10.0 + np.arange(5))
    np.testing.assert_array_equal(np.diff(x[:5]), 2)
    plot.follow(8, np.zeros(3))
    assert len(plot.trace()[0]) == 5
    # Without a step the last energies are others: pixels are held, or a weight was changed.
    np.testing.assert_array_equal(plot.trace()[1][-1], 0)
    # Chains that start afresh, as many or more, have no past.
    plot.follow(0, np.ones(3))
    assert plot.trace()[1].shape == (1, 3)
    plot.follow(2, np.zeros(4))
    assert plot.trace()[1].shape == (1, 4)


def test_a_start_from_noise_does_not_flatten_what_follows() -> None:
    plot = EnergyPlot()
    for step in range(100):
        plot.follow(step, np.array([-200.0, -210.0]) + (1200.0 if step == 0 else step % 7))
    plot.redraw()
    low, high = plot.box.viewRange()[1]
    assert low <= -210 and -194 <= high < 0


def test_the_first_figures_are_dots_and_later_ones_lines() -> None:
    plots = HistoryPlots()
    for number, dots in ((7, [-260.0, -255.0]), (8, [])):
        plots.follow(MachineFigures(Moment(step=number), (-260.0, -255.0), -28.0, (5000, 600)))
        assert list(plots.energy.first.getData()[1]) == dots
        left, right = plots.energy.box.viewRange()[0]
        assert left < number < right or not dots
    # Of nothing measured there are no numbers beside the axes.
    assert all(axis._tickLevels is None for axis in plots.energy.axes)
    plots.clear()
    assert all(axis._tickLevels == [] for axis in plots.energy.axes)
    assert not len(plots.likelihood.first.getData()[1])
    assert plots.energy.caption.text.endswith("measuring\N{NO-BREAK SPACE}…")


def test_figures_without_numbers_leave_the_curve_open() -> None:
    plots = HistoryPlots()
    for number in range(3):
        plots.follow(MachineFigures(Moment(step=number), (float(number), float("nan")), float("nan"), (9, 0)))
    assert list(plots.train.getData()[1]) == [0, 1, 2]
    assert np.isnan(plots.validation.getData()[1]).all()


@pytest.mark.filterwarnings("error")
def test_filters_that_are_no_numbers_have_a_scale(qtbot: QtBot) -> None:
    canvas, units = Canvas(), UnitPictures(Scales())
    qtbot.addWidget(canvas)
    canvas.addItem(units)
    nothing = np.full((2, 3, 3), np.nan, np.float32)
    units.show_units(MachineUnits("rbm", 2, np.zeros((1, 2), np.float32), np.arange(1), nothing))
    assert units.bound == 1
