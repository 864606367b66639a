"""Codes in the plane are the model's codes, and what is decoded is what the model makes of them."""

from dataclasses import replace

import numpy as np
import pytest

from nnlab.datasets import Dataset, DatasetSettings, Examples
from nnlab.errors import CancelledError, ShapeError
from nnlab.models.autoencoder import AutoencoderSettings
from nnlab.models.capabilities import coder_of
from nnlab.models.layers.activations import ReLU, Sigmoid
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.shape import Code
from nnlab.models.rbm_settings import RBMSettings
from nnlab.probes import Answer, Moment, Selection, look
from nnlab.probes.analyses.embedding import embed_codes
from nnlab.probes.latent import Embedding, LatentMemory, LatentOptions
from nnlab.targets import Classes
from nnlab.training import TrainingRun, TrainingSettings, prepare_data
from tests.models.small_runs import digits_data, digits_run
from tests.targets import numbered
from tests.training.runs import toy_run

LAID_OUT = Moment(step=7)


def autoencoder(code: int, outputs: int = 64) -> AutoencoderSettings:
    return AutoencoderSettings((Dense(20), ReLU(), Dense(code), Code(), Dense(outputs), Sigmoid()))


def coded_run(code: int = 4) -> TrainingRun:
    run = digits_run(autoencoder(code))
    for _ in range(5):
        next(run)
    return run


def glance(run: TrainingRun, example: int = 0, **options: object):
    return look(run, "latent", Selection(example=example, options=LatentOptions(**options))).value


def codes_of(run: TrainingRun) -> np.ndarray:
    inputs, _ = run.data.learning.gather(run.data.split.train)
    return coder_of(run.model).encode(inputs.copy())


def as_bytes(outputs: np.ndarray) -> np.ndarray:
    return np.clip(outputs.reshape(-1, 8, 8, 1) * 16 * 255 / 16, 0, 255).astype(np.uint8)


