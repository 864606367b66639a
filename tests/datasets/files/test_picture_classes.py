"""Folders of pictures, as cameras, painters and dataset makers leave them."""

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nnlab.datasets import DatasetSettings, load_dataset
from nnlab.errors import CancelledError
from tests.datasets.own_files import load, refused, whole

GREY = np.random.default_rng(0).integers(0, 256, (6, 5, 4), np.uint8)
COLORED = np.random.default_rng(1).integers(0, 256, (6, 5, 4, 3), np.uint8)


def write(path: Path, pixels: np.ndarray, mode: str | None = None, **options) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    picture = Image.fromarray(pixels)
    (picture.convert(mode) if mode else picture).save(path, **options)
    return path


def write_folder(folder: Path, pictures: np.ndarray = GREY, classes: tuple[str, ...] = ("cat", "dog", "eel")) -> Path:
    """Picture n is of class n mod 3; within a class they stand in order."""
    for number, picture in enumerate(pictures):
        write(folder / classes[number % len(classes)] / f"{number:03}.png", picture)
    return folder


def test_each_sub_folder_is_a_class(tmp_path: Path):
    for cache in (None, tmp_path / "cache", tmp_path / "cache"):
        dataset = whole(write_folder(tmp_path / "animals"), cache)
        assert (dataset.title, dataset.class_names) == ("animals", ("cat", "dog", "eel"))
        np.testing.assert_array_equal(dataset.train.labels, [0, 0, 1, 1, 2, 2])
        np.testing.assert_array_equal(dataset.train.inputs[..., 0], GREY[[0, 3, 1, 4, 2, 5]])


def test_classes_named_by_numbers_stand_in_their_order(tmp_path: Path):
    dataset = whole(write_folder(tmp_path / "a", classes=("10", "9", "2")))
    assert dataset.class_names == ("2", "9", "10")
    np.testing.assert_array_equal(dataset.train.labels, [0, 0, 1, 1, 2, 2])


@pytest.mark.parametrize("test", ["test", "Test", "val", "validation"])
def test_training_and_test_folders_stay_apart(tmp_path: Path, test: str):
    write_folder(tmp_path / "data" / "train")
    write_folder(tmp_path / "data" / test, GREY[:2])
    dataset = load(tmp_path / "data")
    assert (len(dataset.train), len(dataset.test)) == (6, 2)
    np.testing.assert_array_equal(dataset.test.labels, [0, 1])


def test_a_test_folder_may_be_named(tmp_path: Path):
    train, test = write_folder(tmp_path / "a"), write_folder(tmp_path / "b", GREY[1:2], ("dog",))
    np.testing.assert_array_equal(load(train, test_path=str(test)).test.labels, [1])
    refused(train, "'fox'", "cat, dog, eel", test_path=str(write_folder(tmp_path / "c", GREY[:1], ("fox",))))


def test_colour_is_kept_where_any_picture_has_some(tmp_path: Path):
    folder = write_folder(tmp_path / "a", COLORED)
    write(folder / "cat" / "zzz.png", GREY[0])
    dataset = whole(folder)
    assert dataset.example_shape == (5, 4, 3)
    np.testing.assert_array_equal(dataset.train.inputs[0], COLORED[0])
    np.testing.assert_array_equal(dataset.train.inputs[2], np.repeat(GREY[0][..., None], 3, axis=2))


def test_grey_pictures_saved_in_colour_are_grey(tmp_path: Path):
    dataset = whole(write_folder(tmp_path / "a", np.repeat(GREY[..., None], 3, axis=3)))
    np.testing.assert_array_equal(dataset.train.inputs, GREY[[0, 3, 1, 4, 2, 5]][..., None])


@pytest.mark.parametrize(("color", "channels"), [("grey", 1), ("rgb", 3)])
@pytest.mark.parametrize("pictures", [GREY, COLORED], ids=["grey", "coloured"])
def test_grey_or_colour_can_be_asked_for(tmp_path: Path, color: str, channels: int, pictures: np.ndarray):
    assert whole(write_folder(tmp_path / "a", pictures), color=color).example_shape == (5, 4, channels)


