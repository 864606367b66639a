"""What cannot be seen holds nothing of a run that is over: neither its data nor what was found out about it."""

import gc
import types
import weakref
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QGraphicsItem

from nnlab.datasets import Dataset, DatasetSettings
from nnlab.experiments.experiment import Experiment
from nnlab.models.autoencoder import AutoencoderSettings
from nnlab.models.layers.activations import Sigmoid
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.shape import Code
from nnlab.models.rbm_settings import RBMSettings
from nnlab.ui.main_window import MainWindow
from nnlab.ui.views import View
from tests.ui.conftest import Driver, example

MLP = example("digits-mlp", epochs=2)
EXPERIMENTS: dict[str, tuple[Experiment, set[str]]] = {
    # The experiment, and views of it that hold arrays for sure.
    "mlp": (MLP, {"weights"}),
    "plane": (replace(MLP, dataset=DatasetSettings("moons", validation=0.2)), {"boundary"}),
    "autoencoder": (
        replace(MLP, model=AutoencoderSettings((Dense(20), Sigmoid(), Code(), Dense(64), Sigmoid()))),
        {"reconstructions", "latent"},
    ),
    "rbm": (replace(MLP, model=RBMSettings(hidden=30)), {"samples", "latent"}),
}


def arrays_of(view: View) -> list[weakref.ref[np.ndarray]]:
    """The arrays that a view holds itself. Those of its plots are as large as what is seen, whatever the data."""
    seen: set[int] = set()
    found = []
    to_do = list(vars(view).values())
    while to_do:
        thing = to_do.pop()
        if id(thing) in seen or isinstance(thing, QObject | QGraphicsItem | type | types.ModuleType):
            continue
        seen.add(id(thing))
        if isinstance(thing, np.ndarray):
            found.append(weakref.ref(thing))
            to_do.append(thing.base)
        elif isinstance(thing, types.FunctionType):
            to_do += [cell.cell_contents for cell in thing.__closure__ or ()]
        else:
            to_do += gc.get_referents(thing)
    # The tables of 256 colours are the theme's.
    return [array for array in found if array().nbytes >= 2000 and array().shape[:1] != (256,)]


def begin_another(window: MainWindow, driver: Driver) -> weakref.ref[Dataset]:
    """A run on other data, once it is drawn; the data before it."""
    session, before = window.session, weakref.ref(window.session.dataset)
    dataset = replace(session.experiment.dataset, examples=100)
    session.edit(replace(session.experiment, dataset=dataset))
    driver.wait_for(lambda: session.dataset is not before())
    session.reset()
    driver.wait_for(lambda: window.stage._prepared.dataset is session.dataset and window.stage.current.answer is not None)
    # That undo takes no time, and brings the run back, is worth the data of a change; others would let it go in the end.
    session.loading._kept.clear()
    while session.runs.shelf.take() is not None:
        pass
    with driver.qtbot.waitSignal(session.prepared, timeout=60_000):
        session.reset()
    driver.wait_for(lambda: window.stage.current.answer is not None)
    session.edit_history.clear()
    gc.collect()
    return before


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_hidden_views_let_go_of_the_last_run(driver: Driver, name: str):
    experiment, holding = EXPERIMENTS[name]
    window = driver.open(experiment)
    driver.finish(window)
    stage = window.stage
    for shown in list(stage._fitting):
        driver.see(window, shown)
    driver.see(window, "network")
    held = {name: arrays_of(view) for name, view in stage._views.items()}
    assert all(held[name] for name in holding)
    before = begin_another(window, driver)
    left = {name: [array().shape for array in arrays if array() is not None] for name, arrays in held.items()}
    assert not {name: shapes for name, shapes in left.items() if shapes and name != "network"}
    assert before() is None
    # Seen again, each shows the run that there is.
    for shown in list(stage._fitting):
        assert driver.see(window, shown).answer is not None


@pytest.mark.parametrize("name", ["mlp", "plane"])
def test_a_closed_browser_lets_go_of_the_last_data(driver: Driver, name: str):
    window = driver.open(EXPERIMENTS[name][0])
    window.browsing.open()
    browser = window.browsing.browser
    assert browser.collection is not None
    browser.close()
    assert begin_another(window, driver)() is None
    window.browsing.open()
    assert browser.collection.dataset.train.inputs is window.stage._prepared.dataset.train.inputs
    assert len(browser.positions) == browser.collection.size("train") > 0
