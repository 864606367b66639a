"""Ctrl-C in the terminal, the end of the session, a request to end: with a real process and real signals."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings

from nnlab.experiments.experiment import load_experiment
from nnlab.experiments.headless_training import run_experiment
from nnlab.experiments.model_file import load_model
from nnlab.ui import rescue, worked_run
from nnlab.ui.main_window import MainWindow
from nnlab.ui.rescue import RecoveredNotice
from tests.ui.conftest import Driver, example

# A window that trains at once, and says when it has learned something; "box" asks a question then. To "twice" a second
# signal comes while it ends.
WINDOW = """
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path
from PySide6.QtWidgets import QMessageBox
from shiboken6 import isValid
from nnlab.ui import main_window
from nnlab.ui.app import run_window

made, end, what = main_window.MainWindow.__init__, main_window.MainWindow.end, sys.argv[1]

def end_late(window):
    if what == "twice":
        os.kill(os.getpid(), signal.SIGINT)
    end(window)
    if what == "twice":
        os.kill(os.getpid(), signal.SIGINT)

windows = []

def make(window, *arguments):
    windows.append(window)
    made(window, *arguments)
    session = window.session
    def begin(prepared):
        if what == "idle":
            print("ready", flush=True)
        elif prepared.experiment.training.epochs < 1000:
            session.edit(replace(session.experiment, training=replace(session.experiment.training, epochs=100000)))
            session.run_or_pause()
    def look(frame):
        if frame.progress.step > 50 and not told:
            told.append(True)
            print("ready", flush=True)
            if what == "box":
                QMessageBox(window).exec()
    told = []
    session.prepared.connect(begin)
    session.frame.connect(look)

