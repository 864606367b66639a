"""The gallery holds the examples it says, in the order it says, with the network's own probabilities."""

import numpy as np
import pytest

from nnlab.datasets import Dataset, DatasetSettings, Examples
from nnlab.models import MLPSettings
from nnlab.models.layers.activations import ReLU, Sigmoid, Softmax
from nnlab.models.layers.dense import Dense
from nnlab.models.linear_svm import LinearSVMSettings
from nnlab.probes import Selection, look
from nnlab.probes.inspector import InspectorOptions
from nnlab.probes.predictions import ORDERS, PRESENT_BATCH, PredictionsMemory, PredictionsOptions
from nnlab.probes.selection import batch_places
from nnlab.targets import Classes
from nnlab.training import TrainingRun, TrainingSettings, prepare_data
from tests.models.small_runs import digits_data, digits_run
from tests.targets import numbered
from tests.training.runs import toy_run

MLP = MLPSettings((Dense(12), ReLU(), Dense(10), Softmax()))


def trained_run() -> TrainingRun:
    run = digits_run(MLP, digits_data(600), learning_rate=0.1)
    for _ in range(30):
        next(run)
    return run


def glance(run: TrainingRun, part: str = "train", cell: tuple[int, int] | None = None, memory=None, **options: object):
    return look(run, "predictions", Selection(part=part, cell=cell, options=PredictionsOptions(**options)), memory).value


def known(run: TrainingRun) -> tuple[np.ndarray, np.ndarray]:
    """Outputs and labels of the training part."""
    inputs, labels = run.data.learning.gather(run.data.split.train)
    return run.model.predict(inputs).copy(), labels.copy()


def test_the_worst_mistakes_come_first_and_nothing_that_is_right():
    run = trained_run()
    outputs, labels = known(run)
    wrong = np.flatnonzero(outputs.argmax(axis=1) != labels)
    seen = glance(run, shown=1000)
    assert seen.matching == seen.mistakes == len(wrong) > 5
    assert set(seen.places) == set(wrong)
    sure = seen.probability[np.arange(len(wrong)), seen.predicted]
    assert (np.diff(sure) <= 0).all()
    np.testing.assert_allclose(seen.probability, outputs[seen.places], rtol=1e-4, atol=1e-6)
    np.testing.assert_array_equal(seen.labels, labels[seen.places])


def test_doubts_and_certainties_include_what_is_right():
    run = trained_run()
    outputs, _ = known(run)
    sure = outputs.max(axis=1)
    assert sure[glance(run, order="least sure", shown=1).places[0]] == pytest.approx(sure.min(), rel=1e-4)
    assert sure[glance(run, order="most sure", shown=1).places[0]] == pytest.approx(sure.max(), rel=1e-4)
    np.testing.assert_array_equal(glance(run, order="as they come", shown=5).places, np.arange(5))


@pytest.mark.parametrize("order", ORDERS)
def test_a_cell_of_the_confusion_matrix_holds_its_examples_alone(order: str):
    run = trained_run()
    outputs, labels = known(run)
    said = outputs.argmax(axis=1)
    true, predicted = next((t, p) for t, p in zip(labels, said, strict=True) if t != p)
    for cell in ((int(true), int(predicted)), (3, 3)):
        seen = glance(run, cell=cell, order=order, shown=1000)
        expected = np.flatnonzero((labels == cell[0]) & (said == cell[1]))
        if order == PRESENT_BATCH:
            expected = np.intersect1d(expected, batch_places(run.data, run.last_batch))
        assert set(seen.places) == set(expected)


def test_an_empty_cell_is_an_empty_gallery():
    seen = glance(trained_run(), cell=(0, 77))
    assert (seen.matching, len(seen.places), len(seen.pictures)) == (0, 0, 0)


def test_pages_follow_each_other():
    run = trained_run()
    everything = glance(run, order="least sure", shown=1000).places
    np.testing.assert_array_equal(glance(run, order="least sure", shown=10, first=10).places, everything[10:20])
    # Beyond the end the last one is shown.
    assert glance(run, order="least sure", shown=10, first=10**6).places.tolist() == [everything[-1]]


def test_pictures_are_those_of_the_examples():
    run = trained_run()
    seen = glance(run, shown=7)
    np.testing.assert_array_equal(seen.pictures, run.data.dataset.train.inputs[run.data.split.train[seen.places]])


@pytest.mark.parametrize("part", ["validation", "test"])
def test_other_parts_are_looked_at(part: str):
    run = trained_run()
    seen = glance(run, part, order="as they come", shown=1000)
    data = run.data
    expected = data.dataset.test.labels if part == "test" else data.dataset.train.labels[data.split.validation]
    np.testing.assert_array_equal(seen.labels, expected)


def test_the_gallery_stands_still_until_a_round_is_done():
    run = trained_run()
    memory = PredictionsMemory(seconds=0.0)
    for _ in range(5):
        first = glance(run, memory=memory, shown=1000, order="as they come")
    assert first.is_fresh and first.examples == 482
    steps = []
    for _ in range(5):
        next(run)
        steps.append(glance(run, memory=memory, shown=1000, order="as they come").found.step)
    # Five portions of a hundred: the fifth ends a round, and only then is the gallery a newer one.
    assert steps == [first.found.step] * 4 + [run.step]


