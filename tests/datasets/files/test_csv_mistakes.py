"""CSV files that are wrong: each mistake is told with its row and column."""

import contextlib
import gzip
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from nnlab.datasets import DatasetSettings, load_dataset
from nnlab.errors import CancelledError, DatasetError
from tests.datasets.own_files import kaggle_header, load, pixels, refused, write_csv
from tests.sentences import assert_one_sentence

PIXELS = pixels(30)
LABELS = np.arange(30) % 3
FIRST = np.hstack([LABELS[:, None], PIXELS])
HEADER = kaggle_header(64)


def with_cell(row: int, column: int, cell: object) -> list[list[object]]:
    table: list[list[object]] = [list(cells) for cells in FIRST]
    table[row][column] = cell
    return table


@pytest.mark.parametrize("header", [HEADER, ()], ids=["header", "no header"])
@pytest.mark.parametrize("cell", ["256", "-1", "1.5", "nan", "inf", "x", "#", "1#2", "", "1e9", "0x10", "1_0", "٣"])
@pytest.mark.parametrize("row", [0, 29])
def test_a_cell_that_is_no_pixel_is_told_with_row_and_column(tmp_path: Path, header, cell: str, row: int):
    path = write_csv(tmp_path / "a.csv", with_cell(row, 5, cell), header)
    name = " (pixel4)" if header else ""
    refused(path, f"a.csv: row {row + 1 + bool(header)}, column 6{name}: ", f"'{cell}'" if cell else "empty")


@pytest.mark.parametrize("cell", ["", "?", "1.5", "nan", "x", "99999999999"])
def test_a_cell_that_is_no_label_is_told_with_row_and_column(tmp_path: Path, cell: str):
    path = write_csv(tmp_path / "a.csv", with_cell(9, 0, cell), HEADER)
    refused(path, "a.csv: row 11, column 1 (label): ", "label", label="first")


def test_a_mistake_beyond_the_first_block_is_told_with_its_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("nnlab.datasets.files.text_file._BLOCK", 500)
    monkeypatch.setattr("nnlab.datasets.files.text_file._SAMPLE", 500)
    path = write_csv(tmp_path / "a.csv", with_cell(20, 5, 300), HEADER, end="\r\n")
    refused(path, "row 22, column 6 (pixel4)", "300")


@pytest.mark.parametrize("change", [lambda row: row[:-1], lambda row: [*row, 0]], ids=["short", "long"])
@pytest.mark.parametrize("header", [HEADER, ()], ids=["header", "no header"])
def test_a_ragged_row_is_told(tmp_path: Path, change, header):
    rows = [list(row) for row in FIRST]
    rows[7] = change(rows[7])
    refused(write_csv(tmp_path / "a.csv", rows, header), f"row {8 + bool(header)} has {len(rows[7])} columns", "expected 65")


def test_a_header_that_does_not_fit_the_rows_is_told(tmp_path: Path):
    refused(write_csv(tmp_path / "a.csv", FIRST, [*HEADER, "more"]), "row 2 has 65 columns, expected 66", label="first")


@pytest.mark.parametrize("content", [b"", b"\n\n \n", b"\xef\xbb\xbf"], ids=["nothing", "blank lines", "a mark"])
def test_an_empty_file_is_told(tmp_path: Path, content: bytes):
    (tmp_path / "a.csv").write_bytes(content)
    refused(tmp_path / "a.csv", "a.csv", "empty")


def test_a_header_without_rows_is_told(tmp_path: Path):
    refused(write_csv(tmp_path / "a.csv", [], HEADER), "a.csv", "header", "no rows")


def test_two_columns_of_one_name_are_told(tmp_path: Path):
    refused(write_csv(tmp_path / "a.csv", FIRST, [*HEADER[:-1], "pixel3"]), "two columns", "'pixel3'")


def test_a_column_that_is_not_there_is_told_with_the_nearest(tmp_path: Path):
    path = write_csv(tmp_path / "a.csv", [[1, 0], [2, 1]], ["height", "species"])
    refused(path, "'specie'", "did you mean 'species'", label="specie")
    refused(write_csv(tmp_path / "b.csv", FIRST), "no header", "'species'", label="species")


def test_whole_numbers_of_which_nearly_each_row_has_its_own_are_no_classes(tmp_path: Path):
    path = write_csv(tmp_path / "a.csv", [[0.5, 7 * n] for n in range(100)], ["a", "target"])
    refused(path, "a.csv: column 2 (target)", "100 different numbers", "classes", "dataset.source.label")


def test_a_column_of_values_is_no_label(tmp_path: Path):
    path = write_csv(tmp_path / "a.csv", [[n, n % 7 + 0.25] for n in range(30)], ["a", "target"])
    refused(path, "row 2, column 2 (target)", "not a whole number", "classes", "dataset.source.label")


