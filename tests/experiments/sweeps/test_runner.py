"""A sweep is worked off to the same rows by whoever trains, whatever happens to trials, their processes, or itself."""

import contextlib
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nnlab.datasets import DatasetSettings
from nnlab.errors import RunStoreError
from nnlab.experiments.assembly import assemble
from nnlab.experiments.journal.curve_parts import history_of
from nnlab.experiments.journal.listing import interrupted
from nnlab.experiments.journal.store import RunStore
from nnlab.experiments.model_file import load_model, parameters_sha256
from nnlab.experiments.sweeps.axis import Listed
from nnlab.experiments.sweeps.events import Notice, SweepChanged, SweepEvent, TrialChanged
from nnlab.experiments.sweeps.here import Here
from nnlab.experiments.sweeps.processes import Processes
from nnlab.experiments.sweeps.reading import sweep as sweep_of_store
from nnlab.experiments.sweeps.reading import trials
from nnlab.experiments.sweeps.records import TrialRecord
from nnlab.experiments.sweeps.runner import SweepRun
from nnlab.experiments.sweeps.sweep import Sweep
from nnlab.experiments.sweeps.task import Hands
from nnlab.models import MLPSettings
from nnlab.models.layers.dense import Dense
from nnlab.models.losses.mean_squared_error import MeanSquaredError
from tests.experiments.cases import SMALL
from tests.experiments.sweeps.cases import BASE, DRAWN, sweep_of

Act = Callable[[SweepRun, SweepEvent], None]
# The first trials are long enough to be stopped in after a snapshot.
LONG = f"{BASE}vary.training.epochs = [1500, 3]\n"
WIDER = f"{BASE}vary.training.learning_rate = [0.3, 0.1, 0.5, 0.02]\n"
TWO_LONG = f"{BASE}vary.training.epochs = [1500, 1501, 3]\n"


def nothing(run: SweepRun, event: SweepEvent) -> None:
    """Nobody does anything meanwhile."""


def worked_off(sweep: Sweep, folder: Path, hands: Hands | None = None, act: Act = nothing, **more: Any) -> list[SweepEvent]:
    """The events of a sweep into the store of a folder, while something is done at each of them."""
    run, heard = SweepRun(folder / "runs", sweep, hands or Here(), **more), []
    for event in run:
        heard.append(event)
        act(run, event)
    return heard


def rows(folder: Path, number: int = 1) -> list[TrialRecord]:
    with closing(RunStore(folder / "runs")) as store:
        return trials(store, number)


def state(folder: Path, number: int = 1) -> str:
    with closing(RunStore(folder / "runs")) as store:
        return sweep_of_store(store, number).state


def decided(trial: TrialRecord) -> tuple[Any, ...]:
    """What of a trial the sweep alone decides."""
    return trial.number, trial.choices, trial.state, trial.reason, trial.objective, trial.figures, trial.checksum


def kept(folder: Path, number: int = 1) -> Iterator[tuple[Any, ...]]:
    """What the store has of each trial's run, as far as the sweep alone decides it."""
    with closing(RunStore(folder / "runs")) as store:
        for trial in trials(store, number):
            assert trial.run is not None
            record = store.run(trial.run)
            history = history_of(store.curves(trial.run), record.step, record.score)
            columns = [column.values.tobytes() for table in (history.steps, history.epochs) for column in table.values()]
            last = load_model(store.snapshot_path(trial.run, record.step))
            numbers = (record.step, record.epoch, record.ending, record.figures, record.curve.tobytes(), record.data)
            texts = (
                record.name,
                record.experiment,
                record.present,
                record.settings,
                record.tags,
                record.sweep,
                record.trial,
            )
            yield *texts, *numbers, columns, parameters_sha256(last.model), last.checkpoint.kept_epoch


def begins(event: SweepEvent, number: int) -> bool:
    return isinstance(event, TrialChanged) and (event.trial.number, event.trial.state) == (number, "running")


def has_ended(event: SweepEvent, number: int) -> bool:
    return isinstance(event, TrialChanged) and (event.trial.number, event.trial.state) == (number, "done")


def when_it_trains(folder: Path, number: int, act: Callable[[], None]) -> None:
    """Do something in a thread of its own, once the store has a later step of a trial than it has now."""

    def step() -> int:
        with contextlib.suppress(RunStoreError), closing(RunStore(folder / "runs")) as store:
            return sum(record.step for record in store.runs() if record.trial == number)
        return 0

    def wait(before: int) -> None:
        until = time.monotonic() + 20
        while step() <= before and time.monotonic() < until:
            time.sleep(0.02)
        act()

    threading.Thread(target=wait, args=(step(),)).start()


