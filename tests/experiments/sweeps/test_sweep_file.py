"""A sweep's file becomes axes and a search, and its mistakes are one sentence that names the key."""

from pathlib import Path

import pytest

from nnlab.errors import ExperimentError, NnlabError, SweepFileError
from nnlab.experiments.examples import EXAMPLES
from nnlab.experiments.experiment import load_experiment
from nnlab.experiments.sweeps.axis import Listed, Range
from nnlab.experiments.sweeps.search import Grid, Random, Suggested
from nnlab.experiments.sweeps.sweep_file import format_sweep, load_sweep, parse_sweep
from nnlab.experiments.variations import load_for_training
from tests.experiments.cases import SMALL
from tests.experiments.sweeps.cases import BASE, DRAWN, RATES, sweep_of, written
from tests.sentences import assert_one_sentence

FULL = f"""{BASE}
set.training.epochs = 3
[vary.training]
optimizer = ["adam", {{ kind = "adamw", weight_decay = 0.01 }}]
learning_rate = {{ low = 1e-3, high = 1, log = true }}
"optimizer.beta1" = {{ low = 0.5, high = 0.9 }}
[vary.model.layers.0]
units = {{ low = 3, high = 9 }}
[search]
kind = "random"
trials = 12
seed = 5
objective = "validation_accuracy"
"""


def test_a_file_has_lists_and_ranges_and_says_how_to_search(tmp_path: Path):
    sweep = sweep_of(tmp_path, FULL)
    assert (sweep.name, sweep.count, sweep.base.training.epochs) == ("Rates", 12, 3)
    assert sweep.axes == (
        Listed("training.optimizer", ("adam", {"kind": "adamw", "weight_decay": 0.01})),
        Range("training.learning_rate", 0.001, 1.0, is_log=True),
        Range("training.optimizer.beta1", 0.5, 0.9),
        Range("model.layers.0.units", 3, 9, is_whole=True),
    )
    assert sweep.search == Random(trials=12, seed=5, objective="validation_accuracy")
    assert sweep.search.seeks_highest
    experiment = sweep.experiment(sweep.proposed([])[0])
    assert experiment.name.startswith("Small: ") and 3 <= experiment.model.layers[0].units <= 9


@pytest.mark.parametrize("text", [FULL, RATES, DRAWN + 'search = "optuna"'])
def test_written_with_its_experiment_it_is_the_same_sweep(text: str, tmp_path: Path):
    sweep = sweep_of(tmp_path, text)
    assert parse_sweep(format_sweep(sweep)) == sweep


def shipped(folder: str) -> list[Path]:
    found = [example.path for example in EXAMPLES if example.file.startswith(f"{folder}/")]
    assert len(found) > 1
    return found


def test_every_comparison_is_a_grid():
    for path in shipped("comparisons"):
        sweep = load_sweep(path)
        assert isinstance(sweep.search, Grid) and sweep.count == len(load_for_training(path).experiments)


def test_the_example_sweeps_are_read_and_every_trial_of_theirs_is_an_experiment():
    for path in shipped("sweeps"):
        sweep = load_sweep(path)
        assert len({sweep.experiment(choices).name for choices in sweep.proposed([])}) == sweep.count > 40


def test_choosing_leaves_the_values_of_the_file_as_they_are(tmp_path: Path):
    sweep = sweep_of(tmp_path, FULL)
    text = format_sweep(sweep)
    for choices in sweep.proposed([]):
        sweep.experiment(choices)
    assert format_sweep(sweep) == text


def test_an_assignment_is_of_all_trials(tmp_path: Path):
    sweep = load_sweep(written(tmp_path), ["training.batch_size=4"])
    assert {sweep.experiment(choices).training.batch_size for choices in sweep.proposed([])} == {4}


def test_an_assignment_to_what_is_varied_is_refused_for_it_would_change_nothing(tmp_path: Path):
    for assigned in ("training.learning_rate=0.3", " training.learning_rate = 0.3"):
        with pytest.raises(ExperimentError) as caught:
            load_sweep(written(tmp_path), [assigned])
        assert_one_sentence(caught.value, "--set training.learning_rate", "varied", "vary.training.learning_rate")
    kinds = f'{BASE}vary.dataset.source = ["moons", "circles"]'
    with pytest.raises(ExperimentError, match="it is varied"):
        load_sweep(written(tmp_path, kinds), ["dataset.name=xor"])


@pytest.mark.parametrize("text", [f'{DRAWN}search = "random"', DRAWN, f'{RATES}search = "grid"'])
def test_where_one_experiment_is_wanted_a_sweep_is_told_apart(text: str, tmp_path: Path):
    path = written(tmp_path, text)
    for load in (load_experiment, load_for_training):
        with pytest.raises(SweepFileError, match="nnlab sweep"):
            load(path)


