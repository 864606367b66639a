"""Which examples the last step learned from is known as long as the parameters are those that it led to."""

import numpy as np
import pytest

from nnlab.experiments.assembly import assemble
from nnlab.experiments.experiment import load_experiment, with_settings
from nnlab.probes import Selection, look, scene_of
from nnlab.probes.predictions import PRESENT_BATCH, PredictionsOptions
from nnlab.probes.reconstructions import PRESENT_BATCH as PRESENT_RECONSTRUCTIONS
from nnlab.probes.reconstructions import ReconstructionsOptions
from nnlab.resources import example_files
from nnlab.training import TrainingRun

EXAMPLES = {path.stem: path for path in example_files()}


def run_of(name: str, *assignments: str) -> TrainingRun:
    return assemble(with_settings(load_experiment(EXAMPLES[name]), list(assignments)), ())


def test_the_batch_is_the_one_that_the_step_was_about_to_see():
    run = run_of("xor", "training.batch_size=7")
    assert not len(scene_of(run).batch)
    for _ in range(120):
        upcoming = run.upcoming.copy()
        next(run)
        assert np.array_equal(scene_of(run).batch, upcoming)
        assert np.array_equal(scene_of(run.replica()).batch, upcoming)


def test_parameters_that_were_put_back_have_no_last_batch():
    run = run_of("xor", "training.epochs=4", "training.learning_rate=3")
    for _ in run:
        pass
    assert (len(scene_of(run).batch) > 0) == (run.kept_epoch == 0)
    run.restore(run.checkpoint.copy())
    assert not len(scene_of(run).batch)


@pytest.mark.parametrize("size", [16, 1_000_000])
def test_predictions_are_those_of_the_batch_whichever_part_is_asked_for(size: int):
    run = run_of("digits-mlp", f"training.batch_size={size}")
    next(run)
    options = PredictionsOptions(PRESENT_BATCH, shown=1000)
    answer = look(run, "predictions", Selection(part="test", options=options)).value
    assert answer.part == "train" and answer.total == len(scene_of(run).batch) and answer.is_fresh
    examples = run.data.split.train[answer.places]
    assert set(examples) <= set(scene_of(run).batch.tolist()) and len(examples) == min(size, 500)
    assert np.array_equal(answer.labels, run.data.learning.examples.labels[examples])


def test_reconstructions_are_of_the_batch():
    layers = "model.layers=[{kind='dense',units=9},'code',{kind='dense',units=64}]"
    run = run_of("digits-mlp", "model.kind=autoencoder", "model.loss=mean_squared_error", layers)
    options = ReconstructionsOptions(PRESENT_RECONSTRUCTIONS, shown=9)
    before = look(run, "reconstructions", Selection(options=options)).value
    assert before.places.tolist() == list(range(9))
    next(run)
    after = look(run, "reconstructions", Selection(part="test", options=options)).value
    assert after.part == "train"
    assert np.array_equal(run.data.split.train[after.places], scene_of(run).batch[:9])


def test_the_plane_marks_nothing_where_a_step_learns_from_everything():
    run = run_of("xor", "training.batching=full-batch")
    next(run)
    assert not len(look(run, "boundary").value.batch)
