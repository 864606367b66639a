"""A baseline is trained beside nnlab's own run, measured alike and kept in the store; what goes wrong is a sentence."""

import os
import re
import signal
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nnlab.errors import CancelledError, NnlabError, RunStoreError
from nnlab.experiments.baselines.attempt import Heard
from nnlab.experiments.baselines.contest import contest_of, train_baseline, train_own
from nnlab.experiments.baselines.runner import is_looked_at
from nnlab.experiments.journal.listing import interrupted
from nnlab.experiments.journal.resuming import resumed_run
from nnlab.experiments.journal.store import RunStore
from nnlab.experiments.journal.stored_curves import read_curves
from nnlab.experiments.journal.visiting import Visitor
from nnlab.experiments.places import runs_folder
from nnlab.experiments.run_report.writing import write_report
from tests.experiments.baselines.conftest import example

WAYS = {
    "broken": r"^it could not be imported \(OSError: libodd.so.4: cannot open shared object file\)$",
    "no data": r"^its data could not be loaded \(FileNotFoundError: no mnist in .*\)$",
    "lacks memory": r"^its model could not be built: there is not enough memory; close other programs$",
    "raises": r"^it failed in step 20 \(RuntimeError: mat1 and mat2 shapes cannot be multiplied\)$",
    "dies": r"^its process was killed by signal 9 before it had told all$",
    "exits": r"^its process ended with exit status 7 before it had told all: no licence$",
    "gives up": r"^diverged: the loss of step 20 is no finite number$",
    "diverges": r"^diverged: the loss of step 20 is no finite number$",
}


@pytest.fixture
def store():
    with closing(RunStore(runs_folder())) as opened:
        yield opened


def test_a_script_that_does_what_nnlab_does_differs_from_it_by_nothing(contest, odd, store):
    own = train_own(contest)
    other = train_baseline(contest, "odd", own, store)
    assert other.problem == "" and other.steps == own.steps == 76
    assert other.apart is not None and (other.apart.first_loss, other.apart.loss, other.apart.score) == (0, 0, 0)
    assert other.apart.parameters == dict.fromkeys(("1", "10", "end"), (0, 0))
    assert other.parameters_sha256 == own.parameters_sha256
    assert other.figures == own.figures and {"test_loss", "test_accuracy"} < set(own.figures)
    for one in (own, other):
        assert one.seconds_per_epoch > 0 and one.examples_per_second > 0 and one.first_step_seconds > one.seconds / 76
        assert 1 << 24 < one.peak_bytes < 1 << 32


def test_what_a_library_loads_in_its_first_step_is_no_training(contest, odd, store):
    own = train_own(contest)
    odd("loads late")
    other = train_baseline(contest, "odd", own, store)
    assert other.first_step_seconds > 1.5 and 0 < other.seconds < 1.5
    seconds = other.history.times["seconds"].values
    assert (np.diff(seconds) >= 0).all() and seconds[-1] < 1.5


def test_what_differs_is_found(contest, odd, store):
    own = train_own(contest)
    odd("differs")
    apart = train_baseline(contest, "odd", own, store).apart
    assert apart.first_loss == pytest.approx(0.01) and apart.loss == pytest.approx(0.01)
    assert apart.parameters["end"] == (0, 0)


def test_a_baseline_is_a_run_of_the_store_with_its_curves_and_what_was_measured(contest, odd, store):
    own = train_own(contest)
    other = train_baseline(contest, "odd", own, store)
    first, second = store.run(own.run), store.run(other.run)
    assert (second.name, second.ending, second.step, second.epoch) == ("xor in Odd", "done", 76, 4)
    assert second.tags == ("baseline",) and second.framework == "Odd" and second.facts["beside"] == own.run
    assert (second.settings, second.data, second.figures) == (first.settings, first.data, first.figures)
    assert second.facts["seconds_per_epoch"] == other.seconds_per_epoch
    curves = read_curves(runs_folder(), [own.run, other.run]).found
    for table in ("steps", "epochs"):
        mine, others = (getattr(curves[number].history, table) for number in (own.run, other.run))
        assert {name: list(column.values) for name, column in mine.items()} == {
            name: list(column.values) for name, column in others.items()
        }
    assert not store.is_held(other.run) and store.snapshots(other.run) == []


def test_a_report_says_how_a_baseline_is_had_again_and_why_there_are_no_pictures(contest, odd, store, tmp_path):
    other = train_baseline(contest, "odd", train_own(contest), store)
    write_report(store, [other.run], tmp_path / "report.html", [])
    page = (tmp_path / "report.html").read_text()
    assert "nnlab compare xor.toml --with odd --threads 1 --json" in page and "nnlab train xor.toml" not in page
    assert "run 2 was trained by Odd" in page


