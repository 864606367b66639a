"""What is kept: mapped the second time, made again when damaged, never half there, never more than so much."""

import errno
import json
import os
from pathlib import Path

import numpy as np
import pytest

from nnlab.datasets import building as building_module
from nnlab.datasets import cache as cache_module
from nnlab.datasets.building import Building
from nnlab.datasets.cache import Cache, Kind, fingerprint
from nnlab.datasets.rows import chosen_rows, mapping_of
from nnlab.errors import DatasetError
from nnlab.report import silent

KIND = Kind("made", 1)
ROWS = np.random.default_rng(0).integers(0, 256, (50, 3, 2), np.uint8)
FLOATS = np.random.default_rng(1).normal(size=(0, 4)).astype(np.float32)


class Maker:
    """Builds two arrays, and counts how often it had to."""

    def __init__(self, rows: np.ndarray = ROWS) -> None:
        self.rows = rows
        self.count = 0

    def __call__(self, building: Building) -> dict[str, object]:
        self.count += 1
        rows = building.rows("rows", self.rows.dtype, self.rows.shape[1:])
        labels = building.rows("labels", np.int64)
        for start in range(0, len(self.rows), 7):
            rows.append(self.rows[start : start + 7])
            labels.append(np.arange(start, min(start + 7, len(self.rows))))
        return {"words": ["ä", "b"]}


def check(entry: cache_module.CachedArrays, rows: np.ndarray = ROWS) -> None:
    np.testing.assert_array_equal(entry.arrays["rows"], rows)
    np.testing.assert_array_equal(entry.arrays["labels"], np.arange(len(rows)))
    assert entry.arrays["rows"].dtype == rows.dtype
    assert entry.about == {"words": ["ä", "b"]}


