"""Numbers have the names of their columns, of their pixels, or of formulas; the same for whoever asks."""

from pathlib import Path

import numpy as np
import pytest

from nnlab.datasets import Dataset, Examples, load_dataset
from nnlab.datasets.encoded import seen_through
from nnlab.datasets.names import Names
from nnlab.datasets.scaling import SCALINGS, fit_scaling
from tests.datasets.chosen import data_of


def read(path: Path, text: str, **settings: object) -> Dataset:
    path.write_text(text, encoding="utf-8")
    return load_dataset(data_of("file", path=str(path), test=0.0, **settings))


def names_of(dataset: Dataset) -> list[str]:
    return [dataset.input_names.name(place) for place in range(int(np.prod(dataset.example_shape)))]


def test_a_number_is_named_by_its_column_its_pixel_its_unit_or_as_in_formulas():
    assert [Names((12,)).name(place) for place in (0, 11)] == ["x₁", "x₁₂"]
    assert Names((12,), word="unit").name(0) == "unit 0"
    assert Names((2,), ("height", "")).name(0) == "height" and Names((2,), ("height", "")).name(1) == "x₂"
    assert Names((3, 5, 1)).name(7) == "row 1, column 2"
    assert Names((3, 5, 2)).name(13) == "row 1, column 1, channel 1"


@pytest.mark.parametrize("label", ["first", "middle", "last"])
def test_the_columns_of_a_table_are_named_without_that_of_the_label(tmp_path: Path, label: str):
    place = {"first": 0, "middle": 1, "last": 2}[label]
    header, rows = ["width (cm)", "height"], [["1.5", "2"], ["3", "4.5"], ["5", "6"]]
    header.insert(place, "species")
    for row, name in zip(rows, ("cat", "dog", "cat"), strict=True):
        row.insert(place, name)
    dataset = read(tmp_path / "a.csv", "\n".join(",".join(line) for line in (header, *rows)))
    assert names_of(dataset) == ["width (cm)", "height"]


def test_columns_without_a_name_are_called_as_in_formulas(tmp_path: Path):
    assert names_of(read(tmp_path / "a.csv", "1.5,2,cat\n3,4.5,dog\n")) == ["x₁", "x₂"]
    counted = "0,1,2,label\n" + "\n".join(f"{n},{n / 2},{n / 4},{n % 2}" for n in range(4))
    assert names_of(read(tmp_path / "b.csv", counted)) == ["x₁", "x₂", "x₃"]


def test_pixels_of_a_picture_have_no_columns(tmp_path: Path):
    header = ",".join(["label", *(f"pixel{n}" for n in range(64))])
    rows = "\n".join(",".join(map(str, [n % 2, *range(64)])) for n in range(4))
    dataset = read(tmp_path / "a.csv", f"{header}\n{rows}")
    assert dataset.is_image and dataset.input_names.name(9) == "row 1, column 1"
    flat = read(tmp_path / "a.csv", f"{header}\n{rows}", layout="flat")
    assert flat.input_names.name(9) == "pixel9"


def test_a_choice_of_classes_keeps_the_names_and_codes_have_none_of_them(tmp_path: Path):
    text = "a,b,kind\n" + "\n".join(f"{n},{n / 3},{'xyz'[n % 3]}" for n in range(9))
    dataset = read(tmp_path / "a.csv", text, classes="x,y")
    assert names_of(dataset) == ["a", "b"]
    scaling = fit_scaling("unit", dataset.train, np.arange(len(dataset.train)))
    assert names_of(seen_through(dataset, lambda inputs: inputs, scaling, "encoder")) == ["x₁", "x₂"]


@pytest.mark.parametrize("kind", SCALINGS)
def test_a_scaling_says_what_it_does(kind: str):
    inputs = np.array([[1.0, -3.0], [5.0, 7.0], [3.0, 3.0]], np.float32)
    scaling = fit_scaling(kind, Examples(inputs, np.zeros(3, np.intp)), np.arange(3))
    scaled = scaling.apply(inputs, out=np.empty_like(inputs))
    claims = {
        "scaled to 0 … 1": (scaled.min(0), scaled.max(0), 0, 1),
        "scaled to −1 … 1": (scaled.min(0), scaled.max(0), -1, 1),
        "scaled to mean 0, deviation 1": (scaled.mean(0), scaled.std(0), 0, 1),
        "": (scaled, inputs, inputs, inputs),
    }
    first, second, expected_first, expected_second = claims[scaling.words]
    np.testing.assert_allclose(first, np.broadcast_to(expected_first, first.shape), atol=1e-6)
    np.testing.assert_allclose(second, np.broadcast_to(expected_second, second.shape), rtol=1e-5)
