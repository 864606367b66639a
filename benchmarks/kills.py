"""Kill nnlab at random moments, and go on: nothing is lost, however often and wherever it happens.

    python benchmarks/kills.py [--kills 200] [--seed 1] [--only NAME] [--place headless|window]

Real processes train small experiments of every kind (kill_cases.py), in the window and headless, and are killed: from
outside at any time from the first step to a little after the last, or by themselves at some call that touches the disk.
Then the store must open as it is, be whole to SQLite's own check, show the run, free to be gone on with, and no more than
about a second of training may be missing. `nnlab resume`, itself killed now and then, must reach the parameters of the
run that was never stopped. Every failure is printed with all that is known of it.
"""

import argparse
import json
import os
import random
import sqlite3
import statistics
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
from kill_cases import CASES

from nnlab.experiments.experiment import save_experiment
from nnlab.experiments.journal.curve_parts import history_of
from nnlab.experiments.journal.store import open_store

_PART = Path(__file__).resolve().parent / "killed_part.py"
_MOST_STEPS = 1 << 20
# What of training may be missing, and what a shared machine adds while it gives the writer no time.
_SECONDS_LOST = 1.0
_MOST_CALLS = 600
_SHARE_OF_OWN = 0.35
_SHARE_OF_RESUMES = 0.4