def test_two_dimensions_are_shown_as_they_are():
    run = coded_run()
    picture = glance(run, plane="dimensions", dimensions=(3, 1))
    codes = codes_of(run)
    np.testing.assert_allclose(picture.points, codes[:, [3, 1]], rtol=1e-4, atol=1e-5)
    np.testing.assert_array_equal(picture.labels, run.data.dataset.train.labels[run.data.split.train])
    np.testing.assert_allclose(picture.low, codes.min(axis=0), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(picture.high, codes.max(axis=0), rtol=1e-4, atol=1e-5)


def test_without_a_wish_the_selected_example_is_decoded():
    run = coded_run()
    picture = glance(run, example=7)
    inputs, _ = run.data.learning.gather(run.data.split.train[7:8])
    np.testing.assert_allclose(picture.code, codes_of(run)[7], rtol=1e-4, atol=1e-5)
    expected = run.data.scaling.undo(run.model.reconstruct(inputs).reshape(8, 8))
    assert np.abs(picture.decoded[0, :, :, 0].astype(float) - expected).max() <= 1
    np.testing.assert_allclose(picture.at, picture.points[7], rtol=1e-3, atol=1e-4)


def test_a_point_between_two_dimensions_keeps_the_others_of_the_example():
    run = coded_run()
    picture = glance(run, example=7, plane="dimensions", dimensions=(3, 1), at=(0.5, -0.25))
    expected = codes_of(run)[7].copy()
    expected[3], expected[1] = 0.5, -0.25
    np.testing.assert_allclose(picture.code, expected, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(picture.at, (0.5, -0.25))


def test_a_point_of_the_principal_plane_is_lifted_back():
    run = coded_run()
    picture = glance(run, at=(0.3, -0.7))
    memory = LatentMemory()
    look(run, "latent", Selection(), memory)
    plane = memory.plane
    np.testing.assert_allclose(picture.code, plane.centre + 0.3 * plane.axes[0] - 0.7 * plane.axes[1], rtol=1e-3, atol=1e-4)
    assert picture.share.sum() <= 1 + 1e-9


def test_a_whole_code_is_decoded_as_it_is():
    run = coded_run()
    code = (0.1, 0.7, -0.4, 2.0)
    picture = glance(run, code=code)
    np.testing.assert_allclose(picture.code, code)
    expected = run.data.scaling.undo(run.model.decode(np.array([code], np.float32)).reshape(8, 8))
    assert np.abs(picture.decoded[0, :, :, 0].astype(float) - expected).max() <= 1


def test_the_strip_goes_straight_from_one_example_to_the_other():
    run = coded_run()
    picture = glance(run, example=3, other=11)
    codes = codes_of(run)
    for place, code in ((0, codes[3]), (-1, codes[11]), (4, (codes[3] + codes[11]) / 2)):
        expected = run.data.scaling.undo(run.model.decode(code[None]).reshape(8, 8))
        assert np.abs(picture.strip[place, :, :, 0].astype(float) - expected).max() <= 1
    np.testing.assert_allclose(picture.ends, picture.points[[3, 11]], rtol=1e-3, atol=1e-3)


def test_between_embedded_points_the_codes_of_the_nearest_are_mixed():
    run = coded_run()
    count = len(run.data.split.train)
    far = np.full((count, 2), 1e6)
    far[:2] = (0.0, 0.0), (3.0, 0.0)
    embedding = Embedding("train", np.arange(count), far)
    picture = glance(run, plane="embedding", embedding=Answer(LAID_OUT, embedding), at=(1.0, 0.0))
    codes = codes_of(run)
    # Weights 1 / 1 and 1 / 4; the others are too far to count.
    np.testing.assert_allclose(picture.code, 0.8 * codes[0] + 0.2 * codes[1], rtol=1e-3, atol=1e-4)
    np.testing.assert_array_equal(picture.points, far)
    assert picture.laid_out == LAID_OUT
    np.testing.assert_allclose(picture.ends, far[:2], atol=1e-3)


def test_an_embedding_of_other_examples_gives_way_to_the_principal_plane():
    run = coded_run()
    embedding = Embedding("train", np.array([100_000]), np.zeros((1, 2)))
    assert glance(run, plane="embedding", embedding=Answer(LAID_OUT, embedding)).plane == "principal"
    assert glance(run, plane="embedding", embedding=Answer(LAID_OUT, embedding)).laid_out is None


def test_a_code_of_one_number_lies_on_a_line():
    picture = glance(coded_run(1), at=(0.4, 99.0))
    assert picture.plane == "dimensions"
    assert (picture.points[:, 1] == 0).all() and np.ptp(picture.points[:, 0]) > 0
    np.testing.assert_allclose(picture.code, [0.4], rtol=1e-6)


def test_weights_that_are_not_numbers_are_told_by_points_that_are_none():
    run = coded_run()
    run.model.parameters.values[...] = np.nan
    picture = glance(run)
    assert np.isnan(picture.points).all()
    assert not picture.decoded.any()


def test_an_rbm_is_decoded_from_probabilities():
    run = digits_run(RBMSettings(hidden=6))
    next(run)
    picture = glance(run, code=(2.0, -1.0, 0.5, 0.0, 1.0, 1.0))
    expected = run.model.visible_means(np.array([[1.0, 0.0, 0.5, 0.0, 1.0, 1.0]], np.float32))
    assert np.abs(picture.decoded[0].ravel().astype(float) - run.data.scaling.undo(expected).ravel()).max() <= 1


def test_wide_codes_have_no_bounds_for_sliders():
    run = digits_run(RBMSettings(hidden=40))
    assert glance(run).low.shape == (0,)


@pytest.mark.parametrize("shape", [(1, 1, 1), (4, 4, 3), (1, 3, 1)])
def test_pictures_of_any_size_and_colour_have_codes(shape: tuple[int, int, int]):
    rng = np.random.default_rng(0)
    examples = Examples(rng.integers(0, 256, (30, *shape), dtype=np.uint8), np.zeros(30, np.intp))
    data = prepare_data(Dataset("made", "Made", examples, examples, Classes(("only",))), DatasetSettings(validation=0.0))
    model = autoencoder(2, int(np.prod(shape))).build(shape, numbered(1))
    picture = glance(TrainingRun(model, data, TrainingSettings()))
    assert picture.decoded.shape == (1, *shape)
    assert np.isfinite(picture.points).all()


def test_points_of_the_plane_are_shown_as_two_numbers():
    data = toy_run().data
    run = TrainingRun(autoencoder(2, 2).build((2,), numbered(2)), data, TrainingSettings())
    assert glance(run).decoded.shape == (1, 1, 2, 1)


def test_a_model_without_a_code_is_told_so():
    with pytest.raises(ShapeError, match="no code"):
        glance(toy_run())


def test_tsne_lays_out_every_code_and_the_same_each_time():
    run = coded_run()
    shares = []
    first = embed_codes(run, "validation", 0, lambda what, share: shares.append(share))
    assert first.points.shape == (len(run.data.split.validation), 2)
    assert np.isfinite(first.points).all()
    assert shares == sorted(shares) and shares[-1] == 1
    np.testing.assert_array_equal(first.points, embed_codes(run, "validation", 0).points)
    assert glance(run, plane="embedding", embedding=Answer(LAID_OUT, first)).plane == "principal"
    shown = look(
        run, "latent", Selection(part="validation", options=LatentOptions("embedding", embedding=Answer(LAID_OUT, first)))
    ).value
    np.testing.assert_array_equal(shown.points, first.points)


def test_tsne_stops_when_told_to():
    def cancel(what: str, share: float) -> None:
        if share >= 0.25:
            raise CancelledError("cancelled")

    with pytest.raises(CancelledError):
        embed_codes(coded_run(), "validation", 0, cancel)


def test_tsne_of_what_is_no_number_is_refused():
    run = coded_run()
    run.model.parameters.values[...] = np.nan
    with pytest.raises(ShapeError, match="not finite"):
        embed_codes(run, "train")
    few = digits_run(autoencoder(2), digits_data(12, validation=0.0))
    few.data = replace(few.data, split=replace(few.data.split, train=np.arange(5)))
    with pytest.raises(ShapeError, match="at least"):
        embed_codes(few, "train")


def test_examples_are_named_as_those_that_are_decoded():
    run = coded_run()
    held = len(run.data.split.validation)
    found = look(run, "latent", Selection(part="validation", example=held - 1, options=LatentOptions(other=held))).value
    assert found.ends_of == (held - 1, 0)
    inputs, _ = run.data.learning.gather(run.data.split.validation[[held - 1, 0]])
    np.testing.assert_allclose(found.strip[[0, -1]], as_bytes(run.model.predict(inputs)), atol=1)


def test_where_nothing_is_held_back_the_part_is_named_that_is_looked_at():
    run = digits_run(autoencoder(4))
    run.data = prepare_data(run.data.dataset, DatasetSettings(validation=0.0))
    assert look(run, "latent", Selection(part="validation")).value.part == "test"
    assert look(run, "latent", Selection(part="train")).value.part == "train"
