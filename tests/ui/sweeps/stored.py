"""Sweeps in the store as if they had been trained, which is what pictures are made of."""

import math

import numpy as np

from nnlab.experiments.experiment import load_experiment
from nnlab.experiments.journal.store import open_store
from nnlab.experiments.places import runs_folder
from nnlab.experiments.sweeps.axis import Axis, Listed, Range
from nnlab.experiments.sweeps.ledger import add_trials, begin_sweep, change_trial, set_state
from nnlab.experiments.sweeps.records import DIVERGED, DONE, FAILED, RUNNING, STOPPED, WAITING
from nnlab.experiments.sweeps.search import Random, Search
from nnlab.experiments.sweeps.sweep import Sweep
from nnlab.resources import resource

DIGITS = load_experiment(resource("examples", "digits-mlp.toml"))
AXES: tuple[Axis, ...] = (
    Range("training.learning_rate", 1e-3, 1.0, is_log=True),
    Listed("training.optimizer", ("sgd", "momentum", "adam")),
    Range("training.batch_size", 8, 256, is_whole=True),
    Range("model.layers.0.units", 8, 128, is_whole=True),
)


def sweep_of(axes: tuple[Axis, ...] = AXES, search: Search | None = None, name: str = "Rates of digits") -> Sweep:
    return Sweep(name, DIGITS, axes, search or Random(trials=64))


def loss_of(choices: dict[str, object]) -> float:
    """A valley at a rate of 0.05, a little lower for adam and for many units."""
    rate = float(choices.get("training.learning_rate", 0.05))
    away = (math.log10(rate) + 1.3) ** 2
    return (
        0.08
        + 0.4 * away
        + 0.1 * (choices.get("training.optimizer") == "sgd")
        + 2.0 / float(choices.get("model.layers.0.units", 64))
    )


def store_sweep(sweep: Sweep, ended: int | None = None, state: str = STOPPED) -> int:
    """Its number in the store. Every tenth trial diverged, every seventeenth failed, one more runs."""
    store, _ = open_store(runs_folder())
    number = begin_sweep(store, sweep, [])
    choices = sweep.proposed([])
    add_trials(store, number, 1, choices)
    count = len(choices) if ended is None else ended
    noise = np.random.default_rng(1).normal(0, 0.02, len(choices))
    for place, chosen in enumerate(choices[:count], 1):
        if place % 10 == 0:
            change_trial(store, number, place, state=DIVERGED, reason=f"the loss was not finite after step {place}")
        elif place % 17 == 0:
            change_trial(store, number, place, state=FAILED, reason="there is not enough memory; use a smaller batch")
        else:
            loss = loss_of(chosen) + float(noise[place - 1])
            figures = {"validation_loss": loss, "validation_accuracy": max(0.0, 1 - loss / 2), "train_loss": loss * 0.8}
            change_trial(
                store, number, place, state=DONE, objective=loss, figures=figures, seconds=0.5 + abs(float(noise[place - 1]))
            )
    if count < len(choices):
        change_trial(store, number, count + 1, state=RUNNING if state == RUNNING else WAITING)
    set_state(store, number, state)
    store.close()
    return number
