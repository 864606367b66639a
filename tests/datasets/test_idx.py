"""IDX files: read whole, or refused in one sentence, without believing what a header claims."""

import gzip
import hashlib
import struct
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.datasets.idx import read_idx
from nnlab.errors import DatasetError
from tests.datasets.idx_files import idx_bytes, write_idx
from tests.sentences import assert_one_sentence

PICTURES = np.random.default_rng(0).integers(0, 256, (5, 4, 3), np.uint8)
RAW = idx_bytes(PICTURES)
GZIP = gzip.compress(RAW)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "some-images-idx3-ubyte"


def refused(path: Path, content: bytes, *words: str, axes: int = 3, sha256: str = "") -> None:
    path.write_bytes(content)
    with pytest.raises(DatasetError) as caught:
        read_idx(path, axes, sha256)
    assert_one_sentence(caught.value, path.name, *words)


@pytest.mark.parametrize("zipped", [False, True], ids=["raw", "gzip"])
@pytest.mark.parametrize("shape", [(1,), (7,), (2, 3), (5, 4, 3), (2, 3, 2, 2)])
def test_an_array_comes_back(path: Path, shape, zipped: bool):
    array = np.random.default_rng(1).integers(0, 256, shape, np.uint8)
    found = read_idx(write_idx(path, array, zipped), len(shape))
    assert found.dtype == np.uint8
    np.testing.assert_array_equal(found, array)


def test_whether_it_is_zipped_is_seen_by_the_bytes_not_the_name(tmp_path: Path):
    (tmp_path / "raw.gz").write_bytes(RAW)
    (tmp_path / "zipped").write_bytes(GZIP)
    for name in ("raw.gz", "zipped"):
        np.testing.assert_array_equal(read_idx(tmp_path / name, 3), PICTURES)


def test_a_file_larger_than_a_chunk_comes_back(path: Path):
    array = np.arange(3 * 1_000_003, dtype=np.uint32).astype(np.uint8).reshape(3, 1_000_003)
    np.testing.assert_array_equal(read_idx(write_idx(path, array), 2), array)


@pytest.mark.parametrize("content", [RAW, GZIP], ids=["raw", "gzip"])
def test_the_checksum_is_that_of_the_decompressed_file(path: Path, content: bytes):
    path.write_bytes(content)
    np.testing.assert_array_equal(read_idx(path, 3, hashlib.sha256(RAW).hexdigest()), PICTURES)


def test_another_checksum_is_refused(path: Path):
    changed = RAW[:-1] + bytes([RAW[-1] ^ 1])
    refused(path, changed, "checksum", sha256=hashlib.sha256(RAW).hexdigest())


def test_a_missing_file_is_one_sentence_naming_the_file(path: Path):
    with pytest.raises(DatasetError) as caught:
        read_idx(path, 3)
    assert_one_sentence(caught.value, str(path), "No such file")


def test_a_folder_is_not_a_file(tmp_path: Path):
    with pytest.raises(DatasetError) as caught:
        read_idx(tmp_path, 3)
    assert_one_sentence(caught.value, str(tmp_path), "directory")


@pytest.mark.parametrize("length", range(len(RAW)))
def test_a_raw_file_truncated_anywhere_is_one_sentence_naming_the_file(path: Path, length: int):
    refused(path, RAW[:length])


@pytest.mark.parametrize("length", range(2, len(GZIP)))
def test_a_gzip_truncated_anywhere_is_one_sentence_naming_the_file(path: Path, length: int):
    refused(path, GZIP[:length])


def test_a_truncated_body_says_what_was_claimed_and_what_is_held(path: Path):
    refused(path, RAW[:-10], "5 x 4 x 3 = 60", "only 50")
    refused(path, gzip.compress(RAW[:-10]), "5 x 4 x 3 = 60", "only 50")


@pytest.mark.parametrize("more", [1, 4096])
def test_bytes_after_the_last_picture_are_refused(path: Path, more: int):
    refused(path, RAW + bytes(more), "5 x 4 x 3 = 60", "more")
    refused(path, gzip.compress(RAW + bytes(more)), "5 x 4 x 3 = 60", "more")


