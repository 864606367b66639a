"""Where things are kept and looked for, and in which order."""

from pathlib import Path

import platformdirs
import pytest

from nnlab.cli import main
from nnlab.errors import SettingError
from nnlab.experiments.places import data_folders, home
from nnlab.resources import resource
from tests.sentences import assert_one_sentence


def test_the_home_can_be_moved(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("NNLAB_HOME", str(tmp_path))
    assert home() == tmp_path


def test_the_home_is_the_persons_data_folder_otherwise(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("NNLAB_HOME")
    assert home() == Path(platformdirs.user_data_dir("nnlab", appauthor=False))
    monkeypatch.setenv("NNLAB_HOME", "")
    assert home() == Path(platformdirs.user_data_dir("nnlab", appauthor=False))


def test_a_tilde_is_the_persons_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NNLAB_HOME", "~/lab")
    monkeypatch.setenv("NNLAB_DATA", "~/data")
    assert home() == tmp_path / "lab"
    assert data_folders()[0] == tmp_path / "data"


def test_data_is_looked_for_in_order(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("NNLAB_DATA", str(tmp_path / "environment"))
    others = [home() / "data", Path("/usr/share/datasets")]
    assert data_folders(tmp_path / "chosen") == [tmp_path / "chosen", *others]
    assert data_folders() == [tmp_path / "environment", *others]
    monkeypatch.delenv("NNLAB_DATA")
    assert data_folders() == others


def test_looking_makes_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("NNLAB_HOME", str(tmp_path / "lab"))
    data_folders()
    assert not (tmp_path / "lab").exists()


@pytest.mark.parametrize("variable", ["NNLAB_HOME", "NNLAB_DATA"])
def test_the_folder_of_nobody_is_one_sentence(monkeypatch: pytest.MonkeyPatch, variable: str):
    monkeypatch.setenv(variable, "~no-such-person/x")
    with pytest.raises(SettingError) as caught:
        data_folders()
    assert_one_sentence(caught.value, variable, "~no-such-person/x")


def test_a_chosen_folder_of_nobody_is_one_sentence():
    with pytest.raises(SettingError) as caught:
        data_folders(Path("~no-such-person"))
    assert_one_sentence(caught.value, "--data", "~no-such-person")


@pytest.mark.parametrize("kind", ["a file", "below a file", "relative", "a device"])
def test_training_needs_no_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys, kind: str):
    monkeypatch.chdir(tmp_path)
    Path("file").write_text("precious")
    places = {"a file": "file", "below a file": "file/x", "relative": "some/home", "a device": "/dev/null"}
    monkeypatch.setenv("NNLAB_HOME", places[kind])
    Path("data.csv").write_text("x,y,class\n" + "0.5,1,a\n1,2,b\n" * 20)
    words = ["--set", "dataset.source.path=data.csv", "--set", "training.steps=2", "--output", "out"]
    assert main(["train", str(resource("examples", "xor.toml")), *words]) == 0
    assert Path("file").read_text() == "precious"


@pytest.mark.parametrize(
    "words",
    [
        ("train", "absent.toml"),
        ("train", "{xor}"),
        ("train", "{xor}", "--output", "sub"),
        ("gradcheck", "{xor}", "--set", "dataset.encoder=absent.safetensors"),
        ("gradcheck", "{xor}", "--set", "dataset.source.path=absent.csv"),
        ("evaluate", "absent.safetensors"),
        ("evaluate", "{model}", "--dataset", "absent.csv"),
        ("predict", "{model}", "absent.csv", "--output", "out.csv"),
        ("predict", "{model}", "{data}", "--output", "out.csv"),
        ("datasets", "show", "absent.csv"),
        ("datasets", "download", "mnist", "--data", "absent"),
    ],
    ids=" ".join,
)
def test_a_working_folder_that_is_gone_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys, words: tuple[str, ...]
):
    gone, kept = tmp_path / "gone", tmp_path / "kept"
    gone.mkdir()
    known = {
        "{xor}": str(resource("examples", "xor.toml")),
        "{model}": f"{kept}/xor.safetensors",
        "{data}": f"{kept}/data.csv",
    }
    if "{model}" in words:
        assert main(["train", known["{xor}"], "--set", "training.steps=2", "--output", str(kept)]) == 0
        (kept / "data.csv").write_text("x,y\n0.5,1\n" * 9)
    monkeypatch.chdir(gone)
    gone.rmdir()
    capsys.readouterr()
    status = main([known.get(word, word) for word in words])
    out, err = capsys.readouterr()
    assert (status, out, err.count("\n")) == (2, "", 1)
