"""What is written of a sweep is read as it was, and a store of before there were sweeps becomes one with them."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from nnlab.errors import RunStoreError
from nnlab.experiments.journal import schema
from nnlab.experiments.journal.store import RunStore
from nnlab.experiments.sweeps.ledger import (
    add_trials,
    begin_sweep,
    change_trial,
    delete_sweep,
    hold_sweep,
    set_state,
    unfinished,
)
from nnlab.experiments.sweeps.reading import sweep, sweeps, trials
from nnlab.experiments.sweeps.records import best_of
from nnlab.experiments.sweeps.sweep import Sweep
from tests.experiments.cases import SMALL
from tests.experiments.journal.kept import Kept
from tests.experiments.sweeps.cases import BASE, sweep_of


@pytest.fixture
def rates(tmp_path: Path) -> Sweep:
    return sweep_of(tmp_path)


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "runs")


def test_a_sweep_and_its_trials_are_read_as_they_were_written(rates: Sweep, store: RunStore, tmp_path: Path):
    number = begin_sweep(store, rates, [tmp_path])
    add_trials(store, number, 1, rates.proposed([]))
    figures = {"validation_loss": 0.25, "test_loss": None}
    change_trial(store, number, 2, state="done", objective=0.25, figures=figures, checksum="ab", seconds=1.5)
    change_trial(store, number, 3, state="diverged", reason="the loss is infinite")
    (record,) = sweeps(store)
    assert record.sweep() == rates and record.folders[-1] == tmp_path
    assert (record.number, record.name, record.counts, record.ended) == (
        1,
        "Rates",
        {"done": 1, "diverged": 1, "waiting": 1},
        2,
    )
    first, second, third = trials(store, number)
    assert first.choices == {"training.learning_rate": 0.1} and first.state == "waiting"
    assert (second.objective, second.figures, second.checksum) == (0.25, figures, "ab")
    assert third.reason == "the loss is infinite" and third.words == "lr 0.02"
    assert best_of([first, second, third], False) == second


def test_a_sweep_that_nobody_runs_any_more_was_cut_off(rates: Sweep, store: RunStore):
    number = begin_sweep(store, rates, [])
    assert sweep(store, number).state == "cut off"
    lock = hold_sweep(store, number)
    assert lock is not None and sweep(store, number).state == "running"
    lock.release()
    set_state(store, number, "stopped")
    assert sweep(store, number).state == "stopped"


def test_a_sweep_is_deleted_with_its_trials_unless_somebody_trains_it(rates: Sweep, store: RunStore):
    number = begin_sweep(store, rates, [])
    add_trials(store, number, 1, rates.proposed([]))
    lock = hold_sweep(store, number)
    with pytest.raises(RunStoreError, match="just trained by a window or a command"):
        delete_sweep(store, number)
    assert lock is not None and len(trials(store, number)) == 3
    lock.release()
    delete_sweep(store, number)
    assert sweeps(store) == [] and trials(store, number) == []
    # A number is never given again: what is left of the runs is not taken for another sweep's.
    assert begin_sweep(store, rates, []) > number


def test_a_sweep_is_gone_on_with_where_it_is_the_very_same(rates: Sweep, store: RunStore, tmp_path: Path):
    number = begin_sweep(store, rates, [])
    assert unfinished(store, rates) == number
    other = sweep_of(tmp_path, f"{BASE}set.training.epochs = 3\nvary.training.learning_rate = [0.1, 0.5, 0.02]")
    assert unfinished(store, other) is None
    set_state(store, number, "done")
    assert unfinished(store, rates) is None


def test_the_run_of_a_trial_is_the_last_that_was_begun_and_not_deleted(rates: Sweep, store: RunStore):
    number = begin_sweep(store, rates, [])
    add_trials(store, number, 1, rates.proposed([]))
    Kept(SMALL, store.folder), Kept(SMALL, store.folder)
    assert [trial.run for trial in trials(store, number)] == [None, None, None]
    for run in (1, 2):
        store.update(run, sweep=number, trial=3)
    assert [trial.run for trial in trials(store, number)] == [None, None, 2]
    store.set_deleted([2])
    assert trials(store, number)[2].run == 1
    assert (store.run(1).sweep, store.run(1).trial) == (number, 3)


def test_an_unknown_sweep_is_a_sentence(store: RunStore):
    with pytest.raises(RunStoreError, match="no sweep 7"):
        sweep(store, 7)


def test_a_store_of_before_there_were_sweeps_is_led_to_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with monkeypatch.context() as before:
        before.setattr(schema, "_MIGRATIONS", schema._MIGRATIONS[:1])
        before.setattr(schema, "VERSION", 1)
        folder = tmp_path / "earlier"
        folder.mkdir()
        with closing(sqlite3.connect(folder / "runs.sqlite", isolation_level=None)) as connection:
            schema.bring_up_to_date(connection, folder)
            columns = "name, experiment, present, settings, data, facts, started"
            connection.execute(f"INSERT INTO runs ({columns}) VALUES ('a', '', '', '{{}}', '', '{{}}', 1)")
    with closing(RunStore(folder)) as store:
        (record,) = store.runs()
        assert (record.name, record.sweep, record.trial) == ("a", None, None)
        assert sweeps(store) == []


def test_trials_of_before_runs_were_kept_have_their_own_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with monkeypatch.context() as before:
        before.setattr(schema, "_MIGRATIONS", schema._MIGRATIONS[:3])
        before.setattr(schema, "VERSION", 3)
        with closing(sqlite3.connect(tmp_path / "runs.sqlite", isolation_level=None)) as connection:
            schema.bring_up_to_date(connection, tmp_path)
            connection.execute("INSERT INTO sweeps (name, file, folders, started, state) VALUES ('a', '', '[]', 1, 'done')")
            connection.execute("INSERT INTO trials (sweep, number, choices, state) VALUES (1, 1, '{}', 'done')")
            columns = "name, experiment, present, settings, data, facts, started, sweep, trial"
            connection.execute(f"INSERT INTO runs ({columns}) VALUES ('a', '', '', '{{}}', '', '{{}}', 1, 1, 1)")
    with closing(RunStore(tmp_path)) as store:
        (trial,) = trials(store, 1)
        assert (trial.run, trial.kept) == (1, None)
