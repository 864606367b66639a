"""Whatever lies at a path gives data or one sentence: nothing else, soon, and in little memory."""

import gzip
import io
import os
import shutil
import time
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from nnlab.datasets import Dataset, DatasetSettings, load_dataset
from nnlab.datasets.files.formats import FORMATS
from nnlab.errors import DatasetError
from tests.datasets.chosen import data_of
from tests.datasets.idx_files import idx_bytes, write_published
from tests.datasets.own_files import kaggle_header, load, pixels, refused, whole, write_csv
from tests.sentences import assert_one_sentence

MOST_SECONDS = 30.0
MOST_MEMORY = 64 << 20


def saved(saver, *arrays: np.ndarray, **named: np.ndarray) -> bytes:
    stream = io.BytesIO()
    saver(stream, *arrays, **named)
    return stream.getvalue()


def picture(kind: str, side: int = 6, mode: str = "L") -> bytes:
    stream = io.BytesIO()
    Image.fromarray(pixels(side, 1).repeat(side, axis=1)).convert(mode).save(stream, kind)
    return stream.getvalue()


ROWS = pixels(6)
LABELS = np.arange(6) % 2
TABLE = "\n".join(",".join(map(str, [n % 2, *row])) for n, row in enumerate(ROWS)).encode()
IRIS = b"a,b,label\n5.1,3.5,x\n4.9,3.0,y\n4.7,3.2,x\n"
FILES = {
    "a.csv": TABLE,
    "iris.csv": IRIS,
    "a.csv.gz": gzip.compress(TABLE),
    "a.npy": saved(np.save, ROWS.reshape(6, 8, 8)),
    "b.npy": saved(np.save, ROWS / 7),
    "a_labels.npy": saved(np.save, LABELS),
    "words_labels.npy": saved(np.save, np.array(["x", "y"])[LABELS]),
    "words.npy": saved(np.save, np.asfortranarray(ROWS)),
    "a.npz": saved(np.savez_compressed, x=ROWS, y=LABELS),
    "b.npz": saved(np.savez, images=ROWS.reshape(6, 8, 8), labels=np.array(["x", "y"])[LABELS]),
    "train-images-idx3-ubyte": idx_bytes(ROWS.reshape(6, 8, 8)),
    "train-labels-idx1-ubyte": idx_bytes(LABELS),
    "t10k-images-idx3-ubyte.gz": gzip.compress(idx_bytes(ROWS.reshape(6, 8, 8))),
    "t10k-labels-idx1-ubyte.gz": gzip.compress(idx_bytes(LABELS)),
    "x/a.png": picture("PNG"),
    "x/b.jpg": picture("JPEG"),
    "y/a.gif": picture("GIF"),
    "y/b.png": picture("PNG", mode="RGBA"),
    "y/c.tif": picture("TIFF"),
    "y/d.bmp": picture("BMP"),
    "y/e.webp": picture("WEBP"),
}
BYTES = st.binary(max_size=120)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A right file with some bytes changed, left out, put in, or said twice."""
    content = draw(st.sampled_from(sorted(FILES.values())))
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(content)))
        end = min(start + draw(st.sampled_from([0, 1, 2, 4, 40, 4000])), len(content))
        content = content[:start] + draw(BYTES | st.just(content[start:end] * 2)) + content[end:]
    return content


CELLS = st.sampled_from(["0", "1", "255", "256", "-1", "1.5", "nan", "x", "", " ", "#", '"', '"a"', "1e999", "é", "\0", "'"])
TEXTS = st.lists(st.lists(CELLS, max_size=4).map(",".join), max_size=5).map("\n".join).map(str.encode)
NUMBERS = st.sampled_from(["0", "1", "2", "6", "64", "99999999999999999", "1" * 40, "-1", "x"])
HEADERS = st.builds(
    lambda descr, order, shape, body: (
        lambda text: b"\x93NUMPY\x01\0" + len(text).to_bytes(2, "little") + text.encode() + body
    )(f"{{'descr': '{descr}', 'fortran_order': {order}, 'shape': ({', '.join(shape)}), }}\n"),
    st.sampled_from(["|u1", "<f4", ">f8", "<i8", "|O", "<U3", "<c8", "|S2", "<f2", "|b1", "?"]),
    st.sampled_from(["True", "False", "0"]),
    st.lists(NUMBERS, max_size=5),
    BYTES,
)
CONTENTS = st.one_of(BYTES, damaged(), TEXTS, HEADERS, BYTES.map(gzip.compress), damaged().map(gzip.compress))


def empty(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def gives_data_or_one_sentence(path: Path, cache: Path | None, **chosen) -> None:
    tracemalloc.start()
    started = time.perf_counter()
    try:
        dataset = load_dataset(data_of("file", path=str(path), **chosen), cache=cache)
    except DatasetError as error:
        assert_one_sentence(error)
    else:
        is_right(dataset)
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < MOST_MEMORY
    assert time.perf_counter() - started < MOST_SECONDS


def is_right(dataset: Dataset) -> None:
    for part in (dataset.train, dataset.test):
        assert part.inputs.shape[1:] == dataset.example_shape
        assert part.inputs.dtype in (np.uint8, np.float32, np.float64)
        assert part.inputs.dtype == dataset.train.inputs.dtype
        assert part.inputs.ndim in (2, 4)
        assert part.inputs.flags.c_contiguous
        assert np.isfinite(part.inputs).all()
        assert part.labels.dtype == np.intp
        assert not len(part) or 0 <= part.labels.min() <= part.labels.max() < max(len(dataset.class_names), 1)
    assert len(dataset.train) > 0
    assert all(isinstance(name, str) for name in dataset.class_names)


@pytest.mark.slow
@settings(max_examples=400)
@given(
    name=st.sampled_from(sorted(FILES)), content=CONTENTS, keeps=st.booleans(), label=st.sampled_from(["auto", "last", "x"])
)
def test_any_bytes_under_any_name_give_data_or_one_sentence(
    tmp_path: Path, name: str, content: bytes, keeps: bool, label: str
):
    path = empty(tmp_path / "data") / Path(name).name
    path.write_bytes(content)
    for _ in range(1 + keeps):
        gives_data_or_one_sentence(path, tmp_path / "cache" if keeps else None, label=label)


@pytest.mark.slow
@settings(max_examples=200)
@given(
    contents=st.dictionaries(st.sampled_from(sorted(FILES)), CONTENTS, max_size=2),
    right=st.sets(st.sampled_from(sorted(FILES)), min_size=1, max_size=6),
    path=st.sampled_from(["", "x", *sorted(FILES)]),
    chosen=st.fixed_dictionaries(
        {},
        optional={
            "label": st.sampled_from(["none", "first"]),
            "image_size": st.just(3),
            "layout": st.just("flat"),
            "color": st.sampled_from(["rgb", "grey"]),
        },
    ),
)
def test_any_files_in_a_folder_give_data_or_one_sentence(tmp_path: Path, contents, right, path: str, chosen):
    folder = empty(tmp_path / "data")
    for name, content in ({name: FILES[name] for name in right} | contents).items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    gives_data_or_one_sentence(folder / path, None, **chosen)


@settings(max_examples=300)
@given(path=st.text(max_size=30), test_path=st.text(max_size=10))
@pytest.mark.usefixtures("no_data")
def test_any_text_as_a_path_gives_data_or_one_sentence(tmp_path: Path, path: str, test_path: str):
    for name in (path, f"/{path}", f"~{path}", f"{tmp_path}/{path}"):
        try:
            find(name, tmp_path)
        except DatasetError as error:
            assert_one_sentence(error)


def find(name: str, folder: Path) -> None:
    from nnlab.datasets.files.find_path import find_path

    find_path("dataset.source.path", name, [folder])


@pytest.mark.parametrize("name", ["a\0b", "x" * 5000, "a/" * 3000, "~nobody-of-that-name/x", "\udcff", "a\nb", "", "  "])
def test_a_path_that_no_file_can_have_is_told(name: str):
    with pytest.raises(DatasetError) as caught:
        load_dataset(DatasetSettings({"kind": "file", "path": name}))
    assert_one_sentence(caught.value, "dataset.source.path")


@pytest.mark.parametrize("name", ["a\nb.csv", "ä ö.csv", b"\xff\xfe.csv", "%s{}.csv"])
def test_names_of_any_letters_are_read_and_told(tmp_path: Path, name: str | bytes):
    path = tmp_path / os.fsdecode(name)
    path.write_bytes(TABLE)
    assert len(whole(path, tmp_path / "cache").train) == 6
    path.write_bytes(TABLE.replace(b"\n", b"\n,", 1))
    refused(path, "row 2")


def test_a_path_is_looked_for_as_it_stands_then_in_each_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    for place, count in (("one", 4), ("two", 5)):
        (tmp_path / place).mkdir()
        write_csv(tmp_path / place / "a.csv", ROWS[:count], kaggle_header(64)[1:])
    write_csv(tmp_path / "two" / "b.csv", ROWS, kaggle_header(64)[1:])

    def count(name: str) -> int:
        chosen = DatasetSettings({"kind": "file", "path": name, "test": 0.0})
        return len(load_dataset(chosen, [tmp_path / "one", tmp_path / "two"]).train)

    assert [count("a.csv"), count("b.csv"), count("two/a.csv"), count(str(tmp_path / "two" / "a.csv"))] == [4, 6, 5, 5]
    with pytest.raises(DatasetError) as caught:
        count("c.csv")
    assert_one_sentence(caught.value, "c.csv", str(tmp_path / "one"), str(tmp_path / "two"))


def test_a_tilde_is_the_persons_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "a.csv").write_bytes(TABLE)
    assert len(load_dataset(DatasetSettings({"kind": "file", "path": "~/a.csv", "test": 0.0})).train) == 6


@pytest.mark.skipif(os.name != "posix", reason="devices and pipes are files of Unix")
@pytest.mark.parametrize("kind", ["device", "pipe", "link to itself", "pipe in a folder"])
def test_what_is_no_file_is_never_opened(tmp_path: Path, kind: str):
    path = tmp_path / "a.csv"
    if "pipe" in kind:
        os.mkfifo(path)
    elif kind == "device":
        path = Path("/dev/zero")
    else:
        path.symlink_to(path)
    refused(tmp_path if "folder" in kind else path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (picture("PNG"), "single picture"),
        (b"\x89HDF\r\n\x1a\n" + bytes(99), "HDF5"),
        (b"PAR1" + bytes(99), "Parquet"),
        (b"PK\x03\x04" + bytes(26) + b"[Content_Types].xml", "spreadsheet"),
        (b"\x80\x04\x95" + bytes(99), "pickle"),
        (b"\n <!DOCTYPE html>", "web page"),
        (bytes(99), "none of the files"),
    ],
    ids=["nothing", "png", "hdf5", "parquet", "xlsx", "pickle", "html", "zeros"],
)
def test_files_of_other_kinds_are_told_by_their_kind(tmp_path: Path, content: bytes, words: str):
    (tmp_path / "a.csv").write_bytes(content)
    refused(tmp_path / "a.csv", "a.csv", words)


def test_a_folder_that_holds_no_data_names_what_it_holds(tmp_path: Path):
    refused(tmp_path, "no data")
    (tmp_path / "train.csv").write_bytes(TABLE)
    (tmp_path / "test.csv").write_bytes(TABLE)
    refused(tmp_path, "test.csv, train.csv", "give the path")


def test_each_format_has_a_row_that_reads_it(tmp_path: Path):
    write_published(tmp_path / "IDX folder")
    for name, content in FILES.items():
        path = tmp_path / "pictures" / name if "/" in name else tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    paths = {
        "IDX folder": tmp_path / "IDX folder",
        "pictures": tmp_path / "pictures",
        "IDX": tmp_path / "train-images-idx3-ubyte",
        "npy": tmp_path / "a.npy",
        "npz": tmp_path / "a.npz",
        "CSV": tmp_path / "a.csv",
    }
    assert list(paths) == [row.name for row in FORMATS]
    for path in paths.values():
        is_right(load(path))


def test_what_cannot_be_read_for_want_of_rights_is_told(tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_bytes(TABLE)
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("nothing is forbidden to this user")
    refused(path, "Permission denied")
