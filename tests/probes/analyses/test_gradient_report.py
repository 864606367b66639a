"""The gradient of a run is checked where it stands, on the batch it would take next."""

from itertools import islice

import numpy as np
import pytest

from nnlab.errors import ShapeError
from nnlab.models.gradient_check import TOLERANCE
from nnlab.probes import look
from nnlab.probes.analyses.gradient_report import check_run
from tests.models.small_runs import digits_run
from tests.probes.test_latent import autoencoder
from tests.training.runs import numbered_run, toy_run


def test_a_run_is_right_in_every_number():
    run = toy_run()
    list(islice(run, 4))
    report = check_run(run.replica(), 1000)
    assert report.check.worst < TOLERANCE
    assert (report.examples, report.is_nudged) == (16, False)
    assert len(report.check.index) == run.model.parameters.size


def test_it_is_checked_on_the_batch_that_comes_next():
    run, model = numbered_run(20)
    for _ in range(3):
        next(run)
        upcoming = run.upcoming.tolist()
        next(run)
        assert model.seen[-1] == upcoming


def test_the_upcoming_batch_of_a_copy_is_the_same():
    run = toy_run()
    list(islice(run, 3))
    np.testing.assert_array_equal(run.replica().upcoming, run.upcoming)


def test_every_entry_has_its_name_and_place():
    run = toy_run()
    next(run)
    report = check_run(run.replica(), 1000)
    parameters = run.model.parameters
    for entry in range(0, len(report.check.index), 5):
        assert report.place_of(entry) == parameters.name_at(int(report.check.index[entry]))


def test_before_the_first_step_the_model_is_moved_off_its_kinks():
    run = digits_run(autoencoder(3))
    report = check_run(run.replica(), 60)
    assert report.is_nudged and report.check.worst < TOLERANCE


def test_weights_that_are_not_numbers_are_told():
    run = toy_run()
    run.model.parameters.values[3] = np.nan
    with pytest.raises(ShapeError, match="not finite"):
        check_run(run)


def test_progress_goes_from_the_beginning_to_the_end():
    shares = []
    check_run(toy_run(), 10, lambda what, share: shares.append(share))
    assert min(shares) == 0 and 0.95 < max(shares) <= 1


def test_the_parts_of_a_model_are_its_tensors_and_its_code():
    run = digits_run(autoencoder(3))
    next(run)
    parts = look(run, "parts")
    assert (parts.moment.step, parts.value.code_dims) == (1, 3)
    assert dict(zip(parts.value.tensors, parts.value.sizes, strict=True))["dense2.weight"] == 60
    assert look(toy_run(), "parts").value.code_dims == 0
