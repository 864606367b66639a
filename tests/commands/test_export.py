"""`nnlab export`: what is meant is found, and what cannot be exported is told in a sentence."""

import json

import pytest

from nnlab.cli import main
from nnlab.experiments import exports
from nnlab.experiments.exports import Export
from nnlab.resources import resource

XOR = str(resource("examples", "xor.toml"))


def _write(source, output, report):
    output.write_text(f"{source.experiment.name} {source.experiment.training.epochs} {source.model} {source.run}")
    return {"lines": 1}


@pytest.fixture
def odd(monkeypatch):
    """A target of the test's own."""
    monkeypatch.setitem(exports.EXPORTS, "odd", Export("Odd file", "A file.", ".odd", _write))


@pytest.fixture
def trained(tmp_path, monkeypatch, capsys):
    """The folder in which XOR was trained for one epoch, and the number of its run."""
    monkeypatch.chdir(tmp_path)
    assert main(["train", XOR, "--set", "training.epochs=1", "--threads", "1", "--json"]) == 0
    return tmp_path, json.loads(capsys.readouterr().out)["run"]


def test_an_experiment_is_written_after_its_name_with_other_settings(odd, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["export", XOR, "--to", "odd", "--set", "training.epochs=7", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"output": "xor.odd", "lines": 1}
    assert (tmp_path / "xor.odd").read_text() == "xor 7 None None"


def test_it_is_said_by_which_command_one_goes_on(monkeypatch, tmp_path, capsys):
    monkeypatch.setitem(exports.EXPORTS, "odd", Export("Odd file", "A file.", ".odd", _write, command="python"))
    assert main(["export", XOR, "--to", "odd", "--output", str(tmp_path / "my xor.py"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["command"] == f"python '{tmp_path / 'my xor.py'}'"


def test_a_model_and_a_run_are_what_is_exported_where_they_are_named(odd, trained):
    folder, run = trained
    assert main(["export", "xor.safetensors", "--to", "odd", "--output", "a"]) == 0
    assert (folder / "a").read_text() == "xor 1 xor.safetensors None"
    assert main(["export", str(run), "--to", "odd", "--output", "b"]) == 0
    assert (folder / "b").read_text() == f"xor 1 None {run}"


def test_an_unknown_target_names_the_nearest(odd, capsys):
    assert main(["export", XOR, "--to", "old"]) == 2
    assert "--to old: unknown target; did you mean 'odd'?" in capsys.readouterr().err


def test_what_exports_something_learned_refuses_a_bare_experiment(odd, monkeypatch, capsys):
    monkeypatch.setitem(exports.EXPORTS, "odd", Export("Odd file", "A file.", ".odd", _write, needs_model=True))
    assert main(["export", XOR, "--to", "odd"]) == 2
    assert "has learned nothing yet; give a model (.safetensors) or the number of a run" in capsys.readouterr().err


def test_what_was_learned_is_not_had_with_other_settings(odd, trained, monkeypatch, capsys):
    monkeypatch.setitem(exports.EXPORTS, "odd", Export("Odd file", "A file.", ".odd", _write, needs_model=True))
    for source in ("xor.safetensors", str(trained[1])):
        assert main(["export", source, "--to", "odd", "--set", "training.epochs=7"]) == 2
        assert "--set training.epochs=7: --to odd writes what was learned" in capsys.readouterr().err
    assert main(["export", "xor.safetensors", "--to", "odd", "--set", "dataset.source.samples=99"]) == 0


def test_the_targets_are_listed_with_what_they_are(odd, capsys):
    assert main(["kinds", "exports"]) == 0
    assert "odd" in (told := capsys.readouterr().out) and "A file." in told
