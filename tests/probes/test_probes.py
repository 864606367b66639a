"""Every probe shows what is there, hands out arrays of its own, and disturbs nothing."""

import tracemalloc
from collections.abc import Callable
from dataclasses import fields
from itertools import islice

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.datasets import Dataset, DatasetSettings, Examples, load_dataset
from nnlab.errors import DivergedError
from nnlab.experiments.model_file import parameters_sha256
from nnlab.models.cnn import CNNSettings
from nnlab.models.layers.activations import ReLU, Sigmoid, Softmax, Tanh
from nnlab.models.layers.conv2d import Conv2D
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.shape import Flatten
from nnlab.models.losses import BatchLoss
from nnlab.models.metrics.class_scores import confusion_matrix
from nnlab.models.rbm_settings import RBMSettings
from nnlab.probes import PROBES, START, Selection, look
from nnlab.probes.confusion import ConfusionMemory
from nnlab.probes.selection import part_of
from nnlab.probes.weights import as_rectangles
from nnlab.targets import Classes
from nnlab.training import EpochEnd, TrainingData, TrainingRun, prepare_data
from nnlab.training.hand_edits import change_by_hand
from tests.models.small_runs import digits_run
from tests.training.runs import toy_run, value_run


def plane_run() -> TrainingRun:
    return toy_run()


def picture_run() -> TrainingRun:
    data = prepare_data(load_dataset(DatasetSettings()), DatasetSettings())
    return toy_run(data, (Dense(12), ReLU(), Dense(10), Softmax()), batch_size=64)


def pictures(shape: tuple[int, ...], classes: int) -> TrainingData:
    values = np.random.default_rng(0).integers(0, 256, (20, *shape), dtype=np.uint8)
    examples = Examples(values, np.arange(20, dtype=np.intp) % classes)
    dataset = Dataset("pictures", "Pictures", examples, examples, Classes.of(tuple("AB"[:classes])))
    return prepare_data(dataset, DatasetSettings())


def machine_run() -> TrainingRun:
    return digits_run(RBMSettings(hidden=12))


def convolving_run() -> TrainingRun:
    return digits_run(CNNSettings(layers=(Conv2D(3), ReLU(), Flatten(), Dense(10), Softmax())))


# One row per probe: a run it is made for.
PROBE_CASES = {
    "network": plane_run,
    "inspector": picture_run,
    "weights": picture_run,
    "feature_maps": convolving_run,
    "distributions": picture_run,
    "reconstructions": machine_run,
    "boundary": plane_run,
    "confusion": picture_run,
    "predictions": picture_run,
    "predicted_values": value_run,
    "latent": machine_run,
    "parts": picture_run,
    "samples": machine_run,
    "drawing": machine_run,
}


def arrays_of(picture) -> list[np.ndarray]:
    values = [getattr(picture, entry.name) for entry in fields(picture)]
    return [value for value in values if isinstance(value, np.ndarray)]


@pytest.fixture(params=PROBES)
def name(request: pytest.FixtureRequest) -> str:
    return request.param


def test_every_probe_has_a_row():
    assert set(PROBE_CASES) == set(PROBES)


def test_a_look_between_all_steps_changes_no_bit(name: str):
    watched, alone = PROBE_CASES[name](), PROBE_CASES[name]()
    for _ in islice(watched, 40):
        look(watched, name)
    list(islice(alone, 40))
    assert parameters_sha256(watched.model) == parameters_sha256(alone.model)
    assert watched.vectors["velocity"].tobytes() == alone.vectors["velocity"].tobytes()


def test_what_was_seen_stays_as_it_was_while_training_goes_on(name: str):
    run = PROBE_CASES[name]()
    next(run)
    arrays = arrays_of(look(run, name).value)
    before = [array.copy() for array in arrays]
    assert arrays
    list(islice(run, 30))
    look(run, name)
    for array, kept in zip(arrays, before, strict=True):
        np.testing.assert_array_equal(array, kept)


def test_the_arrays_are_the_viewers_own(name: str):
    run = PROBE_CASES[name]()
    for array in arrays_of(look(run, name).value):
        assert not np.shares_memory(array, run.model.parameters.values)
        array.flags.writeable = False
    list(islice(run, 3))


