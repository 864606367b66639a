import numpy as np
import pytest

from nnlab.datasets import Dataset, DatasetSettings, Examples
from nnlab.datasets.augmentation import Augmentation
from nnlab.errors import DatasetError
from nnlab.targets import Classes

GROUND = np.float32(-1)


def make(**wanted: object) -> Augmentation:
    whole = {"flip_horizontal": False, "flip_vertical": False, "shift": 0, "rotation": 0.0, "jitter": 0.0}
    return Augmentation(**(whole | wanted), ground=np.array([GROUND]))


def batch(count: int = 200, height: int = 5, width: int = 7) -> np.ndarray:
    """The same picture many times, every pixel another number."""
    picture = np.arange(height * width, dtype=np.float32).reshape(height, width, 1)
    return np.repeat(picture[None], count, axis=0)


def shifted(picture: np.ndarray, down: int, across: int) -> np.ndarray:
    """By hand: every pixel that stays inside, at its new place."""
    out = np.full_like(picture, GROUND)
    height, width, _ = picture.shape
    for row in range(height):
        for column in range(width):
            if 0 <= row + down < height and 0 <= column + across < width:
                out[row + down, column + across] = picture[row, column]
    return out


def variants(augmentation: Augmentation, inputs: np.ndarray, seed: int = 0) -> set[bytes]:
    inputs = inputs.copy()
    augmentation.apply(inputs, np.random.default_rng(seed))
    return {picture.tobytes() for picture in inputs}


def test_flips_give_the_picture_and_its_mirror_image_in_halves():
    inputs = batch()
    make(flip_horizontal=True).apply(inputs, np.random.default_rng(0))
    one = batch(1)[0]
    mirrored = np.array([np.array_equal(picture, one[:, ::-1]) for picture in inputs])
    assert all(np.array_equal(picture, one) for picture in inputs[~mirrored])
    # 200 throws of a coin: 100 with a deviation of 7.
    assert 70 < mirrored.sum() < 130


def test_flips_both_ways_give_all_four():
    one = batch(1)[0]
    found = variants(make(flip_horizontal=True, flip_vertical=True), batch())
    assert found == {np.ascontiguousarray(one[::down, ::across]).tobytes() for down in (1, -1) for across in (1, -1)}


def test_shifts_reach_every_place_and_bring_in_the_ground():
    found = variants(make(shift=2), batch(2000))
    one = batch(1)[0]
    assert found == {shifted(one, down, across).tobytes() for down in range(-2, 3) for across in range(-2, 3)}


def test_a_shift_larger_than_the_picture_leaves_ground_and_no_error():
    inputs = batch(50, 2, 2)
    make(shift=9).apply(inputs, np.random.default_rng(1))
    assert np.isfinite(inputs).all()
    assert (inputs == GROUND).all(axis=(1, 2, 3)).any()


def test_a_quarter_turn_is_a_quarter_turn():
    # The angle is drawn, so let it be drawn as its largest value.
    class Largest:
        def uniform(self, low: float, high: float, shape: tuple[int, ...]) -> np.ndarray:
            return np.full(shape, high)

        def integers(self, low: int, high: int, shape: object = None) -> np.ndarray:
            return np.zeros(shape, np.intp)

    inputs = batch(1, 5, 5)
    make(rotation=90.0).apply(inputs, Largest())
    turned = inputs[0]
    quarter = [np.rot90(batch(1, 5, 5)[0], turns) for turns in (1, -1)]
    assert any(np.allclose(turned, wanted, atol=1e-4) for wanted in quarter)


def test_turning_by_almost_nothing_changes_almost_nothing():
    inputs = batch(20)
    make(rotation=1e-6).apply(inputs, np.random.default_rng(0))
    np.testing.assert_allclose(inputs, batch(20), atol=1e-4)


def test_turning_keeps_the_grey_of_a_disc():
    y, x = np.mgrid[:21, :21] - 10
    disc = ((x**2 + y**2) < 64).astype(np.float32)[None, :, :, None].repeat(10, 0)
    inputs = disc * 2 - 1
    make(rotation=45.0).apply(inputs, np.random.default_rng(0))
    np.testing.assert_allclose(inputs.sum(axis=(1, 2, 3)), (disc * 2 - 1).sum(axis=(1, 2, 3)), rtol=0.05)


def test_jitter_has_its_deviation_and_suits_rows_too():
    inputs = np.zeros((400, 50), np.float32)
    make(jitter=0.3).apply(inputs, np.random.default_rng(0))
    # 20,000 numbers: the deviation is known to 0.3 / sqrt(40,000) = 0.0015.
    assert abs(inputs.std() - 0.3) < 0.006


@pytest.mark.parametrize("wanted", [{"shift": 2}, {"rotation": 10.0}, {"flip_vertical": True}, {"jitter": 0.1}])
def test_the_same_stream_gives_the_same_pictures(wanted: dict[str, object]):
    assert variants(make(**wanted), batch(), 3) == variants(make(**wanted), batch(), 3)


def test_colours_move_together():
    inputs = np.stack([batch()[..., 0], batch()[..., 0] + 100], axis=-1)
    augmentation = Augmentation(True, True, 2, 0.0, 0.0, np.array([-1, 99], np.float32))
    augmentation.apply(inputs, np.random.default_rng(0))
    np.testing.assert_array_equal(inputs[..., 1] - inputs[..., 0], 100)


def rows() -> Dataset:
    examples = Examples(np.zeros((4, 3), np.float32), np.array([0, 1, 0, 1]))
    return Dataset("rows", "Rows", examples, examples, Classes(("a", "b")))


@pytest.mark.parametrize("asked", [{"shift": 1}, {"rotation": 5.0}, {"flip_horizontal": True}, {"flip_vertical": True}])
def test_rows_of_numbers_cannot_be_moved(asked: dict[str, object]):
    with pytest.raises(DatasetError, match=f"dataset.{next(iter(asked))}: Rows has rows of 3 numbers"):
        Augmentation.of(DatasetSettings(**asked), rows(), np.zeros(1, np.float32))


def test_nothing_asked_is_nothing_done():
    assert Augmentation.of(DatasetSettings(), rows(), np.zeros(1, np.float32)) is None
