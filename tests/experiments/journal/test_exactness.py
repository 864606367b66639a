"""Random steps of every example on data at hand, and of every optimizer, are those of a run without a journal.

The examples on larger data, and whole runs, are visited by benchmarks/exactness.py.
"""

import random
from dataclasses import replace
from pathlib import Path

import pytest

from nnlab.experiments.assembly import assemble
from nnlab.experiments.experiment import Experiment, load_experiment
from nnlab.experiments.journal.replay import run_at
from nnlab.experiments.journal.visiting import Visitor
from nnlab.experiments.model_file import parameters_sha256
from nnlab.models.optimizers import OPTIMIZERS
from nnlab.resources import example_files
from tests.experiments.journal.kept import Kept

AT_HAND = ("digits", "xor", "sine")
STEPS, VISITS = 100, 20


def cases() -> dict[str, Experiment]:
    examples = {path.stem: load_experiment(path) for path in example_files()}
    found = {name: one for name, one in examples.items() if one.dataset.source.name in AT_HAND and not one.dataset.encoder}
    digits = examples["digits-mlp"]
    for name in OPTIMIZERS:
        found[f"optimizer {name}"] = replace(digits, training=replace(digits.training, optimizer=name, learning_rate=0.005))
    return {name: replace(one, training=replace(one.training, steps=STEPS)) for name, one in found.items()}


CASES = cases()


@pytest.mark.parametrize("name", CASES)
def test_random_steps_are_those_of_a_run_without_a_journal(name: str, tmp_path: Path):
    rng, run = random.Random(name), assemble(CASES[name], [])
    bare = [parameters_sha256(run.model)]
    for _ in run:
        bare.append(parameters_sha256(run.model))
    # Where the best epoch was put back, the last step has its numbers.
    bare[-1] = parameters_sha256(run.model)
    kept = Kept(CASES[name], tmp_path, every=40)
    assert parameters_sha256(kept.run.model) == bare[-1]
    record, visitor = kept.store.run(1), Visitor(kept.store, 1)
    for step in rng.sample(range(STEPS + 1), VISITS):
        assert parameters_sha256(visitor.at(step).run.model) == bare[step], f"step {step}"
    start = rng.randrange(STEPS)
    again = run_at(kept.store, record, start, []).run
    assert parameters_sha256(again.model) == bare[start]
    for _ in again:
        pass
    assert parameters_sha256(again.model) == bare[-1]
