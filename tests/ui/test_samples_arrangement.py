"""The Samples view shows its chains in every pane, and as much of the rest as there is room for."""

import pytest

from nnlab.experiments.experiment import Experiment
from nnlab.ui.views.samples.arrangement import Arrangement, arrangement
from tests.ui.conftest import Driver
from tests.ui.test_small_panes import area_of, experiment


@pytest.fixture
def machine() -> Experiment:
    return experiment("rbm")


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        ((435, 120), Arrangement(has_hidden_units=False, plots=1, below=0)),
        ((300, 120), Arrangement(has_hidden_units=False, plots=0, below=0)),
        ((894, 300), Arrangement(has_hidden_units=True, plots=3, below=0)),
        ((583, 220), Arrangement(has_hidden_units=False, plots=2, below=0)),
        ((435, 400), Arrangement(has_hidden_units=True, plots=3, below=160)),
        ((435, 2000), Arrangement(has_hidden_units=True, plots=3, below=240)),
    ],
)
def test_what_is_shown_goes_by_the_room(size: tuple[int, int], shown: Arrangement) -> None:
    assert arrangement(*size, plots=3) == shown


@pytest.mark.parametrize(("panes", "size"), [(1, (1280, 800)), (2, (1280, 800)), (4, (1280, 800)), (4, (1920, 1080))])
def test_the_chains_are_in_sight_in_every_pane(
    driver: Driver, machine: Experiment, panes: int, size: tuple[int, int]
) -> None:
    window = driver.open(machine)
    window.resize(*size)
    window.stage.arrange(panes)
    view = driver.see(window, "samples")
    bar = area_of(view).verticalScrollBar()
    driver.wait_for(lambda: bar.maximum() == 0 and view.chains.width() > 60)
    canvas = view.canvas.sceneRect()
    for part in (view.chains, view.units.filters, *(plot for plot in view.arranged.plots if plot.isVisible())):
        place = part.sceneBoundingRect()
        assert canvas.adjusted(-1, -1, 1, 1).contains(place)
        assert min(place.width(), place.height()) >= 40
    # Nothing but the chains is larger than they are.
    assert view.chains.width() >= view.units.filters.width()
    spots = view._spots()
    assert len(spots.places) >= view.chains.mosaic.count
    hidden = view.units.units.hidden.size if view.arranged.now.has_hidden_units else 0
    assert len(spots.places) == view.chains.mosaic.count + view.units.filters.mosaic.count + hidden


def test_the_plots_come_back_below_each_other(driver: Driver, machine: Experiment) -> None:
    window = driver.open(machine)
    window.resize(1600, 1000)
    view = driver.see(window, "samples")
    for panes in (4, 2, 1):
        window.stage.arrange(panes)
        driver.see(window, "samples")
    driver.wait_for(lambda: view.arranged.now == Arrangement(True, 3, 0))
    view.canvas.ci.layout.activate()
    tops = [plot.sceneBoundingRect().top() for plot in view.arranged.plots]
    assert tops == sorted(set(tops)) and len({plot.sceneBoundingRect().left() for plot in view.arranged.plots}) == 1