def test_weights_from_pictures_are_pictures():
    run = picture_run()
    seen = look(run, "weights", Selection()).value
    weight = run.model.parameters.view("dense1.weight")
    assert (seen.layer, seen.layers) == ("dense1", ("dense1", "dense2"))
    assert seen.units == 12
    assert seen.tiles.shape == (12, 8, 8)
    for unit in range(12):
        np.testing.assert_array_equal(seen.tiles[unit].ravel(), weight[:, unit])
    np.testing.assert_array_equal(seen.bias, run.model.parameters.view("dense1.bias"))


def test_weights_of_the_selected_layer_are_shown():
    run = picture_run()
    seen = look(run, "weights", Selection("dense2")).value
    weight = run.model.parameters.view("dense2.weight")
    assert seen.layer == "dense2"
    for unit in range(10):
        np.testing.assert_array_equal(seen.tiles[unit].ravel()[:12], weight[:, unit])


def test_of_a_very_wide_layer_the_first_units_are_shown():
    run = toy_run(layers=(Dense(3000), ReLU(), Dense(2), Softmax()))
    seen = look(run, "weights", Selection()).value
    shown = len(seen.tiles)
    assert seen.units == 3000
    assert len(seen.bias) == shown < 3000
    np.testing.assert_array_equal(seen.tiles.reshape(shown, -1), run.model.parameters.view("dense1.weight").T[:shown])


def two_convolutions() -> TrainingRun:
    return digits_run(CNNSettings(layers=(Conv2D(3), ReLU(), Conv2D(4), ReLU(), Flatten(), Dense(10), Softmax())))


@pytest.mark.parametrize("build", [plane_run, picture_run, machine_run, two_convolutions])
def test_every_pixel_is_the_weight_that_it_says(build: Callable[[], TrainingRun]):
    run = build()
    for layer in look(run, "weights", Selection()).value.layers:
        seen = look(run, "weights", Selection(layer)).value
        pixels = np.argwhere(~np.isnan(seen.tiles))
        found = [seen.weight_at(*pixel) for pixel in pixels]
        assert len(set(found)) == run.model.parameters.view(f"{layer}.weight").size
        for pixel, (tensor, place) in zip(pixels, found, strict=True):
            assert run.model.parameters.view(tensor)[place] == seen.tiles[tuple(pixel)]
            assert place[-1] == seen.unit_of(pixel[0])
        assert [seen.weight_at(*pixel) for pixel in np.argwhere(np.isnan(seen.tiles))] == [None] * np.isnan(seen.tiles).sum()


def test_a_coloured_pixel_is_no_single_weight():
    data = pictures((4, 4, 3), 2)
    seen = look(toy_run(data, (Dense(3), ReLU(), Dense(2), Softmax())), "weights").value
    assert seen.tiles.shape == (3, 4, 4)
    assert seen.weight_at(0, 1, 1) is None


def test_a_selection_that_is_not_there_falls_back_to_the_first():
    assert look(picture_run(), "weights", Selection("conv7")).value.layer == "dense1"


@given(st.integers(1, 400))
def test_a_vector_as_a_rectangle_keeps_its_numbers_in_order(count: int):
    rows = np.arange(2 * count, dtype=np.float32).reshape(2, count)
    tiles = as_rectangles(rows)
    _, height, width = tiles.shape
    for row, tile in zip(rows, tiles.reshape(2, -1), strict=True):
        np.testing.assert_array_equal(tile[:count], row)
        assert np.isnan(tile[count:]).all()
    # No row of pixels is empty, and none is longer than a screen bears.
    assert height * width - count < width
    assert width <= 4 * np.ceil(np.sqrt(count))


@pytest.mark.parametrize(
    ("layers", "loss"),
    [
        ((Dense(6), Tanh(), Dense(2), Softmax()), "cross_entropy"),
        ((Dense(6), Tanh(), Dense(1), Sigmoid()), "binary_cross_entropy"),
        ((Dense(6), Tanh(), Dense(2)), "mean_squared_error"),
        ((Dense(6), Tanh(), Dense(1)), "mean_squared_error"),
    ],
)
def test_the_boundary_is_a_field_of_probabilities_over_all_points(layers, loss: str):
    run = toy_run(layers=layers, loss=loss)
    list(islice(run, 5))
    field = look(run, "boundary", Selection()).value
    assert field.probability.shape[2] == 2
    assert ((field.probability >= 0) & (field.probability <= 1)).all()
    sums = field.probability.sum(axis=2)
    np.testing.assert_allclose(sums[sums > 0], 1, rtol=1e-5)
    left, right, bottom, top = field.extent
    x, y = run.data.dataset.train.inputs.T
    assert left < x.min() and x.max() < right and bottom < y.min() and y.max() < top


