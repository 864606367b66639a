"""A run stops exactly before a step that is not finite, and says where that began."""

from collections.abc import Callable
from itertools import islice

import numpy as np
import pytest

from nnlab.datasets import DatasetSettings, load_dataset
from nnlab.errors import DivergedError
from nnlab.models import CNNSettings
from nnlab.models.layers.activations import ReLU, Sigmoid, Softmax, Tanh
from nnlab.models.layers.batch_norm import BatchNorm
from nnlab.models.layers.conv2d import Conv2D
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.shape import Flatten
from nnlab.models.rbm_settings import RBMSettings
from nnlab.training import TrainingRun, prepare_data
from nnlab.training.events import Stop
from nnlab.training.first_not_finite import first_not_finite
from nnlab.training.hand_edits import change_by_hand
from nnlab.training.last_finite import LastFinite
from nnlab.training.watch import Watch
from tests.training.runs import assert_same, toy_data, toy_run, training_settings

# Two of them together are infinite in float32.
LARGE = 3.0e38


def dense(**training: object) -> TrainingRun:
    # Of so many layers the outputs overflow at once, before their squares in the loss are looked at.
    layers = (*(Dense(8), ReLU()) * 6, Dense(2))
    return toy_run(toy_data(), layers, "mean_squared_error", **{"learning_rate": 1000.0, "epochs": 100} | training)


def pictured(model: object, **training: object) -> TrainingRun:
    settings = DatasetSettings("digits", examples=120, validation=0.2)
    data = prepare_data(load_dataset(settings), settings)
    built = model.build(data.dataset.example_shape, data.dataset.targets)
    return TrainingRun(built, data, training_settings({"batch_size": 20, "epochs": 100} | training))


def convolutional(**training: object) -> TrainingRun:
    layers = (Conv2D(4, 3), ReLU(), Flatten(), Dense(10))
    return pictured(CNNSettings(layers, "mean_squared_error"), **{"learning_rate": 1000.0} | training)


def machine(**training: object) -> TrainingRun:
    return pictured(RBMSettings(hidden=6, visible_units="gaussian"), **{"learning_rate": 1000.0} | training)


EXPLODING = {"dense": dense, "conv": convolutional, "rbm": machine}


def stopped(run: TrainingRun) -> Stop:
    watch = Watch(run)
    list(watch)
    assert watch.stop is not None
    return watch.stop


