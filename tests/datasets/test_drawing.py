"""A drawing comes out as the pictures of the data are: real digits come back pixel for pixel, wherever and however large."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.datasets import DatasetSettings, load_dataset
from nnlab.datasets.drawing import Framing, framing_of, prepare_drawing

MNIST = Framing((28, 28, 1), 20, by_mass=True, is_inverted=False)
WHOLE = Framing((6, 9, 3), 0, by_mass=False, is_inverted=False)


def three(size: int = 120, at: tuple[int, int] = (60, 60), side: int = 280) -> np.ndarray:
    """Two arcs one on the other, so high, from an upper left corner on."""
    canvas = np.zeros((side, side), np.uint8)
    y, x = np.indices(canvas.shape)
    y, x = (y - at[0]) / size, (x - at[1]) / size
    for centre, radius in ((0.27, 0.21), (0.7, 0.25)):
        distance = np.hypot(y - centre, x - 0.25)
        canvas[(np.abs(distance - radius) < 0.05) & (x > 0.12)] = 255
    return canvas


def blown_up(picture: np.ndarray, factor: int) -> np.ndarray:
    return np.kron(picture[:, :, 0], np.ones((factor, factor), np.uint8))


def test_how_the_data_lie_in_their_frames_is_seen_in_the_data(real_data: Path):
    framings = {
        name: framing_of(load_dataset(DatasetSettings(name), [real_data]).train.inputs)
        for name in ("mnist", "fashion-mnist", "digits")
    }
    assert framings["mnist"] == MNIST
    assert framings["fashion-mnist"] == Framing((28, 28, 1), 28, by_mass=False, is_inverted=False)
    assert framings["digits"] == Framing((8, 8, 1), 8, by_mass=False, is_inverted=False)


@pytest.mark.parametrize("factor", [3, 10])
def test_real_digits_blown_up_and_prepared_again_are_themselves(real_data: Path, factor: int):
    digits = load_dataset(DatasetSettings("mnist"), [real_data]).test.inputs[:500]
    for digit in digits:
        drawing = prepare_drawing(blown_up(digit, factor), MNIST)
        np.testing.assert_array_equal(drawing.pixels, digit)


def test_a_real_digit_elsewhere_on_a_larger_pad_is_still_itself(real_data: Path):
    digits = load_dataset(DatasetSettings("mnist"), [real_data]).test.inputs[:50]
    for digit in digits:
        pad = np.zeros((400, 300), np.uint8)
        pad[150 : 150 + 140, 90 : 90 + 140] = blown_up(digit, 5)
        np.testing.assert_array_equal(prepare_drawing(pad, MNIST).pixels, digit)


def test_a_shifted_drawing_is_the_same_picture():
    first = prepare_drawing(three(at=(10, 20)), MNIST).pixels
    for at in ((100, 3), (37, 140), (150, 150)):
        np.testing.assert_array_equal(prepare_drawing(three(at=at), MNIST).pixels, first)


@pytest.mark.parametrize(("size", "least"), [(60, 0.03), (90, 0.006), (120, 0.003), (200, 0.004), (240, 0.004)])
def test_a_larger_or_smaller_drawing_is_nearly_the_same_picture(size: int, least: float):
    first, other = (prepare_drawing(three(each, (15, 15)), MNIST).pixels.astype(float) for each in (140, size))
    # Centring rounds to whole pixels, as MNIST's did: a hair's breadth may decide between two of them.
    shifts = [np.roll(other, (down, across), (0, 1)) for down in (-1, 0, 1) for across in (-1, 0, 1)]
    assert min(np.abs(first - shifted).mean() for shifted in shifts) / 255 < least
    assert np.abs(first - other).mean() / 255 < 0.07


def test_the_drawing_fills_a_box_of_20_with_its_mass_in_the_middle():
    picture = prepare_drawing(three(), MNIST).pixels[:, :, 0].astype(float)
    rows, columns = np.flatnonzero(picture.any(axis=1)), np.flatnonzero(picture.any(axis=0))
    assert max(np.ptp(rows), np.ptp(columns)) + 1 == 20
    middle = np.arange(28) + 0.5
    assert 14 <= picture.sum(axis=1) @ middle / picture.sum() < 15
    assert 14 <= picture.sum(axis=0) @ middle / picture.sum() < 15


def test_the_aspect_is_kept_and_no_ink_is_lost():
    canvas = np.zeros((200, 200), np.uint8)
    canvas[20:120, 60:85] = 255
    picture = prepare_drawing(canvas, MNIST).pixels[:, :, 0]
    assert (picture == 255).sum() == 20 * 5
    assert set(np.unique(picture)) == {0, 255}
    canvas[21:119:2] = 0
    striped = prepare_drawing(canvas, MNIST).pixels
    assert striped.sum(dtype=float) == pytest.approx(canvas.sum(dtype=float) / 25, rel=0.005)


def test_a_drawing_at_the_rim_stays_inside():
    canvas = np.zeros((100, 100), np.uint8)
    # Nearly all of the mass at one end: the centre of mass cannot be in the middle of the frame.
    canvas[5:15, 5:95] = 3
    canvas[0:25, 85:95] = 255
    picture = prepare_drawing(canvas, MNIST).pixels[:, :, 0]
    assert len(np.flatnonzero(picture.any(axis=0))) == 20


def test_nothing_drawn_is_no_drawing():
    assert prepare_drawing(np.zeros((280, 280), np.uint8), MNIST) is None
    assert prepare_drawing(np.zeros((280, 280), np.uint8), WHOLE) is None


def test_ink_too_faint_to_leave_a_grey_is_no_drawing():
    canvas = np.zeros((280, 280), np.uint8)
    canvas[0, 0] = 1
    assert prepare_drawing(canvas, WHOLE) is None


def test_photographs_take_the_pad_as_a_whole_grey_in_all_channels():
    photographs = np.random.default_rng(0).integers(0, 256, (40, 6, 9, 3), dtype=np.uint8)
    assert framing_of(photographs) == WHOLE
    canvas = np.zeros((60, 60), np.uint8)
    canvas[:30] = 255
    pixels = prepare_drawing(canvas, WHOLE).pixels
    assert pixels.shape == (6, 9, 3)
    # The square pad stands in the middle of the wider frame, a column further to the right where that is not whole.
    np.testing.assert_array_equal(pixels[:, :, 0], [[0] * 2 + [255] * 6 + [0]] * 3 + [[0] * 9] * 3)
    np.testing.assert_array_equal(pixels[:, :, 1], pixels[:, :, 0])


def test_pen_on_paper_is_dark_on_light():
    digits = load_dataset(DatasetSettings("digits"), []).train.inputs
    framing = framing_of(255 - digits)
    assert framing.is_inverted
    assert framing.box == 8
    prepared = prepare_drawing(three(), framing).pixels
    assert framing_of(digits // 16, (0, 15)) == framing_of(digits // 16 * 17)
    as_light = prepare_drawing(three(), framing_of(digits)).pixels
    np.testing.assert_array_equal(prepared, 255 - as_light)


def test_pictures_of_one_pixel_have_a_framing():
    framing = framing_of(np.zeros((5, 1, 1, 1), np.uint8))
    canvas = np.zeros((10, 10), np.uint8)
    canvas[:5] = 255
    assert prepare_drawing(canvas, framing).pixels.tolist() == [[[128]]]


@given(
    st.integers(1, 40),
    st.integers(1, 40),
    st.tuples(st.integers(1, 12), st.integers(1, 12), st.sampled_from([1, 3])),
    st.integers(0, 14),
    st.booleans(),
    st.integers(0, 2**31),
)
def test_whatever_is_drawn_has_the_shape_of_the_data(height, width, shape, box, by_mass, seed):
    canvas = np.random.default_rng(seed).integers(0, 256, (height, width), dtype=np.uint8)
    canvas[np.random.default_rng(seed + 1).random(canvas.shape) < 0.7] = 0
    drawing = prepare_drawing(canvas, Framing(shape, min(box, max(shape[:2])), by_mass, False))
    if drawing is not None:
        assert drawing.pixels.shape == shape
        assert drawing.pixels.dtype == np.uint8
        assert drawing.pixels.any()
        assert drawing.pixels.max() <= canvas.max()
