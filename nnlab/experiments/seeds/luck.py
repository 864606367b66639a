"""What came of one experiment from several seeds: which of it is luck, and which seeds went wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.experiments.seeds.seed_sweep import SEED
from nnlab.experiments.seeds.spread import Spread
from nnlab.experiments.sweeps.records import DIVERGED, DONE, FAILED, TrialRecord
from nnlab.experiments.sweeps.search import Grid
from nnlab.words import counted

# The figures to tell of, the most telling first: on examples that nothing was chosen by, as far as there are any.
_TOLD = tuple(
    f"{part}_{name}"
    for names in (("accuracy", "r2"), ("mse",), ("loss",))
    for name in names
    for part in ("test", "validation", "train")
)
# Of the way down from the first loss that the best seed went; who went less of it is stuck.
_STUCK_SHARE = 0.6
# Of more seeds that have the same figure it is said how many they are.
_MOST_NAMED = 4
_PLAIN_NAMES = {"r2": "R²", "mse": "mean squared error"}


@dataclass(frozen=True)
class Trouble:
    """Seeds that did not learn what the others did: failed, diverged or stuck, and how that shows, after "Seed 3 "."""

    seeds: tuple[int, ...]
    kind: str
    words: str

    @property
    def sentence(self) -> str:
        """Which seeds, and what is wrong with them."""
        return f"{seeds_words(self.seeds).capitalize()} {self.words}."


@dataclass(frozen=True)
class Luck:
    """figure: what is told of, "" as long as no seed has ended    spread: of the seeds that were trained to their ends
    troubles: the seeds that went wrong    wanted: how many seeds there are to be
    """

    figure: str
    spread: Spread
    troubles: tuple[Trouble, ...]
    wanted: int

    @property
    def title(self) -> str:
        """What the figure is called."""
        return figure_title(self.figure)

    @property
    def ended(self) -> int:
        """How many seeds were trained to their ends."""
        return len(self.spread.values)

    def sentences(self) -> list[str]:
        """What a person is told: mean and spread, what of it is luck, and who went wrong."""
        told = [self.summary, self.chance] if self.ended else []
        return [sentence for sentence in (*told, *(one.sentence for one in self.troubles)) if sentence]

    @property
    def summary(self) -> str:
        """test accuracy 0.953 ± 0.006 over 9 seeds; worst 0.941 (seed 4), best 0.962 (seed 7)"""
        spread, title = self.spread, self.title
        if not self.ended:
            return ""
        if self.ended == 1:
            return f"{title} {self.text(spread.mean)} from seed {spread.values[0][0]}"
        over = counted(self.ended, "seed") + (f" of {self.wanted}" if self.ended < self.wanted else "")
        if not spread.deviation > 0:
            return f"{title} {self.text(spread.mean)} over {over}, the same from every one"
        highest = Grid(objective=self.figure).seeks_highest
        extremes = (("worst", spread.extreme(not highest)), ("best", spread.extreme(highest)))
        ends = ", ".join(f"{word} {self.text(value)} ({_few(seeds)})" for word, (seeds, value) in extremes)
        return f"{title} {self.text(spread.mean)} ± {self.text(spread.deviation)} over {over}; {ends}"

    @property
    def chance(self) -> str:
        """What may be luck, and how well the mean is known; "" of too few seeds."""
        least, error = self.spread.least_telling, self.spread.mean_error
        if not least or error is None:
            return ""
        return (
            f"Two single runs that differ by less than {self.text(least)} may differ by their seeds alone; "
            f"the mean is known to ± {self.text(error)} (95 %)."
        )

    def to_report(self) -> dict[str, Any]:
        """As plain values."""
        spread = self.spread
        highest = Grid(objective=self.figure).seeks_highest if self.figure else True
        worst, best = (list(spread.extreme(end)[0]) if self.ended else [] for end in (not highest, highest))
        return {
            "figure": self.figure,
            "seeds": self.wanted,
            "ended": self.ended,
            "mean": spread.mean if self.ended else None,
            "deviation": spread.deviation if self.ended > 1 else None,
            "mean_error": spread.mean_error,
            "least_telling_difference": spread.least_telling,
            "worst_seeds": worst,
            "best_seeds": best,
            "values": {str(seed): value for seed, value in spread.values},
            "troubles": [{"seeds": list(one.seeds), "kind": one.kind, "words": one.sentence} for one in self.troubles],
            "words": self.sentences(),
        }

    def text(self, value: float) -> str:
        """A value of the figure, with as many decimals as make sense."""
        return f"{value:.{self.spread.decimals}f}"


def seeds_words(seeds: Sequence[int]) -> str:
    """seed 4; seeds 1, 2 and 5."""
    *others, last = map(str, seeds)
    return f"seeds {', '.join(others)} and {last}" if others else f"seed {last}"


def _few(seeds: Sequence[int]) -> str:
    """Of many only how many."""
    return seeds_words(seeds) if len(seeds) <= _MOST_NAMED else counted(len(seeds), "seed")


def luck_of(trials: Sequence[TrialRecord], wanted: int, first_losses: Mapping[int, float] | None = None) -> Luck:
    """Of the trials of a sweep over seeds.

    first_losses: by seed the loss of its first step, as far as it is of the kind of that at its end
    """
    done = {_seed(trial): trial for trial in trials if trial.state == DONE}
    figure = next((name for name in _TOLD if done and all(_is_told(trial, name) for trial in done.values())), "")
    values = tuple((seed, float(trial.figures[figure] or 0.0)) for seed, trial in sorted(done.items())) if figure else ()
    return Luck(figure, Spread(values), (*_failed(trials), *_stuck(done, first_losses or {})), wanted)


def figure_title(name: str) -> str:
    """test_accuracy: test accuracy."""
    part, _, figure = name.partition("_")
    return f"{part} {_PLAIN_NAMES.get(figure, figure.replace('_', ' '))}"


def _failed(trials: Sequence[TrialRecord]) -> list[Trouble]:
    """Those that came to no end, together where it was for the same reason."""
    seeds: dict[tuple[str, str], list[int]] = {}
    for trial in trials:
        if trial.state in (FAILED, DIVERGED):
            seeds.setdefault((trial.state, _trouble_words(trial)), []).append(_seed(trial))
    return [Trouble(tuple(sorted(which)), kind, words) for (kind, words), which in seeds.items()]


def _stuck(done: Mapping[int, TrialRecord], first_losses: Mapping[int, float]) -> list[Trouble]:
    """Seeds whose loss came down less than `_STUCK_SHARE` of what the best one's did, from where all of them began."""
    ends = {seed: trial.figures.get("train_loss") for seed, trial in done.items()}
    losses = {seed: end for seed, end in ends.items() if end is not None}
    known = [loss for loss in first_losses.values() if np.isfinite(loss)]
    if len(losses) < 2 or not known:
        return []
    # A single first batch says little; of all seeds together they say where the experiment begins.
    first = float(np.median(known))
    best = min(losses, key=losses.__getitem__)
    way = first - losses[best]
    if way <= 0:
        return []
    shares = {seed: (first - loss) / way for seed, loss in losses.items()}
    stuck = tuple(seed for seed in sorted(shares) if shares[seed] < _STUCK_SHARE)
    if not stuck:
        return []
    told = dict.fromkeys(f"{max(shares[seed], 0.0):.0%}" for seed in sorted(stuck, key=shares.__getitem__))
    low, high = next(iter(told)), next(reversed(told))
    verb, whose = ("is", "its") if len(stuck) == 1 else ("are", "their")
    came = low if low == high else f"{low} to {high}"
    return [
        Trouble(stuck, "stuck", f"{verb} stuck: {whose} training loss came down {came} of the way that seed {best}'s did")
    ]


def _trouble_words(trial: TrialRecord) -> str:
    reason = trial.reason.rstrip(".")
    return f"{trial.state}: {reason}" if reason else trial.state


def _seed(trial: TrialRecord) -> int:
    return int(trial.choices[SEED])


def _is_told(trial: TrialRecord, name: str) -> bool:
    return trial.figures.get(name) is not None
