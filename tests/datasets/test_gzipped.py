"""Whoever reads a damaged file tells it in the same words."""

import gzip
from pathlib import Path

import pytest

from nnlab.datasets.files.look import look_at
from nnlab.datasets.files.text_file import TextFile
from nnlab.datasets.idx import map_idx, read_idx
from nnlab.errors import DatasetError
from tests.sentences import assert_one_sentence


def lines_of(path: Path) -> None:
    with TextFile(path) as file:
        file.sample()


READERS = [look_at, lines_of, lambda path: read_idx(path, 1)]


def sentences(path: Path) -> set[str]:
    found = set()
    for read in READERS:
        with pytest.raises(DatasetError) as caught:
            read(path)
        assert_one_sentence(caught.value, path.name)
        found.add(str(caught.value))
    return found


def test_gzip_that_is_cut_short_is_told_in_one_way(tmp_path: Path):
    path = tmp_path / "cut.gz"
    path.write_bytes(gzip.compress(b"\0\0\x08\x01\0\0\0\x02AB")[:-9])
    assert len(sentences(path)) == 1


def test_a_file_that_cannot_be_opened_is_told_in_one_way(tmp_path: Path):
    (told,) = sentences(tmp_path / "absent.gz")
    assert "No such file" in told


def test_what_is_not_gzipped_is_read_as_it_is(tmp_path: Path):
    path = tmp_path / "plain"
    path.write_bytes(b"\0\0\x08\x01\0\0\0\x02AB")
    assert not look_at(path).is_zipped
    assert map_idx(path, 1).tolist() == [65, 66]
