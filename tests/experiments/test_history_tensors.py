"""The curves of a run in its model file: they come back, go on, and are believed only where they make sense."""

import json
import math
import signal
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from nnlab.errors import InterruptedRunError, ModelFileError
from nnlab.experiments.assembly import assemble
from nnlab.experiments.experiment import load_experiment
from nnlab.experiments.headless_training import finish, run_experiment
from nnlab.experiments.history_tensors import history_tensors, parse_history
from nnlab.experiments.journal.resuming import resumed_model
from nnlab.experiments.model_file import load_model, save_model
from nnlab.models.rbm_settings import RBMSettings
from nnlab.resources import resource
from nnlab.training import Step
from nnlab.training.history import MOST_ROWS, TIME_COLUMNS, History, epoch_columns, step_columns
from tests.experiments.cases import SMALL

_DIGITS = load_experiment(resource("examples", "digits-mlp.toml"))
SHORT = replace(_DIGITS, training=replace(_DIGITS.training, epochs=3))


def step(number: int, batches: int = 10) -> Step:
    epoch, batch = divmod(number - 1, batches)
    return Step(number, epoch + 1, batch + 1, batches, 32, 1 / number, math.nan, 0.1, None)


def steps(first: int, last: int) -> list[Step]:
    return [step(number) for number in range(first, last + 1)]


def assert_same(one: History, other: History) -> None:
    for table, named in one.tables.items():
        for name, column in named.items():
            twin = other.tables[table][name]
            np.testing.assert_array_equal(column.values, twin.values)
            np.testing.assert_array_equal(column.waiting, twin.waiting)
            assert column.stride == twin.stride
    assert one.best == pytest.approx(other.best, nan_ok=True)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("curves")
    run_experiment(SHORT, [], folder, threads=1)
    return folder / "digits-mlp.safetensors"


def test_a_model_trained_without_a_window_has_its_curves(model: Path) -> None:
    saved = load_model(model)
    history = saved.history
    assert np.array_equal(history.steps["step"].values, np.arange(1, saved.step + 1))
    assert list(history.epochs["epoch"].values) == [1, 2, 3]
    assert history.best["epoch"] == saved.checkpoint.best.end.epoch
    assert history.best["validation_loss"] == saved.checkpoint.best.end.validation.loss
    assert np.isfinite(history.steps["loss"].values).all()
    seconds = history.seconds_after(np.arange(saved.step + 1))
    assert seconds[0] == 0 and (np.diff(seconds) > 0).all() and history.seconds == seconds[-1] < 60


def test_a_model_that_trains_on_goes_on_counting_its_seconds(model: Path, tmp_path: Path) -> None:
    before = load_model(model).history
    finish(resumed_model(model, [], ["training.epochs=4"]), tmp_path, 1)
    after = load_model(tmp_path / "digits-mlp.safetensors").history
    known = before.steps["step"].values
    np.testing.assert_array_equal(after.seconds_after(known), before.seconds_after(known))
    assert (np.diff(after.seconds_after(after.steps["step"].values)) > 0).all() and after.seconds > before.seconds


def test_a_model_of_before_times_were_kept_has_none_for_its_steps(model: Path, tmp_path: Path) -> None:
    rewrite(model, tmp_path / "digits-mlp.safetensors", {"history.times": None}, {"strides": {"steps": 1, "epochs": 1}})
    old = load_model(tmp_path / "digits-mlp.safetensors").history
    assert old.seconds == 0 and np.isnan(old.seconds_after(old.steps["step"].values)).all()
    finish(resumed_model(tmp_path / "digits-mlp.safetensors", [], ["training.epochs=4"]), tmp_path, 1)
    new = load_model(tmp_path / "digits-mlp.safetensors").history
    seconds = new.seconds_after(new.steps["step"].values)
    assert np.flatnonzero(np.isfinite(seconds))[0] == old.number - 1 and seconds[old.number - 1] == 0


@pytest.mark.parametrize("count", [0, 1, 7, 16, 21, 100])
def test_a_history_of_any_length_comes_back_and_goes_on_as_before(count: int) -> None:
    history, undisturbed = History(most=16), History(most=16)
    history.extend(steps(1, count))
    undisturbed.extend(steps(1, count))
    for number in range(count):
        history.note_time(number, number / 8)
        undisturbed.note_time(number, number / 8)
    tensors, facts = history_tensors(history)
    again = parse_history(facts, tensors, count)
    assert_same(again, undisturbed)
    assert again.number == count
    for column in (*again.steps.values(), *again.epochs.values(), *again.times.values()):
        column.most = 16
    for each in (again, undisturbed):
        each.extend(steps(count + 1, count + 40))
        each.note_time(count + 40, count + 1.0)
    assert_same(again, undisturbed)


def test_what_a_run_took_back_is_not_in_its_curves() -> None:
    history, straight = History(), History()
    history.extend(steps(1, 30))
    history.extend(steps(21, 40))
    straight.extend(steps(1, 40))
    assert_same(history, straight)
    tensors, facts = history_tensors(history)
    assert parse_history(facts, tensors, 25).number == 25


def test_a_copy_has_memory_of_its_own() -> None:
    history = History()
    history.extend(steps(1, 5))
    copy = history.copy()
    history.extend(steps(6, 9))
    history.steps["loss"].values[0] = 7.0
    assert copy.number == 5 and copy.steps["loss"].values[0] == 1.0


