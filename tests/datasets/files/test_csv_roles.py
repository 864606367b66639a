"""Which column of a table is the label, which are learned from and which are left out, as a person would see it."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from nnlab.datasets import load_dataset
from tests.datasets.chosen import data_of, with_own
from tests.datasets.own_files import refused, whole, write_csv

COUNT = 60
CLASSES = np.arange(COUNT) // 20
WORDS = np.array(["eel", "cat", "dog"])[CLASSES]
MEASURED = np.round(np.random.default_rng(0).normal(CLASSES[:, None], 1, (COUNT, 3)), 2)
NAMES = ["a", "b", "c"]

Make = Callable[[int], object]


def table(path: Path, **columns: Make) -> Path:
    """Three measured columns; others stand before them where their name ends in _first, else behind; _ is no name."""
    first = {name.removesuffix("_first"): make for name, make in columns.items() if name.endswith("_first")}
    last = {name: make for name, make in columns.items() if not name.endswith("_first")}
    header = [name.strip("_") for name in (*first, *NAMES, *last)]
    rows = [
        [*(make(n) for make in first.values()), *MEASURED[n], *(make(n) for make in last.values())] for n in range(COUNT)
    ]
    return write_csv(path, rows, header)


def word(n: int) -> str:
    return str(WORDS[n])


def day(n: int) -> str:
    return f"2020-{1 + n // 28:02}-{1 + n % 28:02}"


def is_measured(dataset, left_out: tuple[str, ...], names: tuple[str, ...] = ("cat", "dog", "eel")) -> None:
    np.testing.assert_array_equal(dataset.train.inputs, MEASURED.astype(dataset.train.inputs.dtype))
    assert dataset.class_names == names
    assert dataset.table.features == tuple(NAMES)
    assert tuple(name for name, _ in dataset.table.left_out) == left_out


@pytest.mark.parametrize(
    "columns",
    [
        {"Id_first": lambda n: n + 1},
        {"index_first": lambda n: n},
        {"PassengerId_first": lambda n: 9000 - n},
        {"customer_id_first": lambda n: n * 7 % 60},
        {"when_first": day},
        {"comment_first": lambda n: f"said {n}"},
        {"count_first": lambda n: n},  # the rows are sorted by their class
    ],
    ids=lambda columns: next(iter(columns)),
)
@pytest.mark.parametrize("label", ["species", "grp"])
def test_columns_that_name_or_number_the_rows_are_left_out(tmp_path: Path, columns: dict[str, Make], label: str):
    name = next(iter(columns)).removesuffix("_first")
    is_measured(whole(table(tmp_path / "a.csv", **columns, **{label: word})), (name,))


def test_a_column_without_a_name_that_counts_is_left_out(tmp_path: Path):
    is_measured(whole(table(tmp_path / "a.csv", __first=lambda n: n, species=word)), ("column 1",))


@pytest.mark.parametrize("name", ["_", "Unnamed"])
def test_an_empty_column_is_left_out(tmp_path: Path, name: str):
    left = ("column 5",) if name == "_" else (name,)
    is_measured(whole(table(tmp_path / "a.csv", species=word, **{name: lambda _: ""})), left)


def test_a_cell_in_a_column_that_was_empty_is_told(tmp_path: Path):
    path = table(tmp_path / "a.csv", species=word, note=lambda _: "")
    path.write_text(path.read_text() + "1,2,3,cat,\n" * 6000 + "1,2,3,cat,7\n")
    refused(path, "row 6,062, column 5 (note)", "'7'", "empty above", "dataset.source.exclude")


def test_a_counter_beside_classes_that_take_turns_is_learned_from(tmp_path: Path):
    rows = [[n, 2 * n, n % 3] for n in range(30)]
    assert whole(write_csv(tmp_path / "a.csv", rows, ["time", "b", "label"])).example_shape == (2,)


@pytest.mark.parametrize("exclude", ["b", "2", "B ", "auto, b"])
def test_a_person_can_say_what_is_left_out(tmp_path: Path, exclude: str):
    dataset = whole(table(tmp_path / "a.csv", species=word), exclude=exclude)
    np.testing.assert_array_equal(dataset.train.inputs, MEASURED[:, [0, 2]].astype(dataset.train.inputs.dtype))
    assert dataset.table.left_out == (("b", "as dataset.source.exclude says"),)


def test_the_number_of_a_column_needs_no_quotes(tmp_path: Path):
    settings = data_of("file", path=str(table(tmp_path / "a.csv", grp=word)), label=4, exclude=1)
    assert load_dataset(settings).table.in_short() == "label grp · 2 features · without a"
    assert with_own(settings, exclude="auto").arrays != settings.arrays


def test_a_person_can_say_that_nothing_is_left_out(tmp_path: Path):
    dataset = whole(table(tmp_path / "a.csv", Id_first=lambda n: n, species=word), exclude="none")
    assert dataset.table.features == ("Id", *NAMES)


def test_a_column_that_is_not_there_is_told_with_the_nearest(tmp_path: Path):
    path = table(tmp_path / "a.csv", colour=word, species=word)
    refused(path, "dataset.source.exclude", "'color'", "did you mean 'colour'?", exclude="color")
    refused(path, "dataset.source.exclude", "column 9", "there are 5", exclude="9")
    refused(path, "dataset.source.exclude", "the label", exclude="species", label="species")
    refused(path, "row 2, column 4 (colour)", "'eel'", "dataset.source.exclude")
    is_measured(whole(path, exclude="colour"), ("colour",))


@pytest.mark.parametrize("label", ["grp", "2", "4", "last"])
def test_a_person_can_say_which_column_is_the_label(tmp_path: Path, label: str):
    path = table(tmp_path / "a.csv", grp=lambda n: CLASSES[n])
    if label == "2":
        path = write_csv(path, [[row[0], CLASSES[n], *row[1:]] for n, row in enumerate(MEASURED)], ["a", "grp", "b", "c"])
    is_measured(whole(path, label=label), (), ("0", "1", "2"))


@pytest.mark.parametrize("name", ["quality", "Outcome", "diagnosis", "Survived", "class_id", "Target", "species_name"])
@pytest.mark.parametrize("place", ["", "_first"])
def test_a_column_of_few_whole_numbers_is_known_by_its_name(tmp_path: Path, name: str, place: str):
    is_measured(whole(table(tmp_path / "a.csv", **{name + place: lambda n: 3 + CLASSES[n]})), (), ("3", "4", "5"))


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        ((-1, 1), ("-1", "1")),
        (("-1", "+1"), ("-1", "+1")),
        ((2, 4), ("2", "4")),
        ((3, 4, 5, 8), ("3", "4", "5", "8")),
        (("0.0", "1.0"), ("0", "1")),
        (("007", "070", "9"), ("007", "9", "070")),
        (("None", "Mild"), ("Mild", "None")),
        (("NA", "DE", "nan"), ("DE", "NA", "nan")),
        (('"Boots, ankle"', '"5"" disk"'), ('5" disk', "Boots, ankle")),
        (("Cat", "cat", " cat "), ("Cat", "cat")),
        (("True", "False"), ("False", "True")),
        (("'a'", "'b'"), ("a", "b")),
    ],
    ids=str,
)
def test_classes_keep_the_spelling_of_the_file(tmp_path: Path, labels: tuple[object, ...], names: tuple[str, ...]):
    dataset = whole(table(tmp_path / "a.csv", label=lambda n: labels[n % len(labels)]))
    assert dataset.class_names == names
    assert dataset.table.features == tuple(NAMES)


def test_one_column_for_each_class_is_one_label(tmp_path: Path):
    def holds(number: int) -> Make:
        return lambda n: int(CLASSES[n] == number)

    path = table(tmp_path / "a.csv", is_eel=holds(0), is_cat=holds(1), is_dog=holds(2))
    for label in ("auto", "is_eel, is_cat, is_dog", "4,5,6"):
        dataset = whole(path, label=label)
        is_measured(dataset, (), ("is_eel", "is_cat", "is_dog"))
        np.testing.assert_array_equal(dataset.train.labels, CLASSES)
    path.write_text(path.read_text() + "1,2,3,1,0,1\n")
    refused(path, "row 62", "is_eel, is_cat, is_dog", "dataset.source.label", label="is_eel, is_cat, is_dog")


def test_pictures_with_one_column_for_each_class_behind_them(tmp_path: Path):
    pictures = np.random.default_rng(0).integers(0, 2, (COUNT, 64))
    dataset = whole(write_csv(tmp_path / "a.csv", np.hstack([pictures, np.eye(3, dtype=int)[CLASSES]]), delimiter=" "))
    assert dataset.example_shape == (8, 8, 1)
    np.testing.assert_array_equal(dataset.train.labels, CLASSES)


def test_of_several_columns_that_may_be_the_label_the_first_is_and_the_others_are_left_out(tmp_path: Path):
    path = table(tmp_path / "a.csv", label1=lambda n: n % 2, label2=lambda n: n % 3)
    dataset = whole(path)
    is_measured(dataset, ("label2",), ("0", "1"))
    assert dataset.table.left_out == (("label2", "may be the label too; choose it with dataset.source.label"),)
    is_measured(whole(path, label="label2"), ("label1",), ("0", "1", "2"))


def class_is(number: int) -> Make:
    return lambda n: int(n % 3 == number)


@pytest.mark.parametrize("label", ["label", "target", "survived", "outcome", "grp"])
@pytest.mark.parametrize("prefix", ["is_", "y_", "class_", "species_"])
@pytest.mark.parametrize("ends", ["abc", "123"])
def test_a_column_named_as_the_label_comes_before_columns_of_which_one_is_1(
    tmp_path: Path, label: str, prefix: str, ends: str
):
    groups = {prefix + end: class_is(place) for place, end in enumerate(ends)}
    path = table(tmp_path / "a.csv", **groups, **{label: lambda n: n % 2})
    # Of a name that says nothing it is not asked, but one column for each class is seen.
    wanted = tuple(groups) if label == "grp" and prefix != "is_" else (label,)
    assert whole(path).table.label == wanted


@pytest.mark.parametrize("is_word", [False, True])
def test_a_first_column_of_classes_comes_before_last_columns_of_which_one_is_1(tmp_path: Path, is_word: bool):
    def rows(label: list[object]) -> list[list[object]]:
        return [[label[n], *row, *(int(n % 3 == each) for each in range(3))] for n, row in enumerate(MEASURED)]

    labels = [word(n) if is_word else n % 2 for n in range(COUNT)]
    assert whole(write_csv(tmp_path / "a.csv", rows(labels))).table.label == ("column 1",)
    assert whole(write_csv(tmp_path / "b.csv", rows([0.5] * COUNT))).table.label == ("column 5", "column 6", "column 7")


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("NO", lambda n: n + 0.5),
        ("row", lambda n: 1 + n % 8),
        ("index", lambda n: 90 + n / 4),
        ("sensor_id", lambda n: n / 8),
    ],
    ids=["NO", "row", "index", "sensor_id"],
)
def test_a_name_of_rows_is_not_enough_to_leave_a_column_out(tmp_path: Path, name: str, make: Make):
    dataset = whole(table(tmp_path / "a.csv", **{name + "_first": make}, species=word))
    assert dataset.table.features == (name, *NAMES)


def test_every_column_that_pandas_wrote_for_the_rows_is_left_out(tmp_path: Path):
    columns = {f"Unnamed: 0{end}_first": lambda n: n for end in ("", ".1", ".1.1")}
    is_measured(whole(table(tmp_path / "a.csv", **columns, species=word)), ("Unnamed: 0", "Unnamed: 0.1", "Unnamed: 0.1.1"))


@pytest.mark.parametrize("label", [" last", "none ", " grp "])
def test_blanks_around_the_label_that_is_chosen_mean_nothing(tmp_path: Path, label: str):
    dataset = whole(table(tmp_path / "a.csv", grp=lambda n: CLASSES[n]), label=label)
    assert dataset.table.label == (() if "none" in label else ("grp",))


def test_a_name_of_the_label_is_no_feature_beside_it(tmp_path: Path):
    path = table(tmp_path / "a.csv", label=lambda n: CLASSES[n], label_name=word)
    is_measured(whole(path), ("label_name",), ("0", "1", "2"))


def test_two_columns_of_which_one_is_1_are_features_where_another_is_named_as_the_label(tmp_path: Path):
    path = table(tmp_path / "a.csv", is_old=lambda n: n % 2, is_young=lambda n: 1 - n % 2, label=word)
    dataset = whole(path)
    assert (dataset.table.label, dataset.example_shape) == (("label",), (5,))


def test_a_few_whole_numbers_in_the_middle_are_no_label_by_themselves(tmp_path: Path):
    path = table(tmp_path / "a.csv", rooms=lambda n: n % 4, price=lambda n: 1000 + 37 * n)
    assert whole(path).table.label == ()


def test_names_of_rows_without_a_name_above_them_are_left_out(tmp_path: Path):
    path = write_csv(tmp_path / "a.csv", [[n + 1, *row, word(n)] for n, row in enumerate(MEASURED)], [*NAMES, "kind"])
    is_measured(whole(path), ("column 1",))


def test_the_first_pixel_of_black_and_white_pictures_is_no_label(tmp_path: Path):
    pictures = np.random.default_rng(0).integers(0, 2, (COUNT, 64))
    dataset = whole(write_csv(tmp_path / "a.csv", np.column_stack([pictures, np.arange(COUNT) % 10])))
    np.testing.assert_array_equal(dataset.train.inputs.reshape(COUNT, -1), pictures)
    assert len(dataset.class_names) == 10


@pytest.mark.parametrize(
    "header",
    ["0,1,2,label", "0,0.1,0.2,label", "0,1,2,3", "0,0.1,0.2,0.3"],
)
def test_numbers_that_count_columns_are_a_header(tmp_path: Path, header: str):
    rows = np.column_stack([MEASURED, CLASSES + 0.0])
    dataset = whole(write_csv(tmp_path / "a.csv", rows, header.split(",")), label="last")
    np.testing.assert_array_equal(dataset.train.inputs, MEASURED.astype(dataset.train.inputs.dtype))


def test_a_row_that_became_the_header_of_repeated_numbers_is_a_header(tmp_path: Path):
    rows = np.random.default_rng(0).integers(0, 9, (COUNT, 5))
    assert len(whole(write_csv(tmp_path / "a.csv", rows, ["7", "0", "0.1", "0.2", "3"]), label="first").train) == COUNT


@pytest.mark.parametrize("first", ["0.5,1.0,1.5,0", "1,2,3,0", "0.1,0.2,0.3,1", "0,1,2,1"])
def test_a_first_row_of_numbers_is_an_example(tmp_path: Path, first: str):
    rows = [first.split(","), *([*row, n % 2] for n, row in enumerate(np.arange(60).reshape(20, 3)))]
    assert len(whole(write_csv(tmp_path / "a.csv", rows), label="last").train) == 21
