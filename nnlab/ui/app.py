"""Opens the window, or says in one line why it cannot."""

import os
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from nnlab.desktop.screen import check_screen
from nnlab.desktop.system_libraries import LIBRARIES, missing_libraries, missing_sentence
from nnlab.errors import NnlabError

if TYPE_CHECKING:
    from PySide6.QtCore import QSettings
    from PySide6.QtWidgets import QApplication

    from nnlab.experiments.journal.writer import JournalWriter
    from nnlab.ui.garbage import Garbage
    from nnlab.ui.main_window import MainWindow


def run_window(file: Path | None, data: Path | None, threads: int, helpers: int | None = None) -> int:
    """Show the window until it is closed; returns the exit status. helpers: None for as many as were chosen last."""
    if helpers:
        from nnlab.experiments.sharing import check_helpers

        check_helpers(helpers, "none")
    check_screen()
    from nnlab.ui.lean_qt import import_qt

    try:
        import_qt()
    except ImportError as error:
        raise NnlabError(f"Qt cannot start ({error}). {missing_sentence(missing_libraries() or LIBRARIES)}") from None
    from nnlab.ui.garbage import Garbage
    from nnlab.ui.lean_pyqtgraph import import_lean

    garbage = Garbage()
    import_lean()
    try:
        return _show(file, data, threads, helpers, garbage)
    finally:
        garbage.stop()


def _show(file: Path | None, data: Path | None, threads: int, helpers: int | None, garbage: "Garbage") -> int:
    from PySide6.QtCore import QSettings

    from nnlab.experiments.journal.writer import JournalWriter
    from nnlab.experiments.places import runs_folder
    from nnlab.ui.complaints import Complaints
    from nnlab.ui.loading_ahead import LoadingAhead
    from nnlab.ui.opened_elsewhere import Application
    from nnlab.ui.rescue import Rescue
    from nnlab.ui.signals import Signals

    memory = QSettings(str(_made_home() / "window.ini"), QSettings.Format.IniFormat)
    application = _application(memory)
    complaints = Complaints()
    journal = JournalWriter(runs_folder(), complaints.said.emit)
    window = _made_window(application, memory, data, threads, helpers, journal)
    complaints.said.connect(window.session.message)
    _show_errors_in(window)
    LoadingAhead(window.session, window)
    rescue, signals = Rescue(window.session, memory, application.exit), Signals()
    signals.arrived.connect(rescue.begin)
    window.session.start()
    window.show()
    window.interrupted_notice.look()
    if file is not None:
        window.open_paths(file)
    else:
        window.gallery.offer_once(memory, window.notice.welcome)
    if isinstance(application, Application):
        application.opens(window.open_paths)
    garbage.start()
    try:
        return application.exec()
    finally:
        # A signal ends the loop with the window still open; another one shall not break off what is to end here.
        window.end()
        journal.close()
        signals.stop()
        _take_down(window)


def _application(memory: "QSettings") -> "QApplication":
    from PySide6.QtWidgets import QApplication

    from nnlab.desktop.launcher import NAME
    from nnlab.ui.icons import own_icon
    from nnlab.ui.opened_elsewhere import Application
    from nnlab.ui.scale import scale_in_force

    application = QApplication.instance()
    if not isinstance(application, QApplication):
        with scale_in_force(memory):
            application = Application(sys.argv[:1])
    application.setApplicationName(NAME)
    # By this name a desktop finds the entry in its menu, and so the icon.
    application.setDesktopFileName(NAME)
    application.setWindowIcon(own_icon())
    return application


def _made_window(
    application: "QApplication",
    memory: "QSettings",
    data: Path | None,
    threads: int,
    helpers: int | None,
    journal: "JournalWriter",
) -> "MainWindow":
    """With the experiment that it opens with, in the theme it was left in."""
    from nnlab.experiments.experiment import load_experiment
    from nnlab.experiments.places import data_folders
    from nnlab.resources import resource
    from nnlab.ui.appearance import Appearance
    from nnlab.ui.helper_rows import remembered_helpers
    from nnlab.ui.main_window import MainWindow
    from nnlab.ui.session import Session

    appearance = Appearance(application, memory)
    # One core stays with the screen: two busy BLAS threads on two cores make events wait.
    threads = threads or max(1, (os.cpu_count() or 2) - 1)
    session = Session(load_experiment(resource("examples", "digits-mlp.toml")), data_folders(data), threads, journal)
    session.set_helpers(remembered_helpers(memory) if helpers is None else helpers)
    return MainWindow(session, appearance, memory)


def _take_down(window: "MainWindow") -> None:
    """Delete it now. A scene that is torn down with the interpreter calls into Python that is no longer there."""
    from PySide6.QtCore import QCoreApplication, QEvent

    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def _made_home() -> Path:
    from nnlab.experiments.places import home

    folder = home()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NnlabError(f"{folder}: cannot be made ({error.strerror}); set NNLAB_HOME to a folder of yours") from None
    return folder


def _show_errors_in(window: object) -> None:
    """A fault of nnlab's own, on whatever thread, becomes a sentence in the window and a trace on the error stream."""
    from nnlab.ui.faults import fault_sentence
    from nnlab.ui.main_window import MainWindow

    assert isinstance(window, MainWindow)

    def tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        # A signal crosses to the window's thread by itself; a call would not.
        window.session.message.emit(fault_sentence(error))

    sys.excepthook = tell
    threading.excepthook = lambda found: tell(found.exc_type, found.exc_value or found.exc_type(), found.exc_traceback)
