"""How soon the curves of many runs lie under the present one, and what they cost while it trains.

    python benchmarks/overlaid.py [--runs 20] [--steps 10000] [--others 9980] [--rounds 9]

A store of runs with so many steps each, and of others of which only the table knows, is made in a folder of its own. In a
real window (without a screen in Xvfb) all are ticked, and the time is taken until every line is painted. After that the
curves are drawn as they are while a run trains, with the others under them and without.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from screen import screen

ROOT = Path(__file__).resolve().parent.parent
EXPERIMENT = ROOT / "resources" / "examples" / "digits-mlp.toml"
BATCHES = 41


def history_of_steps(count: int, seed: int):
    """Curves as a run has them: noise around a fall, validation after every epoch, a look at the clock now and then."""
    from nnlab.training.history import History

    random, history, number = np.random.default_rng(seed), History(), np.arange(1.0, count + 1)
    losses = 2.0 * np.exp(-number / (1000 + 100 * seed)) + 0.05
    steps = {
        "step": number,
        "epoch": number / BATCHES,
        "loss": losses * random.lognormal(0, 0.3, count),
        "accuracy": np.clip(1 - losses / 2.3 + random.normal(0, 0.05, count), 0, 1),
        "learning_rate": np.full(count, 0.1),
    }
    ends = np.arange(BATCHES, count + 1, BATCHES)
    epochs = {"step": ends, "epoch": ends / BATCHES}
    for part in ("train", "validation"):
        epochs |= {f"{part}_loss": losses[ends - 1], f"{part}_accuracy": 1 - losses[ends - 1] / 2.3}
    for table, columns in ((history.steps, steps), (history.epochs, epochs)):
        for name, numbers in columns.items():
            table[name].extend(np.asarray(numbers, float))
    for at in range(0, count + 1, 500):
        history.note_time(at, at * 0.001)
    return history


def fill(folder: Path, runs: int, steps: int, others: int) -> None:
    """The store."""
    from nnlab.experiments.experiment import format_experiment, load_experiment, with_settings
    from nnlab.experiments.journal.curve_parts import CurveParts
    from nnlab.experiments.journal.records import Snapshot, flat_settings
    from nnlab.experiments.journal.store import Written, open_store

    store, _ = open_store(folder)
    base = load_experiment(EXPERIMENT)
    for number in range(runs + others):
        experiment = with_settings(base, [f"training.learning_rate={0.001 * (number + 1):.3f}"])
        text = format_experiment(experiment)
        row = {"name": experiment.name, "experiment": text, "present": text, "data": "", "started": time.time()}
        row |= {"settings": json.dumps(flat_settings(experiment)), "facts": json.dumps({"score": "accuracy"})}
        row |= {"step": steps, "seconds": steps * 0.001, "ending": "done"}
        number_there = store.begin(row)
        if number < runs:
            parts = CurveParts().new_of(history_of_steps(steps, number))
            # Who trains a run holds it first, which makes its folder.
        store.folder_of(number_there).mkdir()
        store.write(number_there, Written({"step": steps}, Snapshot(steps, 1), b"-", parts))
    store.close()


def measure(arguments: argparse.Namespace) -> dict[str, float]:
    """In a window."""
    from PySide6.QtCore import QSettings
    from PySide6.QtWidgets import QApplication

    from nnlab.experiments.experiment import load_experiment
    from nnlab.experiments.places import home
    from nnlab.ui.appearance import Appearance
    from nnlab.ui.main_window import MainWindow
    from nnlab.ui.session import Session

    application = QApplication([])
    memory = QSettings(str(home() / "window.ini"), QSettings.Format.IniFormat)
    appearance = Appearance(application, memory)
    session = Session(load_experiment(EXPERIMENT), [], 1)
    window = MainWindow(session, appearance, memory)
    window.resize(1280, 800)
    window.show()
    session.start()
    until(application, lambda: session.situation.has_data and not session.jobs.is_busy)
    for _ in range(50):
        application.processEvents()
    seconds = []
    for _ in range(arguments.rounds):
        seconds.append(overlaid(application, window, arguments.runs))
        # What is not ticked any more is forgotten: the next time all is read again.
        session.ticked.clear()
        until(application, lambda: not window.curves.panels["loss"].overlaid.shown)
    figures = {"seconds until overlaid": statistics.median(seconds), "at best": min(seconds)}
    window.curves.begin(history_of_steps(arguments.steps, 0), True, 244, figures=window.curves._present)
    figures["ms of a redraw without"] = redraw(application, window, arguments.rounds)
    overlaid(application, window, arguments.runs)
    figures["ms of a redraw with"] = redraw(application, window, arguments.rounds)
    window.end()
    return figures


def until(application, condition) -> None:
    """Let events happen until it holds."""
    while not condition():
        application.processEvents()
        # What works on other threads needs the processor, too.
        time.sleep(0.0005)


def overlaid(application, window, runs: int) -> float:
    """Seconds from the first tick to the last line on the screen."""
    started = time.perf_counter()
    for number in range(1, runs + 1):
        window.session.ticked.tick(number, True)
    until(application, lambda: len(window.curves.panels["loss"].overlaid.shown) == runs)
    window.curves.canvas.viewport().repaint()
    seconds = time.perf_counter() - started
    until(application, lambda: not window.session.jobs.is_busy)
    return seconds


def redraw(application, window, rounds: int) -> float:
    """Milliseconds to compute and paint the curves once more, as they are while a run trains."""
    taken = []
    for _ in range(4 * rounds):
        started = time.perf_counter()
        window.curves.redraw()
        window.curves.canvas.viewport().repaint()
        taken.append(1e3 * (time.perf_counter() - started))
        application.processEvents()
    return statistics.median(taken)


def main() -> None:
    """Make the store, measure in a process with a screen, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, default in (("runs", 20), ("steps", 10_000), ("others", 9980), ("rounds", 9)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.inside:
        print(json.dumps(measure(arguments)))
        return
    with TemporaryDirectory() as folder, screen() as environment:
        fill(Path(folder) / "runs", arguments.runs, arguments.steps, arguments.others)
        command = [sys.executable, __file__, "--inside", *sys.argv[1:]]
        done = subprocess.run(
            command, env={**environment, "NNLAB_HOME": folder}, capture_output=True, text=True, check=False
        )
    if done.returncode:
        raise SystemExit(done.stderr)
    print(f"{arguments.runs} runs of {arguments.steps:,} steps, {arguments.others:,} other runs in the store")
    for name, figure in json.loads(done.stdout.splitlines()[-1]).items():
        print(f"  {name:<24} {figure:8.3f}")


if __name__ == "__main__":
    main()