def test_the_test_pictures_have_the_colours_of_the_training_pictures(tmp_path: Path):
    write_folder(tmp_path / "a" / "train", COLORED)
    write_folder(tmp_path / "a" / "test", GREY)
    assert load(tmp_path / "a").test.inputs.shape == (6, 5, 4, 3)
    write_folder(tmp_path / "b" / "train", GREY)
    write_folder(tmp_path / "b" / "test", COLORED)
    assert load(tmp_path / "b").test.inputs.shape == (6, 5, 4, 1)


def test_pictures_are_resized(tmp_path: Path):
    folder = tmp_path / "a"
    write(folder / "a" / "large.png", np.full((40, 20), 200, np.uint8))
    write(folder / "b" / "small.png", np.full((3, 5, 3), (10, 20, 30), np.uint8))
    dataset = whole(folder, image_size=7)
    assert dataset.example_shape == (7, 7, 3)
    np.testing.assert_array_equal(dataset.train.inputs[0], np.full((7, 7, 3), 200))
    np.testing.assert_array_equal(dataset.train.inputs[1], np.full((7, 7, 3), (10, 20, 30)))


def test_shrinking_averages_all_pixels(tmp_path: Path):
    chess = (np.indices((64, 64)).sum(axis=0) % 2 * 255).astype(np.uint8)
    write(tmp_path / "a" / "a" / "chess.png", chess)
    inputs = whole(tmp_path / "a", image_size=8).train.inputs
    assert abs(inputs.astype(int) - 127).max() < 8


def test_sizes_that_differ_are_told_with_both_files(tmp_path: Path):
    folder = write_folder(tmp_path / "a")
    write(folder / "eel" / "x.png", np.zeros((4, 5), np.uint8))
    refused(folder, "cat/000.png is 4 x 5", "eel/x.png 5 x 4", "image_size")


@pytest.mark.parametrize(
    ("name", "mode", "expected"),
    [
        ("a.png", "P", 200),
        ("a.png", "LA", 200),
        ("a.png", "RGBA", 200),
        ("a.bmp", None, 200),
        ("a.gif", None, 200),
        ("a.pgm", None, 200),
        ("a.tif", None, 200),
        ("a.webp", "RGB", 200),
        ("a.JPG", None, 200),
    ],
)
def test_every_usual_kind_of_picture_is_read(tmp_path: Path, name: str, mode: str | None, expected: int):
    write(tmp_path / "a" / "a" / name, np.full((5, 4), 200, np.uint8), mode)
    inputs = whole(tmp_path / "a").train.inputs
    assert inputs.shape == (1, 5, 4, 1)
    assert abs(inputs.astype(int) - expected).max() <= 2


def test_black_and_white_is_0_and_255(tmp_path: Path):
    write(tmp_path / "a" / "a" / "ink.png", GREY[0] > 99)
    np.testing.assert_array_equal(whole(tmp_path / "a").train.inputs[0, ..., 0], 255 * (GREY[0] > 99))


def test_a_picture_without_an_ending_is_known_by_its_content(tmp_path: Path):
    write(tmp_path / "a" / "a" / "picture", GREY[0], format="PNG")
    np.testing.assert_array_equal(whole(tmp_path / "a").train.inputs[0, ..., 0], GREY[0])


def test_sixteen_bits_keep_the_upper_eight(tmp_path: Path):
    write(tmp_path / "a" / "a" / "deep.png", GREY[0].astype(np.uint16) * 256 + 77)
    np.testing.assert_array_equal(whole(tmp_path / "a").train.inputs[0, ..., 0], GREY[0])


def test_what_is_transparent_lies_on_white(tmp_path: Path):
    pixels = np.zeros((5, 4, 4), np.uint8)
    pixels[2, 1] = (10, 10, 10, 255)
    write(tmp_path / "a" / "a" / "ink.png", pixels)
    expected = np.full((5, 4), 255)
    expected[2, 1] = 10
    np.testing.assert_array_equal(whole(tmp_path / "a").train.inputs[0, ..., 0], expected)