def rewrite(model: Path, path: Path, change: dict[str, np.ndarray | None], facts: dict[str, object] | None = None) -> None:
    """The same file with other curves."""
    content = model.read_bytes()
    header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
    metadata = header["__metadata__"]
    if facts is not None:
        metadata["history"] = json.dumps(json.loads(metadata["history"]) | facts)
    tensors = load_file(model) | change
    save_file({name: tensor for name, tensor in tensors.items() if tensor is not None}, path, metadata)


def rows(count: int, columns: int = 5, kind: str = "float64") -> np.ndarray:
    return np.cumsum(np.ones((count, columns), kind), axis=0)


BAD: dict[str, tuple[dict[str, np.ndarray | None], dict[str, object] | None]] = {
    "another width": ({"history.steps": rows(9, 4)}, None),
    "another kind": ({"history.steps": rows(9, 5, "float32")}, None),
    "one dimension": ({"history.steps": np.ones(9)}, None),
    "too many rows": ({"history.steps": rows(2**16 + 1)}, None),
    "infinite": ({"history.steps": rows(9) * np.inf}, None),
    "no numbers": ({"history.steps": rows(9) * np.nan}, None),
    "backwards": ({"history.steps": rows(9)[::-1].copy()}, None),
    "times that go backwards": ({"history.times": rows(9, 2)[::-1].copy()}, None),
    "times of three columns": ({"history.times": rows(9, 3)}, None),
    "more waiting than a row": ({"history.steps_waiting": rows(3) + 1e6}, None),
    "a stride of three": ({}, {"strides": {"steps": 3, "epochs": 1}}),
    "a stride of none": ({}, {"strides": {"steps": 0, "epochs": 1}}),
    "a stride of true": ({}, {"strides": {"steps": True, "epochs": 1}}),
    "no strides": ({}, {"strides": []}),
    "other columns": ({}, {"columns": {"steps": ["step"]}}),
    "a best of words": ({}, {"best": {"step": "first"}}),
    "a best list": ({}, {"best": [1, 2]}),
}


@pytest.mark.parametrize("fault", BAD)
def test_curves_that_make_no_sense_are_refused_in_a_sentence(model: Path, tmp_path: Path, fault: str) -> None:
    path = tmp_path / "bad.safetensors"
    rewrite(model, path, *BAD[fault])
    with pytest.raises(ModelFileError, match=r"bad\.safetensors: .*(curves|damaged)") as heard:
        load_model(path)
    assert "\n" not in str(heard.value)


def test_a_file_without_curves_opens_with_empty_ones(model: Path, tmp_path: Path) -> None:
    content = model.read_bytes()
    size = int.from_bytes(content[:8], "little")
    metadata = json.loads(content[8 : 8 + size])["__metadata__"]
    del metadata["history"]
    tensors = {name: tensor for name, tensor in load_file(model).items() if not name.startswith("history.")}
    save_file(tensors, tmp_path / "old.safetensors", metadata)
    saved = load_model(tmp_path / "old.safetensors")
    assert saved.history.number == 0 and saved.history.best == {}


def test_an_interrupted_run_has_the_curves_so_far(tmp_path: Path) -> None:
    def interrupt(run: object, made: Step, seconds: float) -> None:
        if made.number == 50:
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(InterruptedRunError):
        run_experiment(replace(SHORT, name="cut"), [], tmp_path, 1, interrupt)
    assert load_model(tmp_path / "cut.safetensors").history.number == 50


def test_curves_as_long_as_they_can_be_do_not_make_a_small_model_a_foreign_one(tmp_path: Path) -> None:
    run = assemble(SMALL, [])
    next(run)
    history = History()
    tables = (history.steps, history.epochs, history.times)
    for table, names in zip(tables, (step_columns("accuracy"), epoch_columns("accuracy"), TIME_COLUMNS), strict=True):
        for name in names:
            table[name].restore(np.arange(1.0, MOST_ROWS + 1), 1, np.empty(0))
    save_model(tmp_path / "long.safetensors", run, SMALL, {}, history)
    assert load_model(tmp_path / "long.safetensors").history.steps.keys() == history.steps.keys()


def test_chains_by_the_thousand_belong_to_a_machine(tmp_path: Path) -> None:
    machine = replace(_DIGITS, model=RBMSettings(hidden=200, persistent=True, chains=10_000))
    run = assemble(machine, [])
    next(run)
    save_model(tmp_path / "chains.safetensors", run, machine, {}, History())
    assert load_model(tmp_path / "chains.safetensors").step == 1


def test_free_energies_come_back_and_files_of_before_they_were_kept_open(tmp_path: Path) -> None:
    machine = replace(SHORT, name="machine", model=RBMSettings(hidden=5), training=replace(SHORT.training, keep="last"))
    run, history = assemble(machine, []), History()
    history.extend(list(run))
    tensors, metadata = history_tensors(history)
    assert tensors["history.energies"].shape == (3, 4)
    assert_same(parse_history(metadata, tensors, run.step), history)
    facts = json.loads(metadata["history"])
    del facts["strides"]["energies"], tensors["history.energies"]
    earlier = parse_history({"history": json.dumps(facts)}, tensors, run.step)
    assert len(earlier.energies["step"]) == 0 and len(earlier.epochs["step"]) == 3
    # What a damaged file says is not believed.
    tensors["history.energies"] = np.zeros((3, 3))
    with pytest.raises(ModelFileError, match=r"history\.energies is float64"):
        parse_history(metadata, tensors, run.step)
