"""The log-likelihood on demand: beside the exact one, told about as it goes, and stopped when asked."""

import numpy as np
import pytest

from nnlab.errors import CancelledError, ShapeError
from nnlab.models import MLPSettings
from nnlab.models.layers.activations import Softmax
from nnlab.models.layers.dense import Dense
from nnlab.models.likelihood import annealed_log_partition, exact_log_partition, mean_log_likelihood
from nnlab.models.rbm_settings import RBMSettings
from nnlab.probes.analyses.likelihood import base_bias, estimate_likelihood
from nnlab.randomness import random_stream
from nnlab.report import silent
from nnlab.training import TrainingRun
from tests.models.small_runs import digits_data, digits_run
from tests.sentences import assert_one_sentence


@pytest.fixture(scope="module")
def run() -> TrainingRun:
    run = digits_run(RBMSettings(hidden=8), epochs=3)
    list(run)
    return run


def test_the_estimate_is_the_exact_likelihood_within_its_error(run: TrainingRun):
    shares = []
    estimate = estimate_likelihood(run, lambda what, share: shares.append((what, share)))
    exact = exact_log_partition(run.model)
    assert estimate.partition.low < exact < estimate.partition.high
    assert estimate.exact_partition == exact
    test = run.data.testing.gather(run.data.test_index)[0]
    drawn = (random_stream(0, "binarise").random(test.shape) < test).astype(np.float32)
    expected = mean_log_likelihood(run.model, drawn, exact)
    assert estimate.test == pytest.approx(expected, abs=1e-3)
    assert np.isfinite((estimate.train, estimate.validation)).all()
    told = [share for _, share in shares]
    assert told == sorted(told)
    assert told[0] == 0 and 0.99 < told[-1] < 1
    assert len(told) > 1000


def test_a_part_without_examples_has_no_likelihood():
    run = digits_run(RBMSettings(hidden=3), digits_data(validation=0.0))
    assert np.isnan(estimate_likelihood(run, silent).validation)


def test_cancelling_passes_through_and_leaves_the_machine_alone(run: TrainingRun):
    before = run.model.parameters.values.copy()

    def cancel(what: str, share: float) -> None:
        if share > 0.01:
            raise CancelledError("cancelled")

    with pytest.raises(CancelledError):
        estimate_likelihood(run, cancel)
    np.testing.assert_array_equal(run.model.parameters.values, before)


def test_who_watches_does_not_change_what_is_found(run: TrainingRun):
    bias = base_bias(run.data.learning, run.data.split.train)
    watched = annealed_log_partition(run.model, bias, 10, 50, report=lambda what, share: None)
    assert watched == annealed_log_partition(run.model, bias, 10, 50)


def test_other_models_are_refused_in_a_sentence():
    run = digits_run(MLPSettings((Dense(10), Softmax())))
    with pytest.raises(ShapeError) as caught:
        estimate_likelihood(run, silent)
    assert_one_sentence(caught.value, "Boltzmann", "rbm")
