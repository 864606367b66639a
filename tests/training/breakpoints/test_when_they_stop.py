"""Every breakpoint stops at exactly the step at which it becomes true, worked out by other means, and changes no number."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pytest

from nnlab.models.layers import Layer
from nnlab.models.layers.activations import ReLU, Sigmoid, Softmax, Tanh
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.residual import Residual
from nnlab.training import Step, TrainingRun
from nnlab.training.breakpoints import BREAKPOINTS
from nnlab.training.watch import Watch
from tests.training.breakpoints.stops import edges, float64, reached, stops_of
from tests.training.runs import toy_data, toy_run

Holds = Callable[[TrainingRun], Iterator[bool]]


def of_steps(holds: Callable[[Step], bool]) -> Holds:
    """What a bare run's own steps tell."""
    return lambda run: (holds(step) for step in run)


def ends_whose(figure: Callable[[Any], bool]) -> Holds:
    """What the ends of epochs tell; it stands until the next."""

    def held(run: TrainingRun) -> Iterator[bool]:
        now = False
        for step in run:
            now = figure(step.epoch_end) if step.epoch_end else now
            yield now

    return held


def waiting(epochs: int) -> Holds:
    """Whether the lowest validation loss is so many epochs old."""

    def held(run: TrainingRun) -> Iterator[bool]:
        losses: list[float] = []
        for step in run:
            losses += [step.epoch_end.validation.loss] if step.epoch_end else []
            yield bool(losses) and len(losses) - 1 - int(np.argmin(losses)) >= epochs

    return held


def long_gradients(above: float) -> Holds:
    """The norm of the gradient in float64, from the batch and the parameters before each step."""

    def held(run: TrainingRun) -> Iterator[bool]:
        while True:
            twin, at = run.replica(), run.upcoming
            if twin.ending is not None:
                return
            list(twin.upcoming_parts())
            inputs, labels = run.data.learning.gather(twin.upcoming)
            model = run.model.replica(np.float64)
            model.loss_and_gradient(inputs.astype(np.float64), labels, run.step)
            assert len(at) == len(labels)
            norm = float(np.sqrt((model.parameters.gradient**2).sum()))
            if next(run, None) is None:
                return
            yield norm > above

    return held


def ratios(tensor: str, beyond: Callable[[float], bool], every: int = 1) -> Holds:
    """|before - after| / |after| of a tensor."""

    def held(run: TrainingRun) -> Iterator[bool]:
        before, now = float64(run, tensor), False
        for step in run:
            after = float64(run, tensor)
            if step.number % every == 0:
                now = beyond(float(np.linalg.norm(before - after) / np.linalg.norm(after)))
            before = after
            yield now

    return held


def stuck(is_stuck: Callable[[np.ndarray], np.ndarray], count: int, every: int) -> Holds:
    """How many hidden units are, by a forward pass in float64 over the validation examples."""

    def held(run: TrainingRun) -> Iterator[bool]:
        data, now = run.data, False
        x = data.dataset.train.inputs[data.split.validation] * data.scaling.factor + data.scaling.offset
        for step in run:
            if step.number % every == 0:
                z = x @ float64(run, "dense1.weight") + float64(run, "dense1.bias")
                now = int(is_stuck(z).sum()) >= count
            yield now

    return held


DYING: tuple[Layer, ...] = (Dense(12), ReLU(), Dense(2), Softmax())
PLAIN = {"learning_rate": 0.3, "momentum": 0.0}
SQUASHED: tuple[Layer, ...] = (Dense(8, initializer="xavier"), Tanh(), Dense(2), Softmax())


@dataclass
class Case:
    """A breakpoint, when it holds, how often that begins at least, and the run."""

    settings: dict[str, Any]
    holds: Holds
    least: int = 1
    run: dict[str, Any] = field(default_factory=dict)


CASES = {
    "loss of a batch": Case({"kind": "loss", "part": "batch", "value": 0.35}, of_steps(lambda step: step.loss < 0.35), 2),
    "loss of a batch, upwards": Case(
        {"kind": "loss", "part": "batch", "side": "above", "value": 0.4}, of_steps(lambda step: step.loss > 0.4), 2
    ),
    "loss of training": Case(
        {"kind": "loss", "part": "training", "value": 0.4}, ends_whose(lambda end: end.train_loss < 0.4)
    ),
    "loss of validation": Case(
        {"kind": "loss", "part": "validation", "value": 0.38}, ends_whose(lambda end: end.validation.loss < 0.38)
    ),
    "score of a batch": Case({"kind": "score", "part": "batch", "value": 0.9}, of_steps(lambda step: step.score > 0.9), 2),
    "score of training": Case(
        {"kind": "score", "part": "training", "value": 0.85}, ends_whose(lambda end: end.train_score > 0.85)
    ),
    "score of validation": Case({"kind": "score", "value": 0.8}, ends_whose(lambda end: end.validation.score > 0.8)),
    "score of validation, downwards": Case(
        {"kind": "score", "side": "below", "value": 0.9}, ends_whose(lambda end: end.validation.score < 0.9)
    ),
    "no better": Case(
        {"kind": "no_better", "epochs": 1}, waiting(1), 2, {"learning_rate": 1.5, "momentum": 0.0, "epochs": 30}
    ),
    "gradient norm": Case({"kind": "gradient_norm", "above": 0.6}, long_gradients(0.6), 2),
    "update too large": Case(
        {"kind": "update_ratio", "above": 0.03, "every": 1},
        ratios("dense2.weight", lambda ratio: ratio > 0.03),
        3,
        PLAIN,
    ),
    "update too small, now and then": Case(
        {"kind": "update_ratio", "below": 0.01, "above": 9.0, "every": 3},
        ratios("dense2.weight", lambda ratio: ratio < 0.01, 3),
        2,
        PLAIN,
    ),
    "dead units": Case(
        {"kind": "dead_units", "units": 3, "every": 2},
        stuck(lambda z: (z <= 0).all(axis=0), 3, 2),
        1,
        {"layers": DYING, "learning_rate": 2.0},
    ),
    "saturated units": Case(
        {"kind": "saturated_units", "units": 2, "every": 3},
        stuck(lambda z: (np.abs(np.tanh(z)) > 0.99).mean(axis=0) > 0.9, 2, 3),
        1,
        {"layers": SQUASHED, "learning_rate": 5.0, "epochs": 20},
    ),
    "step": Case({"kind": "step", "number": 12}, of_steps(lambda step: step.number == 12)),
}


