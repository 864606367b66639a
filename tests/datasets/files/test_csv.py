"""CSV files as people have them: Kaggle's, those of other tools, tables of measurements."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from tests.datasets.own_files import kaggle_header, load, pixels, whole, write_csv

PIXELS = pixels(30)
LABELS = np.arange(30) % 3
FIRST = np.hstack([LABELS[:, None], PIXELS])
LAST = np.hstack([PIXELS, LABELS[:, None]])
HEADER = kaggle_header(64)


def is_pixels(dataset, labels=LABELS, names=("0", "1", "2")) -> None:
    assert dataset.train.inputs.dtype == np.uint8
    np.testing.assert_array_equal(dataset.train.inputs, PIXELS.reshape(-1, 8, 8, 1))
    np.testing.assert_array_equal(dataset.train.labels, labels)
    assert dataset.class_names == names


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
@pytest.mark.parametrize("header", [HEADER, ()], ids=["header", "no header"])
def test_pixels_become_pictures_and_the_first_column_labels(tmp_path: Path, header, end: str):
    is_pixels(whole(write_csv(tmp_path / "train.csv", FIRST, header, end)))


@pytest.mark.parametrize("label", ["auto", "last", "class"])
def test_the_label_may_be_the_last_column(tmp_path: Path, label: str):
    is_pixels(whole(write_csv(tmp_path / "a.csv", LAST, [*HEADER[1:], "class"]), label=label))


def test_a_label_in_the_last_column_is_seen_without_a_header(tmp_path: Path):
    is_pixels(whole(write_csv(tmp_path / "a.csv", LAST)))


def test_a_column_in_the_middle_may_be_the_label(tmp_path: Path):
    table = np.hstack([PIXELS[:, :20], LABELS[:, None], PIXELS[:, 20:]])
    header = [*HEADER[1:21], "label", *HEADER[21:]]
    is_pixels(whole(write_csv(tmp_path / "a.csv", table, header)))


@pytest.mark.parametrize("header", [HEADER[1:], ()], ids=["header", "no header"])
def test_a_file_of_pixels_alone_has_no_labels(tmp_path: Path, header):
    is_pixels(whole(write_csv(tmp_path / "test.csv", PIXELS, header)), np.zeros(30), ())


def test_no_label_at_all_can_be_asked_for(tmp_path: Path):
    dataset = whole(write_csv(tmp_path / "a.csv", FIRST), label="none")
    assert dataset.example_shape == (65,)
    assert dataset.class_names == ()


def test_a_byte_order_mark_and_quotes_and_spaces_are_accepted(tmp_path: Path):
    rows = [[f' "{cell}" ' if place % 7 == 0 else f" {cell}" for place, cell in enumerate(row)] for row in FIRST]
    path = write_csv(tmp_path / "a.csv", [[cell.strip() for cell in row] for row in rows], HEADER)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    is_pixels(whole(path))


def test_blank_lines_are_skipped(tmp_path: Path):
    path = write_csv(tmp_path / "a.csv", FIRST, HEADER)
    path.write_bytes(b"\n  \n" + path.read_bytes().replace(b"\n", b"\n\n", 9) + b"\n \n")
    is_pixels(whole(path))


def test_a_last_line_without_an_end_is_read(tmp_path: Path):
    path = write_csv(tmp_path / "a.csv", FIRST, HEADER)
    path.write_bytes(path.read_bytes()[:-1])
    is_pixels(whole(path))


def test_a_gzipped_file_is_read(tmp_path: Path):
    path = write_csv(tmp_path / "a.csv", FIRST, HEADER)
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(path.read_bytes()))
    is_pixels(whole(tmp_path / "a.csv.gz"))


def test_the_numbers_that_pandas_writes_above_columns_are_a_header(tmp_path: Path):
    is_pixels(whole(write_csv(tmp_path / "a.csv", FIRST, [str(place) for place in range(65)])))
    is_pixels(whole(write_csv(tmp_path / "b.csv", FIRST, ["label", *map(str, range(64))])))


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_other_delimiters_are_seen(tmp_path: Path, delimiter: str):
    is_pixels(whole(write_csv(tmp_path / "a.csv", FIRST, HEADER, delimiter=delimiter)))


def test_labels_may_be_words_beside_pixels(tmp_path: Path):
    words = np.array(["dog", "cat", "a, b"])[LABELS]
    rows = [[f'"{word}"', *row] for word, row in zip(words, PIXELS, strict=True)]
    is_pixels(whole(write_csv(tmp_path / "a.csv", rows, HEADER)), np.array([2, 1, 0])[LABELS], ("a, b", "cat", "dog"))


def test_more_labels_than_a_byte_holds_are_read(tmp_path: Path):
    table = pixels(600).astype(int)
    dataset = whole(write_csv(tmp_path / "a.csv", np.hstack([np.arange(600)[:, None] % 300, table]), HEADER))
    assert len(dataset.class_names) == 300
    np.testing.assert_array_equal(dataset.train.labels, np.arange(600) % 300)
    np.testing.assert_array_equal(dataset.train.inputs.reshape(600, -1), table)


def test_many_blocks_are_read_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = write_csv(tmp_path / "a.csv", FIRST, HEADER)
    for size in (50, 300, 1000):
        monkeypatch.setattr("nnlab.datasets.files.text_file._BLOCK", size)
        monkeypatch.setattr("nnlab.datasets.files.text_file._SAMPLE", size)
        is_pixels(whole(path))


def test_a_flat_layout_leaves_rows_of_bytes(tmp_path: Path):
    dataset = whole(write_csv(tmp_path / "a.csv", FIRST, HEADER), layout="flat")
    np.testing.assert_array_equal(dataset.train.inputs, PIXELS)
    assert dataset.train.inputs.dtype == np.uint8


def test_pictures_of_three_colours_are_left_as_rows(tmp_path: Path):
    table = np.hstack([PIXELS, PIXELS, PIXELS])
    dataset = whole(write_csv(tmp_path / "a.csv", np.hstack([LABELS[:, None], table])))
    np.testing.assert_array_equal(dataset.train.inputs, table)


def test_a_table_of_numbers_with_a_column_of_words(tmp_path: Path):
    path = tmp_path / "iris.csv"
    path.write_text("5.1,3.5,1.4,0.2,setosa\n7.0,3.2,4.7,1.4,versicolor\n-6e-1,+.5,6.,2.5,setosa\n")
    dataset = whole(path)
    assert dataset.class_names == ("setosa", "versicolor")
    np.testing.assert_array_equal(dataset.train.labels, [0, 1, 0])
    expected = np.array([[5.1, 3.5, 1.4, 0.2], [7, 3.2, 4.7, 1.4], [-0.6, 0.5, 6, 2.5]])
    np.testing.assert_array_equal(dataset.train.inputs, expected)
    assert dataset.train.inputs.dtype == np.float64


def test_large_numbers_that_differ_little_are_told_apart(tmp_path: Path):
    times = [[1_600_000_000.25, 100_000_000], [1_600_000_000.5, 100_000_001]]
    path = write_csv(tmp_path / "a.csv", [[*row, n] for n, row in enumerate(times)], ["seconds", "counter", "label"])
    np.testing.assert_array_equal(whole(path).train.inputs, times)


def test_a_table_with_a_header_and_labels_in_a_chosen_column(tmp_path: Path):
    path = write_csv(tmp_path / "a.csv", [[1.5, 1, 0.5], [2.5, 2, 0.25], [3.5, 1, 0]], ["height", "kind", "width"])
    dataset = whole(path, label="kind")
    assert dataset.class_names == ("1", "2")
    np.testing.assert_array_equal(dataset.train.labels, [0, 1, 0])
    np.testing.assert_array_equal(dataset.train.inputs, np.array([[1.5, 0.5], [2.5, 0.25], [3.5, 0]], np.float32))


@pytest.mark.parametrize(
    ("header", "label"),
    [("x y label", 2), ("x y class", 2), ("a b y", 2), ("Y a b", 0), ("y x kind", 2), ("a Target digit", 1)],
)
def test_the_column_of_the_labels_is_known_by_its_name(tmp_path: Path, header: str, label: int):
    rows = [[n % 2 if place == label else n + 0.5 for place in range(3)] for n in range(6)]
    np.testing.assert_array_equal(whole(write_csv(tmp_path / "a.csv", rows, header.split())).train.labels, [0, 1] * 3)


def test_few_whole_numbers_are_measurements_and_no_pictures(tmp_path: Path):
    rows = [[n, 2 * n, n % 2] for n in range(20)]
    dataset = whole(write_csv(tmp_path / "a.csv", rows, ["a", "b", "label"]))
    assert dataset.example_shape == (2,)
    assert dataset.train.inputs.dtype == np.float64


def test_classes_that_are_numbers_in_words_stand_in_their_order(tmp_path: Path):
    rows = [[0.5, word] for word in ("10", "x", "9", "10")]
    assert whole(write_csv(tmp_path / "a.csv", rows, ["a", "label"])).class_names == ("9", "10", "x")


def test_a_share_of_each_class_is_set_apart_by_the_seed(tmp_path: Path):
    path = write_csv(tmp_path / "a.csv", FIRST, HEADER)
    dataset = load(path, test=0.2)
    np.testing.assert_array_equal(np.bincount(dataset.test.labels), [2, 2, 2])
    together = np.concatenate([dataset.train.inputs, dataset.test.inputs]).reshape(30, -1)
    assert sorted(map(bytes, together)) == sorted(map(bytes, PIXELS))
    again, other = load(path, test=0.2), load(path, test=0.2, seed=1)
    np.testing.assert_array_equal(again.test.inputs, dataset.test.inputs)
    assert not np.array_equal(other.test.inputs, dataset.test.inputs)


def test_a_class_with_one_example_stays_for_learning(tmp_path: Path):
    table = FIRST.copy()
    table[:, 0] = [0] * 15 + [1] * 14 + [2]
    dataset = load(write_csv(tmp_path / "a.csv", table, HEADER), test=0.5)
    assert 2 in dataset.train.labels
    assert 2 not in dataset.test.labels


def test_test_examples_may_come_from_another_file(tmp_path: Path):
    train, test = (write_csv(tmp_path / f"{name}.csv", rows, HEADER) for name, rows in (("a", FIRST), ("b", FIRST[:1])))
    dataset = load(train, test_path=str(test))
    is_pixels(dataset)
    np.testing.assert_array_equal(dataset.test.inputs, PIXELS[:1].reshape(1, 8, 8, 1))


def test_a_test_file_is_read_as_the_training_file_was(tmp_path: Path):
    # By itself, 64 whole numbers in each row would be pictures, and its last column labels.
    rows = np.random.default_rng(0).normal(size=(20, 64)).astype(np.float32)
    train = write_csv(tmp_path / "a.csv", [[n % 2, *row] for n, row in enumerate(rows)])
    test = write_csv(tmp_path / "b.csv", [[n % 2, *PIXELS[n]] for n in range(4)])
    dataset = load(train, test_path=str(test))
    assert dataset.test.inputs.dtype == np.float64
    np.testing.assert_array_equal(dataset.test.labels, [0, 1, 0, 1])


def test_a_table_of_measurements_may_have_as_many_columns_as_a_picture_pixels(tmp_path: Path):
    rows = np.random.default_rng(0).normal(size=(20, 64))
    rows[:, 63] = np.arange(20) % 2
    cells = [[*map(repr, map(float, row[:63])), int(row[63])] for row in rows]
    dataset = whole(write_csv(tmp_path / "a.csv", cells))
    assert (dataset.example_shape, dataset.class_names) == ((63,), ("0", "1"))
    np.testing.assert_array_equal(dataset.train.inputs, rows[:, :63])
