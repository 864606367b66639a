"""One experiment from several seeds is a sweep over its seed, each of whose runs is the one that the seed alone has."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from nnlab.errors import SettingError
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.headless_training import run_experiment
from nnlab.experiments.journal.store import RunStore
from nnlab.experiments.seeds.first_losses import first_losses
from nnlab.experiments.seeds.luck import luck_of
from nnlab.experiments.seeds.seed_sweep import seeds_of, seeds_sweep
from nnlab.experiments.sweeps.here import Here
from nnlab.experiments.sweeps.processes import Processes
from nnlab.experiments.sweeps.reading import trials
from nnlab.experiments.sweeps.runner import SweepRun
from nnlab.experiments.sweeps.sweep_file import format_sweep, parse_sweep
from nnlab.experiments.sweeps.task import Hands
from nnlab.models.deep_belief import DeepBeliefSettings
from tests.experiments.cases import SMALL
from tests.experiments.sweeps.cases import sweep_of
from tests.sentences import assert_one_sentence


def with_seed(experiment: Experiment, seed: int) -> Experiment:
    return replace(experiment, training=replace(experiment.training, seed=seed))


def test_it_is_a_grid_of_its_own_seed_and_the_next():
    sweep = seeds_sweep(with_seed(SMALL, 4), 3)
    assert (sweep.name, sweep.count, seeds_of(sweep)) == ("Small from 3 seeds", 3, (4, 5, 6))
    assert sweep.search.objective == "validation_loss"
    names = [sweep.experiment(choices).name for choices in sweep.proposed([])]
    assert names == ["Small: seed 4", "Small: seed 5", "Small: seed 6"]
    assert parse_sweep(format_sweep(sweep)) == sweep


def test_without_validation_it_goes_by_the_training_loss():
    experiment = replace(SMALL, dataset=replace(SMALL.dataset, validation=0.0))
    assert seeds_sweep(experiment, 2).search.objective == "train_loss"


def test_near_the_largest_seed_there_are_as_many_all_the_same():
    assert seeds_of(seeds_sweep(with_seed(SMALL, 2**31 - 1), 2)) == (2**31 - 2, 2**31 - 1)


@pytest.mark.parametrize("count", [-1, 0, 1, 65])
def test_too_few_and_too_many_are_refused(count: int):
    with pytest.raises(SettingError) as caught:
        seeds_sweep(SMALL, count)
    assert_one_sentence(caught.value, f"--seeds {count}", "at least 2 and at most 64")


def test_a_sweep_of_anything_else_has_no_seeds(tmp_path: Path):
    assert seeds_of(sweep_of(tmp_path)) == ()


@pytest.mark.parametrize("hands", [Here, lambda: Processes(2)], ids=["here", "processes"])
def test_each_seed_is_bit_for_bit_what_nnlab_train_makes_of_it(hands: Callable[[], Hands], tmp_path: Path):
    sweep = seeds_sweep(SMALL, 3)
    list(SweepRun(tmp_path / "runs", sweep, hands()))
    with closing(RunStore(tmp_path / "runs")) as store:
        found = trials(store, 1)
        assert [store.run(trial.run or 0).name for trial in found] == ["Small: seed 0", "Small: seed 1", "Small: seed 2"]
        losses = first_losses(store, SMALL, found)
    for seed, trial in enumerate(found):
        alone = run_experiment(with_seed(SMALL, seed), [], tmp_path / "alone", threads=1)
        assert trial.checksum == alone["parameters_sha256"]
        assert trial.figures["test_accuracy"] == alone["test_accuracy"]
        assert losses[seed] > 0
    luck = luck_of(found, 3, losses)
    assert luck.figure == "test_accuracy" and luck.ended == 3


def test_the_first_loss_of_another_kind_is_none(tmp_path: Path):
    sweep = seeds_sweep(SMALL, 2)
    list(SweepRun(tmp_path / "runs", sweep, Here()))
    with closing(RunStore(tmp_path / "runs")) as store:
        found = trials(store, 1)
        assert len(first_losses(store, SMALL, found)) == 2
        # What is known is not read again.
        assert first_losses(store, SMALL, found, {0: 7.0})[0] == 7.0
        two_phases = replace(SMALL, model=DeepBeliefSettings())
        assert first_losses(store, two_phases, found) == {}