def test_each_trial_is_the_run_that_its_experiment_alone_would_be(tmp_path: Path):
    sweep = sweep_of(tmp_path, f'{DRAWN}search = {{ kind = "random", trials = 3 }}')
    heard = worked_off(sweep, tmp_path)
    assert [event.sweep.state for event in heard if isinstance(event, SweepChanged)] == ["running", "done"]
    found = rows(tmp_path)
    assert [event.trial for event in heard if isinstance(event, TrialChanged)][1::2] == found
    for trial, choices in zip(found, sweep.proposed([]), strict=True):
        run = assemble(sweep.experiment(choices), [])
        list(run)
        assert (trial.choices, trial.state, trial.run) == (choices, "done", trial.number)
        assert trial.checksum == parameters_sha256(run.model)
        assert trial.objective == trial.figures["validation_loss"] == pytest.approx(run.best.validation.loss)
    (first, *_) = kept(tmp_path)
    assert first[0].startswith("Small: lr ") and first[4:7] == (("Rates",), 1, 1)


@pytest.mark.slow
def test_on_processes_all_is_as_it_is_here(tmp_path: Path):
    sweep = sweep_of(tmp_path, f'{DRAWN}search = {{ kind = "random", trials = 5 }}')
    for name, hands in (("here", Here()), ("there", Processes(2))):
        worked_off(sweep, tmp_path / name, hands)
    here, there = tmp_path / "here", tmp_path / "there"
    assert list(map(decided, rows(there))) == list(map(decided, rows(here)))
    assert list(kept(there)) == list(kept(here))


@pytest.mark.peers
@pytest.mark.slow
def test_what_optuna_suggests_does_not_depend_on_who_ends_first(tmp_path: Path):
    pytest.importorskip("optuna")
    sweep = sweep_of(tmp_path, f'{DRAWN}search = {{ kind = "optuna", trials = 9, generation = 3 }}')
    worked_off(sweep, tmp_path / "here")

    def stop(run: SweepRun, event: SweepEvent) -> None:
        if has_ended(event, 5):
            run.cancel()

    worked_off(sweep, tmp_path / "there", Processes(2), stop)
    assert len(rows(tmp_path / "there")) == 6
    worked_off(sweep, tmp_path / "there", Processes(3))
    assert list(map(decided, rows(tmp_path / "there"))) == list(map(decided, rows(tmp_path / "here")))


def test_what_fails_or_diverges_is_told_and_stops_nothing(tmp_path: Path):
    deep = MLPSettings((Dense(9), Dense(9), Dense(1)), loss=MeanSquaredError())
    training = replace(SMALL.training, optimizer="sgd", epochs=4)
    base = replace(SMALL, dataset=DatasetSettings("sine"), model=deep, training=training)
    axes = (Listed("model.layers.2.units", (1, 3)), Listed("training.learning_rate", (1000.0, -1, 0.01)))
    worked_off(Sweep("Odd", base, axes), tmp_path)
    found = rows(tmp_path)
    assert [trial.state for trial in found] == ["diverged", "failed", "done", "failed", "failed", "failed"]
    assert "diverged" in found[0].reason and found[0].objective is None
    assert found[1].reason.startswith("training.learning_rate: -1 is out of range") and found[1].run is None
    assert "1" in found[3].reason and found[3].run is None
    assert state(tmp_path) == "done"
    with closing(RunStore(tmp_path / "runs")) as store:
        assert store.run(1).ending == "diverged"


def test_a_figure_that_the_data_cannot_give_is_told_before_training(tmp_path: Path):
    sweep = sweep_of(tmp_path, f"{BASE}set.dataset.validation = 0.0\nvary.training.seed = [1, 2]")
    worked_off(sweep, tmp_path)
    for trial in rows(tmp_path):
        assert (trial.state, trial.run) == ("failed", None)
        assert "validation_loss needs validation examples" in trial.reason and "dataset.validation" in trial.reason


def test_so_is_a_figure_of_other_targets(tmp_path: Path):
    search = 'search = { objective = "test_mae" }'
    worked_off(sweep_of(tmp_path, f"{BASE}vary.training.seed = [1, 2]\n{search}"), tmp_path)
    for trial in rows(tmp_path):
        assert (trial.state, trial.run) == ("failed", None)
        assert "test_mae cannot be told of this data; choose another, such as test_accuracy" in trial.reason


