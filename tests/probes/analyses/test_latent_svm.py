"""Both machines learn the same codes, and the figures are those of their own lines."""

from dataclasses import replace

import numpy as np
import pytest

from nnlab.datasets import Dataset, DatasetSettings, Examples
from nnlab.errors import CancelledError, ShapeError
from nnlab.models.capabilities import coder_of
from nnlab.models.rbm_settings import RBMSettings
from nnlab.probes.analyses import latent_svm
from nnlab.probes.analyses.latent_svm import compare_svms
from nnlab.targets import Classes
from nnlab.training import TrainingRun, TrainingSettings, prepare_data
from tests.models.small_runs import digits_data, digits_run
from tests.probes.test_latent import coded_run
from tests.targets import numbered
from tests.training.runs import toy_run

pytestmark = pytest.mark.slow


def spread_run(classes: int = 3) -> TrainingRun:
    """Clusters that a cut through the codes can tell apart."""
    rng = np.random.default_rng(0)
    labels = np.arange(240) % classes
    inputs = np.full((240, 1, classes + 1, 1), 20.0)
    inputs[np.arange(240), 0, labels] = 220
    examples = Examples((inputs + rng.normal(0, 8, inputs.shape)).clip(0, 255).astype(np.uint8), labels)
    dataset = Dataset("made", "Made", examples, examples, Classes.of(tuple("ABCDEFG"[:classes])))
    data = prepare_data(dataset, DatasetSettings(validation=0.25))
    model = RBMSettings(hidden=8, scale=1.0).build(dataset.example_shape, numbered(classes))
    return TrainingRun(model, data, TrainingSettings())


def test_both_machines_tell_clear_clusters_apart():
    result = compare_svms(spread_run())
    for machine in (result.own, result.peer):
        assert machine.accuracy > 0.97 and machine.train_accuracy > 0.97
        assert machine.confusion.sum() == result.held_examples == 240
        assert machine.scores.support.tolist() == [80, 80, 80]
        assert machine.seconds > 0
    assert (result.train_examples, result.held_part, result.dims) == (180, "test", 8)


def test_the_figures_are_those_of_the_lines():
    run = digits_run(RBMSettings(hidden=12, scale=0.5), digits_data(200))
    result = compare_svms(run)
    encode = coder_of(run.model).encode
    learned = encode(run.data.learning.gather(run.data.split.train)[0].copy())
    codes = encode(run.data.testing.gather(run.data.test_index)[0].copy())
    x = (codes - learned.mean(axis=0)) / learned.std(axis=0)
    labels = run.data.dataset.test.labels
    for machine in (result.own, result.peer):
        said = (x @ machine.weight + machine.bias).argmax(axis=1)
        assert machine.accuracy == pytest.approx((said == labels).mean(), abs=0.026)
    assert abs(result.own.train_accuracy - result.peer.train_accuracy) < 0.1


def test_two_dimensions_come_with_points_and_lines():
    result = compare_svms(coded_run(2))
    assert result.points.shape == (159, 2) and len(result.labels) == 159
    np.testing.assert_allclose(result.points.mean(axis=0), 0, atol=1e-4)
    np.testing.assert_allclose(result.points.std(axis=0), 1, rtol=1e-3)
    assert result.own.weight.shape == (2, 10)
    assert compare_svms(coded_run(4)).points.shape == (0, 4)


@pytest.mark.parametrize(
    ("short_of", "remark"), [(0, "not converged after 1,000 iterations"), (1, "converged after 999 iterations")]
)
def test_a_machine_that_stopped_before_its_end_says_so(monkeypatch: pytest.MonkeyPatch, short_of: int, remark: str):
    fit = latent_svm.fit_linear_svc

    def fitted(*given):
        found = fit(*given)
        return replace(found, iterations=found.most_iterations - short_of)

    monkeypatch.setattr(latent_svm, "fit_linear_svc", fitted)
    assert compare_svms(spread_run()).peer.remark == remark


def test_two_classes_have_one_line_between_them():
    result = compare_svms(spread_run(2))
    # nnlab's two machines mirror each other; scikit-learn keeps the second alone.
    np.testing.assert_allclose(result.own.weight[:, 0], -result.own.weight[:, 1], atol=1e-5)
    assert result.peer.weight.shape == (8, 1)


def test_without_a_test_part_the_validation_part_judges():
    run = spread_run()
    data = run.data.dataset
    empty = Examples(data.test.inputs[:0], data.test.labels[:0])
    dataset = Dataset("made", "Made", data.train, empty, data.targets)
    run.data = prepare_data(dataset, DatasetSettings(validation=0.25))
    result = compare_svms(run)
    assert (result.held_part, result.held_examples) == ("validation", 60)


@pytest.mark.parametrize("names", [(), ("only",), ("one", "never seen")])
def test_one_class_cannot_be_told_apart(names: tuple[str, ...]):
    run = spread_run()
    train = Examples(run.data.dataset.train.inputs, np.zeros(240, np.intp))
    run.data = prepare_data(Dataset("made", "Made", train, train, Classes.of(names)), DatasetSettings())
    with pytest.raises(ShapeError, match="class"):
        compare_svms(run)


def test_codes_that_are_not_numbers_are_refused():
    run = spread_run()
    run.model.parameters.values[...] = np.nan
    with pytest.raises(ShapeError, match="not finite"):
        compare_svms(run)
    with pytest.raises(ShapeError, match="no code"):
        compare_svms(toy_run())


@pytest.mark.parametrize("at", [0.05, 0.3, 0.6])
def test_it_stops_when_told_to(at: float):
    def cancel(what: str, share: float) -> None:
        if share >= at:
            raise CancelledError("cancelled")

    with pytest.raises(CancelledError):
        compare_svms(digits_run(RBMSettings(hidden=4), digits_data(1000)), cancel)


def test_more_classes_than_half_the_examples_are_no_reason_to_warn():
    rng = np.random.default_rng(0)
    examples = Examples(rng.integers(0, 256, (90, 2, 2, 1), dtype=np.uint8), np.arange(90) % 60)
    dataset = Dataset("made", "Made", examples, examples, Classes.of(tuple(f"class {label}" for label in range(60))))
    data = prepare_data(dataset, DatasetSettings(validation=0.0))
    run = TrainingRun(RBMSettings(hidden=3).build((2, 2, 1), numbered(60)), data, TrainingSettings())
    assert compare_svms(run).peer.confusion.shape == (60, 60)