@pytest.mark.parametrize("share", [0.01, 1e-9, 1e9], ids=["now and then", "once", "before every step"])
@pytest.mark.parametrize("name", EXPLODING)
def test_it_stands_after_the_last_finite_step_as_a_run_that_was_stopped_there(
    name: str, share: float, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("nnlab.training.last_finite._SHARE_OF_TIME", share)
    run, bare = EXPLODING[name](stop_when="not_finite"), EXPLODING[name](stop_when="not_finite")
    stop = stopped(run)
    assert stop.step == run.step > 0
    list(islice(bare, run.step))
    assert np.isfinite(bare.model.parameters.values).all()
    # What tells of the stop is all that differs.
    bare.events, bare.holding = run.events, run.holding
    assert_same(run.checkpoint, bare.checkpoint)
    assert run.model.parameters.gradient.tobytes() == bare.model.parameters.gradient.tobytes()
    tensor = next(iter(run.model.parameters.shapes))
    assert run.last_update(tensor).tobytes() == bare.last_update(tensor).tobytes()
    np.testing.assert_array_equal(run.last_batch, bare.last_batch)
    assert run.has_stepped and run.stopped is None and not run.divergence
    # And the next one is not finite.
    with pytest.raises(DivergedError):
        for _ in bare:
            assert np.isfinite(bare.model.parameters.values).all() is np.False_


@pytest.mark.parametrize("name", EXPLODING)
def test_it_says_in_which_step_and_where_it_began(name: str):
    stop = stopped(EXPLODING[name](stop_when="not_finite"))
    origin = "the output of dense4" if name == "dense" else "the loss"
    assert stop.reason == f"step {stop.step + 1:,} would not be finite, first of all {origin}"


def set_to(tensor: str, value: float) -> Callable[[TrainingRun], None]:
    def change(run: TrainingRun) -> None:
        run.model.parameters.view(tensor)[...] = value

    return change


ORIGINS = {
    "dense, forwards": (dense, set_to("dense1.weight", LARGE), "the output of dense1"),
    "dense, further on": (dense, set_to("dense2.weight", LARGE), "the output of dense2"),
    "conv, the loss": (convolutional, set_to("dense1.bias", 1e30), "the loss"),
    "conv, forwards": (convolutional, set_to("conv2d1.weight", LARGE), "the output of conv2d1"),
    "conv, further on": (convolutional, set_to("dense1.weight", LARGE), "the output of dense1"),
    "rbm, up": (machine, set_to("rbm.weight", np.nan), "the hidden probabilities"),
    "rbm, down": (machine, set_to("rbm.visible_bias", np.inf), "the reconstruction"),
}


@pytest.mark.parametrize("name", ORIGINS)
def test_the_first_number_that_is_not_finite_is_found_in_the_order_of_the_pass(name: str):
    make, change, origin = ORIGINS[name]
    run = make(learning_rate=1e-3)
    next(run)
    assert first_not_finite(run.replica()) == ""
    change(run)
    assert first_not_finite(run.replica()) == origin


def test_a_gradient_that_overflows_is_found_on_the_way_back():
    layers = (Dense(4, initializer="xavier"), Tanh(), Dense(2))
    run = toy_run(toy_data(), layers, "mean_squared_error", learning_rate=1e-3)
    next(run)
    # The hidden units are silent, so that forwards all is finite; backwards 1,000 goes through the large weights.
    for name, value in (("dense1.weight", 0), ("dense1.bias", 0), ("dense2.weight", LARGE), ("dense2.bias", 1000)):
        set_to(name, value)(run)
    assert first_not_finite(run.replica()) == "the gradient by the output of tanh1"


def test_an_update_that_overflows_is_found_in_its_tensor():
    run = toy_run(toy_data(), optimizer="momentum", learning_rate=1000.0)
    next(run)
    run.vectors["velocity"][run.model.parameters.slices["dense2.bias"]] = 1e37
    assert first_not_finite(run.replica()) == "dense2.bias by the update"


def test_running_figures_are_looked_at_too():
    run = toy_run(toy_data(), (Dense(6), BatchNorm(), ReLU(), Dense(2), Softmax()), learning_rate=1e-3)
    next(run)
    run.model.parameters.view("dense1.weight")[...] *= 1e25
    assert first_not_finite(run.replica()) == "the running batch_norm1.variance"


def test_a_batch_in_parts_is_looked_at_part_by_part():
    run = toy_run(toy_data(4000), (Dense(8), ReLU(), Dense(2)), "mean_squared_error", batching="full-batch")
    next(run)
    set_to("dense1.weight", LARGE)(run)
    assert first_not_finite(run.replica()) == "the output of dense1"


def test_parameters_that_are_not_finite_while_the_loss_is_are_undone_too(monkeypatch: pytest.MonkeyPatch):
    """Sigmoids hide what is infinite: the loss stays a number for many steps."""
    layers = (Dense(4), Sigmoid(), Dense(1), Sigmoid())
    run, bare = (toy_run(toy_data(), layers, "binary_cross_entropy", stop_when="not_finite", epochs=50) for _ in range(2))
    monkeypatch.setattr("nnlab.training.last_finite._SHARE_OF_TIME", 0.5)
    watch = Watch(run)
    list(islice(watch, 20))
    run.vectors["velocity"][run.model.parameters.slices["dense1.bias"]] = -np.inf
    list(islice(bare, 20))
    # A hand in the optimizer's memory is no part of any run; what counts is that the steps from there are undone.
    watch._finite = LastFinite(run)
    list(watch)
    assert watch.stop is not None and run.step == watch.stop.step == 20
    assert np.isfinite(run.model.parameters.values).all()
    assert run.model.parameters.values.tobytes() == bare.model.parameters.values.tobytes()
    assert watch.stop.reason.endswith("dense1.bias by the update")


def test_to_go_on_after_it_ends_as_without_it():
    run = dense(stop_when="not_finite")
    stop = stopped(run)
    with pytest.raises(DivergedError, match="diverged"):
        list(Watch(run))
    assert run.stopped is not None and run.step < stop.step
    assert [event for event in run.events if isinstance(event, Stop)] == []


def test_what_was_changed_by_hand_on_the_way_is_there_again():
    run, bare = (dense(stop_when="not_finite", learning_rate=0.01) for _ in range(2))
    watch = Watch(run)
    for steps in (watch, bare):
        list(islice(steps, 5))
    for one in (run, bare):
        change_by_hand(one, "dense1.bias", (0,), 3.0)
    for steps in (watch, bare):
        list(islice(steps, 3))
    for one in (run, bare):
        one.settings = training_settings(one.settings.to_table() | {"learning_rate": 500.0})
    list(watch)
    list(islice(bare, run.step - 8))
    assert watch.stop is not None and run.step > 8
    assert run.model.parameters.values.tobytes() == bare.model.parameters.values.tobytes()
    assert run.events[:-1] == bare.events and run.events[-1] == watch.stop


def test_a_run_that_stays_finite_never_stops_by_it_and_has_the_same_bits():
    run, bare = toy_run(stop_when="not_finite"), toy_run()
    watch = Watch(run)
    assert len(list(watch)) == len(list(bare)) and watch.stop is None
    assert run.model.parameters.values.tobytes() == bare.model.parameters.values.tobytes()
