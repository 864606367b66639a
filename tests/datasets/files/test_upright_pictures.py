"""Pictures as they are meant to be seen: turned as the camera was held, and grey whatever number of bits holds it."""

import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.datasets.files.test_picture_classes import GREY, write
from tests.datasets.own_files import whole

ORIENTATION = 274
# Unlike in every corner, and wider than high; in steps that a lossy format leaves where they are.
FLAG = np.kron(np.array([[0, 80, 160], [240, 120, 40]], np.uint8), np.ones((8, 8), np.uint8))

# By where the first row and the first column of what is stored are to be seen (EXIF 2.32, table 6).
UPRIGHT = {
    1: lambda stored: stored,  # top, left
    2: lambda stored: stored[:, ::-1],  # top, right
    3: lambda stored: stored[::-1, ::-1],  # bottom, right
    4: lambda stored: stored[::-1],  # bottom, left
    5: lambda stored: stored.T,  # left, top
    6: lambda stored: stored.T[:, ::-1],  # right, top
    7: lambda stored: stored.T[::-1, ::-1],  # right, bottom
    8: lambda stored: stored.T[::-1],  # left, bottom
}


def exif(orientation: int) -> Image.Exif:
    made = Image.Exif()
    made[ORIENTATION] = orientation
    return made


@pytest.mark.parametrize("ending", ["jpg", "png", "webp", "tif"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_stands_as_the_camera_was_held(tmp_path: Path, ending: str, orientation: int):
    write(tmp_path / "a" / "x" / f"turned.{ending}", FLAG, exif=exif(orientation))
    found = whole(tmp_path / "a").train.inputs[0, ..., 0].astype(int)
    # A lossy format may miss a grey by a little.
    assert np.abs(found - UPRIGHT[orientation](FLAG.astype(int))).max() <= (0 if ending in ("png", "tif") else 8)


def test_upright_and_lying_pictures_of_one_size_stand_together(tmp_path: Path):
    write(tmp_path / "a" / "x" / "0.png", FLAG)
    write(tmp_path / "a" / "x" / "1.png", np.rot90(FLAG), exif=exif(6))
    inputs = whole(tmp_path / "a").train.inputs[..., 0]
    np.testing.assert_array_equal(inputs, [FLAG, FLAG])


def test_a_turned_picture_is_turned_before_it_is_resized(tmp_path: Path):
    write(tmp_path / "a" / "x" / "0.png", np.rot90(FLAG), exif=exif(6))
    write(tmp_path / "a" / "x" / "1.png", FLAG)
    first, second = whole(tmp_path / "a", image_size=8).train.inputs
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize(
    "content", [b"", b"Exif\0\0", b"Exif\0\0MM\0*\0\0\0\x08\xff\xff", b"Exif\0\0" + bytes(40), b"II*\0"]
)
def test_a_damaged_remark_about_a_picture_is_no_reason_to_refuse_it(tmp_path: Path, content: bytes):
    write(tmp_path / "a" / "x" / "0.png", FLAG, exif=content)
    np.testing.assert_array_equal(whole(tmp_path / "a").train.inputs[0, ..., 0], FLAG)


def deep_tiff(pixels: np.ndarray, bits: int, is_signed: bool = False, white_is_zero: bool = False) -> bytes:
    """A plain TIFF of one grey channel, its numbers of so many bits."""
    height, width = pixels.shape
    content = pixels.astype(f"<{'i' if is_signed else 'u'}{bits // 8}").tobytes()
    entries = [
        (256, 3, width),
        (257, 3, height),
        (258, 3, bits),
        (259, 3, 1),
        (262, 3, 0 if white_is_zero else 1),
        (273, 4, 8),
        (277, 3, 1),
        (278, 3, height),
        (279, 4, len(content)),
        (339, 3, 2 if is_signed else 1),
    ]
    table = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in entries)
    return struct.pack("<2sHI", b"II", 42, 8 + len(content)) + content + struct.pack("<H", len(entries)) + table + bytes(4)


@pytest.mark.parametrize(
    ("bits", "options"),
    [
        (16, {}),
        (16, {"is_signed": True}),
        (16, {"white_is_zero": True}),
        (32, {}),
        (32, {"is_signed": True}),
    ],
    ids=str,
)
@pytest.mark.parametrize("color", ["grey", "rgb"])
def test_white_is_the_largest_number_that_the_bits_can_hold(tmp_path: Path, bits: int, options: dict[str, bool], color: str):
    largest = 2 ** (bits - options.get("is_signed", False)) - 1
    pixels = np.round(GREY[0].astype(float) / 255 * largest)
    pixels[0, :2] = 0, largest
    (tmp_path / "a" / "x").mkdir(parents=True)
    (tmp_path / "a" / "x" / "deep.tif").write_bytes(deep_tiff(np.minimum(pixels, largest), bits, **options))
    expected = np.floor(pixels / (largest + 1) * 256)
    if options.get("white_is_zero"):
        expected = 255 - expected
    found = whole(tmp_path / "a", color=color).train.inputs[0]
    for channel in range(found.shape[-1]):
        np.testing.assert_array_equal(found[..., channel], expected)


def test_numbers_below_black_are_black(tmp_path: Path):
    (tmp_path / "a" / "x").mkdir(parents=True)
    (tmp_path / "a" / "x" / "deep.tif").write_bytes(deep_tiff(np.array([[-5, -(2**31)], [0, 2**31 - 1]]), 32, True))
    np.testing.assert_array_equal(whole(tmp_path / "a").train.inputs[0, ..., 0], [[0, 0], [0, 255]])