def test_scores_of_a_support_vector_machine_have_an_order_too():
    run = digits_run(LinearSVMSettings(), digits_data(300))
    for _ in range(10):
        next(run)
    seen = glance(run, order="most sure")
    outputs, _ = known(run)
    np.testing.assert_array_equal(seen.predicted, outputs[seen.places].argmax(axis=1))
    np.testing.assert_allclose(seen.probability.sum(axis=1), 1, rtol=1e-5)


def test_weights_that_are_not_numbers_leave_a_gallery():
    run = trained_run()
    run.model.parameters.values[...] = np.nan
    seen = glance(run, order="least sure")
    assert len(seen.places) == 60 and np.isnan(seen.probability).all()


@pytest.mark.parametrize(("shape", "classes"), [((1, 1, 1), 2), ((5, 4, 3), 3), ((2, 2, 1), 1000)])
def test_any_pictures_and_any_number_of_classes(shape: tuple[int, int, int], classes: int):
    rng = np.random.default_rng(0)
    examples = Examples(rng.integers(0, 256, (1500, *shape), dtype=np.uint8), np.arange(1500) % classes)
    names = tuple(f"class {label}" for label in range(classes))
    data = prepare_data(Dataset("made", "Made", examples, examples, Classes.of(names)), DatasetSettings(validation=0.0))
    model = MLPSettings((Dense(classes), Softmax())).build(shape, numbered(classes))
    # Without a validation part the training part stands for it.
    seen = glance(TrainingRun(model, data, TrainingSettings()), "validation")
    assert seen.pictures.shape == (60, *shape)
    assert seen.probability.shape == (60, classes)
    assert seen.examples == (1000 if classes == 1000 else 1500)


def test_points_of_the_plane_are_pictures_of_two_numbers():
    assert glance(toy_run(), order="as they come").pictures.shape[1:] == (1, 2, 1)


def test_one_sigmoid_output_names_class_one_above_a_half():
    run = toy_run(layers=(Dense(6), ReLU(), Dense(1), Sigmoid()), loss="binary_cross_entropy", learning_rate=0.2)
    list(run)
    seen, (outputs, labels) = glance(run, order="as they come", shown=1000), known(run)
    np.testing.assert_array_equal(seen.predicted, outputs[:, 0] > 0.5)
    assert set(seen.predicted) == {0, 1}
    inputs, targets = run.data.learning.gather(run.data.split.train)
    assert len(labels) - seen.mistakes == run.model.evaluate(inputs, targets)[0].score_sum
    for example in range(20):
        one = look(run, "inspector", Selection(example=example, options=InspectorOptions("example"))).value
        assert one.predicted == seen.predicted[example]


def test_a_score_below_zero_anywhere_does_not_change_the_others():
    run = digits_run(LinearSVMSettings(), digits_data(300))
    scores = np.array([[0.2, 0.8, 0.0]], np.float32)
    alone = run.model.probabilities(scores)
    np.testing.assert_allclose(alone, np.exp(scores) / np.exp(scores).sum(), rtol=1e-6)
    together = run.model.probabilities(np.vstack([scores, [[-3.0, 1.0, 2.0]]]).astype(np.float32))
    np.testing.assert_allclose(together[:1], alone, rtol=1e-6)
    # Probabilities stay what they are.
    given = np.array([[0.25, 0.75]], np.float32)
    np.testing.assert_allclose(trained_run().model.probabilities(given), given)


def many_examples(count: int) -> TrainingRun:
    rng = np.random.default_rng(0)
    examples = Examples(rng.random((count, 3), dtype=np.float32), (np.arange(count) % 8 == 0).astype(np.intp))
    data = prepare_data(
        Dataset("made", "Made", examples, examples, Classes(("a", "b", "c"))), DatasetSettings(validation=0.0)
    )
    return TrainingRun(MLPSettings((Dense(3), Softmax())).build((3,), numbered(3)), data, TrainingSettings())


def test_a_cell_is_searched_for_among_all_examples_of_its_class():
    run, memory = many_examples(8000), PredictionsMemory()
    assert (glance(run, memory=memory).examples, glance(run, memory=memory).total) == (5000, 8000)
    outputs, labels = known(run)
    said = outputs.argmax(axis=1)
    for cell in ((0, int(said[0])), (0, 2), (1, 0), (1, 1)):
        seen = glance(run, cell=cell, memory=memory, shown=8000)
        assert seen.examples == seen.total == (labels == cell[0]).sum()
        np.testing.assert_array_equal(np.sort(seen.places), np.flatnonzero((labels == cell[0]) & (said == cell[1])))


def test_a_class_without_examples_is_an_empty_gallery():
    seen = glance(many_examples(100), cell=(2, 1))
    assert (seen.examples, seen.total, len(seen.pictures)) == (0, 0, 0)
    assert seen.probability.shape == (0, 3)


def test_only_a_model_without_probabilities_gives_scores():
    machine = toy_run(layers=(Dense(2),), loss="one_vs_rest_hinge")
    picture = look(machine, "predictions", Selection(part="train")).value
    inputs, _ = machine.data.learning.gather(machine.data.split.train[picture.places])
    assert picture.gives_scores
    np.testing.assert_allclose(picture.scores, machine.model.predict(inputs), rtol=1e-5, atol=1e-6)
    assert not glance(toy_run()).gives_scores
