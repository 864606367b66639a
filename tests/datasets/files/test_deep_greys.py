"""Grey pictures of 16 and 32 bits, and of floats: none comes out black that is not, and none gets a contrast of its own."""

from pathlib import Path

import numpy as np
import pytest

from nnlab.datasets.files.picture_file import pixels_of
from tests.datasets.files.test_picture_classes import GREY, write
from tests.datasets.files.test_upright_pictures import deep_tiff
from tests.datasets.own_files import load, refused, whole

DIM = np.minimum(GREY[0], 40)


def put(folder: Path, content: bytes) -> Path:
    path = folder / "a" / "x" / "deep.tif"
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    return folder / "a"


@pytest.mark.parametrize("color", ["grey", "rgb", "auto"])
@pytest.mark.parametrize("is_signed", [False, True])
@pytest.mark.parametrize("bytes_", [GREY[0], DIM, np.zeros_like(GREY[0])], ids=["bright", "dim", "black"])
def test_bytes_in_32_bits_are_what_they_were(tmp_path: Path, bytes_: np.ndarray, is_signed: bool, color: str):
    found = whole(put(tmp_path, deep_tiff(bytes_, 32, is_signed)), color=color).train.inputs[0]
    for channel in range(found.shape[-1]):
        np.testing.assert_array_equal(found[..., channel], bytes_)


def test_of_16_bits_those_of_bytes_are_bytes(tmp_path: Path):
    write(tmp_path / "a" / "x" / "bytes.png", GREY[0].astype(np.uint16))
    np.testing.assert_array_equal(whole(tmp_path / "a").train.inputs[0, ..., 0], GREY[0])


@pytest.mark.parametrize("bits", [8, 10, 12, 14, 16])
def test_white_is_the_largest_number_of_the_bits_that_all_pictures_together_use(tmp_path: Path, bits: int):
    ramp = np.linspace(0, 2**bits - 1, 63).round().astype(np.uint16).reshape(7, 9)
    write(tmp_path / "a" / "x" / "bright.png", ramp)
    # By itself, its contrast would be another.
    write(tmp_path / "a" / "y" / "dark.png", ramp // 16)
    found = whole(tmp_path / "a").train
    np.testing.assert_array_equal(found.inputs[..., 0], [ramp >> (bits - 8), ramp // 16 >> (bits - 8)])


def test_a_test_part_is_as_bright_as_training_has_it(tmp_path: Path):
    ramp = np.arange(63, dtype=np.uint16).reshape(7, 9)
    write(tmp_path / "a" / "train" / "x" / "0.png", ramp * 64)
    write(tmp_path / "a" / "test" / "x" / "dark.png", ramp)
    write(tmp_path / "a" / "test" / "x" / "glaring.png", ramp * 1000)
    found = load(tmp_path / "a")
    np.testing.assert_array_equal(found.train.inputs[0, ..., 0], ramp * 4)
    np.testing.assert_array_equal(found.test.inputs[..., 0], [ramp >> 4, np.minimum(ramp.astype(int) * 1000 >> 4, 255)])


@pytest.mark.parametrize("largest", [256, 4095, 65_535, 2**23 - 1, 2**31 - 1])
@pytest.mark.parametrize("is_signed", [False, True])
def test_of_32_bits_the_upper_eight_that_are_used_count(tmp_path: Path, is_signed: bool, largest: int):
    pixels = np.linspace(0, largest, 63).astype(np.int64).reshape(7, 9)
    found = whole(put(tmp_path, deep_tiff(pixels, 32, is_signed))).train.inputs[0, ..., 0]
    np.testing.assert_array_equal(found, pixels >> (largest.bit_length() - 8))
    assert found.max() > 127


def test_of_all_32_bits_the_upper_eight_count(tmp_path: Path):
    pixels = np.array([[0, 2**24 - 1], [2**24, 2**32 - 1]])
    found = whole(put(tmp_path, deep_tiff(pixels, 32))).train.inputs[0, ..., 0]
    np.testing.assert_array_equal(found, [[0, 0], [1, 255]])


@pytest.mark.parametrize("color", ["grey", "rgb", "auto"])
@pytest.mark.parametrize("bytes_", [GREY[0], np.zeros_like(GREY[0])], ids=["bright", "black"])
@pytest.mark.parametrize("white", [1, 255])
def test_floats_reach_from_black_at_0_to_white_at_1_or_255(tmp_path: Path, white: int, bytes_: np.ndarray, color: str):
    write(tmp_path / "a" / "x" / "0.tif", (bytes_ * (white / 255)).astype(np.float32))
    found = whole(tmp_path / "a", color=color).train.inputs[0]
    for channel in range(found.shape[-1]):
        np.testing.assert_array_equal(found[..., channel], bytes_)


@pytest.mark.parametrize("largest", [1e-9, 0.002, 0.3, 60, 4095, 1e30])
def test_floats_that_use_another_range_are_as_white_as_the_whitest_of_all_pictures(tmp_path: Path, largest: float):
    shares = np.linspace(0, 1, 63).reshape(7, 9)
    write(tmp_path / "a" / "x" / "bright.tif", (shares * largest).astype(np.float32))
    write(tmp_path / "a" / "x" / "dark.tif", (shares * largest / 5).astype(np.float32))
    found = whole(tmp_path / "a").train.inputs[..., 0]
    np.testing.assert_allclose(found, [shares * 255, shares * 51], atol=0.51)


def test_a_float_that_rounding_has_carried_beyond_white_is_white(tmp_path: Path):
    path = write(tmp_path / "a.tif", np.array([[-1e-7, 1.0000001]], np.float32))
    np.testing.assert_array_equal(pixels_of(path, (1, 2, 1), False, {})[..., 0], [[0, 255]])


@pytest.mark.parametrize(
    ("pixels", "words"),
    [
        (GREY[0] / 255 - 0.5, ("floats from", "0 (black)")),
        (np.where(GREY[0] > 100, np.nan, 0.5), ("not finite",)),
        (np.where(GREY[0] > 100, np.inf, 0.5), ("not finite",)),
    ],
    ids=["signed", "nan", "inf"],
)
def test_other_floats_are_refused_in_a_sentence(tmp_path: Path, pixels: np.ndarray, words: tuple[str, ...]):
    write(tmp_path / "a" / "x" / "0.tif", pixels.astype(np.float32))
    refused(tmp_path / "a", "x/0.tif", "PNG", *words)


def test_deep_pictures_are_resized_like_others(tmp_path: Path):
    flat = np.full((12, 8), 200)
    folder = put(tmp_path, deep_tiff(flat, 32))
    write(folder / "x" / "float.tif", np.full((9, 9), 200 / 255, np.float32))
    np.testing.assert_array_equal(whole(folder, image_size=5).train.inputs, np.full((2, 5, 5, 1), 200))