def test_whoever_watches_hears_the_numbers_and_sees_the_curves_while_it_trains(contest, odd, store):
    seen = []

    def begun(name: str, number: int) -> None:
        seen.append((name, number, store.run(number).step, store.is_held(number)))

    contest = replace(contest, heard=Heard(begun=begun))
    own = train_own(contest)
    other = train_baseline(contest, "odd", own, store)
    assert [(name, number) for name, number, _, _ in seen] == [("nnlab", own.run), ("odd", other.run)]
    assert seen[1][2] > 0 and seen[1][3]


def test_nobody_goes_on_with_a_run_of_another_framework(contest, odd, store):
    own = train_own(contest)
    other = train_baseline(contest, "odd", own, store)
    for look in (
        lambda: resumed_run(store, other.run, []),
        lambda: Visitor(store, other.run),
    ):
        with pytest.raises(RunStoreError, match=r"^run 2 was trained by Odd, so that its curves and figures are kept"):
            look()
    # As if it had been cut off.
    store.update(other.run, ending="")
    assert interrupted(store) == []


@pytest.mark.parametrize("way", WAYS)
def test_what_goes_wrong_is_a_sentence(contest, odd, store, way):
    own = train_own(contest)
    odd(way)
    other = train_baseline(contest, "odd", own, store)
    assert re.search(WAYS[way], other.problem), other.problem
    runs = [record for record in store.runs() if record.framework]
    # Of one that made no step nothing is kept.
    assert [record.step for record in runs] == ([19] if other.steps else [])
    assert all(record.ending in ("failed", "diverged") and not store.is_held(record.number) for record in runs)


def test_rubbish_that_a_script_prints_disturbs_nothing(contest, odd):
    own = train_own(contest)
    odd("prints")
    other = train_baseline(contest, "odd", own)
    assert (other.problem, other.apart.loss) == ("", 0)


def test_a_store_that_cannot_be_written_costs_a_sentence_and_no_comparison(odd, tmp_path, monkeypatch):
    (tmp_path / "runs").write_text("a file where the folder should be")
    monkeypatch.setenv("NNLAB_HOME", str(tmp_path))
    said: list[str] = []
    with contest_of(example("xor", epochs=2), [], 1, Heard(said=said.append)) as contest:
        own = train_own(contest)
        other = train_baseline(contest, "odd", own)
    assert own.run is None and len(said) == 1 and "runs" in said[0]
    assert other.problem == "" and other.apart.loss == 0


def test_nnlabs_own_run_that_cannot_be_trained_is_an_error(odd, no_data):
    with contest_of(example("mnist-mlp", epochs=1), [], 1) as contest, pytest.raises(NnlabError, match="mnist"):
        train_own(contest)


def test_a_run_of_nnlab_that_diverges_is_compared_as_far_as_it_came(odd, store):
    experiment = example("sine", epochs=30, optimizer="sgd", learning_rate=1000.0)
    with contest_of(experiment, [], 1) as contest:
        own = train_own(contest)
    assert own.steps > 0
    assert own.problem == f"diverged: the loss of step {own.steps + 1:,} is no finite number"
    assert store.run(own.run).ending == "diverged"


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z" if Path("/proc").is_dir() else True


def wait_until_gone(pid: int) -> None:
    until = time.monotonic() + 20
    while is_running(pid):
        assert time.monotonic() < until, "the process still runs"
        time.sleep(0.02)


def test_a_cancelled_baseline_is_killed_and_kept_as_far_as_it_came(contest, odd, store, tmp_path, monkeypatch):
    own = train_own(contest)
    odd("hangs")
    monkeypatch.setenv("ODD_PID", str(tmp_path / "pid"))

    def report(what: str, share: float) -> None:
        if (tmp_path / "pid").exists():
            raise CancelledError("enough")

    with pytest.raises(CancelledError):
        train_baseline(contest, "odd", own, store, report)
    wait_until_gone(int((tmp_path / "pid").read_text()))
    assert [record.ending for record in store.runs() if record.framework] in ([], ["stopped"])


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no such signal here")
def test_whoever_started_it_may_be_killed_and_it_ends_too(tmp_path):
    code = (
        "from pathlib import Path\n"
        "import sys\n"
        "from nnlab.experiments.baselines.process import listen, script_command\n"
        "for message in listen(script_command(Path(sys.argv[1]), None, Path(sys.argv[2])), 1, lambda: None): pass\n"
    )
    script = Path(__file__).with_name("hanging_script.py")
    environment = {**os.environ, "ODD_PID": str(tmp_path / "pid")}
    parent = subprocess.Popen([sys.executable, "-c", code, str(script), str(tmp_path)], env=environment)
    until = time.monotonic() + 20
    while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
        assert time.monotonic() < until
        time.sleep(0.02)
    pid = int((tmp_path / "pid").read_text())
    assert is_running(pid)
    parent.kill()
    parent.wait()
    wait_until_gone(pid)


def test_the_parameters_are_looked_at_ever_more_rarely():
    assert [step for step in range(1, 12_000) if is_looked_at(step)] == [10**power for power in range(5)]
