"""Folders of pictures as archives unpack: parts and classes under other names, or deeper by a folder."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.datasets.files.test_picture_classes import GREY, write, write_folder
from tests.datasets.own_files import load, refused, whole


@pytest.mark.parametrize(
    "ending, kind",
    [(".jfif", "JPEG"), (".jpe", "JPEG"), (".JFIF", "JPEG"), (".dib", "BMP"), (".pnm", "PPM"), (".apng", "PNG")],
)
def test_rarer_endings_of_the_same_formats_are_read(tmp_path: Path, ending: str, kind: str):
    write(tmp_path / "a" / "cat" / f"1{ending}", GREY[0], format=kind)
    write(tmp_path / "a" / "dog" / f"2{ending}", GREY[1], format=kind)
    assert len(whole(tmp_path / "a").train) == 2


@pytest.mark.parametrize("path", ["", "archive", "archive/archive", "pictures/archive"])
def test_classes_may_lie_deeper(tmp_path: Path, path: str):
    write_folder(tmp_path / "data" / path)
    assert whole(tmp_path / "data").class_names == ("cat", "dog", "eel")


@pytest.mark.parametrize(
    "train, test",
    [
        ("Training", "Testing"),
        ("seg_train/seg_train", "seg_test/seg_test"),
        ("train_set", "test_set"),
        ("trainingSet/trainingSet", "testSet/testSet"),
        ("archive/train", "archive/test"),
        ("train_images", "validation_images"),
    ],
)
def test_parts_may_have_other_names(tmp_path: Path, train: str, test: str):
    write_folder(tmp_path / "data" / train)
    write_folder(tmp_path / "data" / test, GREY[:2])
    dataset = load(tmp_path / "data")
    assert dataset.class_names == ("cat", "dog", "eel")
    assert (len(dataset.train), len(dataset.test)) == (6, 2)


def test_a_class_may_hold_one_more_folder(tmp_path: Path):
    for name in ("n01", "n02"):
        write(tmp_path / "a" / "train" / name / "images" / "1.png", GREY[0])
    assert load(tmp_path / "a").class_names == ("n01", "n02")


def test_a_single_folder_of_pictures_is_still_a_class(tmp_path: Path):
    write_folder(tmp_path / "a", classes=("cat",))
    assert whole(tmp_path / "a").class_names == ("cat",)


def test_pictures_of_trains_are_a_class(tmp_path: Path):
    write_folder(tmp_path / "a", classes=("bus", "train"))
    assert whole(tmp_path / "a").class_names == ("bus", "train")


def test_classes_in_folders_that_are_no_parts_are_not_guessed(tmp_path: Path):
    write_folder(tmp_path / "a" / "one")
    write_folder(tmp_path / "a" / "two")
    refused(tmp_path / "a", "one", "whose sub-folders are the classes")


@pytest.mark.parametrize("test", ["test", "test1", "testSet/testSet", "test/unknown"])
def test_a_test_folder_without_classes_is_left_out_and_said_so(tmp_path: Path, test: str):
    write_folder(tmp_path / "data" / "train")
    write(tmp_path / "data" / test / "1.png", GREY[0])
    dataset = load(tmp_path / "data")
    assert len(dataset.train) + len(dataset.test) == 6
    assert "holds no labels and is left out" in dataset.source


@pytest.mark.parametrize("ending", ["png", "webp", "jpg"])
def test_a_picture_held_sideways_stands_upright_whatever_its_format(tmp_path: Path, ending: str):
    turned = Image.Exif()
    turned[274] = 6
    lying = np.zeros((16, 32), np.uint8)
    lying[:, :16] = 255
    for name in ("a", "b"):
        options = {"lossless": True} if ending == "webp" else {}
        write(tmp_path / "p" / name / f"1.{ending}", lying, exif=turned, **options)
    pixels = whole(tmp_path / "p").train.inputs
    assert pixels.shape == (2, 32, 16, 1)
    assert pixels[0, :15].min() > 240 and pixels[0, 17:].max() < 15
