"""What is in a picture of the page are the numbers that it was made of."""

import base64
import io
import re

import numpy as np
from PIL import Image

from nnlab.colors import CLASS_COLORS
from nnlab.experiments.run_report.pictures import grey_pixels, mosaic, picture, rgb, signed_pixels


def seen(markup: str) -> np.ndarray:
    """The pixels of the image."""
    content = base64.b64decode(re.search(r'src="data:image/png;base64,([^"]+)"', markup)[1])
    return np.asarray(Image.open(io.BytesIO(content)))


def test_negative_is_orange_positive_blue_and_zero_neither():
    pixels = signed_pixels(np.array([-2.0, 0.0, 2.0, np.nan, -9.0, np.inf]), 2.0)
    orange, blue = rgb(CLASS_COLORS[0]), rgb(CLASS_COLORS[1])
    assert np.array_equal(pixels[[0, 2, 4, 5]], [orange, blue, orange, blue])
    assert set(pixels[1]) == {247} and set(pixels[3]) == {255}
    assert set(signed_pixels(np.zeros(3), 0.0).ravel()) == {247}


def test_grey_goes_from_black_to_white():
    assert grey_pixels(np.array([-1.0, 0.0, 0.5, 1.0, 7.0]), 0.0, 1.0)[:, 0].tolist() == [0, 0, 128, 255, 255]
    assert grey_pixels(np.ones(2), 1.0, 1.0).tolist() == [[0, 0, 0]] * 2


def test_a_picture_comes_back_as_it_went_in():
    pixels = np.random.default_rng(1).integers(0, 255, (5, 7, 3), np.uint8)
    markup = picture(pixels, '"a" < b')
    assert np.array_equal(seen(markup), pixels) and 'alt="&quot;a&quot; &lt; b"' in markup
    assert 'width="476" height="340"' in markup


def test_a_large_one_gets_smaller():
    assert max(seen(picture(np.zeros((3000, 10, 3), np.uint8), "tall")).shape) == 1200
    assert seen(picture(np.zeros((300, 300, 3), np.uint8), "small", 168)).shape == (168, 168, 3)


def test_tiles_stand_side_by_side_with_nothing_between():
    tiles = np.full((2, 3, 3, 3), 9, np.uint8)
    whole = mosaic(tiles)
    assert whole.shape == (5, 9, 4) and (whole[..., 3] > 0).sum() == 18 and set(whole[1:4, 1:4, 0].ravel()) == {9}