def test_hidden_files_and_other_files_are_passed_over(tmp_path: Path):
    folder = write_folder(tmp_path / "a")
    for name in (".DS_Store", "cat/.hidden.png", "cat/Thumbs.db", "cat/notes.txt", "README.md", "cat/nothing"):
        (folder / name).write_bytes(b"not a picture")
    write_folder(folder / "__MACOSX")
    write_folder(folder / ".thumbnails")
    assert len(whole(folder).train) == 6


def test_the_same_picture_twice_counts_twice(tmp_path: Path):
    assert len(whole(write_folder(tmp_path / "a", np.repeat(GREY[:1], 6, axis=0))).train) == 6


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "is empty"), (b"\x89PNG\r\n\x1a\n", "damaged"), (b"hello", "no picture"), (b"%!PS-Adobe-3.0 EPSF", "no picture")],
)
def test_a_file_that_is_no_picture_is_told(tmp_path: Path, content: bytes, words: str):
    folder = write_folder(tmp_path / "a")
    (folder / "dog" / "bad.png").write_bytes(content)
    refused(folder, "dog/bad.png", words)


@pytest.mark.parametrize("name", ["bad.png", "bad.jpg", "bad.bmp", "bad.gif", "bad.tif", "bad.webp"])
def test_a_picture_that_is_cut_short_is_told(tmp_path: Path, name: str):
    path = write(tmp_path / "a" / "dog" / name, np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    refused(tmp_path / "a", f"dog/{name}")


def png(width: int, height: int, data: bytes = b"") -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(("width", "height"), [(100_000, 100_000), (2**31 - 1, 2**31 - 1), (9000, 9000), (0, 5), (5, 0)])
@pytest.mark.parametrize("settings", [{}, {"image_size": 8}], ids=["as it is", "resized"])
def test_a_picture_of_no_or_of_too_many_pixels_is_never_unpacked(tmp_path: Path, width: int, height: int, settings):
    folder = write_folder(tmp_path / "a")
    (folder / "cat" / "0.png").write_bytes(png(width, height))
    refused(folder, "cat/0.png", **settings)


def test_pictures_that_are_too_large_to_learn_from_have_to_be_resized(tmp_path: Path):
    write(tmp_path / "a" / "a" / "wide.png", np.zeros((2100, 2100), np.uint8))
    refused(tmp_path / "a", "a/wide.png", "image_size")
    assert whole(tmp_path / "a", image_size=4).example_shape == (4, 4, 1)


def test_an_empty_class_is_told(tmp_path: Path):
    (write_folder(tmp_path / "a") / "fox").mkdir()
    refused(tmp_path / "a", "fox", "no pictures")


def test_pictures_without_classes_are_told_unless_no_labels_are_wanted(tmp_path: Path):
    for number, picture in enumerate(GREY):
        write(tmp_path / "a" / f"{number}.png", picture)
    refused(tmp_path / "a", "sub-folder", 'dataset.source.label = "none"')
    dataset = whole(tmp_path / "a", label="none")
    np.testing.assert_array_equal(dataset.train.inputs[..., 0], GREY)
    assert dataset.class_names == ()


def test_a_flat_layout_leaves_rows(tmp_path: Path):
    assert whole(write_folder(tmp_path / "a", COLORED), layout="flat").example_shape == (60,)


def test_a_changed_picture_is_read_again(tmp_path: Path):
    folder = write_folder(tmp_path / "a")
    whole(folder, tmp_path / "cache")
    write(folder / "cat" / "000.png", 255 - GREY[0])
    np.testing.assert_array_equal(whole(folder, tmp_path / "cache").train.inputs[0, ..., 0], 255 - GREY[0])


def test_reading_can_be_cancelled(tmp_path: Path):
    folder = write_folder(tmp_path / "a")

    def cancel(what: str, share: float) -> None:
        if "003.png" in what:
            raise CancelledError("cancelled")

    with pytest.raises(CancelledError):
        load_dataset(DatasetSettings({"kind": "file", "path": str(folder)}), report=cancel, cache=tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []
