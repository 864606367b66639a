"""Which breakpoints held at a step comes again with the step: who goes on from there is stopped as the run itself was."""

from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

from nnlab.experiments.experiment import Experiment
from nnlab.experiments.journal.recorder import Recorder
from nnlab.experiments.journal.replay import Standing, run_at
from nnlab.experiments.journal.step_by_step import StepByStep
from nnlab.experiments.journal.visiting import Visitor
from nnlab.models import MLPSettings
from nnlab.models.layers.activations import ReLU, Softmax
from nnlab.models.layers.dense import Dense
from nnlab.training import TrainingRun
from nnlab.training.watch import Watch
from tests.experiments.cases import SMALL
from tests.experiments.journal.kept import Act, Kept

CHANGING = (
    {"kind": "loss", "part": "batch", "value": 0.6},
    {"kind": "gradient_norm", "above": 0.2},
    {"kind": "update_ratio", "every": 2},
    {"kind": "no_better", "epochs": 1},
    {"kind": "step", "number": 9},
    "not_finite",
)


def stopping(*stop_when: object, **training: object) -> Experiment:
    changed = {"stop_when": stop_when, "epochs": 6, "patience": 0, "keep": "last"} | training
    return replace(SMALL, training=replace(SMALL.training, **changed))


def kept(folder: Path, experiment: Experiment, acts: dict[int, Act] | None = None) -> Kept:
    """Two snapshots are all that is left of it, the first and one on the way."""
    kept = Kept(experiment, folder, acts, every=1000)
    between = [one.step for one in kept.store.snapshots(1) if one.step not in (0, 12)]
    kept.store.drop_snapshots(1, between)
    assert kept.said == []
    return kept


def at(kept: Kept, step: int) -> Standing:
    return run_at(kept.store, kept.store.run(1), step, [])


def with_others(run: TrainingRun, recorder: Recorder) -> None:
    run.settings = replace(run.settings, stop_when=({"kind": "gradient_norm", "above": 0.1}, *CHANGING[2:]))


def with_none(run: TrainingRun, recorder: Recorder) -> None:
    run.settings = replace(run.settings, stop_when=())


def as_before(run: TrainingRun, recorder: Recorder) -> None:
    run.settings = replace(run.settings, stop_when=CHANGING)


@pytest.mark.parametrize("acts", [{}, {7: with_others}, {5: with_none, 12: as_before}], ids=["same", "others", "none"])
def test_what_held_comes_again_at_every_step(acts: dict[int, Act], tmp_path: Path):
    run = kept(tmp_path, stopping(*CHANGING), acts)
    assert len({frozenset(held.items()) for held in run.holding.values()}) > 3
    for step in range(run.run.step):
        if step not in acts:
            assert at(run, step).run.holding == run.holding[step], step


def test_so_it_does_for_who_goes_back_and_forth_and_for_who_goes_step_by_step(tmp_path: Path):
    run = kept(tmp_path, stopping(*CHANGING))
    visitor = Visitor(run.store, 1)
    for step in (17, 3, 4, 16, 15, 12, 1):
        assert visitor.at(step).run.holding == run.holding[step], step
    walk = StepByStep(run.store, run.store.run(1), 2, [])
    for step in range(3, 17):
        walk.advance()
        assert walk.run.holding == run.holding[step], step


def test_who_goes_on_is_not_stopped_once_more_by_what_held_already(tmp_path: Path):
    always = {"kind": "loss", "part": "batch", "value": 1e6}
    run = kept(tmp_path, stopping(always))
    watch = Watch(at(run, 5).run)
    list(islice(watch, 1))
    assert watch.stop is None


def test_who_was_told_that_the_next_step_fails_is_not_told_again(tmp_path: Path):
    layers = (*(Dense(8), ReLU()) * 6, Dense(2), Softmax())
    experiment = stopping("not_finite", {"kind": "step", "number": 1}, learning_rate=1000.0, epochs=50)
    run = kept(tmp_path, replace(experiment, model=MLPSettings(layers)))
    stop = run.run.events[-1]
    assert stop.is_before_failure and run.run.step == stop.step
    run.store.drop_snapshots(1, [stop.step])
    assert at(run, stop.step).run.holding == run.holding[stop.step]
    # One step before it nobody knows yet.
    assert at(run, stop.step - 1).run.holding == run.holding[stop.step - 1]