MANY = f"vary.training.seed = {list(range(70))}\nvary.training.epochs = {list(range(1, 70))}"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("vary.training.seed = [1]", ("base", "digits-mlp.toml")),
        ('name = "Nothing"', ("varies nothing", "expected a sweep")),
        (f'{BASE}search = "grid"', ("vary", "low = 1e-4")),
        (f"{RATES}sarch.kind = 1", ("sarch", "'search'")),
        (f"{BASE}vary.training.sede = [1, 2]", ("vary.training.sede", "'seed'")),
        (f"{BASE}vary.training.sede = {{ low = 1, high = 2 }}", ("vary.training.sede", "'seed'")),
        (f"{BASE}vary.training.seed = 1", ("vary.training.seed", "list", "low")),
        (f"{BASE}vary.training.seed = []", ("vary.training.seed", "list")),
        (f"{BASE}vary.training.seed = [1, 2, 1]", ("vary.training.seed", "twice")),
        (f"{BASE}vary.training.learning_rate = [0.1, -1]", ("vary.training.learning_rate: -1 is out of range",)),
        (f"{BASE}vary.training.learning_rate = {{ low = -1, high = 1, count = 3 }}", ("vary.training.learning_rate: -1",)),
        (f"{BASE}vary.training.learning_rate = {{ low = 1, high = 1 }}", ("vary.training.learning_rate", "not below")),
        (f"{BASE}vary.training.learning_rate = {{ low = 2, high = 1 }}", ("vary.training.learning_rate", "not below")),
        (f"{BASE}vary.training.learning_rate = {{ low = 1 }}", ("vary.training.learning_rate.high", "missing")),
        (f"{BASE}vary.training.learning_rate = {{ low = 1, high = '2' }}", ("learning_rate.high", "'2' is not a number")),
        (f"{BASE}vary.training.learning_rate = {{ low = 1, high = inf }}", ("learning_rate.high", "finite")),
        (f"{BASE}vary.training.learning_rate = {{ low = 1, high = 1{'0' * 400} }}", ("learning_rate.high", "too large")),
        (f"{BASE}vary.training.warmup = {{ low = 0, high = 1, log = true }}", ("vary.training.warmup.low", "logarithm")),
        (f"{BASE}vary.training.warmup = {{ low = 0, high = 1, lag = true }}", ("vary.training.warmup.lag", "'log'")),
        (f"{BASE}vary.training.warmup = {{ low = 0, high = 1, log = 3 }}", ("vary.training.warmup.log", "true or false")),
        (f"{BASE}vary.training.warmup = {{ low = 0, high = 1 }}", ("vary.training.warmup.count", "count = 5")),
        (f"{BASE}vary.training.warnup = {{ low = 0.0, high = 1.0 }}", ("vary.training.warnup", "'warmup'")),
        (f"{BASE}vary.training.warmup = {{ low = 0, high = 1, count = 1 }}", ("vary.training.warmup.count", "from 2")),
        (f"{BASE}vary.training.epochs = {{ low = 1, high = 2.5 }}", ("vary.training.epochs", "whole numbers")),
        (f"{BASE}vary.training.epochs = {{ low = 1, high = 9999 }}", ("9,999 trials", "4,096")),
        (f"{BASE}{MANY}", ("4,830 trials", "4,096")),
        (f"{BASE}vary.model.layers.9.units = [1, 2]", ("vary.model.layers.9.units", "0 to 3")),
        (f'{BASE}vary.training.optimizer = ["sgd", "adamm"]', ("vary.training.optimizer", "'adam'")),
        (f"{DRAWN}search = 3", ("search.kind", "3")),
        (f'{DRAWN}search = "rendom"', ("search.kind", "'random'")),
        (f'{DRAWN}search = {{ kind = "random", trials = 0 }}', ("search.trials", "at least 1")),
        (f'{DRAWN}search = {{ kind = "random", trials = 9999 }}', ("search.trials", "at most 4096")),
        (f'{DRAWN}search = {{ kind = "random", tials = 3 }}', ("search.tials", "'trials'")),
        (f'{RATES}search = {{ kind = "grid", trials = 3 }}', ("search.trials", "unknown")),
        (f'{DRAWN}search = {{ kind = "random", objective = "validation_los" }}', ("search.objective", "'validation_loss'")),
        (f'{DRAWN}search = {{ kind = "random", goal = "least" }}', ("search.goal", "'least'")),
        (f'{DRAWN}search = {{ kind = "optuna", generation = 0 }}', ("search.generation", "at least 1")),
    ],
)
def test_a_mistake_is_one_sentence_that_names_the_key(text: str, words: tuple[str, ...], tmp_path: Path):
    with pytest.raises(NnlabError) as caught:
        sweep_of(tmp_path, text)
    assert_one_sentence(caught.value, "rates.toml", *words)


def test_a_value_that_goes_with_no_other_is_told_and_one_that_goes_with_some_is_not(tmp_path: Path):
    momentum = 'vary."training.optimizer.momentum" = [0.5, 0.9]\n'
    sweep = sweep_of(tmp_path, f'{BASE}vary."training.optimizer" = ["momentum", "nesterov"]\n{momentum}')
    assert sweep.base == SMALL and sweep.count == 4
    with pytest.raises(NnlabError) as caught:
        sweep_of(tmp_path, f'{BASE}vary."training.optimizer" = ["momentum", "adam"]\n{momentum}')
    assert_one_sentence(caught.value, "vary.training.optimizer", "'adam'", "training.optimizer.momentum")


def test_optuna_is_a_search_with_generations(tmp_path: Path):
    sweep = sweep_of(tmp_path, f'{DRAWN}search = {{ kind = "optuna", trials = 20, generation = 5 }}')
    assert sweep.search == Suggested(trials=20, generation=5) and sweep.count == 20


def test_lists_of_equally_many_layers_give_trials_names_of_their_own(tmp_path: Path):
    layers = '[["relu", { kind = "dense", units = 3 }, "softmax"], ["tanh", { kind = "dense", units = 3 }, "softmax"]]'
    sweep = sweep_of(tmp_path, f"{BASE}vary.model.layers = {layers}")
    names = {sweep.experiment(choices).name for choices in sweep.proposed(())}
    assert len(names) == 2 and all("layers of 3" in name for name in names)
