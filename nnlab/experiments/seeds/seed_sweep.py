"""One experiment from several seeds as a sweep: whoever trains, keeps, cancels and goes on with sweeps does so with it."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from nnlab.errors import SettingError
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.sweeps.axis import Listed
from nnlab.experiments.sweeps.search import Grid
from nnlab.experiments.sweeps.sweep import Sweep
from nnlab.settings import largest
from nnlab.training import TrainingSettings
from nnlab.words import counted

SEED = "training.seed"
MOST_SEEDS = 64


def seeds_sweep(experiment: Experiment, count: int, near: Sequence[Path] = ()) -> Sweep:
    """The experiment from so many seeds, its own first and those that follow it."""
    if not 2 <= count <= MOST_SEEDS:
        raise SettingError(f"--seeds {count:,}: out of range; it must be at least 2 and at most {MOST_SEEDS}")
    # Beyond the largest seed there is none.
    first = min(experiment.training.seed, largest(TrainingSettings, "seed") - count + 1)
    # A figure that every experiment has: of the examples that are held back, or else of those that it learns from.
    objective = "validation_loss" if experiment.dataset.validation else "train_loss"
    base = replace(experiment, training=replace(experiment.training, seed=first))
    axis = Listed(SEED, tuple(range(first, first + count)))
    return Sweep(f"{experiment.name} from {counted(count, 'seed')}", base, (axis,), Grid(objective=objective), tuple(near))


def seeds_of(sweep: Sweep) -> tuple[int, ...]:
    """The seeds of a sweep that varies nothing else; none of any other."""
    match sweep.axes:
        case (Listed(name, values),) if name == SEED:
            return tuple(value for value in values if type(value) is int)
    return ()
