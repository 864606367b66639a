"""A comparison's file becomes one experiment for each value, and its mistakes are one sentence with the file's name."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nnlab.cli import main
from nnlab.datasets import DatasetSettings
from nnlab.errors import CancelledError, NnlabError
from nnlab.experiments import examples
from nnlab.experiments.experiment import Experiment, save_experiment
from nnlab.experiments.journal.store import open_store
from nnlab.experiments.journal.writer import JournalWriter
from nnlab.experiments.variations import MOST_VARIATIONS, Variations, load_for_training
from nnlab.experiments.variations_training import train_in_turn
from nnlab.models import MLPSettings
from nnlab.models.layers.dense import Dense
from nnlab.models.losses.mean_squared_error import MeanSquaredError
from nnlab.models.optimizers import OPTIMIZERS, Adam, Momentum
from tests.commands.test_runs import Capture, report
from tests.experiments.cases import SMALL
from tests.sentences import assert_one_sentence


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    save_experiment(SMALL, tmp_path / "small.toml")
    return tmp_path


def read(text: str, *assignments: str) -> Variations:
    Path("both.toml").write_text(text)
    found = load_for_training(Path("both.toml"), list(assignments))
    assert isinstance(found, Variations)
    return found


DEEP = MLPSettings((Dense(9), Dense(9), Dense(1)), loss=MeanSquaredError())
BASE = 'base = "small.toml"\n'


def test_there_is_a_run_for_each_value(folder: Path):
    found = read(f'name = "Rates"\n{BASE}set.training.epochs = 3\nvary.training.learning_rate = [0.1, 0.5]')
    first, second = found.experiments
    assert found.name == "Rates"
    assert (first.name, second.name) == ("Small: lr 0.1", "Small: lr 0.5")
    assert first == replace(SMALL, name=first.name, training=replace(SMALL.training, epochs=3))
    assert second == replace(first, name=second.name, training=replace(first.training, learning_rate=0.5))


def test_several_settings_are_combined_and_may_be_tables_or_names_with_dots(folder: Path):
    optimizers = '["adam", { kind = "momentum", momentum = 0.5 }]'
    found = read(f'{BASE}[vary]\n"training.optimizer" = {optimizers}\n[vary.model.layers.0]\nunits = [3, 4]')
    one, two, three, four = found.experiments
    assert [type(each.training.optimizer) for each in (one, two, three, four)] == [Adam, Adam, Momentum, Momentum]
    assert four.training.optimizer == Momentum(0.5)
    assert [each.model.layers[0].units for each in found.experiments] == [3, 4, 3, 4]
    # Layers are no setting with a name of its own: these go by their numbers.
    assert [each.name for each in found.experiments] == ["Small: 1", "Small: 2", "Small: 3", "Small: 4"]


def test_an_assignment_is_of_all(folder: Path):
    found = read(f"{BASE}vary.training.seed = [1, 2]", "training.batch_size=4")
    assert {one.training.batch_size for one in found.experiments} == {4}


def test_an_experiment_is_read_as_ever(folder: Path):
    found = load_for_training(Path("small.toml"), ["training.epochs=7"])
    assert isinstance(found, Experiment) and found.training.epochs == 7


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("vary.training.seed = [1]", ("base", "digits-mlp.toml")),
        ('base = "absent.toml"\nvary.training.seed = [1]', ("absent.toml", "cannot be read")),
        (f"{BASE}vary.training.seed = 1", ("vary.training.seed", "list")),
        (f"{BASE}vary.training.seed = []", ("vary.training.seed", "list")),
        (f"{BASE}[vary]", ("0 variations", str(MOST_VARIATIONS))),
        (f"{BASE}vary.training.seed = {list(range(9))}\nvary.training.epochs = {list(range(1, 10))}", ("81 variations",)),
        (f"{BASE}vary = 3", ("vary", "expected settings")),
        (f"{BASE}vary.training.sede = [1]", ("training.sede", "'seed'")),
        (f"{BASE}vary.training.seed = [1]\nsets.training.epochs = 3", ("sets", "'set'")),
        (f"{BASE}format = 9\nvary.training.seed = [1]", ("format 9",)),
        (f"{BASE}name = 3\nvary.training.seed = [1]", ("name",)),
        (f"{BASE}vary.training.learning_rate = [-1]", ("training.learning_rate",)),
    ],
)
def test_a_mistake_is_one_sentence_that_names_the_file(text: str, words: tuple[str, ...], folder: Path):
    with pytest.raises(NnlabError) as caught:
        read(text)
    assert_one_sentence(caught.value, "both.toml", *words)


def test_each_is_trained_kept_and_tagged(folder: Path, capsys: Capture):
    Path("both.toml").write_text(f'name = "Rates"\n{BASE}vary.training.learning_rate = [0.1, 0.5]')
    found = report(capsys, "train", "both.toml", "--threads", 1)
    alone = report(capsys, "train", "small.toml", "--threads", 1)
    assert found["comparison"] == "Rates"
    assert [row["run"] for row in found["runs"]] == [1, 2]
    assert found["runs"][0]["parameters_sha256"] == alone["parameters_sha256"] != found["runs"][1]["parameters_sha256"]
    assert {Path(row["model"]).name for row in found["runs"]} == {"Small-lr-0.1.safetensors", "Small-lr-0.5.safetensors"}
    rows = report(capsys, "runs", "list", "--filter", "tag = Rates")["runs"]
    assert [(row["run"], row["tags"]) for row in rows] == [(2, ["Rates"]), (1, ["Rates"])]
    main(["train", "both.toml"])
    assert capsys.readouterr().out.splitlines()[-1] == "nnlab runs compare 4 5"


def test_one_that_diverges_is_told_beside_the_others(folder: Path, capsys: Capture):
    save_experiment(replace(SMALL, dataset=DatasetSettings("sine"), model=DEEP), folder / "small.toml")
    text = f'{BASE}set.training.optimizer = "sgd"\nset.training.epochs = 9\nvary.training.learning_rate = [1000.0, 0.01]'
    Path("both.toml").write_text(text)
    capsys.readouterr()
    assert main(["train", "both.toml", "--json"]) == 3
    first, second = json.loads(capsys.readouterr().out)["runs"]
    assert "diverged" in first["problem"] and second["run"] == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--helpers", 2), ("Small", "after every step", "leave --helpers away")),
        (("--helpers", 2, "--threads", 2), ("--threads 2", "one thread")),
    ],
)
def test_what_one_of_them_cannot_have_is_said_before_the_first_is_trained(
    folder: Path, words: tuple[object, ...], said: tuple[str, ...], capsys: Capture
):
    reasons = '[[], [{ kind = "score", value = 0.9 }]]'
    Path("both.toml").write_text(f"{BASE}vary.training.stop_when = {reasons}")
    assert main(["train", "both.toml", *map(str, words)]) == 2
    assert_one_sentence(Exception(capsys.readouterr().err.strip()), *said)
    assert not list(folder.glob("*.safetensors"))


def test_in_the_store_alone_they_are_the_same_runs_and_can_be_cancelled(folder: Path):
    found = read(f"{BASE}vary.training.seed = [0, 1, 2]")
    said: list[str] = []
    writer, numbers, shares = JournalWriter(folder / "runs", said.append), [], []

    def watch(what: str, share: float) -> None:
        shares.append(share)
        if "3 of 3" in what and share > 0.8:
            raise CancelledError("enough")

    with pytest.raises(CancelledError):
        train_in_turn(found, [], writer, numbers.append, watch)
    writer.close()
    store = open_store(folder / "runs")[0]
    records = [store.run(number) for number in numbers]
    assert [record.present_experiment() for record in records] == list(found.experiments)
    assert [record.step == 8 for record in records] == [True, True, False]
    assert [record.ending for record in records][1:] == ["all epochs done", "stopped"]
    assert np.all(np.diff(shares[1:]) >= 0)
    assert said == []


def test_in_the_store_alone_each_stops_where_its_breakpoint_says(folder: Path) -> None:
    stopping = 'set.training.stop_when = [{ kind = "step", number = 3 }]\n'
    found = read(f"{BASE}{stopping}vary.training.seed = [0, 1]")
    writer, numbers = JournalWriter(folder / "runs", lambda said: None), []
    train_in_turn(found, [], writer, numbers.append, lambda what, share: None)
    writer.close()
    store = open_store(folder / "runs")[0]
    records = [store.run(number) for number in numbers]
    assert [record.step for record in records] == [3, 3]
    assert all(record.ending.startswith("Stopped at step 3") for record in records)


EXAMPLES = {example.path.stem: example.path for example in examples.EXAMPLES if example.file.startswith("comparisons/")}


def test_the_examples_are_what_they_promise():
    clothes, optimizers = (load_for_training(EXAMPLES[name]) for name in ("mnist-against-fashion", "each-optimizer"))
    assert [one.dataset.source.name for one in clothes.experiments] == ["mnist", "fashion-mnist"]
    first, second = clothes.experiments
    assert (first.model, first.training) == (second.model, second.training)
    assert [type(one.training.optimizer) for one in optimizers.experiments] == list(OPTIMIZERS.values())


def test_lists_of_equally_many_layers_have_names_of_their_own(folder: Path) -> None:
    layers = '[["relu", { kind = "dense", units = 3 }, "softmax"], ["tanh", { kind = "dense", units = 3 }, "softmax"]]'
    names = [one.name for one in read(f"{BASE}vary.model.layers = {layers}").experiments]
    assert len(set(names)) == 2 and all("layers of 3" in name for name in names)
