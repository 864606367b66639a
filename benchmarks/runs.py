"""How soon the list of runs is there: a store of 10,000 runs of 10,000 steps each, in a real window.

    python benchmarks/runs.py [--runs 10000] [--steps 10000] [--store DIR]

opened: from asking for the panel until its first rows are painted      whole: until every run is in it
filtered: from the last letter typed, with the pause that typing is waited for taken off, until the list is painted
sorted, differing: from a click until then

Making the store takes some minutes and 2 GB; with --store it is kept and used again.
"""

import argparse
import json
import os
import statistics
import time
import zlib
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np

from nnlab.experiments.experiment import Experiment, format_experiment, load_experiment
from nnlab.experiments.journal.records import flat_settings
from nnlab.experiments.journal.store import RunStore, open_store
from nnlab.resources import resource

if TYPE_CHECKING:
    from nnlab.ui.main_window import MainWindow
    from nnlab.ui.runs_panel.panel import RunsPanel

_RATES = (0.1, 0.05, 0.02, 0.01)
_AT_ONCE = 500


def make_store(folder: Path, runs: int, steps: int) -> None:
    """Runs as `nnlab train mnist-mlp.toml` leaves them, without their snapshots."""
    store, _ = open_store(folder)
    random = np.random.default_rng(0)
    experiment = load_experiment(resource("examples", "mnist-mlp.toml"))
    for first in range(0, runs, _AT_ONCE):
        with store.transaction():
            for place in range(first, min(first + _AT_ONCE, runs)):
                _add(store, experiment, place, steps, random)
    store.close()


def _add(store: RunStore, experiment: Experiment, place: int, steps: int, random: np.random.Generator) -> None:
    training = replace(experiment.training, learning_rate=_RATES[place % 4], seed=place // 4 % 1000)
    changed = replace(experiment, training=training)
    losses = np.exp(-np.linspace(0, 4, steps)) + 0.05 * random.random(steps)
    rows = np.column_stack([np.arange(1, steps + 1), np.linspace(0, 20, steps), losses, 1 - losses / 2, np.full(steps, 0.1)])
    accuracy = float(random.random())
    names = ("train_loss", "train_accuracy", "validation_loss", "validation_accuracy", "loss", "accuracy")
    figures = dict.fromkeys([*names, *(f"best_{name}" for name in names[:4])], accuracy) | {"best_epoch": 17.0}
    facts = {"parameters": 101_770, "first_step": 0, "title": "MNIST", "score": "accuracy", "machine": "Linux", "cores": 2}
    text = format_experiment(changed)
    columns = {
        "name": experiment.name,
        "experiment": text,
        "present": text,
        "settings": json.dumps(flat_settings(changed)),
        "data": "0" * 64,
        "facts": json.dumps(facts | {"folders": ["/home/somebody"], "numpy": "2", "blas": "openblas", "threads": "1"}),
        "started": time.time() - 60 * place,
        "seconds": 12.0,
        "step": steps,
        "epoch": 20.0,
        "ending": "all epochs done",
        "figures": json.dumps(figures),
        "curve": losses[:: max(steps // 64, 1)].astype(np.float32).tobytes(),
    }
    marks = ", ".join("?" * len(columns))
    insert = f"INSERT INTO runs ({', '.join(columns)}) VALUES ({marks})"
    number = store._connection.execute(insert, list(columns.values())).lastrowid
    content = zlib.compress(rows.tobytes(), 1)
    store._connection.execute("INSERT INTO curves VALUES (?, 'steps', 0, 1, ?)", (number, content))


def measure(home: Path) -> None:
    """In a window of the usual size."""
    os.environ |= {"NNLAB_HOME": str(home), "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")}
    from PySide6.QtCore import QSettings
    from PySide6.QtWidgets import QApplication

    from nnlab.ui.appearance import Appearance
    from nnlab.ui.main_window import MainWindow
    from nnlab.ui.session import Session

    application = QApplication([])
    memory = QSettings(str(home / "benchmark.ini"), QSettings.Format.IniFormat)
    appearance = Appearance(application, memory)
    session = Session(load_experiment(resource("examples", "xor.toml")), [], 1)
    window = MainWindow(session, appearance, memory)
    window.show()
    session.start()
    _until(lambda: session.running is not None and session.frames.is_settled)
    measure_opening(window)
    measure_filtering(window.runs_panel)
    measure_sorting(window.runs_panel)
    window.files.may_leave = lambda later: True  # type: ignore[method-assign]
    window.close()


def measure_opening(window: "MainWindow") -> None:
    """Until the first rows are painted, and until every run is in the list."""
    panel = window.runs_panel
    if panel.isVisible():
        window.commands["runs"].trigger()
    wholes: list[float] = []
    panel.reader.whole.connect(lambda: wholes.append(time.perf_counter()))
    started = time.perf_counter()
    opened = _taken(panel, window.commands["runs"].trigger, lambda: len(panel.table.numbers) > 0)
    _until(lambda: bool(wholes) and not panel._soon.isActive())
    print(f"opened    {opened:7.0f} ms")
    print(f"whole     {1e3 * (wholes[0] - started):7.0f} ms, {len(panel.table.numbers):,} runs")


def measure_filtering(panel: "RunsPanel") -> None:
    """Five times for each of some filters, and then none."""
    pause = panel.filter._timer.interval()
    for text in ("lr > 0.02", "lr > 0.02 accuracy > 0.97", "seed = 17", "mnist"):
        filtered: list[float] = []
        for _ in range(5):
            _show_all(panel)
            count = len(panel.table.numbers)
            heard: list[object] = []
            panel.filter.changed.connect(heard.append)
            spent = _taken(panel, lambda text=text: panel.filter.setText(text), lambda heard=heard: bool(heard))
            filtered.append(spent - pause)
            assert text == "mnist" or len(panel.table.numbers) < count
        print(f"filtered  {statistics.median(filtered):7.0f} ms, {len(panel.table.numbers):,} runs by {text}")
    _show_all(panel)


def measure_sorting(panel: "RunsPanel") -> None:
    """By three columns, and showing only the columns in which runs differ."""
    click = panel.view.horizontalHeader().sectionClicked.emit
    for name in ("score", "name", "started"):
        place = [column.name for column in panel.table.columns].index(name)
        print(f"sorted    {_taken(panel, partial(click, place), lambda: True):7.0f} ms by {name}")
    print(f"differing {_taken(panel, panel.differ.click, lambda: True):7.0f} ms")


def _show_all(panel: "RunsPanel") -> None:
    panel.filter.setText("")
    _until(lambda: len(panel.table.numbers) == len(panel.library.records))


def _taken(panel: "RunsPanel", act: Callable[[], object], condition: Callable[[], bool]) -> float:
    """Milliseconds from doing something until the condition holds and the list is painted."""
    started = time.perf_counter()
    act()
    _until(condition)
    panel.view.viewport().repaint()
    return 1e3 * (time.perf_counter() - started)


def _until(condition: Callable[[], bool]) -> None:
    from PySide6.QtWidgets import QApplication

    while not condition():
        QApplication.processEvents()
        time.sleep(0.001)


def main() -> None:
    """Make the store where there is none, and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--steps", type=int, default=10_000)
    parser.add_argument("--store", type=Path, help="a folder to keep it in")
    chosen = parser.parse_args()
    with TemporaryDirectory() as made:
        home = chosen.store or Path(made)
        if not (home / "runs").exists():
            started = time.perf_counter()
            make_store(home / "runs", chosen.runs, chosen.steps)
            print(f"made in {time.perf_counter() - started:.0f} s")
        measure(home)


if __name__ == "__main__":
    main()
