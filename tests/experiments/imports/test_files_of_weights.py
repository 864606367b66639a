"""Files of weights are somebody else's: what they hold is read exactly, and what they claim is not believed."""

import io
import json
import pickle
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save

from nnlab.errors import WeightsFileError
from nnlab.experiments.imports.reading import read_weights
from tests.experiments.cases import GOOD
from tests.sentences import assert_one_sentence

WEIGHT = np.arange(6, dtype=np.float32).reshape(2, 3) / 7


def zipped(*members: tuple[str, bytes], kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", kind) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return content.getvalue()


def npy(array: np.ndarray) -> bytes:
    content = io.BytesIO()
    np.save(content, array, allow_pickle=True)
    return content.getvalue()


def tensors_file(entries: dict, body: bytes) -> bytes:
    text = json.dumps(entries).encode()
    return struct.pack("<Q", len(text)) + text + body


def bfloat16(numbers: np.ndarray) -> bytes:
    return (numbers.astype("<f4").view("<u4") >> 16).astype("<u2").tobytes()


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("is_npz", [True, False], ids=["npz", "safetensors"])
def test_numbers_come_as_they_stand(dtype: str, is_npz: bool, tmp_path: Path):
    array, path = WEIGHT.astype(dtype), tmp_path / "w"
    path.write_bytes(zipped(("a.npy", npy(array))) if is_npz else save({"a": array}))
    (one,) = read_weights(path).tensors
    assert (one.name, one.shape, one.kind) == ("a", (2, 3), dtype)
    np.testing.assert_array_equal(one.numbers(), array.astype(np.float32))


def test_numbers_of_sixteen_bits_of_the_other_kind_are_read_from_safetensors(tmp_path: Path):
    path = tmp_path / "w.safetensors"
    body = bfloat16(WEIGHT)
    path.write_bytes(tensors_file({"a": {"dtype": "BF16", "shape": [2, 3], "data_offsets": [0, 12]}}, body))
    (one,) = read_weights(path).tensors
    assert one.kind == "bfloat16"
    np.testing.assert_allclose(one.numbers(), WEIGHT, rtol=2**-7)


def test_columns_first_in_memory_is_no_other_array(tmp_path: Path):
    path = tmp_path / "w.npz"
    path.write_bytes(zipped(("a.npy", npy(np.asfortranarray(WEIGHT)))))
    np.testing.assert_array_equal(read_weights(path).tensors[0].numbers(), WEIGHT)


def test_of_a_model_of_nnlab_only_what_was_learned_is_offered(tmp_path: Path):
    path = tmp_path / "m.safetensors"
    path.write_bytes(GOOD)
    file = read_weights(path)
    assert file.is_own and [tensor.name for tensor in file.tensors if tensor.is_weight] == [
        *("dense1.bias", "dense1.weight", "dense2.bias", "dense2.weight"),
    ]


def test_numbers_in_names_are_counted(tmp_path: Path):
    path = tmp_path / "w.safetensors"
    path.write_bytes(save(dict.fromkeys(("10.weight", "2.weight", "decoder.1", "encoder.1"), WEIGHT)))
    assert [tensor.name for tensor in read_weights(path).tensors] == ["2.weight", "10.weight", "encoder.1", "decoder.1"]


def test_what_only_stands_beside_weights_is_none(tmp_path: Path):
    path = tmp_path / "w.npz"
    names = (
        "1.num_batches_tracked",
        "dropout/seed_generator/seed_generator_state",
        "optimizer/iteration",
        "rbm.chains",
        "a",
    )
    path.write_bytes(zipped(*((f"{name}.npy", npy(WEIGHT)) for name in names)))
    assert [tensor.name for tensor in read_weights(path).tensors if tensor.is_weight] == ["a"]


REFUSED: dict[str, tuple[str, bytes, tuple[str, ...]]] = {
    "a pickle of PyTorch": (
        "m.pt",
        zipped(("archive/data.pkl", b"x" * 20), ("archive/data/0", b"y")),
        ("never opened", "save_file(model.state_dict()"),
    ),
    "an old pickle": ("m.bin", pickle.dumps({"a": 1}), ("never opened", "save_file")),
    "a file called .pth": ("m.pth", b"anything", ("never opened",)),
    "Keras' own": ("m.weights.h5", b"\x89HDF\r\n\x1a\n" + b"\0" * 50, ("Keras' own format", "numpy.savez")),
    "one array": ("m.npy", npy(WEIGHT), ("one array alone", "numpy.savez")),
    "objects": ("m.npz", zipped(("a.npy", npy(np.array([{}], object)))), ("Python objects (a pickle)",)),
    "another archive": ("m.npz", zipped(("readme.txt", b"hello")), ("readme.txt", "no array")),
    "a table": ("m.csv", b"a,b,label\n1,2,cat\n", ("no file of weights; expected .safetensors or .npz",)),
    "an experiment": ("m.toml", b'format = 2\nname = "x"\n', ("no file of weights; expected .safetensors or .npz",)),
    "nothing": ("m.npz", b"", ("truncated, or not a safetensors file",)),
    "an empty archive": ("m.npz", b"PK\x05\x06" + b"\0" * 18, ()),
    "a cut archive": ("m.npz", zipped(("a.npy", npy(WEIGHT)))[:-30], ("damaged",)),
    "a cut file": ("m.safetensors", save({"a": WEIGHT})[:-4], ("truncated",)),
    "a header that claims more": (
        "m.npz",
        zipped(("a.npy", npy(WEIGHT).replace(b"(2, 3)", b"(9, 9)"))),
        ("claims 324 bytes of numbers",),
    ),
    "a header of another shape": (
        "m.safetensors",
        tensors_file({"a": {"dtype": "F32", "shape": [2**20, 2**20], "data_offsets": [0, 24]}}, b"\0" * 24),
        ("a has 24 bytes",),
    ),
    "a shape that is none": (
        "m.safetensors",
        tensors_file({"a": {"dtype": "F32", "shape": ["x"], "data_offsets": [0, 24]}}, b"\0" * 24),
        ("what it says of a makes no sense",),
    ),
    "no kind": (
        "m.safetensors",
        tensors_file({"a": {"shape": [1], "data_offsets": [0, 4]}}, b"\0" * 4),
        ("makes no sense",),
    ),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_cannot_be_read_is_refused_in_a_sentence_that_names_the_file(kind: str, tmp_path: Path):
    name, content, words = REFUSED[kind]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(WeightsFileError) as caught:
        read_weights(tmp_path / name)
    assert_one_sentence(caught.value, name, *words)


@pytest.mark.parametrize("numbers", [np.nan, np.inf, 1e300], ids=str)
def test_what_is_no_number_as_float32_is_refused_by_name(numbers: float, tmp_path: Path):
    (tmp_path / "w.npz").write_bytes(zipped(("a.npy", npy(np.array([1.0, numbers])))))
    with pytest.raises(WeightsFileError, match="a holds numbers that are not finite"):
        read_weights(tmp_path / "w.npz").tensors[0].numbers()


def test_whole_numbers_are_no_weights(tmp_path: Path):
    (tmp_path / "w.npz").write_bytes(zipped(("a.npy", npy(np.arange(3)))))
    with pytest.raises(WeightsFileError, match="a holds int64, expected float16, bfloat16, float32, float64"):
        read_weights(tmp_path / "w.npz").tensors[0].numbers()


def test_a_bomb_is_not_unpacked_before_its_shape_is_wanted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    big = np.zeros((4000, 4000), np.float64)
    (tmp_path / "w.npz").write_bytes(zipped(("a.npy", npy(big)), ("b.npy", npy(WEIGHT))))
    assert (tmp_path / "w.npz").stat().st_size < 1_000_000
    monkeypatch.setattr("nnlab.experiments.imports.npz_weights._numbers", lambda *_: pytest.fail("unpacked"))
    assert [tensor.shape for tensor in read_weights(tmp_path / "w.npz").tensors] == [(4000, 4000), (2, 3)]


def test_a_length_that_begins_as_a_pickle_does_is_none(tmp_path: Path):
    """The first byte of a safetensors file counts the header's: 128, or 128 more than a multiple of 256."""
    entry = {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}
    for more in range(400):
        content = tensors_file({"a" * (1 + more): entry}, WEIGHT.tobytes())
        if content[0] == 0x80:
            break
    assert content[0] == 0x80
    (tmp_path / "w.safetensors").write_bytes(content)
    assert len(read_weights(tmp_path / "w.safetensors").tensors) == 1


def test_what_is_not_there_or_no_file_is_told(tmp_path: Path):
    with pytest.raises(WeightsFileError, match="there is no such file"):
        read_weights(tmp_path / "none.npz")
    with pytest.raises(WeightsFileError, match="cannot be read"):
        read_weights(tmp_path)
