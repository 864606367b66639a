"""NumPy's own files: which arrays are pictures, which are rows, what is mapped, and what is refused unread."""

import io
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest

from nnlab.datasets.rows import mapping_of
from tests.datasets.own_files import load, pixels, refused, whole

PICTURES = np.random.default_rng(0).integers(0, 256, (12, 6, 5), np.uint8)
COLORED = np.random.default_rng(1).integers(0, 256, (12, 6, 5, 3), np.uint8)
LABELS = np.arange(12) % 3
ROWS = np.random.default_rng(2).normal(size=(12, 7))


def save(path: Path, array: np.ndarray, labels: np.ndarray | None = LABELS) -> Path:
    path.parent.mkdir(exist_ok=True)
    np.save(path, array)
    if labels is not None:
        np.save(path.with_name(f"{path.stem}_labels.npy"), labels)
    return path


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        (PICTURES, PICTURES[..., None]),
        (COLORED, COLORED),
        (np.moveaxis(COLORED, 3, 1), COLORED),
        (np.ascontiguousarray(np.moveaxis(COLORED, 3, 1)), COLORED),
        (PICTURES[:, None], PICTURES[..., None]),
        (np.asfortranarray(PICTURES), PICTURES[..., None]),
        (PICTURES.astype(np.int64), PICTURES[..., None]),
        (PICTURES.astype(">f8"), PICTURES[..., None]),
        (PICTURES / 255, PICTURES[..., None]),
        ((PICTURES / 255).astype(np.float32), PICTURES[..., None]),
        (PICTURES > 99, 255 * (PICTURES > 99)[..., None]),
        (pixels(12), pixels(12).reshape(12, 8, 8, 1)),
        (pixels(12).astype(np.float32), pixels(12).reshape(12, 8, 8, 1)),
        (np.asfortranarray(pixels(12)), pixels(12).reshape(12, 8, 8, 1)),
    ],
)
def test_pictures_are_bytes_whatever_they_are_saved_as(tmp_path: Path, array: np.ndarray, expected: np.ndarray):
    for cache in (None, tmp_path / "cache"):
        inputs = whole(save(tmp_path / "a.npy", array), cache).train.inputs
        assert inputs.dtype == np.uint8
        np.testing.assert_array_equal(inputs, expected)
        assert inputs.flags.c_contiguous


@pytest.mark.parametrize(
    "array",
    [
        ROWS,
        ROWS.astype(np.float32),
        ROWS.astype(np.float16),
        ROWS.astype(">f4"),
        np.asfortranarray(ROWS),
        np.arange(84, dtype=np.int32).reshape(12, 7),
        np.arange(84, dtype=np.uint8).reshape(12, 7),
        pixels(12).astype(int) - 1,
        pixels(12) / 255,
        ROWS[:, :6].reshape(12, 2, 3),
        COLORED[..., :2],
        np.asfortranarray(COLORED[..., :2]),
    ],
)
def test_all_else_is_rows_of_floats(tmp_path: Path, array: np.ndarray):
    for cache in (None, tmp_path / "cache"):
        inputs = whole(save(tmp_path / "a.npy", array), cache).train.inputs
        assert inputs.dtype == (np.float64 if array.dtype == np.float64 else np.float32)
        np.testing.assert_array_equal(inputs, array.reshape(12, -1))
        assert inputs.flags.c_contiguous


