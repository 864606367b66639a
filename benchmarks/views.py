"""How long each view takes for a frame: its probe on the worker's thread, its drawing and painting on the window's.

    python benchmarks/views.py [--data DIR] [--frames 30] [EXPERIMENT ...]

Opens the real window at 1920 x 1080 (on Xvfb where there is no screen) with each experiment, trains a little, and shows one
view after the other, each with all that it can hold: something drawn on its pad, its long work done, its history full. Each
frame is drawn from a probe's answer after another step, and painted at once. Medians and the 95th percentile, in
milliseconds; a frame should take at most 12.
"""

import argparse
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

from screen import screen

ROOT = Path(__file__).resolve().parent.parent
EXPERIMENTS = ("mnist-mlp", "mnist-cnn-deep", "mnist-autoencoder", "mnist-rbm", "xor")
TARGET = 12.0
WARM_UP = 5
# Frames until the history over steps is as long as it gets.
FULL = {"distributions": 300}
MINUTES = 3


def main() -> None:
    """One process per experiment, all on one screen."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("experiments", nargs="*", default=list(EXPERIMENTS))
    parser.add_argument("--data", type=Path)
    parser.add_argument("--frames", type=int, default=30)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.inside:
        measure(arguments.experiments[0], arguments)
        return
    print(f"{'experiment':<20} {'view':<16} {'probe':>7} {'draw':>7} {'p95':>7}   ms, median; p95 of the drawing")
    with screen() as environment:
        for name in arguments.experiments:
            command = [sys.executable, __file__, "--inside", name, "--frames", str(arguments.frames)]
            command += ["--data", str(arguments.data)] if arguments.data else []
            if subprocess.run(command, env=environment, check=False).returncode:
                raise SystemExit(f"{name} failed")


def measure(name: str, arguments: argparse.Namespace) -> None:
    """Every view that fits the experiment, one after the other."""
    from PySide6.QtCore import QSettings
    from PySide6.QtWidgets import QApplication

    from nnlab.experiments.experiment import load_experiment
    from nnlab.experiments.places import data_folders, home
    from nnlab.ui.appearance import Appearance
    from nnlab.ui.main_window import MainWindow
    from nnlab.ui.session import Session

    application = QApplication(sys.argv[:1])
    memory = QSettings(str(home() / "benchmark.ini"), QSettings.Format.IniFormat)
    experiment = load_experiment(ROOT / "resources" / "examples" / f"{name}.toml")
    window = MainWindow(Session(experiment, data_folders(arguments.data), 1), Appearance(application, memory), memory)
    window.resize(1920, 1080)
    window.show()
    window.session.start()
    wait_until(application, lambda: window.stage.current is not None and window.stage.current.answer is not None)
    for view_name in list(window.stage._fitting):
        window.stage.show_view(view_name)
        wait_until(application, lambda: window.stage.current.answer is not None)
        fill(application, window.stage.current)
        report(name, view_name, *frames(window, view_name, arguments.frames))
    window.session._saved_experiment = window.session.experiment
    window.close()


def frames(window: object, name: str, count: int) -> tuple[list[float], list[float]]:
    """Milliseconds of the probe and of drawing, for so many frames, each after another step."""
    from PySide6.QtWidgets import QApplication

    from nnlab.probes import Observer

    view, run, observer = window.stage.current, window.session._link.worker._run, Observer()
    probing, drawing = [], []
    warm_up = FULL.get(name, WARM_UP)
    for _ in range(count + warm_up):
        next(run)
        selection = replace(window.stage.selection, options=view.options)
        started = time.perf_counter()
        answer = observer.look(run, view.probe, selection, name)
        probed = time.perf_counter()
        view.show_answer(answer)
        # Whatever the answer made out of date is laid out and painted now; nothing else happens meanwhile.
        for _ in range(3):
            QApplication.sendPostedEvents()
        drawing.append(1000 * (time.perf_counter() - probed))
        probing.append(1000 * (probed - started))
    return probing[warm_up:], drawing[warm_up:]


def fill(application: object, view: object) -> None:
    """Draw on the view's pad, and have its long work done."""
    from PySide6.QtCore import QPoint, Qt
    from PySide6.QtTest import QTest

    from nnlab.ui.widgets.drawing_pad import DrawingPad
    from nnlab.ui.widgets.job_control import JobControl

    for pad in view.findChildren(DrawingPad):
        side = pad.width()
        QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=QPoint(side // 3, side // 4))
        for share in (0.3, 0.4, 0.5, 0.6, 0.7):
            QTest.mouseMove(pad, QPoint(side // 2, int(share * side)))
        QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=QPoint(side // 2, 3 * side // 4))
        wait_until(application, lambda: view.options.drawing is not None)
    for control in view.findChildren(JobControl):
        if control.isVisible():
            control.button.click()
            wait_until(application, lambda control=control: not control.is_busy)


def report(experiment: str, view: str, probing: list[float], drawing: list[float]) -> None:
    """One line of the table."""
    probing, drawing = sorted(probing), sorted(drawing)
    middle, late = drawing[len(drawing) // 2], drawing[int(0.95 * len(drawing))]
    mark = "" if middle <= TARGET else f"   over {TARGET:g}"
    print(f"{experiment:<20} {view:<16} {probing[len(probing) // 2]:7.1f} {middle:7.1f} {late:7.1f}{mark}", flush=True)


def wait_until(application: object, condition: object) -> None:
    """Let the window live until the condition holds."""
    started = time.perf_counter()
    while not condition():
        application.processEvents()
        if time.perf_counter() - started > 60 * MINUTES:
            raise SystemExit(f"the window did not get there within {MINUTES} minutes")


if __name__ == "__main__":
    main()
