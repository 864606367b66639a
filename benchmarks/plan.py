"""How near the estimated time of a step comes to what it takes: every shipped example, at one thread, in processor time.

    python benchmarks/plan.py [NAME ...] [--seconds S]

Rounds are interleaved: each example makes a few steps in every round, and its least round counts, so that what else the
machine does meanwhile slows no example more than others. Ratios are estimated / measured.
"""

import argparse
import math
import time
from dataclasses import replace
from pathlib import Path

from nnlab.errors import NnlabError
from nnlab.experiments.assembly import LoadedData, assemble
from nnlab.experiments.computer import set_threads
from nnlab.experiments.experiment import load_experiment
from nnlab.experiments.fit import batch_of
from nnlab.experiments.places import data_folders
from nnlab.models.rates import measured_rates
from nnlab.resources import resource
from nnlab.training import EpochEnd, TrainingRun

_ROUNDS, _SHARE_OF_ROUND = 5, 0.2


class TimedRun(TrainingRun):
    """One that knows for how long it began and ended epochs."""

    apart = 0.0

    @classmethod
    def of(cls, run: TrainingRun) -> "TimedRun":
        """The same before its first step."""
        return cls(run.model, run.data, run.settings)

    def _begin_epoch(self) -> None:
        before = time.process_time()
        super()._begin_epoch()
        self.apart += time.process_time() - before

    def _end_epoch(self) -> EpochEnd:
        before = time.process_time()
        end = super()._end_epoch()
        self.apart += time.process_time() - before
        return end


class Example:
    """One that is trained round by round."""

    def __init__(self, path: Path, loaded: LoadedData) -> None:
        self.name, self.least = path.stem, math.inf
        experiment = load_experiment(path)
        # It must not end.
        experiment = replace(experiment, training=replace(experiment.training, epochs=10**6, patience=0))
        dataset = loaded.of(experiment.dataset, data_folders(None, path.parent))
        self.batch = batch_of(experiment, dataset)
        plans = experiment.model.plan(dataset.example_shape, dataset.targets)
        self.estimated = measured_rates().step_seconds(plans, self.batch, experiment.training.update_passes)
        self.kinds = ", ".join(dict.fromkeys(plan.title.split()[0] for plan in plans))
        self._run = TimedRun.of(assemble(experiment, [], dataset))
        next(self._run)

    def round(self, seconds: float) -> None:
        """Some steps, without what begins and ends an epoch: shuffling and judging are no part of the estimate."""
        steps, begun = 0, time.process_time()
        self._run.apart = 0.0
        while time.process_time() < begun + seconds or not steps:
            next(self._run)
            steps += 1
        self.least = min(self.least, (time.process_time() - begun - self._run.apart) / steps)

    @property
    def line(self) -> str:
        """Its row."""
        ratio = self.estimated / self.least
        return f"{self.name:34}{self.batch:6}{1e3 * self.least:12.3f}{1e3 * self.estimated:12.3f}{ratio:8.2f}  {self.kinds}"


def main() -> None:
    """Print the table, and the ratio that is furthest from 1."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--seconds", type=float, default=1.0, help="for each example")
    chosen = parser.parse_args()
    set_threads(1)
    loaded, examples = LoadedData(), []
    for path in sorted(resource("examples").rglob("*.toml"), key=lambda path: path.stem):
        if chosen.names and path.stem not in chosen.names:
            continue
        try:
            examples.append(Example(path, loaded))
        except NnlabError as error:
            print(f"{path.stem}: left out ({str(error)[:90]})")
    for _ in range(_ROUNDS):
        for example in examples:
            example.round(_SHARE_OF_ROUND * chosen.seconds)
    print(f"{'example':34}{'batch':>6}{'measured ms':>12}{'plan ms':>12}{'ratio':>8}")
    for example in sorted(examples, key=lambda one: one.estimated / one.least):
        print(example.line)
    worst = max(examples, key=lambda one: abs(math.log(one.estimated / one.least)))
    print(f"furthest: {worst.name}, {worst.estimated / worst.least:.2f}")


if __name__ == "__main__":
    main()