def places(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def test_without_a_folder_everything_is_made_in_memory_each_time():
    make = Maker()
    for _ in range(2):
        check(Cache(None).get(KIND, ["a"], make))
    assert make.count == 2


def test_the_second_time_the_arrays_are_mapped(tmp_path: Path):
    make = Maker()
    for _ in range(3):
        entry = Cache(tmp_path / "new" / "cache").get(KIND, ["a", 1], make)
        check(entry)
        assert mapping_of(entry.arrays["rows"]) is not None
        assert not entry.arrays["rows"].flags.writeable
    assert make.count == 1


def test_another_key_is_another_entry(tmp_path: Path):
    make = Maker()
    for key in (["a"], ["b"], ["a", 0], ["a"]):
        check(Cache(tmp_path).get(KIND, key, make))
    assert make.count == 3


def test_what_another_version_of_its_reader_has_kept_is_made_anew(tmp_path: Path):
    make = Maker()
    for kind in (KIND, Kind("made", 2), Kind("other", 1), KIND):
        check(Cache(tmp_path).get(kind, ["a"], make))
    assert make.count == 3


@pytest.mark.parametrize("text", ["[]", "null", "3", '"text"', "{}", "[" * 100_000, '{"seal": []}', '{"seal": {}}'])
def test_a_description_that_is_something_else_is_made_anew(tmp_path: Path, text: str):
    make = Maker()
    Cache(tmp_path).get(KIND, ["a"], make)
    (places(tmp_path)[0] / "about.json").write_text(text)
    check(Cache(tmp_path).get(KIND, ["a"], make))
    assert make.count == 2


@pytest.mark.parametrize("about", [None, [], {}, {"words": 3}, {"words": ["ä", "b"], "more": 1}])
def test_a_description_that_says_something_else_is_made_anew(tmp_path: Path, about: object):
    make = Maker()
    Cache(tmp_path).get(KIND, ["a"], make)
    path = places(tmp_path)[0] / "about.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"about": about}))
    check(Cache(tmp_path).get(KIND, ["a"], make))
    assert make.count == 2


def test_a_fingerprint_tells_a_file_that_has_changed(tmp_path: Path):
    path = tmp_path / "a"
    path.write_bytes(b"one")
    first = fingerprint(path)
    path.write_bytes(b"three")
    assert fingerprint(path) != first
    path.write_bytes(b"two")
    os.utime(path, ns=(0, 12345))
    assert fingerprint(path) != first


@pytest.mark.parametrize("name", ["rows.npy", "labels.npy", "about.json"])
@pytest.mark.parametrize("damage", ["cut", "longer", "changed", "gone", "a folder"])
def test_a_damaged_entry_is_made_again(tmp_path: Path, name: str, damage: str):
    make = Maker()
    Cache(tmp_path).get(KIND, ["a"], make)
    path = places(tmp_path)[0] / name
    content = path.read_bytes()
    path.unlink()
    if damage == "cut":
        path.write_bytes(content[:-1])
    elif damage == "longer":
        path.write_bytes(content + b"x")
    elif damage == "changed":
        path.write_bytes(
            content[: len(content) // 2] + bytes([content[len(content) // 2] ^ 1]) + content[len(content) // 2 + 1 :]
        )
    elif damage == "a folder":
        path.mkdir()
    check(Cache(tmp_path).get(KIND, ["a"], make))
    assert make.count == 2
    check(Cache(tmp_path).get(KIND, ["a"], make))
    assert len(places(tmp_path)) == 1


def test_large_arrays_are_checked_by_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(cache_module, "_PIECE", 16)
    monkeypatch.setattr(cache_module, "_PIECES", 4)
    make = Maker()
    Cache(tmp_path).get(KIND, ["a"], make)
    path = places(tmp_path)[0] / "rows.npy"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    check(Cache(tmp_path).get(KIND, ["a"], make))
    assert make.count == 2


def test_work_that_fails_leaves_nothing_behind(tmp_path: Path):
    def fail(building: Building) -> dict[str, object]:
        building.rows("rows", np.uint8).append(np.zeros(5, np.uint8))
        raise DatasetError("wrong in the middle")

    with pytest.raises(DatasetError):
        Cache(tmp_path).get(KIND, ["a"], fail)
    assert places(tmp_path) == []


@pytest.mark.parametrize("place", ["file", "link"])
def test_a_folder_that_cannot_be_made_keeps_nothing(tmp_path: Path, place: str):
    blocked = tmp_path / "blocked"
    if place == "file":
        blocked.write_bytes(b"")
    else:
        blocked.symlink_to(blocked)
    make = Maker()
    for _ in range(2):
        check(Cache(blocked / "cache").get(KIND, ["a"], make))
    assert make.count == 2


class FullDisk:
    """Lets so many writes through."""

    def __init__(self, file, writes: list[int]) -> None:
        self._file = file
        self._writes = writes

    def write(self, content) -> int:
        self._writes[0] -= 1
        if self._writes[0] < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return self._file.write(content)

    def __getattr__(self, name: str):
        return getattr(self._file, name)


@pytest.mark.parametrize("writes", range(20))
def test_a_disk_that_fills_up_means_memory_and_nothing_half_there(tmp_path: Path, monkeypatch, writes: int):
    left = [writes]
    plain = Path.open

    def full(path: Path, mode: str = "r", *arguments, **options):
        file = plain(path, mode, *arguments, **options)
        return FullDisk(file, left) if mode == "wb" else file

    monkeypatch.setattr(Path, "open", full)
    make = Maker()
    check(Cache(tmp_path).get(KIND, ["a"], make))
    assert make.count == 2
    assert places(tmp_path) == []


def test_an_array_that_would_fill_the_disk_is_not_begun(tmp_path: Path):
    def make(building: Building) -> dict[str, object]:
        building.rows("rows", np.uint8, (1 << 20,), expected=1 << 40)
        return {}

    with pytest.raises(DatasetError, match="4 GB"):
        Cache(tmp_path).get(KIND, ["a"], make)
    assert places(tmp_path) == []


def test_memory_is_not_filled_either(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(building_module, "_MOST_IN_MEMORY", 200)
    with pytest.raises(DatasetError, match="free some space"):
        Cache(None).get(KIND, ["a"], Maker())


def test_what_was_used_longest_ago_is_thrown_away_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    make = Maker()
    for number, key in enumerate("abc"):
        Cache(tmp_path).get(KIND, [key], make)
        for place in places(tmp_path):
            os.utime(place, (place.stat().st_mtime - 100, place.stat().st_mtime - 100))
        assert len(places(tmp_path)) == number + 1
    Cache(tmp_path).get(KIND, ["a"], make)
    size = sum(path.stat().st_size for path in places(tmp_path)[0].iterdir())
    monkeypatch.setattr(cache_module, "_MOST_BYTES", 2 * size + size // 2)
    Cache(tmp_path).get(KIND, ["d"], make)
    assert len(places(tmp_path)) == 2
    assert make.count == 4
    Cache(tmp_path).get(KIND, ["a"], make)
    assert make.count == 4


def test_one_entry_may_be_larger_than_all_should_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(cache_module, "_MOST_BYTES", 10)
    make = Maker()
    for _ in range(2):
        check(Cache(tmp_path).get(KIND, ["a"], make))
    assert make.count == 1


def test_what_a_crash_left_half_done_is_removed_after_a_day(tmp_path: Path):
    for name, age in ((".unfinished-old", 2 * 24 * 3600), (".unfinished-new", 0)):
        (tmp_path / name).mkdir()
        used = (tmp_path / name).stat().st_mtime - age
        os.utime(tmp_path / name, (used, used))
    Cache(tmp_path).get(KIND, ["a"], Maker())
    assert places(tmp_path)[0].name == ".unfinished-new"
    assert len(places(tmp_path)) == 2


def test_files_of_others_in_the_folder_are_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(cache_module, "_MOST_BYTES", 10)
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "mine.txt").write_text("keep")
    Cache(tmp_path).get(KIND, ["a"], Maker())
    assert (tmp_path / "notes" / "mine.txt").exists()


def test_an_array_without_rows_has_their_shape():
    entry = Cache(None).get(KIND, ["a"], lambda building: {"count": building.rows("rows", np.float32, (4,)) and 0})
    np.testing.assert_array_equal(entry.arrays["rows"], FLOATS)


INDEX = np.sort(np.random.default_rng(2).permutation(50)[:30])


def test_few_rows_are_copied(tmp_path: Path):
    mapped = Cache(tmp_path).get(KIND, ["a"], Maker()).arrays["rows"]
    for inputs in (ROWS, mapped):
        rows = chosen_rows(inputs, INDEX, Cache(tmp_path), silent)
        np.testing.assert_array_equal(rows, ROWS[INDEX])
        assert mapping_of(rows) is None


def test_many_rows_of_a_mapped_array_are_mapped_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("nnlab.datasets.rows._MOST_COPIED", 20)
    monkeypatch.setattr("nnlab.datasets.rows._CHUNK_BYTES", 50)
    cache = Cache(tmp_path)
    mapped = cache.get(KIND, ["a"], Maker()).arrays["rows"]
    for inputs, expected in ((mapped, ROWS), (mapped[10:45], ROWS[10:45]), (mapped.reshape(50, 6), ROWS.reshape(50, 6))):
        index = INDEX[len(inputs) > INDEX]
        for _ in range(2):
            rows = chosen_rows(inputs, index, cache, silent)
            np.testing.assert_array_equal(rows, expected[index])
            assert mapping_of(rows) is not None
    assert len(places(tmp_path)) == 4
    for path in (tmp_path / "a.npy", str(tmp_path / "a.npy")):
        np.save(path, ROWS)
        for inputs in (np.load(path, mmap_mode="r"), np.memmap(path, np.uint8, "r", 128, ROWS.shape)):
            np.testing.assert_array_equal(chosen_rows(inputs, INDEX, cache, silent), ROWS[INDEX])
    count = len(places(tmp_path))
    in_memory = chosen_rows(ROWS, INDEX, cache, silent)
    assert mapping_of(in_memory) is None
    assert len(places(tmp_path)) == count
