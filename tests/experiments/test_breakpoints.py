"""Breakpoints as part of an experiment: in TOML, in `--set`, in files of models, in the store of runs, and headless."""

import json
import math
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from nnlab.cli import main
from nnlab.errors import SettingError
from nnlab.experiments.assembly import assemble
from nnlab.experiments.experiment import Experiment, format_experiment, parse_experiment, save_experiment, with_settings
from nnlab.experiments.headless_training import run_experiment
from nnlab.experiments.journal.records import flat_settings
from nnlab.experiments.journal.replay import run_at
from nnlab.experiments.journal.store import open_store
from nnlab.experiments.model_file import load_model, model_bytes, save_model
from nnlab.experiments.places import runs_folder
from nnlab.models import MODELS, MLPSettings
from nnlab.models.layers.activations import Sigmoid, Softmax
from nnlab.models.layers.dense import Dense
from nnlab.training.breakpoints import BREAKPOINTS
from nnlab.training.breakpoints.step_number import StepNumber
from nnlab.training.breakpoints.units import SaturatedUnits
from nnlab.training.events import Stop
from nnlab.training.watch import Watch
from tests.experiments.cases import GOOD, SMALL, refused, taken_apart, with_metadata
from tests.experiments.journal.test_replay import KINDS
from tests.sentences import assert_one_sentence

EVERY_KIND = tuple(BREAKPOINTS[kind]() for kind in BREAKPOINTS)


def stopping(*stop_when: object, **training: Any) -> Experiment:
    return replace(SMALL, training=replace(SMALL.training, stop_when=stop_when, **training))


def test_every_kind_and_what_is_set_of_it_is_read_as_it_was_written():
    changed = tuple(replace(one, on=False) for one in EVERY_KIND)
    for conditions in (EVERY_KIND, changed, (StepNumber(number=7), StepNumber(number=9)), ()):
        experiment = stopping(*conditions)
        assert parse_experiment(format_experiment(experiment)) == experiment


def test_a_file_says_no_more_than_what_is_set():
    text = format_experiment(stopping("not_finite", StepNumber(number=5)))
    assert 'stop_when = [\n    "not_finite",\n    { kind = "step", number = 5 },\n]\n' in text
    assert parse_experiment('[training]\nstop_when = "not_finite"') == parse_experiment(
        '[training]\nstop_when = ["not_finite"]'
    )


def test_one_setting_of_one_of_them_is_set_by_its_place():
    first = 'training.stop_when=["not_finite", { kind = "step", number = 5 }]'
    changed = with_settings(SMALL, [first, "training.stop_when.1.number=8", "training.stop_when.0.kind=saturated_units"])
    assert changed.training.stop_when == (SaturatedUnits(), StepNumber(number=8))
    changed = with_settings(SMALL, [first, "training.stop_when.0.on=false"])
    assert [one.on for one in changed.training.stop_when] == [False, True]
    assert with_settings(changed, ["training.stop_when=[]"]).training.stop_when == ()


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("training.stop_when.2.number=3", ("no entry 2", "the 1 entries are numbered from 0 to 0")),
        ("training.stop_when.first.number=3", ("'first' is not the number of an entry",)),
        ("training.stop_when.0.numer=3", ("training.stop_when.0.numer", "did you mean 'number'")),
    ],
)
def test_a_place_that_is_not_there_is_told(key: str, words: tuple[str, ...]):
    with pytest.raises(SettingError) as caught:
        with_settings(stopping(StepNumber()), [key])
    assert_one_sentence(caught.value, *words)


def test_they_are_live_and_tell_no_run_from_another():
    assert not SMALL.needs_reset(stopping("not_finite"))
    assert flat_settings(stopping("not_finite", StepNumber(number=5)))["training.stop_when"] == "not_finite, step 5"


