"""A step for which there is not enough memory ends in a sentence, and leaves a run that goes on with a smaller batch."""

import subprocess
import sys
from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from nnlab.datasets import DatasetSettings, load_dataset
from nnlab.errors import OutOfMemoryError
from nnlab.models.layers import LAYERS
from nnlab.models.layers.base import Workspace
from nnlab.models.layers.dense import Dense
from nnlab.models.optimizers import Adam
from nnlab.models.rbm_settings import RBMSettings
from nnlab.training import TrainingRun, TrainingSettings, prepare_data
from nnlab.training.batch_gradient import LARGEST_PART
from nnlab.training.data import Feed
from nnlab.training.evaluation import portion_size
from tests.models.small_runs import digits_run
from tests.sentences import assert_one_sentence
from tests.targets import numbered
from tests.training.runs import LAYERS as LAYERS_ALONE
from tests.training.runs import toy_data, toy_run

pytestmark = pytest.mark.slow

NORMALISED = (Dense(8), LAYERS["batch_norm"](), LAYERS["tanh"](), Dense(2), LAYERS["softmax"]())


def state_of(run: TrainingRun) -> list[object]:
    checkpoint = run.checkpoint
    vectors = {name: vector.tobytes() for name, vector in {**checkpoint.vectors, **vars(checkpoint.numbers)}.items()}
    return [checkpoint.counters, checkpoint.optimizer_start, checkpoint.fallback.counters, vectors]


def fail(*arguments, **named):
    raise MemoryError


@pytest.mark.parametrize("steps", [3, 8, 71])
def test_a_run_that_lacks_memory_for_a_step_is_as_before_it(steps: int, monkeypatch: pytest.MonkeyPatch):
    run, quiet = (toy_run(layers=NORMALISED, optimizer="adam", epochs=30) for _ in range(2))
    for each in (run, quiet):
        list(islice(each, steps))
    before = state_of(run)
    with monkeypatch.context() as patch:
        arrays = Workspace.array

        def array(work: Workspace, *arguments, **named):
            # The last layer's output: by then batch normalisation has moved its running figures.
            return (fail if work.name == "dense2" else arrays)(work, *arguments, **named)

        patch.setattr(Workspace, "array", array)
        for _ in range(2):
            with pytest.raises(OutOfMemoryError) as caught:
                next(run)
    assert_one_sentence(str(caught.value).split(". ")[0], "memory", "batch size 16", f"step {steps}")
    assert state_of(run) == before
    assert [step.loss for step in run] == [step.loss for step in quiet]
    assert state_of(run) == state_of(quiet)


def test_a_machine_whose_first_step_lacks_memory_still_has_the_chains_that_it_began_with(monkeypatch: pytest.MonkeyPatch):
    run, quiet = (digits_run(RBMSettings(hidden=8, persistent=True, chains=10)) for _ in range(2))
    with monkeypatch.context() as patch:
        patch.setattr(type(run.model), "_write_gradient", fail)
        with pytest.raises(OutOfMemoryError, match="step 0"):
            next(run)
    assert [step.loss for step in run] == [step.loss for step in quiet]
    assert state_of(run) == state_of(quiet)


@pytest.mark.parametrize("layers", [LAYERS_ALONE, NORMALISED], ids=["plain", "normalised"])
def test_what_lacks_memory_within_an_update_goes_back_to_a_whole_state(layers, monkeypatch: pytest.MonkeyPatch):
    run, quiet = (toy_run(toy_data(validation=0.0), layers, optimizer="adam", epochs=30) for _ in range(2))
    list(islice(run, 70))
    list(islice(quiet, 64))
    with monkeypatch.context() as patch:
        patch.setattr(Adam, "update", fail)
        with pytest.raises(OutOfMemoryError, match="step 64"):
            next(run)
    assert run.counters == quiet.counters
    np.testing.assert_array_equal(run.model.parameters.values, quiet.model.parameters.values)
    np.testing.assert_array_equal(run.model.buffers.values, quiet.model.buffers.values)
    assert len(list(run)) > 100