def test_a_gzip_with_a_wrong_checksum_is_refused(path: Path):
    refused(path, GZIP[:-8] + bytes(4) + GZIP[-4:], "gzip", "damaged")


def test_a_gzip_with_a_damaged_middle_is_refused(path: Path):
    zipped = bytearray(gzip.compress(idx_bytes(np.arange(3000).reshape(10, 20, 15))))
    zipped[len(zipped) // 2] ^= 0xFF
    refused(path, bytes(zipped))


@pytest.mark.parametrize(
    ("magic", "words"),
    [
        (b"\x89PNG", ("not an IDX file",)),
        (b"\x00\x00\x08\x01", ("0x00000801", "0x00000803", "3 axes")),
        (b"\x00\x00\x08\x04", ("0x00000804", "0x00000803")),
        (b"\x00\x00\x0d\x03", ("0x00000d03", "0x00000803", "unsigned bytes")),
        (b"\x03\x08\x00\x00", ("not an IDX file",)),
    ],
)
def test_a_wrong_magic_number_says_what_came_and_what_was_expected(path: Path, magic: bytes, words):
    refused(path, magic + RAW[4:], *words)


def test_labels_where_pictures_are_expected_are_told_by_the_magic_number(path: Path):
    refused(path, idx_bytes(np.arange(5)), "0x00000801", "0x00000803", axes=3)
    refused(path, RAW, "0x00000803", "0x00000801", "1 axis", axes=1)


@pytest.mark.parametrize("sizes", [(0, 28, 28), (60000, 0, 28), (0, 0, 0)])
def test_sizes_of_nothing_are_refused(path: Path, sizes):
    refused(path, struct.pack(">BBBB3I", 0, 0, 8, 3, *sizes), "no data")


def test_sizes_beyond_all_memory_are_refused(path: Path):
    refused(path, struct.pack(">BBBB3I", 0, 0, 8, 3, *[2**32 - 1] * 3) + bytes(100), "4,294,967,295")


@pytest.mark.parametrize("zipped", [False, True], ids=["raw", "gzip"])
def test_a_lying_header_takes_no_memory(path: Path, zipped: bool):
    claims_three_gigabytes = struct.pack(">BBBB3I", 0, 0, 8, 3, 1000, 1000, 3000) + bytes(100)
    content = gzip.compress(claims_three_gigabytes) if zipped else claims_three_gigabytes
    path.write_bytes(content)
    tracemalloc.start()
    try:
        refused(path, content, "3,000,000,000", "only 100")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 16 << 20


def test_a_gzip_that_swells_is_read_no_further_than_it_promised(path: Path):
    bomb = gzip.compress(struct.pack(">BBBB1I", 0, 0, 8, 1, 10) + bytes(100 << 20))
    tracemalloc.start()
    try:
        refused(path, bomb, "more", axes=1)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 16 << 20


SIZES = st.integers(0, 4) | st.integers(0, 2**32 - 1)
HEADERS = st.lists(SIZES, min_size=1, max_size=3).map(
    lambda sizes: struct.pack(f">BBBB{len(sizes)}I", 0, 0, 8, len(sizes), *sizes)
)
BODIES = st.binary(max_size=80)
CONTENTS = st.one_of(
    st.binary(max_size=200),
    st.builds(lambda header, body: header + body, HEADERS, BODIES),
    st.builds(lambda header, body: gzip.compress(header + body), HEADERS, BODIES),
    BODIES.map(lambda body: b"\x1f\x8b" + body),
    st.builds(lambda at, byte: GZIP[:at] + byte + GZIP[at + 1 :], st.integers(0, len(GZIP) - 1), st.binary(max_size=2)),
)


@given(content=CONTENTS, axes=st.integers(1, 3))
def test_any_bytes_give_an_array_or_one_sentence(path: Path, content: bytes, axes: int):
    path.write_bytes(content)
    try:
        array = read_idx(path, axes)
    except DatasetError as error:
        assert_one_sentence(error, path.name)
    else:
        assert array.ndim == axes
        assert array.size > 0
