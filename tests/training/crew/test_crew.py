"""A crew makes the steps that a run would make alone, to the last bit, whatever becomes of it."""

import gc
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from nnlab.datasets import DatasetSettings
from nnlab.errors import DivergedError
from nnlab.experiments.assembly import assemble
from nnlab.experiments.experiment import Experiment
from nnlab.models import MLPSettings
from nnlab.models.layers import LAYERS
from nnlab.models.layers.dense import Dense
from nnlab.models.losses import LOSSES
from nnlab.models.optimizers import OPTIMIZERS
from nnlab.training import Step, TrainingRun
from nnlab.training.breakpoints import BREAKPOINTS
from nnlab.training.checkpoint import Checkpoint
from nnlab.training.crew.assignment import shared
from nnlab.training.crew.board import BEGUN
from nnlab.training.crew.crew import Crew
from nnlab.training.crew.engaging import engage, reason_against
from nnlab.training.hand_edits import change_by_hand
from tests.conftest import PROJECT
from tests.experiments.cases import SMALL
from tests.experiments.journal.test_replay import KINDS, trained
from tests.training.crew.crews import come, crew_of, crewed, divided
from tests.training.crew.mixing import MIXING

pytestmark = pytest.mark.slow

CNN = KINDS["model cnn"]
DROPPED = replace(
    SMALL,
    model=replace(SMALL.model, layers=tuple(one for one in KINDS["optimizer sgd"].model.layers if one.kind != "batch_norm")),
    training=replace(SMALL.training, epochs=6, batch_size=7),
)


def cases() -> dict[str, Experiment]:
    rules = {name: replace(DROPPED, training=replace(DROPPED.training, optimizer=name)) for name in OPTIMIZERS}
    return rules | {
        "cnn": CNN,
        "rbm": KINDS["model rbm"],
        "autoencoder": KINDS["model autoencoder"],
        "svm": KINDS["model linear_svm"],
        "augmented": KINDS["augmented"],
        "penalty": trained(CNN.model, penalty="elastic_net"),
        "clipped": trained(CNN.model, clip_norm=0.05),
        "warm-up and a step limit": trained(CNN.model, warmup=1.0, steps=9),
        "one example a step": trained(CNN.model, batching="single-sample"),
        "full batch": trained(CNN.model, batching="full-batch"),
        **MIXING,
    }


CASES = cases()


def all_steps(run: TrainingRun) -> list[Step]:
    steps = []
    while made := run.stretch(0.01):
        steps += made
    return steps


def assert_same(run: TrainingRun, other: TrainingRun) -> None:
    """In all that a run is."""
    np.testing.assert_array_equal(run.model.parameters.values, other.model.parameters.values)
    np.testing.assert_array_equal(run.model.parameters.gradient, other.model.parameters.gradient)
    np.testing.assert_array_equal(run.model.buffers.values, other.model.buffers.values)
    for name, vector in run.vectors.items():
        np.testing.assert_array_equal(vector, other.vectors[name], err_msg=name)
    one, two = run.checkpoint, other.checkpoint
    assert one.counters == two.counters
    assert one.fallback.counters == two.fallback.counters
    np.testing.assert_array_equal(one.fallback.numbers.parameters, two.fallback.numbers.parameters)
    np.testing.assert_array_equal(one.fallback.numbers.buffers, two.fallback.numbers.buffers)
    np.testing.assert_array_equal(run.last_batch, other.last_batch)
    assert (run.kept_epoch, run.stopped) == (other.kept_epoch, other.stopped)


@pytest.mark.parametrize("name", CASES)
def test_two_hands_make_the_steps_that_one_process_makes_in_their_parts(name: str):
    alone = divided(CASES[name], 2)
    expected = list(alone)
    with crewed(CASES[name], 2) as run:
        steps = all_steps(run)
        assert crew_of(run).has_worked and not crew_of(run).trouble
    # A score may be NaN.
    assert [repr(step._replace(epoch_end=None)) for step in steps] == [
        repr(step._replace(epoch_end=None)) for step in expected
    ]
    assert [step.epoch_end and step.epoch_end.validation.loss for step in steps] == [
        step.epoch_end and step.epoch_end.validation.loss for step in expected
    ]
    assert_same(run, alone)


@pytest.mark.parametrize("helpers", [1, 2, 3])
@pytest.mark.parametrize("name", ["cnn", "normalised, and one example left"])
def test_helpers_beside_a_sleeping_owner_make_them_too(name: str, helpers: int):
    alone = divided(CASES[name], helpers)
    expected = list(alone)
    with crewed(CASES[name], helpers, is_apart=True) as run:
        assert len(all_steps(run)) == len(expected)
    assert_same(run, alone)


@pytest.mark.parametrize("name", CASES)
def test_one_helper_makes_the_very_steps_of_a_run_without_a_crew(name: str):
    alone = assemble(CASES[name], [])
    list(alone)
    with crewed(CASES[name], 1, is_apart=True) as run:
        all_steps(run)
        assert crew_of(run).has_worked
    assert_same(run, alone)