def test_a_column_of_thousands_of_different_words_is_no_label(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("nnlab.datasets.files.csv_cells.MOST_CLASSES", 20)
    refused(write_csv(tmp_path / "a.csv", [[n, f"person {n}"] for n in range(30)]), "a.csv", "different labels")


def test_words_in_a_second_column_are_told(tmp_path: Path):
    path = write_csv(tmp_path / "a.csv", [[1, "red", "x"], [2, "blue", "y"]], ["size", "colour", "label"])
    refused(path, "row 2, column 2 (colour)", "'red'", "not a number")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a,label\n" + b"1,x\n" * 40 + b"2,\0\n", "row 42 holds NUL bytes"),
        (b"label\n0\n1\n", "holds one column of numbers, and no other to tell them by"),
        (b"fruit\napple\npear\napple\n", "holds one column of words, and no other to tell them by"),
        (b"fruit\napple\npear\napple\n", "a line for each example: its numbers with commas between, and its class"),
        (b"<!doctype html><html>", "web page"),
        (b"a" * (17 << 20), "longer"),
        (b"," * 1_000_001, "columns"),
        (b'0,"1\n0,"2\n', "row 1 has a quote"),
        (b'"1\n2",1\n3,0\n', "row 1 has a quote"),
    ],
    ids=[
        *("nul", "labels alone", "words alone", "what is expected", "html"),
        *("a long line", "many columns", "an open quote", "a line in quotes"),
    ],
)
def test_text_that_is_no_table_is_told(tmp_path: Path, content: bytes, words: str):
    (tmp_path / "a.csv").write_bytes(content)
    refused(tmp_path / "a.csv", "a.csv", words)


@pytest.mark.parametrize(
    ("test_rows", "words"),
    [
        (FIRST[:, :-2], "63 columns"),
        (np.hstack([FIRST, FIRST[:, 1:]]), "129 columns"),
        (np.hstack([FIRST[:, :1] + 3, PIXELS]), "label '3'"),
        (PIXELS, "no labels"),
    ],
    ids=["fewer columns", "more columns", "another class", "no labels"],
)
def test_a_test_file_that_does_not_fit_is_told(tmp_path: Path, test_rows, words: str):
    train, test = write_csv(tmp_path / "a.csv", FIRST), write_csv(tmp_path / "b.csv", test_rows)
    refused(train, "b.csv", words, test_path=str(test))


def test_a_gzip_that_swells_is_read_no_further(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("nnlab.datasets.files.text_file._LARGE", 1 << 20)
    content = write_csv(tmp_path / "a.csv", FIRST).read_bytes() + b"\n" * (20 << 20)
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(content))
    refused(tmp_path / "a.csv.gz", "bomb")


@pytest.mark.slow
@pytest.mark.parametrize("content", [b"\n", b"a,b\n\n", b"1,2\n", b"1,2\r", b'"', b",\n", b"1,x\n"], ids=repr)
def test_a_flood_takes_little_memory(tmp_path: Path, content: bytes):
    path = tmp_path / "a.csv"
    path.write_bytes(b"0,1\n" + content * (1_500_000 // len(content)))
    tracemalloc.start()
    try:
        with contextlib.suppress(DatasetError):
            load(path, tmp_path / "cache")
        assert tracemalloc.get_traced_memory()[1] < 100 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("damage", [lambda zipped: zipped[:-20], lambda zipped: zipped[:-8] + bytes(8)])
def test_a_damaged_gzip_is_told(tmp_path: Path, damage):
    zipped = gzip.compress(write_csv(tmp_path / "a.csv", FIRST).read_bytes())
    (tmp_path / "a.csv.gz").write_bytes(damage(zipped))
    refused(tmp_path / "a.csv.gz", "gzip", "damaged")


def test_reading_tells_how_far_it_is_and_can_be_cancelled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("nnlab.datasets.files.text_file._BLOCK", 500)
    monkeypatch.setattr("nnlab.datasets.files.text_file._SAMPLE", 500)
    path = write_csv(tmp_path / "a.csv", FIRST)
    settings = DatasetSettings({"kind": "file", "path": str(path)})
    told: list[tuple[str, float]] = []
    load_dataset(settings, report=lambda what, share: told.append((what, share)), cache=tmp_path / "cache")
    shares = [share for what, share in told if "a.csv" in what]
    assert shares == sorted(shares)
    assert len(shares) > 5
    assert 0 < shares[0] < 0.5 < shares[-1] <= 1

    def cancel(what: str, share: float) -> None:
        if share > 0.5:
            raise CancelledError("cancelled")

    with pytest.raises(CancelledError):
        load_dataset(settings, report=cancel, cache=tmp_path / "other cache")
    assert list((tmp_path / "other cache").iterdir()) == []


def test_a_missing_value_in_a_table_is_told(tmp_path: Path):
    for cell in ("", "NA", "nan", "-inf", "1e39", "1,5"):
        path = write_csv(tmp_path / "a.csv", [[0.5, 1, 0], [cell, 2, 1]], ["a", "b", "label"], delimiter=";")
        with pytest.raises(DatasetError) as caught:
            load(path)
        assert_one_sentence(caught.value, "row 3, column 1 (a)")
