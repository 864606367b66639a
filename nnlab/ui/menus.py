"""The menu bar and the keyboard."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QMenu,
    QMessageBox,
    QTabBar,
    QWidget,
)

from nnlab import __version__
from nnlab.resources import example_files
from nnlab.ui.appearance import MODES
from nnlab.ui.stage import PANE_COUNTS
from nnlab.ui.widgets.explained import without_shortcut

if TYPE_CHECKING:
    from nnlab.ui.main_window import MainWindow

SHORTCUTS = (
    ("Space", "Run or pause"),
    ("→", "Step one batch"),
    ("Shift+→", "Step to the end of the epoch"),
    ("R", "Reset, same seed"),
    ("Ctrl+Z, Ctrl+Shift+Z", "Undo, redo a setting, a weight or a reset"),
    ("Ctrl+O, Ctrl+S", "Open, save"),
    ("Ctrl+E", "Export the view"),
    ("Ctrl+1, Ctrl+2, Ctrl+4", "One view, two or four side by side"),
    ("Ctrl+Tab, Ctrl+Shift+Tab", "Next view, previous view"),
    ("Ctrl+B", "Browse the data"),
    ("Tab, then arrow keys and Enter", "Choose a cell, an example or a point in a picture"),
    ("F1", "This list"),
)


class KeysStayWithFields(QObject):
    """Keeps one-key shortcuts away from whatever has the focus and uses that key itself."""

    _USERS = (QLineEdit, QAbstractSpinBox, QComboBox, QAbstractItemView, QAbstractSlider, QTabBar)
    # What a line edit would take for its own, though it means the window.
    _WINDOW_KEYS = (Qt.Key.Key_E, Qt.Key.Key_Z)
    _WINDOW_MODIFIERS = (
        Qt.KeyboardModifier.ControlModifier,
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
    )

    def follow_focus(self, before: QWidget | None, now: QWidget | None) -> None:
        """Watch whatever has the focus; filtering the whole application would cost every event."""
        if before is not None:
            before.removeEventFilter(self)
        if now is not None:
            now.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """An accepted ShortcutOverride makes the key an ordinary one."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            focus = watched
            # While a list is open no shortcut fires, and by this very event the list takes Return for its choice.
            if isinstance(focus, QWidget) and focus.window().windowType() == Qt.WindowType.Popup:
                return False
            if event.modifiers() in self._WINDOW_MODIFIERS and event.key() in self._WINDOW_KEYS:
                event.ignore()
                return True
            plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier)
            is_space = event.key() == Qt.Key.Key_Space
            if plain and (isinstance(focus, self._USERS) or (is_space and isinstance(focus, QAbstractButton))):
                event.accept()
                return True
        return False


def fill_menu_bar(window: "MainWindow") -> None:
    """All menus. Actions are the window's, so that their shortcuts work everywhere in it."""
    _fill_file_menu(window)
    _fill_edit_menu(window)
    _fill_view_menu(window)
    _fill_run_menu(window)
    help_menu = window.menuBar().addMenu("&Help")
    _add(help_menu, "Keyboard", lambda: _show_keyboard(window), QKeySequence(Qt.Key.Key_F1))
    _add(help_menu, "About nnlab", lambda: _show_about(window))


def _fill_file_menu(window: "MainWindow") -> None:
    files = window.files
    menu = window.menuBar().addMenu("&File")
    _add(menu, "Open…", files.open_dialog, QKeySequence.StandardKey.Open)
    recent = menu.addMenu("Open recent")
    recent.aboutToShow.connect(lambda: _list_recent(window, recent))
    examples = menu.addMenu("Examples")
    for path in example_files():
        examples.addAction(path.stem, lambda path=path: files.open(path))
    menu.addSeparator()
    _add(menu, "Save experiment", files.save, QKeySequence.StandardKey.Save)
    _add(menu, "Save experiment as…", files.save_as, QKeySequence.StandardKey.SaveAs)
    _add(menu, "Save model…", files.save_model, QKeySequence("Ctrl+M"))
    menu.addSeparator()
    _add(menu, "Export view…", window.export_view, QKeySequence("Ctrl+E"))
    _add(menu, "Export curves…", window.export_curves)
    _add(menu, "Export Inspector…", window.export_inspector)
    _fill_scale_menu(window, menu.addMenu("PNG scale"))
    menu.addSeparator()
    _add(menu, "Quit", window.close, QKeySequence.StandardKey.Quit)


def _fill_scale_menu(window: "MainWindow", menu: QMenu) -> None:
    group = QActionGroup(menu)
    for scale in (1.0, 2.0, 4.0):
        action = menu.addAction(f"{scale:g}×", lambda scale=scale: window.memory.setValue("export_scale", scale))
        action.setCheckable(True)
        action.setChecked(float(window.memory.value("export_scale", 2.0)) == scale)
        group.addAction(action)


