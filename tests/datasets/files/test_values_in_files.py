"""Columns and arrays of real numbers are values to be told, where somebody says so or they could be no classes."""

from pathlib import Path

import numpy as np
import pytest

from nnlab.targets import Values
from tests.datasets.own_files import load, refused, whole, write_csv

RNG = np.random.default_rng(0)
COUNT = 120
HEADER = ["rooms", "area", "price", "rent"]
ROOMS = RNG.integers(1, 6, COUNT)
AREA = np.round(RNG.uniform(20, 200, COUNT), 1)
PRICE = np.round(1000 * AREA + RNG.normal(0, 500, COUNT), 2)
RENT = np.round(9 * AREA, 2)


def houses(path: Path, price=PRICE, header=HEADER, mark: str = "") -> Path:
    """A table of houses with two columns of values."""
    return write_csv(
        path / "houses.csv",
        [(*row[:2], f"{row[2]}{mark}", row[3]) for row in zip(ROOMS, AREA, price, RENT, strict=True)],
        header,
    )


def test_a_column_of_real_numbers_that_is_chosen_as_the_label_holds_values(tmp_path: Path):
    dataset = whole(houses(tmp_path), label="price")
    assert dataset.targets == Values(("price",), ("",))
    np.testing.assert_array_equal(dataset.train.targets[:, 0], PRICE)
    assert dataset.train.targets.dtype == np.float64
    assert dataset.feature_names == ("rooms", "area", "rent") and dataset.class_names == ()
    np.testing.assert_array_equal(dataset.train.inputs, np.stack([ROOMS, AREA, RENT], axis=1))


def test_several_columns_are_several_values(tmp_path: Path):
    dataset = whole(houses(tmp_path), label="price, rent")
    assert dataset.targets == Values(("price", "rent"), ("", ""))
    np.testing.assert_array_equal(dataset.train.targets, np.stack([PRICE, RENT], axis=1))


def test_the_mark_beside_the_numbers_is_their_unit(tmp_path: Path):
    dataset = whole(houses(tmp_path, mark="€"), label="price")
    assert dataset.targets == Values(("price",), ("€",))
    np.testing.assert_array_equal(dataset.train.targets[:, 0], PRICE)


def test_whole_numbers_of_many_kinds_are_values_and_of_few_kinds_classes(tmp_path: Path):
    assert isinstance(whole(houses(tmp_path, np.round(PRICE).astype(int)), label="price").targets, Values)
    assert whole(houses(tmp_path), label="rooms").class_names == ("1", "2", "3", "4", "5")


def test_the_setting_says_it_where_nothing_else_does(tmp_path: Path):
    rooms = whole(houses(tmp_path), label="rooms", target="values")
    assert rooms.targets == Values(("rooms",), ("",))
    np.testing.assert_array_equal(rooms.train.targets[:, 0], ROOMS)
    words = ("price", "not a whole number", "dataset.source.target = 'values'")
    refused(houses(tmp_path), *words, label="price", target="classes")


def test_a_guessed_label_is_one_of_classes_and_the_sentence_says_how_else(tmp_path: Path):
    path = houses(tmp_path, header=["rooms", "area", "target", "rent"])
    refused(path, "target", "dataset.source.target = 'values'")
    assert isinstance(whole(path, target="values").targets, Values)


def test_one_slip_among_classes_makes_no_values(tmp_path: Path):
    rooms = ROOMS.astype(float)
    rooms[7] = 2.5
    path = write_csv(tmp_path / "a.csv", [(*row,) for row in zip(AREA, rooms, strict=True)], ["area", "rooms"])
    refused(path, "row 9", "2.5", "not a whole number", label="rooms")


def test_columns_of_one_class_each_stay_classes(tmp_path: Path):
    rows = [(area, *(int(place == number % 3) for place in range(3))) for number, area in enumerate(AREA)]
    dataset = whole(write_csv(tmp_path / "a.csv", rows, ["area", "cat", "dog", "eel"]), label="cat, dog, eel")
    assert dataset.class_names == ("cat", "dog", "eel")