main_window.MainWindow.__init__, main_window.MainWindow.end = make, end_late
status = run_window(None, None, 1)
print("left" if isValid(windows[0]) else "gone", flush=True)
sys.exit(status)
"""


def end_by(number: int, home: Path, what: str = "train") -> tuple[int, str]:
    """The exit status, and what was said."""
    environment = os.environ | {"NNLAB_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", WINDOW, what]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, text=True) as process:
        try:
            assert process.stdout.readline() == "ready\n", process.stderr.read()
            process.send_signal(number)
            last, said = process.communicate(timeout=120)
            # A window that is torn down with the interpreter may crash.
            assert last == "gone\n", said
        finally:
            process.kill()
    return process.returncode, said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_what_was_learned_is_kept_when_the_process_is_ended(tmp_path: Path, number: int) -> None:
    status, said = end_by(number, tmp_path)
    assert status == 128 + number
    (model,) = (tmp_path / "recovered").glob("digits-mlp-*.safetensors")
    (experiment,) = (tmp_path / "recovered").glob("digits-mlp-*.toml")
    assert str(model) in said and str(experiment) in said and "Traceback" not in said
    saved = load_model(model)
    assert saved.step > 50 and load_experiment(experiment).training.epochs == 100_000
    assert QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat).value("recovered")
    # It is the run, bit for bit: as many steps without a window give the same.
    training = {"epochs": 100_000, "steps": saved.step, "keep": "last"}
    report = run_experiment(example("digits-mlp", **training), [], tmp_path, threads=1)
    assert load_model(tmp_path / "digits-mlp.safetensors").checksum == saved.checksum, report


def test_no_question_holds_up_the_end(tmp_path: Path) -> None:
    status, said = end_by(signal.SIGTERM, tmp_path, "box")
    assert status == 143 and "is kept in" in said


def test_a_second_signal_does_not_break_off_the_end(tmp_path: Path) -> None:
    status, said = end_by(signal.SIGINT, tmp_path, "twice")
    assert status == 130 and "is kept in" in said
    assert "Traceback" not in said and "fault" not in said and "QThread" not in said


def test_an_untouched_window_ends_without_a_file(tmp_path: Path) -> None:
    assert end_by(signal.SIGINT, tmp_path, "idle") == (130, "")
    assert not list((tmp_path / "recovered").iterdir())


def test_a_full_disk_is_told_and_holds_nothing_up(tmp_path: Path) -> None:
    (tmp_path / "recovered").write_text("in the way")
    status, said = end_by(signal.SIGTERM, tmp_path)
    assert status == 143 and "not saved" in said and "Traceback" not in said


def test_a_run_that_was_put_aside_is_kept_too(digits: MainWindow, driver: Driver, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("NNLAB_HOME", str(tmp_path))
    monkeypatch.setattr(rescue, "MOMENT_SECONDS", 0.0)
    monkeypatch.setattr(worked_run, "measure", lambda run: pytest.fail("there may be no time to measure"))
    driver.finish(digits)
    left = digits.session.progress.step
    with driver.qtbot.waitSignal(digits.session.prepared, timeout=60_000):
        digits.session.reset()
    digits.run_bar.batch.click()
    driver.wait_for(lambda: digits.session.progress.step == 1)
    ended: list[int] = []
    end = rescue.Rescue(digits.session, digits.memory, ended.append)
    end.begin(signal.SIGTERM)
    driver.wait_for(lambda: ended == [143])
    models = sorted((tmp_path / "recovered").glob("*.safetensors"), key=lambda path: len(path.name))
    assert [load_model(path).step for path in models] == [1, left]
    assert [load_model(path).history.number for path in models] == [1, left]
    # The present one is what the next start opens first.
    assert digits.memory.value("recovered")[0] == str(models[0])


def test_the_next_start_offers_what_was_recovered(driver: Driver, tmp_path: Path) -> None:
    run_experiment(example("xor", epochs=1), [], tmp_path, threads=1)
    driver.memory.setValue("recovered", [str(tmp_path / "xor.safetensors"), str(tmp_path / "gone.toml")])
    window = driver.open(example("digits-mlp", epochs=1))
    notice = window.recovered_notice
    assert notice.isVisible() and "xor.safetensors" in notice.text and str(tmp_path) in notice.text
    with driver.qtbot.waitSignal(window.session.prepared, timeout=60_000) as heard:
        notice.button.click()
    assert heard.args[0].experiment.name == "xor" and heard.args[0].moment.step > 0
    assert notice.isHidden() and RecoveredNotice(window.files, driver.memory).paths == []


def test_a_dismissed_notice_of_recovery_does_not_come_again(digits: MainWindow, tmp_path: Path) -> None:
    (tmp_path / "old.toml").touch()
    digits.memory.setValue("recovered", str(tmp_path / "old.toml"))
    notice = RecoveredNotice(digits.files, digits.memory)
    assert notice.paths == [tmp_path / "old.toml"]
    notice._close.click()
    assert RecoveredNotice(digits.files, digits.memory).paths == []


def test_what_an_earlier_end_left_is_offered_until_it_is_opened(driver: Driver, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("NNLAB_HOME", str(tmp_path))
    monkeypatch.setattr(rescue, "MOMENT_SECONDS", 0.0)
    run_experiment(example("xor", epochs=1), [], tmp_path, threads=1)
    earlier = tmp_path / "xor.safetensors"
    driver.memory.setValue("recovered", [str(earlier)])
    window = driver.open(example("digits-mlp", epochs=1))
    driver.finish(window)
    ended: list[int] = []
    end = rescue.Rescue(window.session, driver.memory, ended.append)
    end.begin(signal.SIGTERM)
    driver.wait_for(lambda: ended == [143])
    # Written at once: the process may be ended by force.
    written = QSettings(driver.memory.fileName(), QSettings.Format.IniFormat).value("recovered")
    assert written[-1] == str(earlier) and len(written) > 1
    notice = RecoveredNotice(window.files, driver.memory)
    notice.setParent(window)
    first, *rest = notice.paths
    monkeypatch.setattr(window.files, "may_leave", lambda later: False)
    notice._open()
    driver.wait_for(lambda: not window.session.opening.source)
    # The question before it was answered with Cancel.
    assert RecoveredNotice(window.files, driver.memory).paths == [first, *rest]
    monkeypatch.setattr(window.files, "may_leave", lambda later: True)
    notice._open()
    driver.wait_for(lambda: window.files.last_opened == first)
    assert RecoveredNotice(window.files, driver.memory).paths == rest