def test_the_boundary_of_a_very_wide_network_is_coarser_and_takes_no_gigabytes():
    run = toy_run(layers=(Dense(60_000), ReLU(), Dense(2), Softmax()))
    tracemalloc.start()
    field = look(run, "boundary", Selection()).value
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 500e6
    assert 16 <= field.probability.shape[0] == field.probability.shape[1] < 40
    np.testing.assert_allclose(field.probability.sum(axis=2), 1, rtol=1e-5)


def test_the_boundary_at_a_point_is_the_prediction_there():
    run = toy_run()
    list(islice(run, 10))
    field = look(run, "boundary", Selection()).value
    left, right, bottom, top = field.extent
    rows, columns, _ = field.probability.shape
    for row, column in ((0, 0), (0, columns - 1), (rows - 1, 0), (17, 60)):
        x = left + (right - left) * column / (columns - 1)
        y = bottom + (top - bottom) * row / (rows - 1)
        point = np.array([[x, y]], np.float32)
        expected = run.model.predict(run.data.scaling.apply(point, out=np.empty_like(point)))[0]
        np.testing.assert_allclose(field.probability[row, column], expected, rtol=1e-3, atol=1e-5)


def test_the_confusion_is_that_of_the_validation_examples():
    run = picture_run()
    untrained = look(run, "confusion", START).value
    validating = run.data.dataset.train.labels[run.data.split.validation]
    np.testing.assert_array_equal(untrained.confusion.sum(axis=1), np.bincount(validating, minlength=10))
    assert untrained.found.words == "step 0"
    end = next(step.epoch_end for step in run if step.epoch_end)
    trained = look(run, "confusion", START).value
    assert trained.found.words == "the end of epoch 1"
    assert trained.class_names == tuple("0123456789")
    np.testing.assert_array_equal(trained.confusion, end.validation.confusion)
    # In mid-epoch it is still that of the last epoch's end.
    run.model.parameters.values[...] = 0
    np.testing.assert_array_equal(look(run, "confusion", START).value.confusion, end.validation.confusion)


def test_a_confusion_that_was_asked_for_in_mid_epoch_says_so_until_the_epoch_ends():
    run = picture_run()
    steps = run.batches + run.batches // 2
    list(islice(run, steps))
    run.model.parameters.values[...] = 0
    # As when a person gives a weight another value, or the model comes out of a file.
    run.evaluation, memory = None, ConfusionMemory()
    assert look(run, "confusion", memory=memory).value.found.words == f"step {steps}"
    next(run)
    assert look(run, "confusion", memory=memory).value.found.words == f"step {steps}"
    change_by_hand(run, "dense1.bias", (1,), 0.5)
    assert look(run, "confusion", memory=memory).value.found.words == f"step {steps + 1}, edited by hand"
    next(step for step in run if step.epoch_end)
    assert look(run, "confusion", memory=memory).value.found.words == "the end of epoch 2"


def test_after_divergence_the_confusion_is_of_the_model_that_is_there(monkeypatch: pytest.MonkeyPatch):
    run, memory = picture_run(), ConfusionMemory()
    assert look(run, "confusion", memory=memory).value.found.words == "step 0"
    list(islice(run, run.batches + 3))
    assert look(run, "confusion", memory=memory).value.found.words == "the end of epoch 1"
    monkeypatch.setattr(run.model, "loss_and_gradient", lambda *_: BatchLoss(np.nan, 0))
    with pytest.raises(DivergedError):
        next(run)
    seen = look(run, "confusion", memory=memory).value
    assert seen.found.words == f"step {run.step}" and run.step
    np.testing.assert_array_equal(seen.confusion, look(run, "confusion").value.confusion)