def test_a_run_that_had_ended_still_has_its_best_epoch_when_another_step_lacks_memory(monkeypatch: pytest.MonkeyPatch):
    run = toy_run(epochs=12, learning_rate=1.0)
    list(run)
    assert run.kept_epoch
    before = (run.kept_epoch, run.model.parameters.values.copy())
    run.settings = replace(run.settings, epochs=20)
    monkeypatch.setattr(type(run.model.loss), "backward", fail)
    with pytest.raises(OutOfMemoryError):
        next(run)
    assert run.kept_epoch == before[0]
    np.testing.assert_array_equal(run.model.parameters.values, before[1])


def test_what_cannot_be_judged_at_once_is_judged_in_batches(monkeypatch: pytest.MonkeyPatch):
    run, quiet = (toy_run(epochs=1) for _ in range(2))
    chunks = Feed.chunks

    def little(feed: Feed, index, size: int = 1000):
        if size > 16:
            raise MemoryError
        return chunks(feed, index, size)

    monkeypatch.setattr(Feed, "chunks", little)
    loss = list(run)[-1].epoch_end.validation.loss
    monkeypatch.undo()
    assert loss == pytest.approx(list(quiet)[-1].epoch_end.validation.loss, rel=1e-6)


def test_the_arrays_of_a_batch_that_was_too_large_are_let_go(monkeypatch: pytest.MonkeyPatch):
    run = toy_run()
    next(run)
    assert run.model._workspaces
    with monkeypatch.context() as patch:
        patch.setattr(type(run.model.loss), "backward", fail)
        with pytest.raises(OutOfMemoryError):
            next(run)
    assert not run.model._workspaces
    run.settings = replace(run.settings, batch_size=2)
    assert next(run).examples == 2


def test_a_machine_lets_its_arrays_go_too():
    data = prepare_data(load_dataset(DatasetSettings()), DatasetSettings())
    run = TrainingRun(RBMSettings(hidden=8).build((8, 8, 1), numbered(10)), data, TrainingSettings(optimizer="sgd"))
    next(run)
    assert run.model._work
    run.model.release_memory()
    assert not run.model._work
    next(run)


def test_large_examples_are_evaluated_a_few_at_once():
    assert portion_size(2000) == 1000
    assert portion_size(10_000_000) * 10_000_000 * 4 <= 1 << 30
    assert portion_size(10**12) == 1


def test_a_process_with_little_memory_says_so_in_a_sentence(tmp_path):
    experiment = """
[dataset]
name = "moons"
samples = 60000
[model]
layers = [{ kind = "dense", units = 2000 }, "batch_norm", "relu", { kind = "dense", units = 2 }, "softmax"]
[training]
batching = "full-batch"
"""
    (tmp_path / "large.toml").write_text(experiment)
    # What is estimated is not what there is, as on a machine whose memory others use.
    code = (
        "import resource, sys; from nnlab.cli import main; import nnlab.experiments.fit as fit;"
        "fit.total_memory = lambda: 10**13; resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30));"
        "sys.exit(main(['train', 'large.toml', '--threads', '1']))"
    )
    ended = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "not enough memory for a step at batch size" in ended.stderr and "Traceback" not in ended.stderr
    # Nothing had been learned that could be saved.
    assert [path.name for path in tmp_path.iterdir()] == ["large.toml"]


def test_no_batch_is_cut_that_its_layers_look_at_as_a_whole():
    data = toy_data(2 * LARGEST_PART + 200, validation=0.0)
    run = toy_run(data, layers=NORMALISED, batching="full-batch", epochs=1, learning_rate=1e-9)
    sizes, learn = [], run.model.loss_and_gradient

    def remember(inputs, *others):
        sizes.append(len(inputs))
        return learn(inputs, *others)

    run.model.loss_and_gradient = remember
    next(run)
    assert sizes == [len(data.split.train)]
