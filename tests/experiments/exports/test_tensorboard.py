"""What TensorBoard is given is the run: its curves, its parameters after every kept step, its pictures and its settings."""

import io
import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nnlab import optional
from nnlab.cli import main
from nnlab.errors import CancelledError
from nnlab.experiments.experiment import Experiment, format_experiment, load_experiment, with_settings
from nnlab.experiments.exports import EXPORTS, Source, written
from nnlab.experiments.headless_training import run_experiment
from nnlab.experiments.journal.curve_parts import history_of
from nnlab.experiments.places import runs_folder
from nnlab.resources import resource
from tests.experiments.cases import SMALL
from tests.experiments.exports.event_file import events_in, tags_of, values_of
from tests.experiments.journal.kept import Kept

pytest.importorskip("tensorboardX")
pytestmark = pytest.mark.peers

DIGITS = load_experiment(resource("examples", "digits-mlp.toml"))
KINDS = {
    "autoencoder": (
        {"weights", "reconstructions"},
        ["model.kind=autoencoder", "model.layers=[{kind='dense',units=9},'code',{kind='dense',units=64}]"],
    ),
    "rbm": ({"weights", "reconstructions", "samples"}, ["model.kind=rbm", "model.hidden=16"]),
    "mlp": ({"weights"}, []),
}


def kept(experiment: Experiment = SMALL, **how: object) -> Kept:
    return Kept(experiment, runs_folder(), **how)


def exported(done: Kept, folder: Path) -> list[object]:
    source = Source(done.store.run(1).present_experiment(), (), run=1)
    written(source, "tensorboard", folder)
    return events_in(folder)


def test_the_file_begins_as_tensorboard_wants_it(tmp_path: Path):
    first, *rest = exported(kept(), tmp_path)
    assert first.file_version == "brain.Event:2" and not any(event.file_version for event in rest)


def test_every_step_and_every_epoch_is_there_with_the_time_at_which_it_was_made(tmp_path: Path):
    done = kept()
    events = exported(done, tmp_path)
    record = done.store.run(1)
    history = history_of(done.store.curves(1), record.step, record.score)
    for tag, column in (("loss/step", "loss"), ("accuracy/step", "accuracy"), ("learning_rate", "learning_rate")):
        found = values_of(events, tag)
        assert [step for step, _, _ in found] == history.steps["step"].values.tolist()
        assert np.allclose([value.simple_value for _, _, value in found], history.steps[column].values, rtol=1e-6)
        times = record.started + history.seconds_after(history.steps["step"].values)
        assert np.allclose([time for _, time, _ in found], times, atol=1e-3)
    for tag, column in (("loss/validation", "validation_loss"), ("accuracy/train", "train_accuracy")):
        found = values_of(events, tag)
        assert [step for step, _, _ in found] == history.epochs["step"].values.tolist()
        assert np.allclose([value.simple_value for _, _, value in found], history.epochs[column].values, rtol=1e-6)


def test_every_tensor_has_a_histogram_after_every_kept_step(tmp_path: Path):
    done = kept(every=3)
    events = exported(done, tmp_path)
    steps = [snapshot.step for snapshot in done.store.snapshots(1)]
    assert len(steps) > 2
    for name in done.run.model.parameters.shapes:
        found = values_of(events, name.replace(".", "/"))
        assert [step for step, _, _ in found] == steps
        for step, _, value in found:
            tensor = done.run.model.parameters.view(name, done.bare[step]).astype(float)
            histogram = value.histo
            assert histogram.num == tensor.size == sum(histogram.bucket)
            assert np.allclose([histogram.min, histogram.max, histogram.sum], [tensor.min(), tensor.max(), tensor.sum()])
            assert histogram.bucket_limit[-1] >= tensor.max()


@pytest.mark.parametrize("kind", KINDS)
def test_what_can_be_seen_is_there_as_pictures(kind: str, tmp_path: Path):
    expected, changes = KINDS[kind]
    experiment = with_settings(DIGITS, [*changes, "training.epochs=1", "dataset.examples=200"])
    events = exported(kept(experiment, steps=4, every=2), tmp_path)
    pictures = {value.tag: value for event in events for value in event.summary.value if value.HasField("image")}
    assert set(pictures) == expected
    for value in pictures.values():
        image = Image.open(io.BytesIO(value.image.encoded_image_string))
        assert (
            image.size == (value.image.width, value.image.height) and len(set(image.convert("RGB").get_flattened_data())) > 2
        )
        assert value.metadata.summary_description
    assert [step for step, _, _ in values_of(events, "weights")] == [0, 2, 4]
    # The model has learned between the two.
    first, *_, last = values_of(events, "weights")
    assert first[2].image.encoded_image_string != last[2].image.encoded_image_string
    # A score that there is not is no number.
    assert ("accuracy/step" in tags_of(events)) == (kind == "mlp")


def test_of_many_kept_steps_some_are_drawn_from_the_first_to_the_last(tmp_path: Path):
    done = kept(replace(SMALL, training=replace(SMALL.training, epochs=4)))
    steps = [step for step, _, _ in values_of(exported(done, tmp_path), "boundary")]
    assert len(steps) == 10 and steps[0] == 0 and steps[-1] == done.run.step


