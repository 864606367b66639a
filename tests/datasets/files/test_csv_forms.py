"""The forms in which programs and people write the same table."""

import re
from pathlib import Path

import numpy as np
import pytest

from nnlab.datasets import Dataset
from tests.datasets.own_files import refused, whole

ROWS = [[0.64, -1.72, 2.5], [-0.55, 1.02, 3.5], [1064.5, 1.07, 4.5], [0.1, 3.25, 5.25]]
KINDS = ["cat", "dog", "cat", "dog"]
PLAIN = "a,b,c,species\n" + "".join(f"{a},{b},{c},{kind}\n" for (a, b, c), kind in zip(ROWS, KINDS, strict=True))


def cells(change) -> str:
    """The table with every number written in another way."""
    return re.sub(r"-?\d+\.\d+", lambda found: change(found[0]), PLAIN)


def quoted(text: str) -> str:
    return f'"{text}"'


FORMS = {
    "plain": PLAIN,
    "spaces": PLAIN.replace(",", "   "),
    "tabs": PLAIN.replace(",", "\t"),
    "bars": PLAIN.replace(",", "|"),
    "sep line": "sep=;\n" + PLAIN.replace(",", ";"),
    "remarks": "# made by hand\n# twice\n" + PLAIN,
    "decimal commas": PLAIN.replace(",", ";").replace(".", ","),
    "decimal commas in quotes": cells(lambda text: quoted(text.replace(".", ","))),
    "decimal commas, no header": PLAIN.partition("\n")[2].replace(",", ";").replace(".", ","),
    "thousands": PLAIN.replace("1064.5", '"1,064.5"'),
    "thousands with decimal commas": PLAIN.replace(",", ";").replace(".", ",").replace("1064,5", "1.064,5"),
    "printed minus": PLAIN.replace("-", "\u2212"),
    "no-break spaces": cells(lambda text: f"\u00a0{text}"),
    "currency": cells(lambda text: f"${text}"),
    "percent": cells(lambda text: f"{text} %"),
    "single quotes": PLAIN.replace("cat", "'cat'").replace("dog", "'dog'"),
    "all quoted": re.sub(r"[^,\n]+", lambda found: quoted(found[0]), PLAIN),
    "trailing commas": PLAIN.replace("\n", ",\n"),
    "trailing commas below the header": PLAIN.replace("\n", ",\n").replace("species,", "species"),
    "a trailing comma in the header": PLAIN.replace("species", "species,"),
    "a delimiter in the header": PLAIN.replace("a,", '"a, in cm; or so",', 1),
    "a line end in the header": PLAIN.replace("a,", '"a\n(cm)",', 1),
}


def is_the_table(dataset: Dataset, names: tuple[str, ...] = ("cat", "dog")) -> None:
    np.testing.assert_array_equal(dataset.train.inputs, np.array(ROWS).astype(dataset.train.inputs.dtype))
    np.testing.assert_array_equal(dataset.train.labels, [0, 1, 0, 1])
    assert dataset.class_names == names


@pytest.mark.parametrize("form", FORMS)
def test_a_table_is_read_however_it_is_written(tmp_path: Path, form: str):
    (tmp_path / "a.csv").write_text(FORMS[form], encoding="utf-8")
    is_the_table(whole(tmp_path / "a.csv"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
def test_a_table_is_read_in_the_encodings_of_spreadsheets(tmp_path: Path, encoding: str, end: str):
    (tmp_path / "a.csv").write_bytes(PLAIN.replace("cat", "café").replace("\n", end).encode(encoding))
    is_the_table(whole(tmp_path / "a.csv"), ("café", "dog"))


def test_a_header_with_a_line_end_does_not_shift_the_rows_that_are_told(tmp_path: Path):
    (tmp_path / "a.csv").write_text(FORMS["a line end in the header"].replace("1.07", "?"))
    refused(tmp_path / "a.csv", "row 5, column 2 (b)", "'?'", "missing", "dataset.source.exclude")


@pytest.mark.parametrize(("first", "second"), [("5%", "0.05"), ("0.05", "5%"), ("$5", "€5")])
def test_numbers_of_one_column_in_different_units_are_told(tmp_path: Path, first: str, second: str):
    (tmp_path / "a.csv").write_text(f"a,label\n{first},x\n{second},y\n")
    refused(tmp_path / "a.csv", "row 3, column 1 (a)", "another unit")


@pytest.mark.parametrize("cell", ["1.2.3", "−-0.5", "1,5", "5 cm", "12:30"])
def test_a_number_that_cannot_be_understood_is_told(tmp_path: Path, cell: str):
    (tmp_path / "a.csv").write_text(f'a,label\n1.5,x\n"{cell}",y\n', encoding="utf-8")
    refused(tmp_path / "a.csv", "row 3, column 1 (a)", f"'{cell}'", "not a number")


def test_truth_is_one_and_zero(tmp_path: Path):
    (tmp_path / "a.csv").write_text("a,flag,label\n1.5,True,x\n2.5,FALSE,y\n")
    np.testing.assert_array_equal(whole(tmp_path / "a.csv").train.inputs, [[1.5, 1], [2.5, 0]])


SPECTRUM = [[400 + 0.5 * n, 7 * n % 5, 1.5 * n, "AB"[n % 2]] for n in range(12)]


@pytest.mark.parametrize("names", ["400,402,404,label", "1990,1991,1992,class", "2,1,0,species"])
def test_numbers_beside_the_name_of_the_label_are_names_too(tmp_path: Path, names: str):
    path = tmp_path / "a.csv"
    path.write_text("\n".join([names, *(",".join(map(str, row)) for row in SPECTRUM)]))
    dataset = whole(path)
    assert len(dataset.train) == 12 and dataset.class_names == ("A", "B")
    np.testing.assert_array_equal(dataset.train.inputs, [row[:3] for row in SPECTRUM])


def test_a_hash_before_the_first_name_is_none_of_it(tmp_path: Path):
    path = tmp_path / "a.csv"
    np.savetxt(path, [[n % 2, n / 4, n / 8, n / 2] for n in range(20)], delimiter=",", header="label,a,b,c", fmt="%g")
    dataset = whole(path)
    assert dataset.feature_names == ("a", "b", "c") and dataset.class_names == ("0", "1")


def test_commas_between_tabs_part_thousands_where_all_could(tmp_path: Path):
    path = tmp_path / "a.tsv"
    path.write_text("a\tb\tspecies\n" + "".join(f"40,09{n}\t99{n}\t{'cat' if n % 2 else 'dog'}\n" for n in range(8)))
    np.testing.assert_array_equal(whole(path).train.inputs, [[40_090 + n, 990 + n] for n in range(8)])
    path.write_text("a\tb\tspecies\n" + "".join(f"0,09{n}\t99{n}\t{'cat' if n % 2 else 'dog'}\n" for n in range(8)))
    np.testing.assert_allclose(whole(path).train.inputs, [[0.09 + n / 1000, 990 + n] for n in range(8)])


def test_where_nobody_could_tell_decimals_from_thousands_a_sentence_says_so(tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_text("a;b;species\n" + "".join(f"8,60{n};8.02{n};{'cat' if n % 2 else 'dog'}\n" for n in range(8)))
    refused(path, "8,600", "8.020", "thousands")