@pytest.mark.parametrize("cell", ["", "?", "cheap"])
def test_a_value_that_is_missing_is_told_by_its_row(tmp_path: Path, cell: str):
    price = PRICE.astype(object)
    price[50] = cell
    refused(houses(tmp_path, price), "row 52", "price", label="price", target="values")


def test_a_share_is_set_apart_as_the_test(tmp_path: Path):
    dataset = load(houses(tmp_path), label="price", test=0.25)
    assert (len(dataset.train), len(dataset.test)) == (90, 30)
    both = np.concatenate([dataset.train.targets, dataset.test.targets])[:, 0]
    np.testing.assert_array_equal(np.sort(both), np.sort(PRICE))


def test_a_test_file_holds_the_same_columns_in_any_order(tmp_path: Path):
    other = write_csv(tmp_path / "test.csv", zip(PRICE, RENT, AREA, ROOMS, strict=True), ["price", "rent", "area", "rooms"])
    dataset = load(houses(tmp_path), label="price", test_path=str(other))
    np.testing.assert_array_equal(dataset.test.targets, dataset.train.targets)
    np.testing.assert_array_equal(dataset.test.inputs, dataset.train.inputs)
    lacking = write_csv(tmp_path / "less.csv", zip(RENT, AREA, ROOMS, strict=True), ["rent", "area", "rooms"])
    refused(houses(tmp_path), "less.csv", "no values", "1 value", label="price", test_path=str(lacking))


@pytest.mark.parametrize("columns", [1, 3])
def test_float_arrays_beside_inputs_are_values(tmp_path: Path, columns: int):
    inputs, values = RNG.normal(size=(40, 5)), RNG.normal(size=(40, columns))
    np.save(tmp_path / "x.npy", inputs)
    np.save(tmp_path / "y.npy", values if columns > 1 else values[:, 0])
    np.savez(tmp_path / "a.npz", x_train=inputs, y_train=values, x_test=inputs[:9], y_test=values[:9])
    for path in (tmp_path / "x.npy", tmp_path / "a.npz"):
        dataset = whole(path)
        assert isinstance(dataset.targets, Values) and dataset.targets.count == columns
        np.testing.assert_array_equal(dataset.train.targets, values)
    np.testing.assert_array_equal(dataset.test.targets, values[:9])
    refused(tmp_path / "x.npy", "y.npy", "whole number" if columns == 1 else "row 0", target="classes")


def test_whole_numbers_in_an_array_are_values_where_the_setting_says_so(tmp_path: Path):
    np.savez(tmp_path / "a.npz", X=RNG.normal(size=(40, 5)), y=np.arange(40) % 4)
    assert whole(tmp_path / "a.npz").class_names == ("0", "1", "2", "3")
    assert whole(tmp_path / "a.npz", target="values").targets == Values(("value",))


def test_a_value_that_is_no_number_is_told_by_its_place(tmp_path: Path):
    values = RNG.normal(size=40)
    values[11] = np.nan
    np.savez(tmp_path / "a.npz", X=RNG.normal(size=(40, 5)), y=values)
    refused(tmp_path / "a.npz", "a.npz: y", "[11]", "finite")


def test_a_value_whose_square_is_no_number_is_refused_in_an_array_as_in_a_table(tmp_path: Path):
    values = RNG.normal(size=40)
    values[11] = 1e160
    np.savez(tmp_path / "a.npz", X=RNG.normal(size=(40, 5)), y=values)
    refused(tmp_path / "a.npz", "a.npz: y", "[11]", "too large")
    table = write_csv(tmp_path / "a.csv", zip(AREA[:40], values, strict=True), ["area", "rent"])
    refused(table, "row 13", "too large", label="rent")


def test_a_word_among_values_is_told_to_be_one_of_classes(tmp_path: Path):
    rents = [*map(str, RENT[:-1]), "cheap"]
    path = write_csv(tmp_path / "a.csv", zip(AREA, rents, strict=True), ["area", "rent"])
    refused(path, "cheap", "dataset.source.target = 'classes'", label="rent", target="values")