def test_the_settings_are_a_text_and_what_runs_are_compared_by(tmp_path: Path):
    from tensorboardX.proto.plugin_hparams_pb2 import HParamsPluginData

    done = kept()
    done.store.update(1, notes="what I saw")
    events = exported(done, tmp_path)
    [(_, _, text)] = values_of(events, "experiment/text_summary")
    shown = text.tensor.string_val[0].decode()
    present = format_experiment(done.store.run(1).present_experiment())
    assert [line.removeprefix("    ") for line in shown.splitlines()] == present.splitlines()
    assert values_of(events, "notes/text_summary")[0][2].tensor.string_val[0] == b"what I saw"
    [(_, _, began)] = values_of(events, "_hparams_/session_start_info")
    settings = HParamsPluginData.FromString(began.metadata.plugin_data.content).session_start_info.hparams
    assert settings["training.learning_rate"].number_value == 0.1 and settings["model.kind"].string_value == "mlp"
    [(_, _, described)] = values_of(events, "_hparams_/experiment")
    figures = HParamsPluginData.FromString(described.metadata.plugin_data.content).experiment.metric_infos
    assert {figure.name.tag for figure in figures} == {
        f"{figure}/{part}" for figure in ("loss", "accuracy") for part in ("train", "validation")
    }


def test_a_run_whose_data_is_gone_has_all_but_its_pictures(tmp_path: Path):
    table = tmp_path / "points.csv"
    table.write_text("\n".join(f"{number},{number % 7},{number % 2}" for number in range(60)))
    done = kept(with_settings(SMALL, [f"dataset.source.path={table}"]))
    table.unlink()
    source = Source(done.store.run(1).present_experiment(), (), run=1)
    told = written(source, "tensorboard", tmp_path / "out")
    assert "points.csv" in told["problem"] and told["scalars"] and told["histograms"] and "pictures" not in told


def test_damaged_curves_and_snapshots_are_told_and_cost_nothing_else(tmp_path: Path):
    done = kept()
    done.store._connection.execute("UPDATE curves SET rows = x'00'")
    first, second, *_ = done.store.snapshots(1)
    done.store.snapshot_path(1, second.step).write_bytes(b"no model")
    source = Source(done.store.run(1).present_experiment(), (), run=1)
    told = written(source, "tensorboard", tmp_path)
    assert "curves of run 1 are damaged" in told["problem"] and f"{second.step}.safetensors" in told["problem"]
    events = events_in(tmp_path)
    steps = [step for step, _, _ in values_of(events, "dense1/weight")]
    assert first.step in steps and second.step not in steps and "loss/step" not in tags_of(events)


def test_a_run_written_again_takes_the_place_of_what_was_there(tmp_path: Path):
    done = kept()
    assert len(exported(done, tmp_path)) == len(exported(done, tmp_path))


def test_a_model_file_is_its_curves_and_its_last_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["train", str(resource("examples", "xor.toml")), "--set", "training.epochs=2", "--json"]) == 0
    steps = json.loads(capsys.readouterr().out)["steps"]
    assert main(["export", "xor.safetensors", "--to", "tensorboard", "--output", "out", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    events = events_in(tmp_path / "out" / "xor")
    assert told["output"] == "out" and told["pictures"] == 2 and Path(told["events"]).exists()
    assert [step for step, _, _ in values_of(events, "dense1/weight")] == [steps]
    assert len(values_of(events, "loss/step")) == steps and len(values_of(events, "loss/validation")) == 2


def test_a_model_file_that_was_saved_again_takes_the_place_of_what_was_there(tmp_path: Path):
    run_experiment(SMALL, (), tmp_path, 1)
    [path] = tmp_path.glob("*.safetensors")
    for second in (1, 1000):
        os.utime(path, (second, second))
        written(Source(SMALL, (), model=path), "tensorboard", tmp_path / "shown")
    assert len(list((tmp_path / "shown").glob("*/*"))) == 1


def test_the_run_of_a_command_is_exported_by_its_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["train", str(resource("examples", "xor.toml")), "--set", "training.epochs=1", "--json"]) == 0
    run = json.loads(capsys.readouterr().out)["run"]
    assert main(["export", str(run), "--to", "tensorboard", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["output"] == "xor-tensorboard" and (tmp_path / told["output"] / f"run-{run}-xor").is_dir()


def test_without_tensorboardx_it_is_said_how_to_have_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys):
    done = kept()
    assert done.said == []
    monkeypatch.setattr(optional, "is_installed", lambda name: name != "tensorboard")
    assert main(["export", "1", "--to", "tensorboard", "--output", str(tmp_path / "out")]) == 2
    assert "tensorboardX is not installed; pip install tensorboardX" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path, capsys):
    kept()
    (tmp_path / "taken").write_text("")
    assert main(["export", "1", "--to", "tensorboard", "--output", str(tmp_path / "taken")]) == 2
    assert "taken" in (said := capsys.readouterr().err) and "choose another folder" in said


def test_a_bare_experiment_has_nothing_to_show(capsys):
    assert main(["export", str(resource("examples", "xor.toml")), "--to", "tensorboard"]) == 2
    assert "has learned nothing yet" in capsys.readouterr().err


@pytest.mark.parametrize("word", ["writing the curves", "reading the parameters", "drawing"])
def test_what_is_cancelled_leaves_no_file(word: str, tmp_path: Path):
    done = kept()

    def report(what: str, share: float) -> None:
        if what == word:
            raise CancelledError("cancelled")

    source = Source(done.store.run(1).present_experiment(), (), run=1)
    with pytest.raises(CancelledError):
        EXPORTS["tensorboard"].write(source, tmp_path, report)
    assert not [place for place in tmp_path.rglob("*") if place.is_file()]