@pytest.mark.parametrize("helpers", [1, 2])
def test_helpers_go_on_beside_a_late_owner_which_takes_the_numbers_that_a_stretch_ended_with(
    helpers: int, monkeypatch: pytest.MonkeyPatch
):
    commit, ahead = Crew.commit, []

    def late(crew: Crew) -> None:
        # Long enough for the next stretch.
        time.sleep(0.01)
        ahead.append(crew._board.task[BEGUN] - crew._finished)
        commit(crew)

    monkeypatch.setattr(Crew, "commit", late)
    alone = divided(DROPPED, helpers)
    with crewed(DROPPED, helpers, is_apart=True) as run:
        while run.stretch(0.01):
            list(islice(alone, run.step - alone.step))
            np.testing.assert_array_equal(run.model.parameters.values, alone.model.parameters.values)
            np.testing.assert_array_equal(run.model.parameters.gradient, alone.model.parameters.gradient)
        assert crew_of(run).has_worked
    assert 1 in ahead
    assert next(alone, None) is None
    assert_same(run, alone)


@pytest.mark.parametrize("helpers", [1, 2])
def test_steps_made_alone_meanwhile_give_up_those_that_are_under_way(helpers: int):
    alone = divided(DROPPED, helpers)
    list(alone)
    with crewed(DROPPED, helpers, is_apart=True) as run:
        crew, places = crew_of(run), set()
        # Stretches of one step.
        while run.stretch(1e-9):
            for _ in range(crew.steps_from(run._place) - run.step // 5 % 2):
                next(run)
            places.add((len(crew._under_way), run._place == crew._stands_at))
        assert {(2, True), (2, False)} <= places
    assert_same(run, alone)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="what a process does cannot be seen here")
def test_helpers_of_a_run_that_is_paused_sleep():
    def naps(process: int) -> int:
        told = Path(f"/proc/{process}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in told if line.startswith("voluntary_ctxt_switches"))

    long = replace(CNN, training=replace(CNN.training, epochs=10_000))
    with crewed(long, 1, is_apart=True) as run:
        while not crew_of(run).steps_from(run._place):
            run.stretch(0.02)
        (helper,) = crew_of(run).process_numbers
        time.sleep(3.0)
        before = naps(helper)
        time.sleep(1.0)
        # By naps as short as in the middle of training it would be thousands.
        assert naps(helper) - before < 200


@pytest.mark.parametrize("batch", [300, 500])
def test_large_batches_are_made_in_shorter_stretches(batch: int):
    settings = replace(SMALL.training, batch_size=batch, epochs=40)
    points = replace(DROPPED, dataset=DatasetSettings({"kind": "moons", "samples": 2000}), training=settings)
    alone = divided(points, 2)
    list(alone)
    with crewed(points, 2) as run:
        longest = max(len(steps) for steps in iter(lambda: run.stretch(100.0), []))
        assert not crew_of(run).trouble
    assert 1 < longest <= (16384 + batch) // batch
    assert_same(run, alone)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no such signal here")
@pytest.mark.parametrize("is_apart", [False, True])
@pytest.mark.parametrize("name", ["cnn", "normalised pictures"])
def test_a_helper_that_is_killed_is_replaced_and_the_bits_are_the_same(name: str, is_apart: bool):
    long = replace(CASES[name], training=replace(CASES[name].training, epochs=60))
    alone = divided(long, 2)
    list(alone)
    with crewed(long, 2, is_apart) as run:
        for _ in range(3):
            steps = run.stretch(0.01)
            os.kill(crew_of(run).process_numbers[-1], signal.SIGKILL)
            while steps and crew_of(run).process_numbers:
                steps = run.stretch(0.01)
            assert steps
            come(crew_of(run))
        all_steps(run)
        assert not crew_of(run).trouble
    assert_same(run, alone)


@pytest.mark.parametrize("is_apart", [False, True])
@pytest.mark.parametrize(
    ("name", "kind", "live"),
    [
        ("dropped", "dropout", {"rate": 0.4}),
        ("sparse", "kl_sparsity", {"weight": 2.0, "target": 0.3}),
        ("normalised", "batch_norm", {"momentum": 0.7}),
    ],
)
def test_what_is_changed_meanwhile_acts_at_the_next_step(name: str, kind: str, live: dict[str, float], is_apart: bool):
    experiment = {**MIXING, "dropped": DROPPED}[name]

    def changed(run: TrainingRun) -> None:
        run.settings = replace(run.settings, learning_rate=0.02, batch_size=5, clip_norm=0.5)
        layers = tuple(replace(one, **live) if one.kind == kind else one for one in experiment.model.layers)
        run.change_model(experiment.model, replace(experiment.model, layers=layers))

    with crewed(experiment, 2, is_apart) as run:
        run.stretch(0.001)
        assert crew_of(run).is_under_way(run._place) == is_apart
        alone = divided(experiment, 2)
        list(islice(alone, run.step))
        for one in (run, alone):
            changed(one)
        all_steps(run), list(alone)
    assert_same(run, alone)


@pytest.mark.parametrize("is_apart", [False, True])
def test_numbers_that_are_changed_by_hand_or_put_back_meanwhile_are_those_of_the_next_step(is_apart: bool):
    def touched(run: TrainingRun, start: Checkpoint) -> None:
        change_by_hand(run, "dense1.weight", (0, 1), 0.75)
        next(run)
        run.restore(start)

    with crewed(DROPPED, 2, is_apart) as run:
        run.stretch(0.001)
        start = run.checkpoint.copy()
        run.stretch(0.001)
        alone = divided(DROPPED, 2)
        alone.restore(start)
        list(islice(alone, run.step - alone.step))
        for one in (run, alone):
            touched(one, start)
        all_steps(run), list(alone)
    assert_same(run, alone)


def test_a_machine_that_begins_to_look_at_mean_activations_and_ceases_to_is_divided_all_the_while():
    machine = KINDS["model rbm"]
    sparse, alone = replace(machine.model, sparsity_cost=0.5), divided(machine, 2)
    with crewed(machine, 2) as run:
        for before, after in ((machine.model, sparse), (sparse, machine.model), (machine.model, sparse)):
            run.stretch(0.001)
            list(islice(alone, run.step - alone.step))
            for one in (run, alone):
                one.change_model(before, after)
        all_steps(run), list(alone)
        assert crew_of(run).has_worked
    assert_same(run, alone)


def test_a_run_with_breakpoints_has_none():
    watched = replace(CNN, training=replace(CNN.training, stop_when=(BREAKPOINTS["score"](value=0.99),)))
    assert "after every step" in engage(assemble(watched, []), CNN.model, 2)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="descriptors cannot be counted here")