def without_validation(has_test: bool) -> TrainingRun:
    dataset = load_dataset(DatasetSettings())
    if not has_test:
        test = Examples(dataset.test.inputs[:0], dataset.test.labels[:0])
        dataset = Dataset(dataset.name, dataset.title, dataset.train, test, dataset.targets)
    data = prepare_data(dataset, DatasetSettings(validation=0.0))
    return toy_run(data, (Dense(12), ReLU(), Dense(10), Softmax()), batch_size=64)


@pytest.mark.parametrize(("has_test", "part"), [(True, "test"), (False, "train")])
def test_the_confusion_of_another_part_is_counted_from_all_of_its_examples(has_test: bool, part: str):
    run = without_validation(has_test)
    # Without validation examples those that are tested on stand for them, or those that it learns from.
    selection = START
    assert look(run, "confusion", selection).value.found.words == "step 0"
    list(islice(run, 30))
    seen = look(run, "confusion", selection).value
    inputs, labels = part_of(run.data, part)[0].gather(part_of(run.data, part)[1])
    expected = confusion_matrix(labels, run.model.predict(inputs).argmax(axis=1), 10)
    np.testing.assert_array_equal(seen.confusion, expected)
    assert (seen.part, seen.total, seen.found.words, seen.is_fresh) == (part, len(labels), "step 30", True)


@pytest.mark.parametrize("validation", [0.0, 0.5])
def test_of_very_many_classes_the_confusion_says_why_it_is_none(validation: float):
    inputs = np.random.default_rng(0).normal(size=(2002, 3)).astype(np.float32)
    examples = Examples(inputs, np.arange(2002, dtype=np.intp) % 1001)
    dataset = Dataset("many", "Many", examples, examples, Classes.of(tuple(map(str, range(1001)))))
    run = toy_run(prepare_data(dataset, DatasetSettings(validation=validation)), (Dense(1001), Softmax()), epochs=1)
    list(run)
    picture = look(run, "confusion", START).value
    assert "1,001 classes" in picture.problem and picture.confusion.size == 0
    # Training itself counts without a matrix, and so does what is written down of the best epoch.
    counted = run.best.validation.tally
    assert counted.total == (1001 if validation else 0)
    again = EpochEnd.of_state(run.best.state(), run.data.dataset.targets).validation.tally
    assert (again.cells(), again.total) == (counted.cells(), counted.total)


def test_a_large_part_is_gone_through_in_portions_and_the_matrix_is_of_whole_rounds():
    run = without_validation(True)
    memory = ConfusionMemory(0.0)
    total = len(run.data.dataset.test)
    first = look(run, "confusion", Selection(part="test"), memory).value
    assert 0 < first.confusion.sum() < first.total == total and not first.is_fresh
    while not (seen := look(run, "confusion", Selection(part="test"), memory).value).is_fresh:
        pass
    assert seen.confusion.sum() == total
    next(run)
    seen = look(run, "confusion", Selection(part="test"), memory).value
    # Of the step before, until the next round is done.
    assert (seen.confusion.sum(), seen.found.words, seen.is_fresh) == (total, "step 0", False)
    while not (seen := look(run, "confusion", Selection(part="test"), memory).value).is_fresh:
        pass
    assert seen.found.words == "step 1"


def test_a_matrix_of_several_moments_says_so_and_not_that_it_is_of_now():
    run = without_validation(False)
    memory = ConfusionMemory(0.0)
    said = set()
    while run.step < 60:
        next(run)
        said.add(look(run, "confusion", memory=memory).value.found.words)
    rounds = [text for text in said if text.startswith("steps")]
    assert rounds and all(int(text.split()[3]) > int(text.split()[1]) for text in rounds)
    while not (seen := look(run, "confusion", memory=memory).value).is_fresh:
        pass
    assert seen.found.words == "step 60"
    change_by_hand(run, "dense2.bias", (3,), 60.0)
    late = look(run, "confusion", memory=memory).value
    np.testing.assert_array_equal(late.confusion, seen.confusion)
    assert late.found == seen.found
    while not (seen := look(run, "confusion", memory=memory).value).is_fresh:
        pass
    assert seen.found.words == "step 60, edited by hand" and seen.confusion[:, 3].sum() == seen.total
