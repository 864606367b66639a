"""A value at the limit is not beyond it, and what is not known is neither below nor above."""

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from nnlab.models.flat_units import stuck_units
from nnlab.models.layers.activations import ReLU, Tanh
from nnlab.models.parameters import Parameters
from nnlab.training import TrainingSettings
from nnlab.training.breakpoints import Breakpoint
from nnlab.training.breakpoints.breakpoint import told_apart
from nnlab.training.breakpoints.update_ratio import UpdateRatio
from tests.training.breakpoints.stops import a_step, an_end
from tests.training.runs import toy_run, value_run


def one(**settings: Any) -> Breakpoint:
    """A breakpoint as a file has it."""
    return TrainingSettings(stop_when=(settings,)).stop_when[0]


FIGURES = [
    ("loss", "batch", a_step(loss=0.5)),
    ("loss", "training", a_step(loss=9.0, end=an_end((0.5, 9.0), (9.0, 9.0)))),
    ("loss", "validation", a_step(loss=9.0, end=an_end((9.0, 9.0), (0.5, 9.0)))),
    ("score", "batch", a_step(score=0.5)),
    ("score", "training", a_step(score=9.0, end=an_end((9.0, 0.5), (9.0, 9.0)))),
    ("score", "validation", a_step(score=9.0, end=an_end((9.0, 9.0), (9.0, 0.5)))),
]


@pytest.mark.parametrize(("kind", "part", "step"), FIGURES, ids=[f"{kind} of {part}" for kind, part, _ in FIGURES])
def test_a_figure_is_beyond_a_value_on_one_side_alone(kind: str, part: str, step: Any):
    run = toy_run()
    beyond = {
        (side, value)
        for side in ("below", "above")
        for value in (0.49, 0.5, 0.51)
        if one(kind=kind, part=part, side=side, value=value).found(run, step)
    }
    assert beyond == {("below", 0.51), ("above", 0.49)}


@pytest.mark.parametrize("side", ["below", "above"])
def test_a_figure_that_is_not_known_is_on_no_side(side: str):
    nothing = a_step(loss=math.nan, score=math.nan)
    assert not any(one(kind=kind, part="batch", side=side).found(toy_run(), nothing) for kind in ("loss", "score"))


def test_the_score_is_called_as_the_targets_have_it():
    step = a_step(score=0.5)
    assert (
        "the accuracy of the batch was 0.5, above 0.25"
        in one(kind="score", part="batch", value=0.25).found(toy_run(), step)[""]
    )
    assert "the R² of the batch" in one(kind="score", part="batch", value=0.25).found(value_run(), step)[""]


@pytest.mark.parametrize(("waited", "holds"), [(2, False), (3, True), (4, True)])
def test_no_better_holds_from_that_many_epochs_on(waited: int, holds: bool):
    run = SimpleNamespace(waited=waited, data=toy_run().data)
    assert bool(one(kind="no_better", epochs=3).found(run, a_step())) is holds


@pytest.mark.parametrize(("number", "holds"), [(6, False), (7, True), (8, False)])
def test_a_step_number_holds_at_that_step_alone(number: int, holds: bool):
    assert bool(one(kind="step", number=7).found(toy_run(), a_step(number))) is holds


@pytest.mark.parametrize(("above", "holds"), [(4.9, True), (5.0, False), (5.1, False)])
def test_a_gradient_is_longer_than_a_value_or_not(above: float, holds: bool):
    run = toy_run()
    run.model.parameters.gradient.fill(0)
    run.model.parameters.gradient[:2] = (3, 4)
    found = one(kind="gradient_norm", above=above).found(run, a_step())
    assert found == ({"": "the gradient's norm was 5, above 4.9"} if holds else {})


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"above": 0.5}, {}),
        ({"above": 0.4}, {"a.weight": "the update of a.weight was 0.5 of its size, above 0.4"}),
        ({"above": 0.5, "below": 0.5}, {}),
        ({"above": 2.0, "below": 0.6}, {"a.weight": "the update of a.weight was 0.5 of its size, below 0.6"}),
        ({"above": 0.5, "tensors": "all"}, {"a.bias": "the update of a.bias was 2 of its size, above 0.5"}),
        ({"above": 9.0, "below": 0.1, "tensors": "all"}, {}),
    ],
)
def test_an_update_is_outside_a_range_of_ratios(settings: dict[str, Any], expected: dict[str, str]):
    shapes = {"a.weight": (1, 2), "frozen.weight": (1, 2), "zero.weight": (1, 2), "a.bias": (2,)}
    values = {"a.weight": [6, 8], "frozen.weight": [6, 8], "zero.weight": [0, 0], "a.bias": [3, 4]}
    updates = {"a.weight": [3, 4], "frozen.weight": [0, 0], "zero.weight": [1, 1], "a.bias": [6, 8]}
    parameters = Parameters(shapes)
    for name, numbers in values.items():
        parameters.view(name)[...] = numbers
    parameters.frozen = (parameters.slices["frozen.weight"],)
    run = SimpleNamespace(
        model=SimpleNamespace(parameters=parameters), last_update=lambda name: np.array(updates[name], np.float32)
    )
    assert one(kind="update_ratio", **settings).found(run, a_step()) == expected


@pytest.mark.parametrize("kind", ["update_ratio", "dead_units", "saturated_units"])
def test_what_costs_something_is_looked_at_every_so_many_steps(kind: str):
    assert [number for number in range(1, 13) if one(kind=kind, every=4).is_due(a_step(number))] == [4, 8, 12]


@pytest.mark.parametrize("kind", ["loss", "score"])
def test_figures_of_epochs_are_looked_at_when_an_epoch_ends(kind: str):
    end = a_step(end=an_end((1.0, 0.5), (1.0, 0.5)))
    assert [one(kind=kind, part=part).is_due(a_step()) for part in ("batch", "training", "validation")] == [
        True,
        False,
        False,
    ]
    assert all(one(kind=kind, part=part).is_due(end) for part in ("batch", "training", "validation"))


def test_a_unit_is_dead_at_all_examples_and_saturated_at_more_than_nine_in_ten():
    assert stuck_units(np.array([1.0, 0.999, 0.0, 1.0]), ReLU()).tolist() == [0, 3]
    assert stuck_units(np.array([0.9, 0.91, 1.0, 0.0]), Tanh()).tolist() == [1, 2]


def test_two_numbers_are_written_with_as_many_digits_as_tell_them_apart():
    assert told_apart(0.0987654, 0.1) == ("0.09877", "0.1")
    assert told_apart(0.09999999, 0.1) == ("0.09999999", "0.1")
    assert told_apart(0.1, 0.1) == ("0.10000000000000001", "0.10000000000000001")


def test_a_range_is_said_in_a_few_words():
    assert UpdateRatio(below=1e-4).summary() == "update / weight outside 0.0001 … 0.1"
