"""Downloads from a real server on this machine that serves, drops, truncates, redirects, corrupts and stalls."""

import gzip
import threading
import time
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from nnlab.datasets import mnist, transfer
from nnlab.datasets.download import download
from nnlab.datasets.mnist import FASHION_MNIST, MNIST, load_published
from nnlab.errors import CancelledError, DatasetError
from tests.datasets import mirror as manners
from tests.datasets.mirror import Mirror, published, stand_ins
from tests.sentences import assert_one_sentence

pytestmark = pytest.mark.slow

FILES = stand_ins()
IMAGES = "train-images-idx3-ubyte"


@pytest.fixture(autouse=True)
def _direct(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy between here and here, and little patience."""
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setattr(transfer, "_PATIENCE", 2.0)


@pytest.fixture
def good() -> Iterator[Mirror]:
    with Mirror(FILES) as mirror:
        yield mirror


@pytest.fixture
def bad() -> Iterator[Mirror]:
    with Mirror(FILES) as mirror:
        yield mirror


def stored(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def assert_whole(folder: Path) -> None:
    """The four files, and nothing besides."""
    assert stored(folder) == {f"mnist/{name}": content for name, content in FILES.items()}


def refused(dataset: mnist.Published, folder: Path, *words: str) -> None:
    with pytest.raises(DatasetError) as caught:
        download(dataset, folder)
    assert_one_sentence(caught.value, "MNIST", *words)


def test_the_four_files_arrive_unpacked_and_can_be_loaded(good: Mirror, tmp_path: Path):
    dataset = published(FILES, good)
    assert download(dataset, tmp_path / "data") == tmp_path / "data" / "mnist"
    assert_whole(tmp_path / "data")
    assert len(load_published(dataset, [tmp_path / "data"]).train) == 200
    assert [asked.name for asked in good.asked] == [f"{name}.gz" for name in FILES]


def test_a_folder_that_has_the_datasets_name_is_its_place(good: Mirror, tmp_path: Path):
    assert download(published(FILES, good), tmp_path / "mnist") == tmp_path / "mnist"
    assert_whole(tmp_path)


def test_files_that_are_there_and_right_are_kept(good: Mirror, tmp_path: Path):
    folder = tmp_path / "mnist"
    folder.mkdir()
    names = list(FILES)
    (folder / names[0]).write_bytes(FILES[names[0]])
    (folder / f"{names[1]}.gz").write_bytes(gzip.compress(FILES[names[1]]))
    (folder / names[2]).write_bytes(FILES[names[2]][:-1])
    download(published(FILES, good), tmp_path)
    assert [asked.name for asked in good.asked] == [f"{name}.gz" for name in names[2:]]
    assert (folder / names[2]).read_bytes() == FILES[names[2]]
    download(published(FILES, good), tmp_path)
    assert len(good.asked) == 2


def test_a_wrong_file_that_is_gzipped_gives_way_to_the_right_one(good: Mirror, tmp_path: Path):
    (tmp_path / "mnist").mkdir()
    (tmp_path / "mnist" / f"{IMAGES}.gz").write_bytes(b"half")
    dataset = published(FILES, good)
    download(dataset, tmp_path)
    assert len(load_published(dataset, [tmp_path]).train) == 200


MISBEHAVIOURS = {
    "cut short": (manners.cut_short, "sent a damaged file"),
    "another content": (manners.corrupt, "sent another file than the published one (its checksum is wrong)"),
    "damaged": (manners.damaged, "sent a damaged file"),
    "web page": (manners.web_page, "sent a web page instead of the file"),
    "disguised web page": (manners.disguised_web_page, "sent a web page instead of the file"),
    "not found": (manners.refuse(404), "answered 404 Not Found"),
    "overloaded": (manners.refuse(503), "answered 503 Service Unavailable"),
    "hangs in the middle": (manners.hang_after(0.5), "sent nothing for 2 seconds"),
    "hangs at the beginning": (manners.say_nothing, "sent nothing for 2 seconds"),
    "round in circles": (manners.redirect_to("/files/"), "sent the request round in circles"),
    "bomb": (manners.bomb, "sent another file than the published one (its checksum is wrong)"),
    "drops every time": (manners.drop_at(*[0.5] * 20, ranges=False), "dropped the connection after 66 kB"),
}


@pytest.mark.parametrize(("manner", "words"), MISBEHAVIOURS.values(), ids=MISBEHAVIOURS)
def test_what_a_mirror_did_is_told_and_nothing_half_is_kept(bad: Mirror, tmp_path: Path, manner, words: str):
    bad.manner = manner
    refused(published(FILES, bad), tmp_path, IMAGES, f"{bad.host} {words}", "--data DIR", "mnist/")
    assert stored(tmp_path) == {}


@pytest.mark.parametrize("manner", [row[0] for row in MISBEHAVIOURS.values()], ids=MISBEHAVIOURS)
def test_another_mirror_helps_out(bad: Mirror, good: Mirror, tmp_path: Path, manner):
    bad.manners[f"{IMAGES}.gz"] = manner
    download(published(FILES, bad, good), tmp_path)
    assert_whole(tmp_path)


def test_every_mirror_that_was_tried_is_named_with_what_it_did(bad: Mirror, good: Mirror, tmp_path: Path):
    bad.manner, good.manner = manners.web_page, manners.corrupt
    refused(published(FILES, bad, good), tmp_path, f"{bad.host} sent a web page", f"{good.host} sent another file")


def test_a_mirror_that_failed_is_asked_last_from_then_on(bad: Mirror, good: Mirror, tmp_path: Path):
    bad.manner = manners.refuse(503)
    download(published(FILES, bad, good), tmp_path)
    assert_whole(tmp_path)
    assert (len(bad.asked), len(good.asked)) == (1, 4)


def test_what_arrived_before_a_failure_is_not_fetched_again(bad: Mirror, tmp_path: Path):
    last = list(FILES)[-1]
    bad.manners[f"{last}.gz"] = manners.refuse(500)
    refused(published(FILES, bad), tmp_path, last, "500")
    assert set(stored(tmp_path)) == {f"mnist/{name}" for name in FILES if name != last}
    bad.manners.clear()
    bad.asked.clear()
    download(published(FILES, bad), tmp_path)
    assert_whole(tmp_path)
    # The mirror may have noted its refusal only now.
    assert {asked.name for asked in bad.asked} == {f"{last}.gz"}


def test_a_dropped_connection_goes_on_where_it_broke_off(bad: Mirror, tmp_path: Path):
    bad.manners[f"{IMAGES}.gz"] = manners.drop_at(0.5, 0.5, ranges=True)
    download(published(FILES, bad), tmp_path)
    assert_whole(tmp_path)
    parts = [asked for asked in bad.asked if asked.name == f"{IMAGES}.gz"]
    assert len(parts) == 3
    starts = [int(part.range[6:-1]) if part.range else 0 for part in parts]
    assert 0 == starts[0] < starts[1] < starts[2]
    # At most a chunk of each broken part is sent twice.
    assert sum(part.sent for part in parts) <= len(bad.files[f"{IMAGES}.gz"]) + 2 * (16 << 10)


def test_a_server_that_knows_no_ranges_is_begun_anew(bad: Mirror, tmp_path: Path):
    bad.manners[f"{IMAGES}.gz"] = manners.drop_at(0.5, 0.2, ranges=False)
    download(published(FILES, bad), tmp_path)
    assert_whole(tmp_path)


def test_a_drop_without_a_length_is_found_by_the_checksum(bad: Mirror, tmp_path: Path):
    def drop(request: manners.Request, content: bytes) -> None:
        request.begin(200, None)
        request.send(content[: len(content) // 2])

    bad.manner = drop
    refused(published(FILES, bad), tmp_path, "sent a damaged file")


def test_a_dropped_file_that_is_whole_already_needs_no_more(bad: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The server claims one byte too many; asked for the rest, it has none."""

    def manner(request: manners.Request, content: bytes) -> None:
        if request.headers["Range"]:
            request.send_error(416)
        else:
            request.begin(200, len(content) + 1)
            request.send(content)

    monkeypatch.setattr(transfer, "_CHUNK", 1)
    bad.manner = manner
    download(published(FILES, bad), tmp_path)
    assert_whole(tmp_path)


@pytest.mark.parametrize("manner", [manners.unpacked, manners.without_a_length, manners.packed_on_the_way_where_allowed])
def test_other_ways_to_send_a_right_file_are_right(good: Mirror, tmp_path: Path, manner):
    good.manner = manner
    download(published(FILES, good), tmp_path)
    assert_whole(tmp_path)


def test_a_redirect_to_the_file_is_followed(bad: Mirror, good: Mirror, tmp_path: Path):
    bad.manner = manners.redirect_to(good.address)
    download(published(FILES, bad), tmp_path)
    assert_whole(tmp_path)


def test_a_redirect_to_a_web_page_is_told(bad: Mirror, good: Mirror, tmp_path: Path):
    good.manner = manners.web_page
    bad.manner = manners.redirect_to(good.address)
    refused(published(FILES, bad), tmp_path, f"{bad.host} sent a web page")


def test_no_more_is_taken_than_a_file_can_have(bad: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(transfer, "_MOST_BYTES", 8 << 20)
    bad.manner = manners.send_for_ever
    refused(published(FILES, bad), tmp_path, "sent more than 8 MB")


def test_a_small_file_that_unpacks_into_a_huge_one_takes_no_memory(
    bad: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("nnlab.datasets.download._MOST_BYTES", 1 << 20)
    bad.manner = manners.bomb
    tracemalloc.start()
    refused(published(FILES, bad), tmp_path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 << 20


def test_without_a_network_every_mirror_is_named(tmp_path: Path):
    with Mirror(FILES) as gone:
        pass
    dataset = published(FILES, gone, "http://nowhere.invalid/mnist/")
    refused(dataset, tmp_path, f"{gone.host} and nowhere.invalid could not be reached", "network")


def test_a_folder_that_may_not_be_written_to_is_told_before_anything_is_fetched(
    good: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def forbid(**_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.TemporaryFile", forbid)
    refused(
        published(FILES, good), tmp_path, str(tmp_path / "mnist"), "cannot be written to (Permission denied)", "--data DIR"
    )
    assert not good.asked


def test_a_folder_that_cannot_be_is_told_before_anything_is_fetched(good: Mirror, tmp_path: Path):
    (tmp_path / "data").write_text("a file where the folder should be")
    refused(published(FILES, good), tmp_path / "data", str(tmp_path / "data"), "cannot be written to", "--data DIR")
    assert not good.asked


def test_a_full_disk_is_told_and_keeps_what_was_there(good: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    (tmp_path / "mnist").mkdir()
    (tmp_path / "mnist" / IMAGES).write_bytes(b"old")
    monkeypatch.setattr("os.fsync", full)
    refused(published(FILES, good), tmp_path, "No space left on device", "55 MB", "--data DIR")
    assert stored(tmp_path) == {f"mnist/{IMAGES}": b"old"}


def test_progress_grows_to_the_whole(good: Mirror, tmp_path: Path):
    told: list[tuple[str, float]] = []
    download(published(FILES, good), tmp_path, lambda what, share: told.append((what, share)))
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert shares[0] >= 0
    assert 0.99 < shares[-1] <= 1
    assert {what.split(" ")[2].rstrip(",") for what, _ in told} == set(FILES)
    assert all(what.startswith("Downloading MNIST: ") for what, _ in told)
    last = {what.split(" ")[2].rstrip(","): share for what, share in told}
    assert list(last.values()) == pytest.approx([0.85, 0.855, 0.995, 1.0])
    assert any(what.endswith("0.2 MB of 0.2 MB") for what, _ in told)


@pytest.mark.parametrize("manner", [manners.hang_after(0.5), manners.say_nothing], ids=["in the middle", "at the beginning"])
def test_cancelling_takes_no_longer_than_a_report_even_from_a_server_that_hangs(
    bad: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, manner
):
    monkeypatch.setattr(transfer, "_PATIENCE", 20.0)
    bad.manners[f"{list(FILES)[2]}.gz"] = manner
    begun = []

    def cancel(what: str, share: float) -> None:
        if list(FILES)[2] in what:
            begun.append(time.monotonic())
            raise CancelledError("cancelled")

    with pytest.raises(CancelledError):
        download(published(FILES, bad), tmp_path, cancel)
    assert time.monotonic() - begun[0] < 10
    assert set(stored(tmp_path)) == {f"mnist/{name}" for name in list(FILES)[:2]}
    bad.manners.clear()
    download(published(FILES, bad), tmp_path)
    assert_whole(tmp_path)


def test_a_reader_that_was_left_behind_ends(bad: Mirror, tmp_path: Path):
    bad.manner = manners.hang_after(0.5)
    refused(published(FILES, bad), tmp_path)
    bad.released.set()
    left = [thread for thread in threading.enumerate() if thread.name.startswith("reading ")]
    for thread in left:
        thread.join(60)
    assert not any(thread.is_alive() for thread in left)


def test_the_tables_name_folders_of_the_net():
    for dataset in (MNIST, FASHION_MNIST):
        assert len(dataset.mirrors) >= 2
        assert all(mirror.startswith(("https://", "http://")) and mirror.endswith("/") for mirror in dataset.mirrors)


@pytest.mark.parametrize("dataset", [MNIST, FASHION_MNIST], ids=lambda dataset: dataset.name)
def test_the_real_files_pass_through_a_mirror_and_are_the_published_ones(real_data: Path, tmp_path: Path, dataset):
    lying = {name: real_data / dataset.name / f"{name}.gz" for name in dataset.checksums}
    if not all(path.is_file() for path in lying.values()):
        pytest.skip(f"{dataset.name}/ is not in the data folder")
    with Mirror({}) as mirror:
        mirror.files = {path.name: path.read_bytes() for path in lying.values()}
        mirror.manners[f"{IMAGES}.gz"] = manners.drop_at(0.7, ranges=True)
        download(replace(dataset, mirrors=(mirror.address,)), tmp_path)
        assert sum(asked.sent for asked in mirror.asked) < 1.01 * sum(map(len, mirror.files.values()))
    loaded = load_published(dataset, [tmp_path])
    assert (len(loaded.train), len(loaded.test)) == (60_000, 10_000)