@pytest.mark.parametrize("array", [PICTURES, COLORED, ROWS, ROWS.astype(np.float32), pixels(12)])
def test_arrays_that_are_right_already_are_mapped_where_they_lie(
    tmp_path: Path, array: np.ndarray, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("nnlab.datasets.mapped_files.available_memory", lambda: 0)
    path = save(tmp_path / "a.npy", array)
    assert Path(mapping_of(whole(path, tmp_path / "cache").train.inputs).filename) == path


@pytest.mark.parametrize("dtype", [np.int32, np.uint32, np.int64, np.uint64, np.float64])
def test_numbers_that_differ_by_less_than_float32_can_tell_stay_apart(tmp_path: Path, dtype: type):
    array = (100_000_000 + np.arange(24)).reshape(12, 2).astype(dtype)
    for cache in (None, tmp_path / "cache"):
        np.testing.assert_array_equal(whole(save(tmp_path / "a.npy", array), cache).train.inputs, array)


@pytest.mark.parametrize("largest", [1e-30, 0.001, 0.4])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_pictures_of_small_floats_reach_to_white(tmp_path: Path, largest: float, dtype: type):
    shares = np.linspace(0, 1, 12 * 35).reshape(12, 5, 7)
    inputs = whole(save(tmp_path / "a.npy", (shares * largest).astype(dtype))).train.inputs
    np.testing.assert_allclose(inputs[..., 0], shares * 255, atol=0.51)


def test_test_pictures_of_floats_are_as_bright_as_training_has_them(tmp_path: Path):
    shares = np.linspace(0, 1, 35).reshape(1, 5, 7)
    np.savez(
        tmp_path / "a.npz",
        x_train=shares * 0.01,
        y_train=[0],
        x_test=np.stack([shares[0] * 0.002, shares[0]]),
        y_test=[0, 0],
    )
    test = load(tmp_path / "a.npz").test.inputs[..., 0]
    np.testing.assert_allclose(test, np.minimum(255 * np.stack([shares[0] / 5, shares[0] * 100]), 255), atol=0.51)


def test_others_are_converted_into_the_cache_and_mapped_there(tmp_path: Path):
    inputs = whole(save(tmp_path / "a.npy", ROWS.astype(">f8")), tmp_path / "cache").train.inputs
    assert Path(mapping_of(inputs).filename).is_relative_to(tmp_path / "cache")


@pytest.mark.parametrize(
    "labels",
    [
        LABELS,
        LABELS.astype(np.uint8),
        LABELS.astype(float),
        LABELS[:, None],
        np.eye(3)[LABELS],
        np.eye(3, dtype=bool)[LABELS],
    ],
)
def test_labels_may_be_saved_in_many_ways(tmp_path: Path, labels: np.ndarray):
    dataset = whole(save(tmp_path / "a.npy", PICTURES, labels))
    np.testing.assert_array_equal(dataset.train.labels, LABELS)
    assert dataset.class_names == ("0", "1", "2")


@pytest.mark.parametrize("kind", [str, bytes])
def test_labels_may_be_words(tmp_path: Path, kind: type):
    words = np.array([b"dog", b"cat", b"bird"] if kind is bytes else ["dog", "cat", "bird"])
    dataset = whole(save(tmp_path / "a.npy", PICTURES, words[LABELS]))
    np.testing.assert_array_equal(dataset.train.labels, 2 - LABELS)
    assert dataset.class_names == ("bird", "cat", "dog")


@pytest.mark.parametrize(
    ("inputs", "labels"),
    [
        ("x.npy", "y.npy"),
        ("X.npy", "y.npy"),
        ("X_train.npy", "y_train.npy"),
        ("train_images.npy", "train_labels.npy"),
        ("data.npy", "target.npy"),
    ],
)
def test_labels_lie_beside_under_the_usual_names(tmp_path: Path, inputs: str, labels: str):
    np.save(tmp_path / labels, LABELS)
    np.testing.assert_array_equal(whole(save(tmp_path / inputs, PICTURES, None)).train.labels, LABELS)
    refused(tmp_path / labels, "holds the labels", inputs)


def test_test_files_lie_beside_too(tmp_path: Path):
    np.save(tmp_path / "x_test.npy", PICTURES[:3])
    train = save(tmp_path / "x_train.npy", PICTURES, None)
    np.save(tmp_path / "y_train.npy", LABELS)
    assert len(whole(train).test) == 0
    np.save(tmp_path / "y_test.npy", LABELS[:3])
    assert len(load(train).test) == 3


def test_inputs_without_labels_have_no_classes(tmp_path: Path):
    dataset = whole(save(tmp_path / "a.npy", PICTURES, None))
    assert (dataset.class_names, len(dataset.train)) == ((), 12)
    assert whole(save(tmp_path / "b.npy", PICTURES), label="none").class_names == ()


@pytest.mark.parametrize("saver", [np.savez, np.savez_compressed])
@pytest.mark.parametrize(
    "names",
    [
        ("x_train", "y_train", "x_test", "y_test"),
        ("train_images", "train_labels", "test_images", "test_labels"),
        ("X_train", "Y_train", "X_test", "Y_test"),
        ("images", "labels"),
        ("data", "target"),
        ("X", "y"),
        ("arr_0", "arr_1"),
    ],
)
def test_archives_hold_inputs_and_labels_under_the_usual_names(tmp_path: Path, saver, names):
    arrays = dict(zip(names, (PICTURES, LABELS, PICTURES[:3], LABELS[:3]), strict=False))
    saver(tmp_path / "a.npz", **arrays, val_images=np.zeros(3))
    for cache in (None, tmp_path / "cache", tmp_path / "cache"):
        dataset = whole(tmp_path / "a.npz", cache)
        np.testing.assert_array_equal(dataset.train.inputs[..., 0], PICTURES)
        np.testing.assert_array_equal(dataset.train.labels, LABELS)
        assert len(dataset.test) == (3 if len(names) == 4 else 0)


def test_an_archive_of_one_array_has_no_labels(tmp_path: Path):
    np.savez(tmp_path / "a.npz", anything=ROWS)
    assert whole(tmp_path / "a.npz").class_names == ()


def test_unknown_names_are_told(tmp_path: Path):
    np.savez(tmp_path / "a.npz", this=ROWS, that=LABELS)
    refused(tmp_path / "a.npz", "a.npz", "this, that", "x_train")


def npz_of(path: Path, members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.npy", content)
    return path


def npy_bytes(array: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


def lying(shape: str, descr: str = "|u1", body: bytes = bytes(100)) -> bytes:
    text = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode() + body


def test_objects_are_never_unpickled(tmp_path: Path):
    np.save(tmp_path / "a.npy", np.array([{}, []], object))
    refused(tmp_path / "a.npy", "a.npy", "pickle")
    np.savez(tmp_path / "a.npz", x=np.array([{}, []], object), y=LABELS)
    refused(tmp_path / "a.npz", "a.npz", "pickle")


@pytest.mark.slow
@pytest.mark.parametrize("members", [{"x": 900 << 20, "y": 12}, {"x": 12, "y": 900 << 20}], ids=["inputs", "labels"])
def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, members):
    with zipfile.ZipFile(tmp_path / "a.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, size in members.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                member.write(lying(f"({size // 4}, 4)" if name == "x" else f"({size},)", body=b""))
                for start in range(0, size, 1 << 20):
                    member.write(bytes(min(1 << 20, size - start)))
    tracemalloc.start()
    try:
        refused(tmp_path / "a.npz", "a.npz", "bomb")
        assert tracemalloc.get_traced_memory()[1] < 32 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("shape", ["(1000000, 1000000)", "(100000000000000000, 5)", "(3, 5)", "(0, 5)", "(5,)", "()"])
def test_lying_sizes_are_told(tmp_path: Path, shape: str):
    (tmp_path / "a.npy").write_bytes(lying(shape))
    refused(tmp_path / "a.npy", "a.npy")
    npz_of(tmp_path / "a.npz", {"x": lying(shape), "y": npy_bytes(LABELS)})
    refused(tmp_path / "a.npz", "a.npz: x")


@pytest.mark.parametrize("descr", ["|O", "<c8", "<M8[s]", "|V4", "f", "<f99", "|S0", "x" * 19, "<u3"])
def test_values_that_are_no_numbers_are_told(tmp_path: Path, descr: str):
    (tmp_path / "a.npy").write_bytes(lying("(10, 10)", descr))
    refused(tmp_path / "a.npy", "a.npy")


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e39])
def test_a_number_that_is_not_finite_is_told_with_its_place(tmp_path: Path, value: float):
    rows = ROWS.copy()
    rows[7, 3] = value
    refused(save(tmp_path / "a.npy", rows), "a.npy", "[7, 3]")


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        (LABELS[:-1], "11 labels"),
        (LABELS + np.eye(12)[0] / 2, "[0]"),
        (np.where(LABELS == 1, np.nan, LABELS), "[1]"),
        (np.ones((12, 3)), "row 0"),
        (np.ones((12, 3, 2)), "12 x 3 x 2"),
        (np.array(["a"] * 11 + [""]), "empty"),
    ],
)
def test_labels_that_are_none_are_told(tmp_path: Path, labels: np.ndarray, words: str):
    refused(save(tmp_path / "a.npy", PICTURES, labels), words)


@pytest.mark.parametrize("cut", [5, 9, 60, 200])
def test_cut_files_are_told(tmp_path: Path, cut: int):
    path = save(tmp_path / "a.npy", PICTURES)
    path.write_bytes(path.read_bytes()[:cut])
    refused(path, "a.npy")
    np.savez_compressed(tmp_path / "a.npz", x=PICTURES, y=LABELS)
    (tmp_path / "a.npz").write_bytes((tmp_path / "a.npz").read_bytes()[:-cut])
    refused(tmp_path / "a.npz", "a.npz", "damaged")


def test_a_damaged_member_is_told(tmp_path: Path):
    np.savez(tmp_path / "a.npz", x=PICTURES, y=LABELS)
    content = bytearray((tmp_path / "a.npz").read_bytes())
    content[300] ^= 0xFF
    (tmp_path / "a.npz").write_bytes(bytes(content))
    refused(tmp_path / "a.npz", "a.npz", "damaged")


def test_two_members_of_one_name_are_told(tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive, pytest.warns(UserWarning, match="Duplicate"):
        for _ in range(2):
            archive.writestr("x.npy", npy_bytes(ROWS))
    refused(tmp_path / "a.npz", "a.npz", "two members")


def test_a_header_of_many_digits_takes_no_time(tmp_path: Path):
    (tmp_path / "a.npy").write_bytes(lying("(" + "1" * 60_000 + "x)"))
    refused(tmp_path / "a.npy", "a.npy")


@pytest.mark.parametrize(
    ("labels", "names"),
    [(2 * LABELS - 1, ("-1", "1", "3")), (LABELS * 2.0, ("0", "2", "4")), (LABELS + 7, ("7", "8", "9"))],
    ids=["below 0", "gaps", "from 7"],
)
def test_labels_may_be_any_whole_numbers(tmp_path: Path, labels: np.ndarray, names: tuple[str, ...]):
    dataset = whole(save(tmp_path / "a.npy", PICTURES, labels))
    assert dataset.class_names == names
    np.testing.assert_array_equal(dataset.train.labels, LABELS)


def test_blanks_around_words_make_no_class(tmp_path: Path):
    words = np.array([" cat", "cat ", "Cat"])[LABELS]
    dataset = whole(save(tmp_path / "a.npy", PICTURES, words))
    assert dataset.class_names == ("Cat", "cat")
    np.testing.assert_array_equal(dataset.train.labels, np.array([1, 1, 0])[LABELS])