def test_a_sweep_that_was_cancelled_goes_on_where_it_was(tmp_path: Path):
    sweep = sweep_of(tmp_path)
    worked_off(sweep, tmp_path / "whole")
    there = tmp_path / "stopped"

    def stop(run: SweepRun, event: SweepEvent) -> None:
        if has_ended(event, 1):
            run.cancel()

    worked_off(sweep, there, act=stop)
    assert state(there) == "stopped"
    assert [trial.state for trial in rows(there)] == ["done", "waiting", "waiting"]
    heard = worked_off(sweep, there)
    assert not any(begins(event, 1) for event in heard)
    assert state(there) == "done"
    assert list(kept(there)) == list(kept(tmp_path / "whole"))
    # The very same again is another sweep, once it is done; and where that is asked for.
    worked_off(sweep, there, act=stop)
    heard = worked_off(sweep, there, anew=True)
    assert not any(isinstance(event, Notice) for event in heard)
    assert [state(there, number) for number in (1, 2, 3)] == ["done", "stopped", "done"]


def test_of_a_finished_sweep_that_is_asked_for_again_it_is_said_where_its_results_are(tmp_path: Path):
    sweep = sweep_of(tmp_path)
    assert not any(isinstance(event, Notice) for event in worked_off(sweep, tmp_path))
    [notice] = [event.words for event in worked_off(sweep, tmp_path) if isinstance(event, Notice)]
    assert "sweep 1 was the very same and is done" in notice and "anew as sweep 2" in notice
    assert 'nnlab runs list --filter "sweep = 1"' in notice


@pytest.mark.parametrize("hands", [Here, lambda: Processes(2)], ids=["here", "processes"])
def test_what_another_sweep_has_trained_is_kept_and_not_trained_again(hands: Callable[[], Hands], tmp_path: Path):
    worked_off(sweep_of(tmp_path), tmp_path)
    runs, before = list(kept(tmp_path)), rows(tmp_path)
    worked_off(sweep_of(tmp_path, WIDER), tmp_path, hands())
    found = rows(tmp_path, 2)
    assert [trial.choices["training.learning_rate"] for trial in found] == [0.3, 0.1, 0.5, 0.02]
    assert [(trial.run, trial.kept) for trial in found] == [(4, None), (1, 1), (2, 2), (3, 3)]
    for trial, first in zip(found[1:], before, strict=True):
        assert decided(trial)[1:] == decided(first)[1:] and trial.seconds == first.seconds
    # It is only read.
    assert list(kept(tmp_path)) == runs


@pytest.mark.parametrize(
    "change", ["data = 'other'", 'events = \'[["edit", 1, "dense1.weight", [0, 0], 0.0, 1.0]]\'', "is_deleted = 1"]
)
def test_a_run_of_other_data_or_changed_by_hand_or_deleted_is_not_kept(change: str, tmp_path: Path):
    worked_off(sweep_of(tmp_path), tmp_path)
    with closing(RunStore(tmp_path / "runs")) as store, store.transaction() as connection:
        connection.execute(f"UPDATE runs SET {change} WHERE number = 2")
    worked_off(sweep_of(tmp_path, WIDER), tmp_path)
    assert [(trial.state, trial.run, trial.kept) for trial in rows(tmp_path, 2)] == [
        ("done", 4, None),
        ("done", 1, 1),
        ("done", 5, None),
        ("done", 3, 3),
    ]


def test_trials_of_another_experiment_or_begun_anew_are_all_trained(tmp_path: Path):
    worked_off(sweep_of(tmp_path), tmp_path)
    worked_off(sweep_of(tmp_path, f"{WIDER}set.training.batch_size = 7\n"), tmp_path)
    worked_off(sweep_of(tmp_path, WIDER), tmp_path, anew=True)
    assert [trial.kept for number in (2, 3) for trial in rows(tmp_path, number)] == [None] * 8


def test_a_kept_run_that_is_deleted_later_leaves_the_figures_of_its_trial(tmp_path: Path):
    worked_off(sweep_of(tmp_path), tmp_path)
    worked_off(sweep_of(tmp_path, WIDER), tmp_path)
    with closing(RunStore(tmp_path / "runs")) as store, store.transaction() as connection:
        connection.execute("DELETE FROM runs WHERE number = 1")
    trial = rows(tmp_path, 2)[1]
    assert (trial.state, trial.run, trial.kept) == ("done", None, 1) and trial.figures["test_accuracy"] is not None


@pytest.mark.slow
@pytest.mark.parametrize("hands", [Here, lambda: Processes(2)], ids=["here", "processes"])
def test_a_trial_that_was_stopped_in_its_midst_goes_on_in_its_row_to_the_same_bits(
    hands: Callable[[], Hands], tmp_path: Path
):
    sweep = sweep_of(tmp_path, LONG)
    worked_off(sweep, tmp_path / "whole")
    there = tmp_path / "stopped"

    def stop(run: SweepRun, event: SweepEvent) -> None:
        if begins(event, 1):
            when_it_trains(there, 1, run.cancel)

    worked_off(sweep, there, hands(), stop)
    first = rows(there)[0]
    with closing(RunStore(there / "runs")) as store:
        # The next start of the window offers to go on with runs that were cut off; this one goes on with its sweep.
        assert store.run(first.run).ending == "" and interrupted(store) == []
    assert first.state == "cancelled" and "stopped after step" in first.reason and first.run is not None
    worked_off(sweep, there, hands())
    assert rows(there)[0].run == first.run
    assert list(map(decided, rows(there))) == list(map(decided, rows(tmp_path / "whole")))
    assert list(kept(there)) == list(kept(tmp_path / "whole"))