def begun(case: Case, stop_when: list[dict[str, Any]]) -> TrainingRun:
    own = {"epochs": 12, "learning_rate": 0.1, "momentum": 0.9} | case.run
    return toy_run(toy_data(), stop_when=stop_when, **own)


def test_every_kind_has_a_case():
    assert {case.settings["kind"] for case in CASES.values()} | {"not_finite"} == set(BREAKPOINTS)


@pytest.mark.parametrize("name", CASES)
def test_it_stops_where_it_becomes_true_and_nowhere_else(name: str):
    case = CASES[name]
    run = begun(case, [case.settings])
    stops = stops_of(run)
    expected = [place + 1 for place in edges(list(case.holds(begun(case, []))))]
    if case.settings["kind"] == "update_ratio":
        # Each tensor is a subject of its own.
        stops = [stop for stop in stops if "dense2.weight" in stop.reason]
    assert [stop.step for stop in stops] == expected
    assert len(expected) >= case.least, "the case does not tell a condition that becomes true from one that is"
    assert run.model.parameters.values.tobytes() == reached(begun(case, [])).tobytes()


@pytest.mark.parametrize("name", CASES)
def test_one_that_is_off_stops_nothing(name: str):
    case = CASES[name]
    assert stops_of(begun(case, [case.settings | {"on": False}])) == []


@pytest.mark.parametrize("name", CASES)
def test_a_stop_says_in_one_sentence_what_happened_and_is_an_event(name: str):
    case = CASES[name]
    run = begun(case, [case.settings])
    first = stops_of(run)[0]
    assert first.words.startswith(f"Stopped at step {first.step:,}: ") and first.words.endswith(".")
    assert "\n" not in first.words and "  " not in first.words
    assert first in run.events


def test_two_that_become_true_at_once_are_one_stop_that_tells_of_both():
    run = toy_run(toy_data(), stop_when=[{"kind": "step", "number": 5}, {"kind": "loss", "part": "batch", "value": 9.0}])
    first, *others = stops_of(run)
    assert first.step == 1 and [stop.step for stop in others] == [5]
    run = toy_run(toy_data(), stop_when=[{"kind": "step", "number": 1}, {"kind": "loss", "part": "batch", "value": 9.0}])
    (stop,) = stops_of(run)
    assert stop.reason.count("; ") == 1 and "the loss of the batch" in stop.reason


def test_one_that_was_off_or_away_in_between_is_another_one():
    always = {"kind": "loss", "part": "batch", "value": 99.0}
    run = toy_run(toy_data(), stop_when=[always])
    watch = Watch(run)
    stopped = []
    for stop_when in ([always], [always], [always | {"on": False}], [always], [], [always], [always]):
        run.settings = replace(run.settings, stop_when=stop_when)
        next(watch)
        stopped.append(watch.stop is not None)
    assert stopped == [True, False, False, True, False, True, False]


def test_where_there_is_not_enough_memory_to_look_training_goes_on(monkeypatch: pytest.MonkeyPatch):
    def no_memory(self: object, run: object, step: object) -> None:
        raise MemoryError

    run = toy_run(toy_data(), DYING, stop_when=[{"kind": "dead_units", "every": 1}])
    monkeypatch.setattr(BREAKPOINTS["dead_units"], "found", no_memory)
    assert stops_of(run) == [] and run.stopped


def test_saturation_is_told_of_sigmoid_and_the_last_layer_is_left_out():
    layers = (Dense(4), Sigmoid(), Dense(1), Sigmoid())
    run = toy_run(toy_data(), layers, "binary_cross_entropy", stop_when=[{"kind": "saturated_units", "every": 1}])
    run.model.parameters.view("dense1.bias")[2] = 50.0
    run.model.parameters.view("dense2.bias")[0] = 50.0
    (stop,) = stops_of(run)
    assert stop.step == 1 and stop.reason.startswith("1 unit of sigmoid1 is saturated (2; by 20 validation examples")


def test_units_inside_of_layers_are_looked_at_and_training_examples_where_none_are_held_back():
    layers = (Dense(4), Residual((Dense(4), ReLU(), Dense(4))), Dense(2), Softmax())
    run = toy_run(toy_data(validation=0.0), layers, stop_when=[{"kind": "dead_units", "every": 1}])
    run.model.parameters.view("residual1.dense1.bias")[:2] = -50.0
    (stop,) = stops_of(run)
    assert stop.reason == "2 units of residual1 › relu1 are dead (0, 1; by 100 training examples)"
