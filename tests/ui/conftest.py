"""A real window on an offscreen display, driven through its widgets."""

import gc
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QEvent, QSettings
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QMenu, QMessageBox
from pytestqt.qtbot import QtBot

from nnlab.datasets import DatasetSettings
from nnlab.datasets.files import FileSource
from nnlab.experiments.experiment import Experiment, load_experiment, save_experiment, with_settings
from nnlab.experiments.journal.writer import JournalWriter
from nnlab.resources import resource
from nnlab.ui.appearance import Appearance
from nnlab.ui.main_window import MainWindow
from nnlab.ui.placing import LEAST
from nnlab.ui.session import Session
from nnlab.ui.theme import LIGHT, palette, style_sheet
from tests.training.runs import training_settings

if TYPE_CHECKING:
    from tests.ui.traveller import Traveller


def example(name: str, **training: object) -> Experiment:
    """A shipped experiment, perhaps with other training settings."""
    loaded = load_experiment(resource("examples", f"{name}.toml"))
    return replace(loaded, training=training_settings(loaded.training.to_table() | training))


def experiment_beside_its_data(folder: Path) -> Path:
    """A file of an experiment that names a table, mine.csv, in its own folder."""
    rows = "".join(f"{i % 7},{i % 5},{'even' if i % 2 else 'odd'}\n" for i in range(60))
    (folder / "mine.csv").write_text(f"a,b,label\n{rows}")
    path = folder / "mine.toml"
    save_experiment(with_settings(example("xor", epochs=1), ['dataset.source={ kind = "file", path = "mine.csv" }']), path)
    return path


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test of this folder opens a window."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.window)


class Driver:
    """Opens windows, and waits for what they do."""

    def __init__(self, qtbot: QtBot, memory: QSettings) -> None:
        self.qtbot = qtbot
        self.memory = memory
        self.windows: list[MainWindow] = []

    def begin(
        self,
        experiment: Experiment,
        folders: list[Path] | None = None,
        threads: int = 1,
        journal: JournalWriter | None = None,
    ) -> MainWindow:
        """A shown window whose first data is being looked for."""
        appearance = Appearance(QApplication.instance(), self.memory)
        session = Session(experiment, folders or [], threads, journal)
        window = MainWindow(session, appearance, self.memory)
        self.windows.append(window)
        if self.memory.value("geometry") is None:
            # Offscreen screens are narrower than any that windows are made for.
            window.resize(window.size().expandedTo(LEAST))
        window.show()
        session.start()
        return window

    def open(
        self,
        experiment: Experiment,
        folders: list[Path] | None = None,
        threads: int = 1,
        journal: JournalWriter | None = None,
    ) -> MainWindow:
        """A shown window whose first run is prepared and drawn."""
        window = self.begin(experiment, folders, threads, journal)
        self.wait_for(lambda: window.stage.current is not None and window.stage.current.answer is not None)
        self.settle(window)
        return window

    def wait_for(self, condition: Callable[[], object]) -> None:
        """Let events happen until the condition holds: until it is true, and asserts nothing that is not."""
        given_up = time.monotonic() + 60
        while not self._holds(condition, is_last=time.monotonic() > given_up):
            assert time.monotonic() < given_up, "what is waited for has not come in a minute"
            # qtbot.waitUntil looks only every hundredth of a second, and a test waits ten times.
            self.qtbot.wait(2)

    @staticmethod
    def _holds(condition: Callable[[], object], is_last: bool) -> bool:
        try:
            return bool(condition())
        except AssertionError:
            if is_last:
                raise
            return False

    def see(self, window: MainWindow, name: str) -> Any:
        """Bring a view to the front, and wait until it has drawn something."""
        window.stage.show_view(name)
        view = window.stage.view(name)
        self.wait_for(lambda: view.answer is not None)
        if not window.session.progress.is_running:
            self.settle(window)
        return view

    def finish(self, window: MainWindow) -> None:
        """Run to the end, and until the last figures are drawn."""
        with self.qtbot.waitSignal(
            window.session.progressed, timeout=60_000, check_params_cb=lambda now: now.activity.has_ended
        ):
            window.run_bar.run.click()
        self.settle(window)

    def settle(self, window: MainWindow) -> None:
        """Until every step has arrived, all that can be seen is of the last one, and everything has its place."""
        self.wait_for(lambda: window.session.frames.is_settled and not window.curves._soon.isActive())
        QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)

    def close(self, window: MainWindow) -> None:
        """Close without being asked about changes."""
        window.files.may_leave = lambda later: True
        window.close()


@pytest.fixture(autouse=True, scope="session")
def _dressed(qapp: QApplication) -> None:
    """What is tested by itself looks as it does in a window, whether one was open before or not."""
    qapp.setStyle("Fusion")
    qapp.setPalette(palette(LIGHT))
    qapp.setStyleSheet(style_sheet(LIGHT))


@pytest.fixture(autouse=True, scope="session")
def _imports_stay() -> None:
    """What the imports have made stays: to look through it after every window would take a fifth of a second."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A question that a test does not expect would wait for ever: what is not saved is discarded."""
    monkeypatch.setattr(QMessageBox, "exec", lambda box: QMessageBox.StandardButton.Discard)
    # And no other program comes to the front.
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: True)


@pytest.fixture
def driver(qtbot: QtBot, tmp_path: Path) -> Iterator[Driver]:
    memory = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    driver = Driver(qtbot, memory)
    yield driver
    for window in driver.windows:
        if window.session._link._thread.isRunning():
            driver.close(window)
        assert not window.session._link._thread.isRunning()
        # Slots that know the window live as long as what they listen to: where that is no widget of its own, Python cannot
        # see that the one only lives for the other, and hundreds of windows stay in memory.
        for part in (*window.stage._views.values(), window.session, window.appearance, window):
            part.deleteLater()
    driver.windows.clear()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    # Every plot leaves its menus behind, without a parent; the style sheet of each later window would be laid on them too.
    for widget in QApplication.topLevelWidgets():
        if isinstance(widget, QMenu) and widget.parent() is None:
            widget.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QApplication.processEvents()
    # What is left of the window ends here, and not when a later test's thread happens to collect garbage.
    gc.collect()


@pytest.fixture
def empty(driver: Driver, tmp_path: Path) -> MainWindow:
    """A window whose data is a file, points.csv, that is not there."""
    data = DatasetSettings(FileSource(path=str(tmp_path / "points.csv")))
    window = driver.begin(replace(example("xor", epochs=3), dataset=data))
    driver.wait_for(lambda: "points.csv" in window.notice.text and not window.session.jobs.is_busy)
    return window


@pytest.fixture
def xor(driver: Driver) -> MainWindow:
    return driver.open(example("xor", epochs=3))


@pytest.fixture
def digits(driver: Driver) -> MainWindow:
    return driver.open(example("digits-mlp", epochs=3))


@pytest.fixture
def traveller(driver: Driver) -> "Iterator[Traveller]":
    """A window whose runs are kept and can be gone back into."""
    from tests.ui.traveller import Traveller

    traveller = Traveller(driver, example("xor", epochs=12))
    yield traveller
    driver.close(traveller.window)
    traveller.journal.close()
    assert traveller.said == []