@dataclass
class Process:
    """nnlab with some words in some home, its notes beside it."""

    words: list[str]
    folder: Path
    death: int = 0
    output: str = ""
    errors: str = ""

    def start(self, home: Path, window: bool) -> None:
        """Begin, with no step made yet."""
        self.notes = self.folder / "notes"
        self.notes.write_bytes(b"")
        os.truncate(self.notes, 8 * _MOST_STEPS)
        environment = {**os.environ, "NNLAB_HOME": str(home), "OPENBLAS_NUM_THREADS": "1"}
        if window:
            environment["QT_QPA_PLATFORM"] = "offscreen"
        command = [sys.executable, str(_PART), str(self.notes), str(self.death), *self.words]
        self.process = subprocess.Popen(
            command, env=environment, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def wait_for_a_step(self) -> None:
        """Or for its end."""
        while self.process.poll() is None and not self.times().any():
            time.sleep(0.02)

    def times(self) -> np.ndarray:
        """Of every step, at its number; 0 where none was made."""
        return np.fromfile(self.notes, np.float64)

    def kill_after(self, seconds: float) -> bool:
        """Whether it did not end before."""
        try:
            self.output, self.errors = self.process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.output, self.errors = self.process.communicate()
        return self.process.returncode == -9


@dataclass
class Tally:
    """What was seen."""

    kills: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    lost: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def fail(self, where: str, what: str) -> None:
        """Remember, and say it at once."""
        self.failures.append(f"{where}: {what}")
        print(f"FAILURE {where}: {what}", flush=True)


class Case:
    """An experiment, where it is trained and kept, and what it becomes when nobody disturbs it."""

    def __init__(self, name: str, rng: random.Random, tally: Tally) -> None:
        self.name, self.rng, self.tally = name, rng, tally
        self.folder, self.home = Path(mkdtemp(prefix=f"kills-{name}-")), Path(mkdtemp(prefix="kills-home-"))
        self.file = self.folder / f"{name}.toml"
        save_experiment(CASES[name], self.file)
        self.options = ["--threads", "1", "--json", "--output", str(self.folder)]
        whole = Process(["train", str(self.file), *self.options], self.folder)
        bare = Path(mkdtemp(prefix="kills-bare-"))
        whole.start(bare, window=False)
        whole.kill_after(600)
        report = json.loads(whole.output)
        self.expected, self.steps = report["parameters_sha256"], report["steps"]
        self.curves = curves(bare, 1)
        made = whole.times()[1 : self.steps + 1]
        self.seconds = float(made[-1] - made[0])
        print(f"{name}: {self.steps:,} steps in {self.seconds:.1f} s, {self.expected[:8]}, {report['stopped']}", flush=True)

    def kill_and_go_on(self, place: str) -> None:
        """One killed run, and all that must hold then."""
        words = [str(self.file), "--threads", "1"] if place == "window" else ["train", str(self.file), *self.options]
        death = self.rng.randint(1, _MOST_CALLS) if self.rng.random() < _SHARE_OF_OWN else 0
        process = Process(words, self.folder, death)
        where = f"{self.name} {place} death {death}"
        known = self.last_number()
        process.start(self.home, place == "window")
        if not death or place == "window":
            process.wait_for_a_step()
        # A window does not end by itself when training does.
        seconds = self.rng.uniform(0, 1.15 * self.seconds) + (0 if not death else 2 * self.seconds)
        if not process.kill_after(seconds):
            self.tally.outcomes["ended before"] += 1
            if process.process.returncode:
                self.tally.fail(where, f"status {process.process.returncode}: {process.errors[-500:]}")
            return
        self.tally.kills[place] += 1
        while (number := self.look(where, process, known)) is not None:
            known = number - 1
            process = Process(["resume", str(number), *self.options], self.folder)
            where = f"{where} resume {number}"
            if self.rng.random() < _SHARE_OF_RESUMES:
                process.death = self.rng.choice([0, self.rng.randint(1, _MOST_CALLS // 3)])
            process.start(self.home, window=False)
            kills = process.death == 0 and self.rng.random() < _SHARE_OF_RESUMES
            if kills:
                process.wait_for_a_step()
            if process.kill_after(self.rng.uniform(0, self.seconds) if kills else 300):
                self.tally.kills["resume"] += 1
                continue
            self.judge(where, process)
            return

    def judge(self, where: str, process: Process) -> None:
        """Whether it came to the same end."""
        try:
            report = json.loads(process.output)
        except ValueError:
            self.tally.fail(where, f"status {process.process.returncode}: {process.output[-300:]} {process.errors[-500:]}")
            return
        if report["parameters_sha256"] != self.expected or report["steps"] != self.steps:
            self.tally.fail(
                where, f"{report['parameters_sha256'][:8]} after {report['steps']} instead of {self.expected[:8]}"
            )
        if curves(self.home, report["run"]) != self.curves:
            self.tally.fail(where, f"run {report['run']} has other curves than one that was never stopped")
        self.tally.outcomes["same end"] += report["parameters_sha256"] == self.expected

    def last_number(self) -> int:
        """Of the runs there are."""
        if not (self.home / "runs" / "runs.sqlite").exists():
            return 0
        store, _ = open_store(self.home / "runs")
        try:
            return max((record.number for record in store.runs()), default=0)
        finally:
            store.close()

    def look(self, where: str, process: Process, known: int) -> int | None:
        """The number of the run that was killed, where it is in the store: it must be, once it trained for a second."""
        times = process.times()
        made = np.flatnonzero(times)
        if not (self.home / "runs" / "runs.sqlite").exists():
            step, record = 0, None
        else:
            store, notice = open_store(self.home / "runs")
            if notice:
                self.tally.fail(where, notice)
            record = next((found for found in store.runs() if found.number > known), None)
            if record is not None and store.is_held(record.number):
                self.tally.fail(where, "it is held by nobody")
            step = record.step if record is not None else 0
            store.close()
            connection = sqlite3.connect(self.home / "runs" / "runs.sqlite")
            if (found := connection.execute("PRAGMA integrity_check").fetchone()) != ("ok",):
                self.tally.fail(where, f"integrity_check: {found}")
            connection.close()
        if made.size:
            first, last = int(made[0]), int(made[-1])
            missing = max(step + 1, first)
            lost = float(times[last] - times[missing]) if missing <= last else 0.0
            self.tally.lost.append(lost)
            if lost > _SECONDS_LOST:
                self.tally.fail(where, f"{lost:.2f} s lost: the store has step {step} of {last}")
        if record is None:
            self.tally.outcomes["killed before its first entry"] += 1
            return None
        if record.ending:
            self.tally.outcomes[f"ending already written: {record.ending}"] += 1
        return record.number


def curves(home: Path, number: int) -> list[list[float]]:
    """The figures of every step and epoch of a run."""
    store, _ = open_store(home / "runs")
    try:
        record = store.run(number)
        history = history_of(store.curves(number), record.step, record.score)
        columns = [*history.steps.values(), *history.epochs.values()]
        # A number that is none equals none.
        return [np.nan_to_num(column.values, nan=-1.0).tolist() for column in columns]
    finally:
        store.close()


def main() -> None:
    """All cases in turn, in both places, until there were enough kills."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=CASES)
    parser.add_argument("--place", choices=["headless", "window"])
    chosen = parser.parse_args()
    rng, tally = random.Random(chosen.seed), Tally()
    cases = [Case(name, rng, tally) for name in ([chosen.only] if chosen.only else CASES)]
    places = [chosen.place] if chosen.place else ["headless", "window"]
    turn = 0
    while tally.kills.total() < chosen.kills:
        cases[turn // len(places) % len(cases)].kill_and_go_on(places[turn % len(places)])
        turn += 1
        if turn % 10 == 0:
            print(f"{tally.kills.total()} kills {dict(tally.kills)} {dict(tally.outcomes)}", flush=True)
    lost = sorted(tally.lost)
    print(f"{tally.kills.total()} kills {dict(tally.kills)}; {dict(tally.outcomes)}")
    print(
        f"seconds lost: median {statistics.median(lost):.2f}, 95th {lost[int(0.95 * len(lost))]:.2f}, worst {lost[-1]:.2f}"
    )
    print(f"{len(tally.failures)} failures")
    sys.exit(bool(tally.failures))


if __name__ == "__main__":
    main()