def test_a_run_that_somebody_changed_meanwhile_is_not_gone_on_with(tmp_path: Path):
    sweep = sweep_of(tmp_path)

    def stop(run: SweepRun, event: SweepEvent) -> None:
        if has_ended(event, 1):
            run.cancel()

    worked_off(sweep, tmp_path, act=stop)
    with closing(RunStore(tmp_path / "runs")) as store, store.transaction() as connection:
        connection.execute("UPDATE trials SET state = 'cancelled' WHERE number = 1")
        connection.execute('UPDATE runs SET events = \'[["edit", 1, "dense1.weight", [0, 0], 0.0, 1.0]]\'')
    worked_off(sweep, tmp_path)
    assert [trial.run for trial in rows(tmp_path)] == [2, 3, 4]


def test_paused_no_trial_begins_until_it_goes_on(tmp_path: Path):
    heard: list[str] = []

    def act(run: SweepRun, event: SweepEvent) -> None:
        heard.append(event.sweep.state if isinstance(event, SweepChanged) else event.trial.state)
        if has_ended(event, 1):
            run.pause()
            threading.Timer(0.4, run.go_on).start()

    worked_off(sweep_of(tmp_path), tmp_path, act=act)
    assert heard[:5] == ["running", "running", "done", "paused", "running"]
    assert heard[5:] == ["running", "done"] * 2 + ["done"]


def kill() -> None:
    """The process that trains."""
    (child,) = multiprocessing.active_children()
    os.kill(child.pid, signal.SIGKILL)


@pytest.mark.slow
def test_a_trial_whose_process_is_killed_is_done_again_and_another_time_it_has_failed(tmp_path: Path):
    sweep = sweep_of(tmp_path, TWO_LONG)
    deaths: list[int] = []

    def act(run: SweepRun, event: SweepEvent) -> None:
        if (begins(event, 1) and not deaths) or begins(event, 2):
            deaths.append(event.trial.number)
            when_it_trains(tmp_path / "killed", event.trial.number, kill)

    heard = worked_off(sweep, tmp_path / "killed", Processes(1), act)
    assert deaths == [1, 2, 2]
    worked_off(sweep, tmp_path / "whole")
    first, second, third = rows(tmp_path / "killed")
    whole = rows(tmp_path / "whole")
    assert (decided(first), decided(third)) == (decided(whole[0]), decided(whole[2])) and first.deaths == 1
    assert (second.state, second.deaths) == ("failed", 2)
    assert second.reason == "its process died twice (killed by signal 9)"
    (first_notice, *_) = [event.words for event in heard if isinstance(event, Notice)]
    assert first_notice.startswith("trial 1: its process died")
    assert state(tmp_path / "killed") == "done"
    with closing(RunStore(tmp_path / "killed" / "runs")) as store:
        assert store.run(second.run).ending == "its process died twice"


@pytest.mark.slow
def test_a_process_that_is_killed_between_two_trials_costs_none_of_them(tmp_path: Path):
    def act(run: SweepRun, event: SweepEvent) -> None:
        if has_ended(event, 1):
            kill()
            while multiprocessing.active_children():
                time.sleep(0.01)

    worked_off(sweep_of(tmp_path), tmp_path, Processes(1), act)
    assert [(trial.state, trial.deaths) for trial in rows(tmp_path)] == [("done", 0)] * 3


def test_two_are_not_at_the_same_sweep(tmp_path: Path):
    sweep = sweep_of(tmp_path)

    def act(run: SweepRun, event: SweepEvent) -> None:
        with pytest.raises(RunStoreError, match="another window or command is at it"):
            worked_off(sweep, tmp_path)
        run.cancel()

    worked_off(sweep, tmp_path, act=act)


def test_left_in_its_midst_a_sweep_is_stopped_and_its_trials_are_told_so(tmp_path: Path):
    for event in SweepRun(tmp_path / "runs", sweep_of(tmp_path), Here()):
        if begins(event, 1):
            break
    assert state(tmp_path) == "stopped"
    assert [trial.state for trial in rows(tmp_path)] == ["cancelled", "waiting", "waiting"]
