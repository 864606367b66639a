"""Opens the window, or says in one line why it cannot."""

import ctypes
import os
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from nnlab.errors import NnlabError

if TYPE_CHECKING:
    from PySide6.QtCore import QSettings
    from PySide6.QtWidgets import QApplication

    from nnlab.experiments.journal.writer import JournalWriter
    from nnlab.ui.garbage import Garbage
    from nnlab.ui.main_window import MainWindow

_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
}


def run_window(file: Path | None, data: Path | None, threads: int) -> int:
    """Show the window until it is closed; returns the exit status."""
    _check_screen()
    try:
        from PySide6 import QtWidgets  # noqa: F401, whether it can be loaded
    except ImportError as error:
        raise NnlabError(
            f"Qt cannot start ({error}); on Debian or Ubuntu: apt install {' '.join(dict.fromkeys(_LIBRARIES.values()))}"
        ) from None
    from nnlab.ui.garbage import Garbage

    garbage = Garbage()
    try:
        return _show(file, data, threads, garbage)
    finally:
        garbage.stop()


def _show(file: Path | None, data: Path | None, threads: int, garbage: "Garbage") -> int:
    from PySide6.QtCore import QSettings
    from PySide6.QtWidgets import QApplication

    from nnlab.experiments.journal.writer import JournalWriter
    from nnlab.experiments.places import runs_folder
    from nnlab.ui.complaints import Complaints
    from nnlab.ui.rescue import Rescue
    from nnlab.ui.signals import Signals

    application = QApplication.instance()
    if not isinstance(application, QApplication):
        application = QApplication(sys.argv[:1])
    application.setApplicationName("nnlab")
    memory = QSettings(str(_made_home() / "window.ini"), QSettings.Format.IniFormat)
    complaints = Complaints()
    journal = JournalWriter(runs_folder(), complaints.said.emit)
    window = _made_window(application, memory, data, threads, journal)
    complaints.said.connect(window.session.message)
    _show_errors_in(window)
    rescue, signals = Rescue(window.session, memory, application.exit), Signals()
    signals.arrived.connect(rescue.begin)
    window.session.start()
    window.show()
    window.interrupted_notice.look()
    if file is not None:
        window.files.open(file)
    garbage.start()
    try:
        return application.exec()
    finally:
        # A signal ends the loop with the window still open; another one shall not break off what is to end here.
        window.end()
        journal.close()
        signals.stop()
        _take_down(window)


def _made_window(
    application: "QApplication", memory: "QSettings", data: Path | None, threads: int, journal: "JournalWriter"
) -> "MainWindow":
    """With the experiment that it opens with, in the theme it was left in."""
    from nnlab.experiments.experiment import load_experiment
    from nnlab.experiments.places import data_folders
    from nnlab.resources import resource
    from nnlab.ui.appearance import Appearance
    from nnlab.ui.main_window import MainWindow
    from nnlab.ui.session import Session

    appearance = Appearance(application, memory)
    appearance.apply()
    # One core stays with the screen: two busy BLAS threads on two cores make events wait.
    threads = threads or max(1, (os.cpu_count() or 2) - 1)
    session = Session(load_experiment(resource("examples", "digits-mlp.toml")), data_folders(data), threads, journal)
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


def _check_screen() -> None:
    """Qt aborts the process where it finds no screen; look first."""
    if not sys.platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM", "xcb") != "xcb":
        return
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        raise NnlabError(
            "there is no screen here (DISPLAY is not set); use a desktop session or `ssh -X`, "
            "or train without a window: nnlab train EXPERIMENT.toml"
        )
    if missing := [package for library, package in _LIBRARIES.items() if not _can_load(library)]:
        raise NnlabError(f"Qt's system libraries are missing; on Debian or Ubuntu: apt install {' '.join(missing)}")
    if os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY") and not _answers(os.environ["DISPLAY"]):
        raise NnlabError(
            f"the screen DISPLAY={os.environ['DISPLAY']} does not answer; start a desktop session, "
            "or train without a window: nnlab train EXPERIMENT.toml"
        )


def _can_load(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _answers(display: str) -> bool:
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
    xcb.xcb_connection_has_error.argtypes = xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(display.encode(), None)
    works: bool = xcb.xcb_connection_has_error(connection) == 0
    xcb.xcb_disconnect(connection)
    return works


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
