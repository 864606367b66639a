"""A model file that is cut short, altered or lying is refused in one sentence, without taking memory."""

import struct
import time
import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import load as load_tensors

from nnlab.errors import ModelFileError
from nnlab.experiments.model_file import SavedModel, load_model, model_bytes
from nnlab.models import MLPSettings
from nnlab.models.layers.activations import ReLU, Softmax
from nnlab.models.layers.dense import Dense
from tests.experiments.cases import (
    GOOD,
    METRICS,
    SMALL,
    put_together,
    refused,
    stepped_run,
    taken_apart,
    with_header,
    with_tensors,
)
from tests.sentences import assert_one_sentence


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "model.safetensors"


def test_a_missing_file_is_named(path: Path):
    with pytest.raises(ModelFileError) as caught:
        load_model(path)
    assert_one_sentence(caught.value, path.name, "such file")


def test_a_folder_is_not_a_model(tmp_path: Path):
    with pytest.raises(ModelFileError) as caught:
        load_model(tmp_path)
    assert_one_sentence(caught.value, tmp_path.name)


def test_a_model_truncated_at_every_97th_byte_is_refused(path: Path):
    wide = replace(SMALL, model=MLPSettings((Dense(60), ReLU(), Dense(2), Softmax())))
    content = model_bytes(stepped_run(wide), wide, METRICS)
    assert len(content) > 3000
    for length in (*range(0, len(content), 97), len(content) - 1):
        refused(path, content[:length])


def test_bytes_after_the_end_are_refused(path: Path):
    refused(path, GOOD + bytes(4))


@pytest.mark.parametrize("length", [2**63 - 1, 2**64 - 1, 2**40, len(GOOD), len(GOOD) - 7])
def test_a_header_that_claims_more_than_the_file_takes_no_memory(path: Path, length: int):
    content = struct.pack("<Q", length) + GOOD[8:]
    tracemalloc.start()
    try:
        refused(path, content, "truncated")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 1 << 20


@pytest.mark.parametrize("length", [0, 1, 7, 100])
def test_a_header_that_claims_less_than_it_has_is_refused(path: Path, length: int):
    refused(path, struct.pack("<Q", length) + GOOD[8:])


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("name", ["dense1__weight", "dense2__bias"])
def test_weights_that_are_not_finite_are_refused_by_name(path: Path, name: str, number: float):
    tensor = load_tensors(GOOD)[f"model.{name.replace('__', '.')}"].copy()
    tensor.flat[-1] = number
    refused(path, with_tensors(**{f"model__{name}": tensor}), name.replace("__", "."), "not finite")


def test_a_bfloat16_tensor_is_refused(path: Path):
    def halve(header) -> None:
        entry = header["model.dense1.weight"]
        start, stop = entry["data_offsets"]
        entry.update(dtype="BF16", shape=[2, 2 * entry["shape"][1]])
        assert stop - start == 2 * 2 * entry["shape"][1]

    refused(path, with_header(GOOD, halve))


def test_numbers_that_lie_elsewhere_than_the_header_says_are_refused(path: Path):
    for offsets in ([0, 2**40], [-8, 0], [8, 0]):
        refused(path, with_header(GOOD, lambda header, at=offsets: header["model.dense1.bias"].update(data_offsets=at)))


def test_a_huge_shape_of_no_numbers_is_refused(path: Path):
    nothing = {"dtype": "F32", "shape": [0, 2**50], "data_offsets": [0, 0]}
    refused(path, with_header(GOOD, lambda header: header.update({"model.dense3.weight": nothing})), "architecture")


def test_a_great_many_tensors_are_refused_before_they_are_read(path: Path):
    nothing = {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]}
    many = {f"model.x{number}": nothing for number in range(10_001)}
    refused(path, with_header(GOOD, lambda header: header.update(many)), "tensors, more than")


def test_a_sparse_file_of_4_gib_is_refused_by_its_header(path: Path):
    header, body = taken_apart(GOOD)
    gap = (4 << 30) - len(GOOD) - 4096
    claims = [
        # More bytes than the header tells of; a tensor that no model has; one far larger than the model's.
        (header, "holds"),
        (header | {"junk": entry(len(body), gap)}, "numbers"),
        ({name: at for name, at in header.items() if name != "scaling.offset"} | {"scaling.offset": entry(0, gap)}, "tells"),
    ]
    for claimed, word in claims:
        path.write_bytes(put_together(claimed, body))
        with path.open("r+b") as file:
            file.truncate(path.stat().st_size + gap)
        started = time.perf_counter()
        tracemalloc.start()
        try:
            with pytest.raises(ModelFileError) as caught:
                load_model(path)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert_one_sentence(caught.value, path.name, word)
        assert peak < 1 << 20 and time.perf_counter() - started < 1


def entry(start: int, size: int) -> dict[str, object]:
    """A tensor of float32, as a header tells of it."""
    return {"dtype": "F32", "shape": [size // 4], "data_offsets": [start, start + size]}


CONTENTS = st.one_of(
    st.binary(max_size=300),
    st.builds(lambda text, body: struct.pack("<Q", len(text)) + text + body, st.binary(max_size=60), st.binary(max_size=60)),
    st.builds(
        lambda at, bytes_, cut: GOOD[:at] + bytes_ + GOOD[at + cut :],
        st.integers(0, len(GOOD) - 1),
        st.binary(max_size=4),
        st.integers(0, 4),
    ),
)


@given(CONTENTS)
def test_any_bytes_give_a_model_or_one_sentence(path: Path, content: bytes):
    path.write_bytes(content)
    try:
        saved = load_model(path)
    except ModelFileError as error:
        assert str(error).startswith(path.name)
    else:
        assert isinstance(saved, SavedModel)
        assert np.isfinite(saved.model.parameters.values).all()
