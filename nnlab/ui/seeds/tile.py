"""What the strip shows of one seed, in words and numbers. No Qt."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from nnlab.experiments.journal.records import RunRecord
from nnlab.experiments.seeds.luck import Luck
from nnlab.experiments.seeds.seed_sweep import SEED, seeds_of
from nnlab.experiments.seeds.spread import Spread
from nnlab.experiments.sweeps.records import CANCELLED, DIVERGED, DONE, FAILED, RUNNING, WAITING, TrialRecord
from nnlab.experiments.sweeps.search import Grid
from nnlab.models.arrays import Array
from nnlab.ui.seeds.reader import SeedsSeen
from nnlab.words import figure

STUCK = "stuck"
TROUBLES = (FAILED, DIVERGED, STUCK)
_STATES = {WAITING: "waiting", CANCELLED: "stopped", RUNNING: "training"}


@dataclass(frozen=True, eq=False)
class Tile:
    """state: of its trial, or stuck    value: its figure as short as can be    mark: best, worst, or what went wrong
    share: how much of its training is done    curve: a few losses up to there    words: all that is known of it, in a line
    """

    seed: int
    state: str = WAITING
    value: str = ""
    mark: str = ""
    share: float = 0.0
    curve: Array = field(default_factory=lambda: np.zeros(0, np.float32))
    words: str = ""
    run: int | None = None

    @property
    def has_ended(self) -> bool:
        """Whether its figure is what came of it in the end."""
        return self.state in (DONE, STUCK)

    @property
    def is_in_trouble(self) -> bool:
        """Whether it did not learn what the others did."""
        return self.state in TROUBLES


def tiles_of(seen: SeedsSeen) -> tuple[Tile, ...]:
    """One for every seed that there is to be, in order."""
    trials = {int(trial.choices[SEED]): trial for trial in seen.trials}
    values = dict(seen.luck.spread.values) if seen.luck is not None else {}
    stuck = {seed for one in (seen.luck.troubles if seen.luck else ()) if one.kind == STUCK for seed in one.seeds}
    marks = _marks(seen.luck)
    epochs = max(seen.sweep.base.training.epochs, 1)
    tiles = []
    for seed in seeds_of(seen.sweep):
        trial, run = trials.get(seed), seen.runs.get(seed)
        state = STUCK if seed in stuck else trial.state if trial is not None else WAITING
        share = 1.0 if state in (DONE, STUCK) else min(run.epoch / epochs, 1.0) if run is not None else 0.0
        curve = run.curve if run is not None else np.zeros(0, np.float32)
        value = seen.luck.text(values[seed]) if seen.luck is not None and seed in values else _live(run)
        mark = state if state in TROUBLES else marks.get(seed, "")
        words = _words(seed, state, value, trial, run, seen.luck)
        tiles.append(Tile(seed, state, value, mark, share, curve, words, run.number if run is not None else None))
    return tuple(tiles)


def _marks(luck: Luck | None) -> Mapping[int, str]:
    """Which seed is the best and which the worst; nobody where all are alike."""
    if luck is None or luck.ended < 2 or not luck.spread.deviation > 0:
        return {}
    highest = Grid(objective=luck.figure).seeks_highest
    spread: Spread = luck.spread
    ends = {"worst": spread.extreme(not highest)[0], "best": spread.extreme(highest)[0]}
    return {seed: word for word, seeds in ends.items() for seed in seeds}


def _live(run: RunRecord | None) -> str:
    """The score so far, or the loss of a model that has none."""
    if run is None:
        return ""
    for name in (f"validation_{run.score}", run.score, "validation_loss", "loss"):
        value = run.figures.get(name)
        if isinstance(value, int | float):
            return figure(value, 3)
    return ""


def _words(seed: int, state: str, value: str, trial: TrialRecord | None, run: RunRecord | None, luck: Luck | None) -> str:
    parts = [f"Seed {seed}"]
    if trial is not None and trial.reason and state in (FAILED, DIVERGED, WAITING):
        parts.append(f"{state}: {trial.reason}")
    elif state in (DONE, STUCK):
        title = f"{luck.title} {value}" if luck is not None and value else "done"
        parts.append(f"{title}, stuck" if state == STUCK else title)
    else:
        parts.append(_STATES.get(state, state))
    if run is not None:
        parts.append(f"run {run.number:,}, epoch {figure(run.epoch)}, step {run.step:,}")
    return " · ".join(parts)
