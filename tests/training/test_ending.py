"""When training ends, why, and which parameters it leaves."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from nnlab.models.arrays import Array
from nnlab.models.losses import LOSSES, BatchLoss
from nnlab.models.network import Network
from nnlab.probes import START, look
from nnlab.training import TrainingRun
from tests.targets import numbered
from tests.training.runs import LAYERS, numbered_run, toy_data, toy_run, training_settings


@pytest.mark.parametrize(
    ("limits", "count", "reason"),
    [
        ({"epochs": 3}, 15, "all epochs done"),
        ({"epochs": 3, "steps": 7}, 7, "step limit reached"),
        ({"epochs": 1, "steps": 7}, 5, "all epochs done"),
        ({"epochs": 1000, "steps": 1}, 1, "step limit reached"),
    ],
    ids=str,
)
def test_epochs_or_steps_whichever_comes_first(limits: dict[str, int], count: int, reason: str):
    run = toy_run(**limits)
    assert run.total_steps == count
    assert len(list(run)) == run.step == count
    assert run.stopped.words == reason
    assert next(run, None) is None


def test_more_epochs_may_be_granted_after_the_end():
    run = toy_run(epochs=1)
    list(run)
    run.settings = replace(run.settings, epochs=2)
    assert [step.epoch for step in run] == [2] * 5


class ScriptedNetwork(Network):
    """Validates as the script says, whatever it has learned; keeps its parameters as each epoch ended."""

    def __init__(self, script: list[float]) -> None:
        self.script, self.after_epoch = iter(script), []
        super().__init__(LAYERS, (2,), LOSSES["cross_entropy"], numbered(2))

    def evaluate(self, inputs: Array, targets: Array) -> tuple[BatchLoss, Array]:
        self.after_epoch.append(self.parameters.values.copy())
        result, predictions = super().evaluate(inputs, targets)
        return BatchLoss(next(self.script), result.score_sum), predictions


def scripted_run(*script: float, **training: object) -> tuple[TrainingRun, ScriptedNetwork]:
    model = ScriptedNetwork(list(script))
    return TrainingRun(model, toy_data(), training_settings({"epochs": len(script)} | training)), model


@pytest.mark.parametrize(("patience", "epochs"), [(1, 2), (2, 5), (3, 7), (0, 7)])
def test_patience_counts_the_epochs_since_the_best(patience: int, epochs: int):
    run, model = scripted_run(5.0, 6.0, 4.0, 4.5, 4.0, 3.0, 3.5, patience=patience)
    list(run)
    assert run.epoch == len(model.after_epoch) == epochs
    assert (f"for {patience} epochs" in run.stopped.words) == (epochs < 7)


def test_the_best_epochs_parameters_stay():
    run, model = scripted_run(5.0, 3.0, 4.0, 3.5)
    ends = [step.epoch_end for step in run if step.epoch_end]
    assert [end.is_best for end in ends] == [True, True, False, False]
    assert run.best.epoch == 2
    np.testing.assert_array_equal(run.model.parameters.values, model.after_epoch[1])
    assert run.evaluation.loss == 3.0


def test_the_confusion_is_told_to_be_of_the_epoch_that_was_put_back_also_when_training_goes_on():
    run, _ = scripted_run(5.0, 3.0, 4.0, 3.5)
    list(run)
    assert look(run, "confusion", START).value.found.words == "epoch 2, restored"
    run.settings = replace(run.settings, epochs=6)
    next(run)
    assert run.epoch == 4 and look(run, "confusion", START).value.found.words == "the end of epoch 2"


def test_the_last_epochs_parameters_stay_where_that_is_asked():
    run, model = scripted_run(5.0, 3.0, 4.0, keep="last")
    list(run)
    np.testing.assert_array_equal(run.model.parameters.values, model.after_epoch[2])
    assert run.best.epoch == 2


@pytest.mark.parametrize("is_reopened", [False, True])
def test_who_kept_the_last_epoch_and_would_rather_have_had_the_best_keeps_what_is_there(is_reopened: bool):
    run, model = scripted_run(5.0, 3.0, 4.0, keep="last")
    list(run)
    if is_reopened:
        again = TrainingRun(run.model.replica(), toy_data(), run.settings)
        again.restore(run.checkpoint.copy())
        run = again
    run.settings = replace(run.settings, keep="best")
    assert next(run, None) is None
    np.testing.assert_array_equal(run.model.parameters.values, model.after_epoch[2])
    assert run.kept_epoch == 0


def test_the_best_parameters_stay_also_after_early_stopping():
    run, model = scripted_run(5.0, 3.0, 4.0, 3.5, 2.0, patience=2)
    list(run)
    np.testing.assert_array_equal(run.model.parameters.values, model.after_epoch[1])


def test_a_limit_of_steps_in_mid_epoch_also_leaves_the_best():
    run, model = scripted_run(5.0, 3.0, 4.0, 9.0, batch_size=16, steps=17)
    list(run)
    np.testing.assert_array_equal(run.model.parameters.values, model.after_epoch[1])


def test_the_rate_drops_where_validation_stands_still():
    run, _ = scripted_run(5.0, 4.0, 4.0, 4.0, 3.0, 3.5, schedule="plateau", decay=0.5, decay_every=2, learning_rate=0.1)
    rates = [step.learning_rate for step in run if step.epoch_end]
    assert rates == pytest.approx([0.1, 0.1, 0.1, 0.1, 0.05, 0.05])


def test_without_validation_the_training_loss_decides():
    run = toy_run(toy_data(validation=0.0), epochs=4, learning_rate=0.5)
    ends = [step.epoch_end for step in run if step.epoch_end]
    assert run.best.train_loss == min(end.train_loss for end in ends)
    assert all(math.isnan(end.validation.loss) for end in ends)


@hypothesis_settings(max_examples=20)
@given(st.integers(2, 60), st.integers(1, 70), st.floats(0, 0.9))
def test_the_steps_foretold_are_the_steps_made(count: int, batch_size: int, validation: float):
    run, _ = numbered_run(count, validation, batch_size=batch_size)
    foretold = run.total_steps
    assert len(list(run)) == foretold