def _fill_edit_menu(window: "MainWindow") -> None:
    session = window.session
    menu = window.menuBar().addMenu("&Edit")
    undo = _add(menu, "Undo", session.undo, QKeySequence.StandardKey.Undo)
    redo = _add(menu, "Redo", session.redo)
    # All that the platform knows: Ctrl+Shift+Z comes first on some, on others it is Ctrl+Y.
    redo.setShortcuts(QKeySequence.StandardKey.Redo)
    for action, changed in ((undo, session.edits.can_undo_changed), (redo, session.edits.can_redo_changed)):
        action.setEnabled(False)
        # A slot of its own, so that the connection ends with the action: jobs may still end when the menu is gone.
        changed.connect(action.setEnabled)


def _fill_view_menu(window: "MainWindow") -> None:
    menu = window.menuBar().addMenu("&View")
    group = QActionGroup(menu)
    for mode in MODES:
        action = menu.addAction(f"{mode.capitalize()} theme", lambda mode=mode: window.appearance.choose(mode))
        action.setCheckable(True)
        action.setChecked(window.appearance.mode == mode)
        group.addAction(action)
        window.appearance.changed.connect(
            lambda _, action=action, mode=mode: action.setChecked(window.appearance.mode == mode)
        )
    menu.addSeparator()
    _fill_pane_menu(window, menu)
    menu.addSeparator()
    _add(menu, "Next view", lambda: window.stage.show_next(1), QKeySequence("Ctrl+Tab"))
    _add(menu, "Previous view", lambda: window.stage.show_next(-1), QKeySequence("Ctrl+Shift+Tab"))
    menu.addSeparator()
    _add(menu, "Browse the data…", window.browsing.open, QKeySequence("Ctrl+B"))
    menu.addSeparator()
    for dock in window.docks:
        menu.addAction(dock.toggleViewAction())
    menu.addAction("Restore the layout", window.restore_layout)


def _fill_pane_menu(window: "MainWindow", menu: QMenu) -> None:
    group = QActionGroup(menu)
    for count, words in zip(PANE_COUNTS, ("One view", "Two views", "Four views"), strict=True):
        action = _add(menu, words, lambda count=count: window.stage.arrange(count), QKeySequence(f"Ctrl+{count}"))
        action.setCheckable(True)
        group.addAction(action)
        menu.aboutToShow.connect(lambda action=action, count=count: action.setChecked(window.stage.pane_count == count))


def _fill_run_menu(window: "MainWindow") -> None:
    session = window.session
    menu = window.menuBar().addMenu("&Run")
    _add(menu, "Run or pause", window.run_bar.run.click, QKeySequence(Qt.Key.Key_Space))
    _add(menu, "Step one batch", window.run_bar.batch.click, QKeySequence(Qt.Key.Key_Right))
    _add(menu, "Step one epoch", window.run_bar.epoch.click, QKeySequence("Shift+Right"))
    menu.addSeparator()
    _add(menu, "Reset, same seed", session.reset, QKeySequence(Qt.Key.Key_R))
    _add(menu, "Reset, new seed", session.reset_with_new_seed, QKeySequence("Shift+R"))
    menu.addSeparator()
    back = _add(menu, "Bring back the run put aside", session.bring_back)
    back.setEnabled(False)
    session.shelf_changed.connect(back.setEnabled)


def _add(
    menu: QMenu, text: str, act: Callable[[], object], shortcut: QKeySequence | QKeySequence.StandardKey | None = None
) -> QAction:
    action = menu.addAction(text)
    action.triggered.connect(lambda _=False: act())
    if shortcut is not None:
        action.setShortcut(shortcut)
    return action


def _list_recent(window: "MainWindow", menu: QMenu) -> None:
    menu.clear()
    for path in window.files.recent:
        menu.addAction(without_shortcut(f"{path.name}   ({path.parent})"), lambda path=path: window.files.open(path))
    if menu.isEmpty():
        menu.addAction("Nothing yet").setEnabled(False)


def _show_keyboard(window: "MainWindow") -> None:
    rows = "".join(f"<tr><td><b>{keys}</b>&nbsp;&nbsp;&nbsp;</td><td>{what}</td></tr>" for keys, what in SHORTCUTS)
    hint = "Hover over any setting to read its formula and the name it has in experiment files."
    QMessageBox.information(window, "Keyboard", f"<table cellpadding=4>{rows}</table><p>{hint}</p>")


def _show_about(window: "MainWindow") -> None:
    QMessageBox.about(
        window,
        "About nnlab",
        f"<b>nnlab {__version__}</b><p>A desktop laboratory for neural networks.<br>"
        "The engine is pure NumPy: every number you see is computed by code you can read.</p>",
    )
