"""Where things are kept and looked for, and in which order."""

from pathlib import Path

import platformdirs
import pytest

from nnlab.experiments.places import data_folders, home


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