IMPOSSIBLE = {
    "nothing held back": (
        replace(stopping("loss"), dataset=replace(SMALL.dataset, validation=0.0)),
        ("training.stop_when.0", "dataset.validation"),
    ),
    "no score": (
        replace(stopping("not_finite", "score"), model=MODELS["rbm"](hidden=4)),
        ("training.stop_when.1", "rbm", "no score"),
    ),
    "no units that die": (stopping("dead_units"), ("training.stop_when.0", "dead", "relu")),
    "none but the outputs saturate": (
        replace(stopping("saturated_units"), model=MLPSettings((Dense(1), Sigmoid()), "binary_cross_entropy")),
        ("training.stop_when.0", "saturated", "sigmoid"),
    ),
}


@pytest.mark.parametrize(("experiment", "words"), IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_one_that_can_never_become_true_is_refused_before_training(
    experiment: Experiment, words: tuple[str, ...], tmp_path: Path
):
    with pytest.raises(SettingError) as caught:
        run_experiment(experiment, [], tmp_path)
    assert_one_sentence(caught.value, *words)
    off = tuple(replace(one, on=False) for one in experiment.training.stop_when)
    assert run_experiment(replace(experiment, training=replace(experiment.training, stop_when=off)), [], tmp_path)


# None of them ever becomes true, and all are looked at after every step.
QUIET = (
    *({"kind": kind, "part": "batch", "side": "below", "value": -1e9} for kind in ("loss", "score")),
    *({"kind": kind, "every": 1, "units": 10**6} for kind in ("dead_units", "saturated_units")),
    {"kind": "update_ratio", "every": 1, "above": 1e9, "tensors": "all"},
    {"kind": "gradient_norm", "above": 1e30},
    {"kind": "no_better", "epochs": 1000},
    "not_finite",
    {"kind": "step", "number": 10**9},
)


@pytest.mark.parametrize("kind", [name for name in KINDS if name.startswith(("model", "PCD", "augmented", "optimizer"))])
def test_looking_changes_no_bit_of_any_kind_of_run(kind: str):
    bare, looked_at = assemble(KINDS[kind], []), assemble(KINDS[kind], [])
    looked_at.settings = replace(looked_at.settings, stop_when=QUIET)
    assert {type(one) for one in looked_at.settings.stop_when} == set(BREAKPOINTS.values())
    watch = Watch(looked_at)
    assert [step.number for step in watch] == [step.number for step in bare] and watch.stop is None
    assert looked_at.model.parameters.values.tobytes() == bare.model.parameters.values.tobytes()
    assert looked_at.model.buffers.values.tobytes() == bare.model.buffers.values.tobytes()
    assert looked_at.holding == {} and looked_at.events == ()


def test_a_model_file_knows_what_held_so_that_it_stops_nothing_again(tmp_path: Path):
    experiment = stopping({"kind": "loss", "part": "batch", "value": 9.0}, {"kind": "update_ratio", "every": 1})
    run = assemble(experiment, [])
    watch = Watch(run)
    next(watch)
    assert watch.stop is not None and run.holding
    save_model(tmp_path / "model.safetensors", run, experiment, {})
    opened = assemble(experiment, [])
    load_model(tmp_path / "model.safetensors").continue_in(opened)
    assert opened.holding == run.holding
    assert [event for event in opened.events if isinstance(event, Stop)] == [watch.stop]
    going_on, straight = Watch(opened), Watch(run)
    for _ in range(7):
        next(going_on), next(straight)
        assert going_on.stop == straight.stop
        assert "the loss of the batch" not in str(going_on.stop)


@pytest.mark.parametrize(
    "holding",
    [3, {}, [3], [["loss"]], [["loss", "dense1"]], [["loss", [3]]], [["los", []]], [[{"kind": "step", "number": 0}, []]]],
)
def test_a_file_whose_breakpoints_make_no_sense_is_refused(holding: object, tmp_path: Path):
    state = json.loads(taken_apart(GOOD)[0]["__metadata__"]["state"]) | {"holding": holding}
    refused(tmp_path / "model.safetensors", with_metadata(GOOD, state=json.dumps(state)), "breakpoints that hold")


def test_a_stop_that_makes_no_sense_is_refused(tmp_path: Path):
    for event in (["stop", -1, "x"], ["stop", 1, 2], ["stop", 1]):
        refused(tmp_path / "model.safetensors", with_metadata(GOOD, events=json.dumps([event])), "changes made by hand")


class Lines:
    """Commands in this process."""

    def __init__(self, folder: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capture = folder, capture
        save_experiment(replace(SMALL, training=replace(SMALL.training, epochs=4)), folder / "small.toml")

    def __call__(self, *words: object) -> dict[str, Any]:
        assert main([*map(str, words), "--output", str(self.folder), "--json", "--threads", "1"]) == 0
        return json.loads(self.capture.readouterr().out)


@pytest.fixture
def lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Lines:
    return Lines(tmp_path, capsys)


def test_training_headless_ends_there_in_order_and_goes_on_to_the_same_bits(lines: Lines, tmp_path: Path):
    straight = lines("train", tmp_path / "small.toml")
    assert "resume" not in straight
    conditions = 'training.stop_when=[{ kind = "step", number = 6 }, { kind = "loss", part = "batch", value = 9.0 }]'
    first = lines("train", tmp_path / "small.toml", "--set", conditions)
    # The loss of the first batch is below 9, and of all that follow: it stops once.
    assert (first["steps"], first["resume"]) == (1, f"nnlab resume {first['run']}")
    assert first["stopped"].startswith("Stopped at step 1: the loss of the batch was ")
    second = lines(*first["resume"].split()[1:])
    assert (second["steps"], second["stopped"]) == (6, "Stopped at step 6: this is the step to stop at.")
    last = lines(*second["resume"].split()[1:])
    assert (last["steps"], last["stopped"]) == (16, "all epochs done")
    assert last["parameters_sha256"] == straight["parameters_sha256"]
    store = open_store(runs_folder())[0]
    record = store.run(first["run"])
    assert [event[:2] for event in record.events] == [["stop", 1], ["stop", 6]]
    # A stop does nothing when the run is made again.
    assert run_at(store, record, 9, []).run.step == 9
    store.close()


def test_a_model_file_goes_on_too(lines: Lines, tmp_path: Path):
    straight = lines("train", tmp_path / "small.toml")
    first = lines("train", tmp_path / "small.toml", "--set", 'training.stop_when={ kind = "step", number = 6 }')
    on = lines("resume", first["model"])
    assert (on["steps"], on["parameters_sha256"]) == (16, straight["parameters_sha256"])


def test_a_number_that_is_not_finite_is_a_stop_and_no_failure(lines: Lines, tmp_path: Path):
    exploding = (
        *("--set", 'model.layers=[{ kind = "dense", units = 8 }, "relu", { kind = "dense", units = 2 }]'),
        *("--set", "model.loss=mean_squared_error", "--set", "training.learning_rate=1000"),
        *("--set", "training.epochs=50"),
    )
    report = lines("train", tmp_path / "small.toml", *exploding, "--set", "training.stop_when=not_finite")
    assert report["stopped"].endswith("would not be finite, first of all the loss.")
    model = load_model(Path(report["model"]))
    assert model.step == report["steps"] > 1
    bare = assemble(model.experiment, [])
    list(islice(bare, model.step))
    assert bare.model.parameters.values.tobytes() == model.model.parameters.values.tobytes()
    assert math.isfinite(float(abs(model.model.parameters.values).max()))
    # Going on is divergence, as it would have been without.
    assert main(["resume", str(report["run"]), "--output", str(tmp_path)]) == 3


def test_in_mid_training_another_one_may_be_set_and_a_replay_is_the_same():
    run, bare = assemble(SMALL, []), assemble(SMALL, [])
    watch = Watch(run)
    list(islice(watch, 3))
    run.settings = replace(run.settings, stop_when=({"kind": "step", "number": 5},))
    for _ in range(2):
        next(watch)
    assert watch.stop is not None and run.step == 5
    list(islice(bare, 5))
    assert model_bytes(run, SMALL, {}) != model_bytes(bare, SMALL, {})
    assert run.model.parameters.values.tobytes() == bare.model.parameters.values.tobytes()


def test_softmax_is_no_activation_that_a_unit_can_lie_on():
    layers = (Dense(4), Softmax(), Dense(2), Softmax())
    with pytest.raises(SettingError):
        run_experiment(replace(stopping("saturated_units"), model=replace(SMALL.model, layers=layers)), [], Path())
