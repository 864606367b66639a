"""Grey pictures of 16 and 32 bits, and of floats: none comes out black that is not, and none gets a contrast of its own."""

from pathlib import Path

import numpy as np
import pytest

from nnlab.datasets.files.picture_file import pixels_of
from tests.datasets.files.test_pictures import GREY, write
from tests.datasets.files.test_upright_pictures import deep_tiff
from tests.datasets.own_files import refused, whole

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


def test_of_16_bits_small_numbers_are_a_dark_picture(tmp_path: Path):
    write(tmp_path / "a" / "x" / "dark.png", GREY[0].astype(np.uint16))
    assert not whole(tmp_path / "a").train.inputs.any()


@pytest.mark.parametrize("largest", [256, 4095, 65_535, 2**23 - 1])
@pytest.mark.parametrize("is_signed", [False, True])
def test_numbers_that_do_not_tell_what_is_white_are_refused(tmp_path: Path, is_signed: bool, largest: int):
    pixels = GREY[0].astype(np.int64)
    pixels[0, 0] = largest
    refused(put(tmp_path, deep_tiff(pixels, 32, is_signed)), "x/deep.tif", f"{largest:,}", "white", "PNG")


def test_the_first_number_that_could_be_seen_is_read_by_the_bits(tmp_path: Path):
    pixels = np.array([[0, 2**24 - 1], [2**24, 2**32 - 1]])
    found = whole(put(tmp_path, deep_tiff(pixels, 32))).train.inputs[0, ..., 0]
    np.testing.assert_array_equal(found, [[0, 0], [1, 255]])


@pytest.mark.parametrize("color", ["grey", "rgb", "auto"])
@pytest.mark.parametrize("bytes_", [GREY[0], DIM, np.zeros_like(GREY[0])], ids=["bright", "dim", "black"])
def test_floats_reach_from_black_at_0_to_white_at_1(tmp_path: Path, bytes_: np.ndarray, color: str):
    write(tmp_path / "a" / "x" / "0.tif", (bytes_ / 255).astype(np.float32))
    found = whole(tmp_path / "a", color=color).train.inputs[0]
    for channel in range(found.shape[-1]):
        np.testing.assert_array_equal(found[..., channel], bytes_)


def test_a_float_that_rounding_has_carried_beyond_white_is_white(tmp_path: Path):
    path = write(tmp_path / "a.tif", np.array([[-1e-7, 1.0000001]], np.float32))
    np.testing.assert_array_equal(pixels_of(path, (1, 2, 1), False)[..., 0], [[0, 255]])


@pytest.mark.parametrize(
    ("pixels", "words"),
    [
        (GREY[0].astype(np.float32), ("0 (black) to 1 (white)", f"to {GREY[0].max():g}")),
        (GREY[0] / 255 - 0.5, ("floats from", "0 (black) to 1 (white)")),
        (np.where(GREY[0] > 100, np.nan, 0.5), ("not finite",)),
        (np.where(GREY[0] > 100, np.inf, 0.5), ("not finite",)),
    ],
    ids=["bytes", "signed", "nan", "inf"],
)
def test_other_floats_are_refused_in_a_sentence(tmp_path: Path, pixels: np.ndarray, words: tuple[str, ...]):
    write(tmp_path / "a" / "x" / "0.tif", pixels.astype(np.float32))
    refused(tmp_path / "a", "x/0.tif", "PNG", *words)


def test_deep_pictures_are_resized_like_others(tmp_path: Path):
    flat = np.full((12, 8), 200)
    folder = put(tmp_path, deep_tiff(flat, 32))
    write(folder / "x" / "float.tif", np.full((9, 9), 200 / 255, np.float32))
    np.testing.assert_array_equal(whole(folder, image_size=5).train.inputs, np.full((2, 5, 5, 1), 200))
