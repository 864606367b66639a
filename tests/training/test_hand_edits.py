"""What is told of a model whose parameters were changed by hand."""

import numpy as np
import pytest

from nnlab.models.autoencoder import AutoencoderSettings
from nnlab.models.layers.activations import Sigmoid
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.shape import Code
from nnlab.models.rbm_settings import RBMSettings
from nnlab.probes import PROBES, InspectorOptions, Selection
from nnlab.probes.analyses.embedding import embed_codes
from nnlab.probes.analyses.gradient_report import check_run
from nnlab.probes.analyses.latent_svm import compare_svms
from nnlab.probes.analyses.likelihood import estimate_likelihood
from nnlab.report import silent
from nnlab.training import TrainingRun
from nnlab.training.hand_edits import change_by_hand
from tests.models.small_runs import digits_run
from tests.training.runs import toy_run

SMALL_CODER = AutoencoderSettings((Dense(3), Code(), Dense(64), Sigmoid()))
BIAS = ("dense2.bias", (1,))


def said(run: TrainingRun) -> list[str]:
    """What the probes have to say."""
    answers = [PROBES[name](run, Selection()) for name in ("predictions", "distributions", "standing")]
    weight = Selection(weight=BIAS, options=InspectorOptions(focus="weight"))
    flags = {answer.is_edited for answer in (*answers, PROBES["inspector"](run, weight))}
    assert len(flags) == 1
    return [PROBES["confusion"](run, Selection()).moment, answers[-1].moment, str(flags.pop())]


def test_a_model_is_told_to_be_edited_until_training_moves_it():
    run = toy_run()
    next(run)
    assert said(run) == ["as of step 1", "step 1", "False"]
    change_by_hand(run, *BIAS, 60.0)
    assert said(run) == ["as of step 1, edited by hand", "step 1, edited by hand", "True"]
    assert said(run.replica())[1] == "step 1, edited by hand"
    next(run)
    assert said(run)[1:] == ["step 2", "False"]


@pytest.mark.parametrize(
    "place", [("dense2.bias", (2,)), ("dense2.bias", (-1,)), ("dense2.bias", (0, 0)), ("dense9.bias", (0,))]
)
def test_a_parameter_that_is_not_there_is_refused(place: tuple[str, tuple[int, ...]]):
    run = toy_run()
    before = run.model.parameters.values.copy()
    assert change_by_hand(run, *place, 60.0) is None
    assert np.array_equal(run.model.parameters.values, before) and not run.edits and not run.edited


def test_the_confusion_is_that_of_the_edited_model():
    run = toy_run()
    list(run)
    change_by_hand(run, *BIAS, 60.0)
    answer = PROBES["confusion"](run, Selection())
    assert answer.moment == f"as of epoch {run.kept_epoch}, restored, edited by hand"
    assert answer.confusion[:, 1].sum() == answer.confusion.sum()


def test_an_untrained_model_that_was_edited_is_not_told_to_be_as_before_training():
    run = toy_run()
    change_by_hand(run, *BIAS, 60.0)
    assert said(run)[0] == "as of step 0, edited by hand"


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_model_whose_edits_were_all_taken_back_is_not_edited(order: tuple[int, int]):
    run = toy_run()
    next(run)
    places = [BIAS, ("dense1.weight", (0, 2))]
    before = [change_by_hand(run, *place, 2.5) for place in places]
    change_by_hand(run, *BIAS, 7.0)
    for place in order:
        assert run.edited
        assert change_by_hand(run, *places[place], before[place]) == (7.0, 2.5)[place]
    assert not run.edited and run.edits == 5
    assert said(run)[0] == "as of step 1"


def test_the_best_epoch_that_is_put_back_brings_unedited_parameters():
    run = toy_run(epochs=2, learning_rate=0.1)
    for step in run:
        if step.number == run.total_steps:
            break
    change_by_hand(run, *BIAS, 60.0)
    assert next(run, None) is None and run.kept_epoch
    assert not run.edited
    assert np.abs(run.model.parameters.view("dense2.bias")).max() < 60


# What is found out by long work, on a model that it fits.
WORK = {
    "gradient check": (SMALL_CODER, lambda run: check_run(run, most=5)),
    "latent SVM": (SMALL_CODER, compare_svms),
    "t-SNE": (SMALL_CODER, lambda run: embed_codes(run, "validation")),
    "likelihood": (RBMSettings(hidden=3), lambda run: estimate_likelihood(run, silent)),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", WORK)
def test_what_long_work_finds_out_knows_that_the_model_was_edited(name: str):
    model, work = WORK[name]
    run = digits_run(model)
    next(run)
    tensor = next(iter(run.model.parameters.shapes))
    before = change_by_hand(run, tensor, (0, 0), 1.5)
    found = work(run.replica())
    assert found.is_edited
    change_by_hand(run, tensor, (0, 0), before)
    assert not work(run.replica()).is_edited