def test_a_run_that_is_over_leaves_nothing_open():
    def used() -> int:
        with crewed(CNN, 2) as run:
            run.stretch(0.001)
        del run
        gc.collect()
        return len(list(Path("/proc/self/fd").iterdir()))

    first = used()
    assert [used() for _ in range(3)] == [first] * 3


@pytest.mark.parametrize("is_apart", [False, True])
def test_a_loss_that_is_not_finite_ends_it_where_it_would_end_alone(is_apart: bool):
    layers = (Dense(8), LAYERS["relu"](), Dense(1))
    model = MLPSettings(layers, LOSSES["mean_squared_error"])
    settings = replace(SMALL.training, optimizer=OPTIMIZERS["sgd"](), learning_rate=5.0, epochs=90, batch_size=16)
    wild = Experiment("Wild", DatasetSettings("sine", scaling="standard"), model, settings)
    alone = divided(wild, 2)
    with pytest.raises(DivergedError) as expected:
        list(alone)
    with crewed(wild, 2, is_apart) as run, pytest.raises(DivergedError) as found:
        all_steps(run)
    assert str(found.value) == str(expected.value)
    assert_same(run, alone)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("PCD", "depends on the others"),
        ("model deep_belief", "machine by machine"),
    ],
)
def test_a_model_that_cannot_be_divided_says_why_and_stays_as_it_is(name: str, why: str):
    run = assemble(KINDS[name], [])
    assert why in reason_against(run, KINDS[name].model)
    assert why in engage(run, KINDS[name].model, 2)
    assert (run.helpers, run.crew) == (1, None)


@pytest.mark.parametrize("name", ["cnn", *MIXING])
def test_the_number_of_helpers_is_part_of_a_runs_state(name: str):
    run = divided(CASES[name], 3)
    list(islice(run, 5))
    assert run.checkpoint.helpers == 3
    other = assemble(CASES[name], [])
    other.restore(run.checkpoint.copy())
    assert other.helpers == run.replica().helpers == 3
    list(run), list(other)
    assert_same(run, other)


OWNER = """
from dataclasses import replace
from tests.training.crew.crews import crew_of, crewed
from tests.training.crew.test_crew import CNN, all_steps

if __name__ == "__main__":
    with crewed(replace(CNN, training=replace(CNN.training, epochs=100_000)), 3) as run:
        print(*crew_of(run).process_numbers, flush=True)
        all_steps(run)
"""


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="what becomes of a process cannot be seen here")
def test_helpers_end_with_an_owner_that_is_killed(tmp_path: Path):
    (tmp_path / "owner.py").write_text(OWNER)
    place = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (PROJECT, os.environ.get("PYTHONPATH", ""))))}
    with subprocess.Popen([sys.executable, tmp_path / "owner.py"], stdout=subprocess.PIPE, text=True, env=place) as owner:
        assert owner.stdout is not None
        numbers = owner.stdout.readline().split()
        owner.kill()
    assert len(numbers) == 2
    until = time.monotonic() + 60
    while any(is_at_work(number) for number in numbers):
        assert time.monotonic() < until
        time.sleep(0.01)


def is_at_work(process: str) -> bool:
    """Not one that has ended, and of which nobody has heard yet."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def test_data_of_a_file_is_mapped_and_not_copied(tmp_path: Path):
    file = tmp_path / "rows.bin"
    np.arange(600, dtype=np.uint8).tofile(file)
    rows = np.memmap(file, np.uint8, "r", 40, (56, 10))[6:]
    found = shared(rows)
    assert found.block is None
    np.testing.assert_array_equal(found.open(), rows)
