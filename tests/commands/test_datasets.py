"""`nnlab datasets`: lists, shows and downloads, as lines for a person and as one JSON object."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from nnlab.cli import main
from nnlab.datasets import DATASETS
from nnlab.experiments.places import home
from tests.datasets import mirror as manners
from tests.datasets.idx_files import write_published
from tests.datasets.mirror import Mirror, published, source_of, stand_ins

FILES = stand_ins(pictures=20)

# A process of its own whose MNIST is the mirror's.
PROCESS = """
import sys
from nnlab.cli import main
from nnlab.datasets import DATASETS
from tests.datasets.mirror import published, source_of, stand_ins

DATASETS["mnist"] = source_of(published(stand_ins(pictures=20), sys.argv[1]))
sys.exit(main(sys.argv[2:]))
"""


@pytest.fixture
def mirror(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mirror]:
    monkeypatch.setenv("NO_PROXY", "*")
    with Mirror(FILES) as mirror:
        monkeypatch.setitem(DATASETS, "mnist", source_of(published(FILES, mirror)))
        yield mirror


def answer(capsys: pytest.CaptureFixture, *words: object, status: int = 0) -> str:
    """What a command prints; on the error stream alone when it fails, nothing there when it does not."""
    assert main(["datasets", *map(str, words)]) == status
    out, err = capsys.readouterr()
    assert (err if status == 0 else out) == ""
    return out if status == 0 else err


@pytest.mark.usefixtures("no_data")
@pytest.mark.parametrize("words", [(), ("list",)])
def test_the_list_names_every_dataset_and_how_to_get_it(capsys: pytest.CaptureFixture, words: tuple[str, ...]):
    lines = answer(capsys, *words).splitlines()
    assert [line.split()[0] for line in lines] == list(DATASETS)
    assert lines[1].endswith("not here; get it with `nnlab datasets download mnist`")


@pytest.mark.parametrize("order", [lambda *words: words, lambda *words: (words[1], words[2], words[0], words[3])])
def test_options_may_stand_before_and_after_the_action(capsys: pytest.CaptureFixture, tmp_path: Path, order):
    write_published(tmp_path / "mnist")
    told = json.loads(answer(capsys, *order("list", "--data", tmp_path, "--json")))
    assert told["datasets"][1]["path"] == str(tmp_path / "mnist")


def test_the_list_says_where_it_lies(capsys: pytest.CaptureFixture, tmp_path: Path):
    write_published(tmp_path / "mnist")
    assert f"in {tmp_path / 'mnist'}" in answer(capsys, "--data", tmp_path)


def test_a_dataset_is_shown_as_a_table(capsys: pytest.CaptureFixture):
    lines = answer(capsys, "show", "digits").splitlines()
    assert lines[0] == "Handwritten digits"
    assert "examples  1,442 for training, 355 for the test" in lines
    assert "shape     8 x 8 x 1" in lines
    assert lines[-11].split() == ["class", "training", "test"]
    assert [line.split()[0] for line in lines[-10:]] == list("0123456789")
    assert sum(int(line.split()[1]) for line in lines[-10:]) == 1442


def test_a_dataset_without_classes_is_shown_without_a_table():
    from nnlab.commands.datasets import _shown

    facts = {"title": "T", "train": 5, "test": 2, "shape": [3], "memory": 84, "path": None}
    facts |= {"source": "", "licence": "", "columns": None}
    assert _shown(facts | {"classes": []}).splitlines()[-1].startswith("memory")
    many = [{"name": f"class {number}", "train": 1, "test": 0} for number in range(1000)]
    lines = _shown(facts | {"classes": many}).splitlines()
    assert lines[-1] == "and 960 more classes (--json has all)"
    assert len(lines) < 60


def test_what_the_columns_of_a_table_were_taken_as_is_shown(capsys: pytest.CaptureFixture, tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_text("Id,a,b,kind\n" + "".join(f"{n},{n / 7:.2f},0.5,{'xy'[n % 2]}\n" for n in range(1, 31)))
    lines = answer(capsys, "show", path).splitlines()
    assert "label     kind" in lines
    assert "features  a, b" in lines
    assert "left out  Id (its name says that it names the rows)" in lines
    told = json.loads(answer(capsys, "show", path, "--json"))["columns"]
    left_out = [["Id", "its name says that it names the rows"]]
    assert told == {"label": ["kind"], "features": ["a", "b"], "left_out": left_out, "alike": []}


def test_classes_that_differ_in_case_alone_are_told(capsys: pytest.CaptureFixture, tmp_path: Path):
    (tmp_path / "a.csv").write_text("a,label\n" + "1,Cat\n2,cat\n3,dog\n" * 5)
    assert "alike     Cat, cat differ in case alone" in answer(capsys, "show", tmp_path / "a.csv").splitlines()


def test_showing_as_json_is_one_object(capsys: pytest.CaptureFixture):
    told = json.loads(answer(capsys, "show", "xor", "--json"))
    assert set(told) == {
        *("name", "title", "shape", "train", "test", "classes", "columns", "memory", "path", "source", "licence"),
    }


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("show", "nothing"), "neither a dataset nor a path"),
        (("show",), "NAME_OR_PATH"),
        (("download",), "NAME"),
        (("download", "xor"), "needs no download"),
        (("remove", "mnist"), "invalid choice: 'remove'"),
    ],
)
def test_mistakes_are_one_line(capsys: pytest.CaptureFixture, words: tuple[str, ...], told: str):
    line = answer(capsys, *words, status=2)
    assert line.startswith("nnlab: ")
    assert line.count("\n") == 1
    assert told in line


def test_a_download_says_where_it_lies_and_is_found_from_then_on(capsys: pytest.CaptureFixture, mirror: Mirror, no_data):
    assert answer(capsys, "download", "mnist") == f"MNIST lies in {home() / 'data' / 'mnist'}\n"
    told = json.loads(answer(capsys, "show", "mnist", "--json"))
    assert (told["train"], told["path"]) == (20, str(home() / "data" / "mnist"))
    assert json.loads(answer(capsys, "download", "mnist", "--json"))["path"] == told["path"]
    assert len(mirror.asked) == 4


def test_a_download_goes_into_the_chosen_folder(capsys: pytest.CaptureFixture, mirror: Mirror, tmp_path: Path):
    told = json.loads(answer(capsys, "download", "mnist", "--data", tmp_path / "new", "--json"))
    assert told["path"] == str(tmp_path / "new" / "mnist")
    assert told["files"]["t10k-labels-idx1-ubyte"] == 12


def test_a_download_that_fails_is_one_line(capsys: pytest.CaptureFixture, mirror: Mirror):
    mirror.manner = manners.web_page
    line = answer(capsys, "download", "mnist", status=2)
    assert line.count("\n") == 1
    assert f"{mirror.host} sent a web page" in line


def test_a_terminal_sees_a_bar(capsys: pytest.CaptureFixture, mirror: Mirror, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    assert main(["datasets", "download", "mnist", "--json"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["name"] == "mnist"
    assert "Downloading MNIST" in err


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_an_interrupted_download_is_status_130_and_leaves_nothing_half(mirror: Mirror, tmp_path: Path):
    third = list(FILES)[2]
    mirror.manners[f"{third}.gz"] = manners.hang_after(0.5)
    words = [sys.executable, "-c", PROCESS, mirror.address, "datasets", "download", "mnist", "--data", str(tmp_path)]
    root = Path(__file__).resolve().parent.parent.parent
    running = subprocess.Popen(words, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while not (tmp_path / "mnist" / list(FILES)[1]).exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    time.sleep(0.3)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)
    assert (running.returncode, out, err) == (130, "", "nnlab: interrupted\n")
    assert sorted(path.name for path in (tmp_path / "mnist").iterdir()) == sorted(list(FILES)[:2])


def test_of_values_the_ranges_are_shown(capsys: pytest.CaptureFixture):
    lines = answer(capsys, "show", "sine").splitlines()
    assert any(line.startswith("values    y -1.") and " to 1." in line for line in lines)
