"""How fast the window opens, how promptly it answers while training, and what it costs the engine.

    python benchmarks/window.py [--data DIR] [--seconds 10] [--panes 1|2|4]

Starts real processes. Without a screen it uses Xvfb where that is installed. Event lateness is how much later than planned a
5 ms timer fires on the window's thread; the engine's share is the window's examples/s over those of the same experiment,
headless, at the same thread count, the two taken in turn. With four panes, four views are drawn besides the curves. Memory
is what the process holds at the end of the measurement less what it held at its beginning: --seconds 600 shows a leak.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from screen import screen

ROOT = Path(__file__).resolve().parent.parent
EXPERIMENT = ROOT / "resources" / "examples" / "mnist-mlp.toml"
ROUNDS = 3


def run_part(part: str, arguments: argparse.Namespace, environment: dict[str, str]) -> dict[str, float]:
    """One measurement in a process of its own; `started` lets it count its own start."""
    command = [sys.executable, __file__, "--part", part, "--seconds", str(arguments.seconds), "--started", str(time.time())]
    command += ["--panes", str(arguments.panes), "--rounds", str(arguments.rounds)]
    done = subprocess.run(
        command + (["--data", str(arguments.data)] if arguments.data else []),
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{part} failed:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def headless(arguments: argparse.Namespace) -> dict[str, float]:
    """Examples per second of the engine alone, on one thread."""
    from dataclasses import replace

    from nnlab.experiments.assembly import assemble
    from nnlab.experiments.experiment import load_experiment
    from nnlab.experiments.machine import set_threads
    from nnlab.experiments.places import data_folders

    set_threads(1)
    experiment = load_experiment(EXPERIMENT)
    experiment = replace(experiment, training=replace(experiment.training, epochs=10_000))
    run = assemble(experiment, data_folders(arguments.data))
    for _, _ in zip(range(200), run, strict=False):
        pass
    started, examples = time.perf_counter(), 0
    for step in run:
        examples += step.examples
        if time.perf_counter() - started > arguments.seconds:
            break
    return {"rate": examples / (time.perf_counter() - started)}


def resident() -> float:
    """Megabytes of memory that this process holds; 0 where the system does not tell."""
    pages = Path("/proc/self/statm")
    return int(pages.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6 if pages.exists() else 0.0


def window(arguments: argparse.Namespace) -> dict[str, float]:
    """Start-up, lateness, examples per second and frames per second of the real window."""
    from dataclasses import replace

    from PySide6.QtCore import QObject, Qt, QTimer

    from nnlab.ui import app, main_window

    found: dict[str, float] = {}
    lateness: list[float] = []

    class Probe(QObject):
        def __init__(self, shown: main_window.MainWindow) -> None:
            super().__init__()
            self.shown, self.frames, self.measuring = shown, 0, False
            shown.session.snapshot.connect(self.on_snapshot)
            self.timer = QTimer(self)
            self.timer.setTimerType(Qt.TimerType.PreciseTimer)
            self.timer.setInterval(5)
            self.timer.timeout.connect(self.tick)

        def on_snapshot(self, snapshot: object) -> None:
            if "first_frame" not in found and snapshot.probes:
                # The answer has been drawn into the scene; the paint event that shows it comes next.
                QTimer.singleShot(0, self.painted)
            if self.measuring:
                self.frames += 1

        def painted(self) -> None:
            if "first_frame" in found:
                return
            self.shown.repaint()
            found["first_frame"] = time.time() - arguments.started
            self.shown.files.open(EXPERIMENT)
            self.shown.session.prepared.connect(self.begin)

        def begin(self, prepared: object) -> None:
            """Train as soon as the data is there."""
            if prepared.dataset.name != "mnist" or self.measuring:
                return
            session = self.shown.session
            training = replace(session.experiment.training, epochs=10_000)
            session.edit(replace(session.experiment, training=training))
            self.shown.stage.arrange(arguments.panes)
            self.shown.stage.show_view("weights")
            session.run_or_pause()
            QTimer.singleShot(1500, self.measure)

        def measure(self) -> None:
            self.measuring = True
            self.frames, self.started = 0, time.perf_counter()
            self.examples = self.shown.session.progress.number
            self.last = time.perf_counter()
            self.memory = resident()
            self.timer.start()
            QTimer.singleShot(int(1000 * arguments.seconds), self.finish)

        def tick(self) -> None:
            now = time.perf_counter()
            lateness.append(1000 * (now - self.last) - 5)
            self.last = now

        def finish(self) -> None:
            """Work out the figures, and close."""
            seconds = time.perf_counter() - self.started
            session = self.shown.session
            found["rate"] = (session.progress.number - self.examples) * session.experiment.training.batch_size / seconds
            found["frames"] = self.frames / seconds
            found["grown"] = resident() - self.memory
            ordered = sorted(max(late, 0) for late in lateness)
            found["median"] = statistics.median(ordered)
            found["p99"] = ordered[int(0.99 * len(ordered))]
            found["worst"] = ordered[-1]
            session._saved_experiment = session.experiment
            self.shown.close()

    original = main_window.MainWindow.__init__

    def hooked(self, *rest: object) -> None:
        original(self, *rest)
        self._benchmark = Probe(self)

    main_window.MainWindow.__init__ = hooked
    app.run_window(None, arguments.data, 1)
    return found


def main() -> None:
    """Interleaved rounds, medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--panes", type=int, choices=[1, 2, 4], default=1)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--part", choices=["headless", "window"])
    parser.add_argument("--started", type=float, default=0.0)
    arguments = parser.parse_args()
    if arguments.part:
        print(json.dumps({"headless": headless, "window": window}[arguments.part](arguments)))
        return
    rounds = []
    with screen() as environment:
        for _ in range(arguments.rounds):
            bare = run_part("headless", arguments, environment)
            seen = run_part("window", arguments, environment)
            rounds.append(seen | {"share": seen["rate"] / bare["rate"], "bare": bare["rate"]})
    middle = {name: statistics.median(entry[name] for entry in rounds) for name in rounds[0]}
    print(f"process start to first frame with data  {middle['first_frame']:6.2f} s     (target < 1)")
    print(f"event lateness, median                  {middle['median']:6.1f} ms    (target <= 16)")
    print(f"event lateness, 99th percentile         {middle['p99']:6.1f} ms    (target <= 33)")
    print(f"event lateness, worst                   {middle['worst']:6.1f} ms")
    print(f"frames per second                       {middle['frames']:6.1f}")
    print(f"examples/s headless, 1 thread           {middle['bare']:10,.0f}")
    print(f"examples/s in the window, 1 thread      {middle['rate']:10,.0f}")
    print(f"memory grown while measured             {middle['grown']:6.1f} MB")
    print(f"share of headless speed                 {middle['share']:6.2f}       (target >= 0.80)")


if __name__ == "__main__":
    main()
