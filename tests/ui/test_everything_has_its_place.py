"""At 1280x800 no value is cut, nothing lies on anything else or out of sight, and all words can be read."""

from collections.abc import Iterable
from dataclasses import fields

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QRect
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from nnlab.experiments.experiment import Experiment, with_settings
from nnlab.ui.main_window import MainWindow
from nnlab.ui.theme import DARK, LIGHT, Theme, rgb
from nnlab.ui.views import VIEWS
from nnlab.ui.widgets.elided import Elided
from tests.ui.conftest import Driver, example
from tests.ui.places import faults

SIZE = (1280, 800)
# Shipped examples, those of large pictures on small ones: what they show is as many widgets.
EXPERIMENTS: dict[str, tuple[str, list[str]]] = {
    "plane": ("xor", []),
    "pictures": ("digits-mlp", []),
    "convolution": ("mnist-cnn", ["dataset.source=digits"]),
    "autoencoder": ("mnist-autoencoder", ["dataset.source=digits", "model.layers.6.units=64"]),
    "machine": ("mnist-rbm", ["dataset.source=digits", "model.hidden=64"]),
    "values": ("sine", []),
}
DIALOGS = (
    "examples",
    "export_view",
    "browse",
    "sweeps",
    "stop_when",
    "seeds",
    "compare_with",
    "benchmark",
    "installation",
    "keyboard",
)


def small(name: str) -> Experiment:
    file, settings = EXPERIMENTS[name]
    return with_settings(example(file, epochs=1), settings)


def look(window: MainWindow, driver: Driver) -> list[str]:
    driver.settle(window)
    QApplication.processEvents()
    driver.settle(window)
    return faults(window)


def listed(found: Iterable[tuple[str, str]]) -> str:
    return "\n".join(f"{where}: {fault}" for where, fault in dict.fromkeys(found))


def opened(driver: Driver, name: str, trained: bool) -> MainWindow:
    window = driver.open(small(name))
    window.resize(*SIZE)
    driver.settle(window)
    if trained:
        driver.finish(window)
    return window


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_every_view_has_its_place_before_and_after_training(driver: Driver, name: str) -> None:
    window = opened(driver, name, trained=False)
    assert window.size().toTuple() == SIZE
    found = [("untrained", fault) for fault in look(window, driver)]
    driver.finish(window)
    seen = set()
    for view in VIEWS:
        if view in window.stage._fitting:
            driver.see(window, view)
            found += [(view, fault) for fault in look(window, driver)]
            seen.add(view)
    assert not found, listed(found)
    assert {"network", "weights"} < seen


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_four_panes_have_their_places(driver: Driver, name: str) -> None:
    window = opened(driver, name, trained=True)
    window.stage.arrange(4)
    views = [view for view in VIEWS if view in window.stage._fitting]
    found = []
    for first in range(0, len(views), 4):
        for pane, view in zip(window.stage.panes, (views + views)[first : first + 4], strict=True):
            window.stage._choose(pane, view)
        found += [(f"from {views[first]}", fault) for fault in look(window, driver)]
    assert not found, listed(found)


@pytest.mark.parametrize("dock", ["inspector", "runs"])
def test_docks_at_the_right_leave_everything_its_place(driver: Driver, dock: str) -> None:
    window = opened(driver, "pictures", trained=True)
    if not window.shows_dock(dock):
        window.turn_dock(dock)
    driver.see(window, "network")
    found = [(dock, fault) for fault in look(window, driver)]
    assert not found, listed(found)


@pytest.mark.parametrize("action", DIALOGS)
def test_every_dialog_has_its_place(driver: Driver, action: str) -> None:
    window = opened(driver, "pictures", trained=True)
    before = set(QApplication.topLevelWidgets())
    window.commands[action].trigger()
    driver.settle(window)
    dialogs = [widget for widget in QApplication.topLevelWidgets() if widget not in before and widget.isVisible()]
    try:
        driver.wait_for(lambda: not window.session.jobs.is_busy)
        for _ in range(3):
            QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
            QApplication.processEvents()
        assert dialogs
        found = [(action, fault) for dialog in dialogs for fault in faults(dialog)]
        assert not found, listed(found)
        screen = QRect(QPoint(0, 0), window.size())
        assert all(dialog.width() <= screen.width() and dialog.height() <= screen.height() for dialog in dialogs)
    finally:
        for dialog in dialogs:
            dialog.close()


def brightness(color: str) -> float:
    """Relative luminance (WCAG 2.1)."""
    share = rgb(color) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted(map(brightness, (one, other)))
    return (lighter + 0.05) / (darker + 0.05)


# What words are written in, and on which of the theme's grounds each stands somewhere.
WORDS = {
    "text": ("ground", "surface", "field", "hover", "selected", "warning_ground", "past_ground"),
    "muted": ("ground", "surface", "field", "hover", "selected", "past_ground"),
    "accent": ("ground", "surface", "field", "selected"),
    "danger": ("ground", "surface", "field"),
    "past": ("surface", "past_ground"),
    "on_accent": ("accent",),
}


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_words_can_be_read_on_whatever_they_stand(theme: Theme) -> None:
    pairs = [(word, ground) for word, grounds in WORDS.items() for ground in grounds]
    assert {name for pair in pairs for name in pair} <= {field.name for field in fields(Theme)}
    measured = {pair: round(contrast(*(getattr(theme, name) for name in pair)), 2) for pair in pairs}
    assert {pair: ratio for pair, ratio in measured.items() if ratio < 4.5} == {}


def test_contrast_is_measured_as_wcag_has_it() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


def test_what_is_cut_covered_or_out_of_sight_is_found(qtbot: QtBot) -> None:
    # A window's own size hints change with what it shows, which no offscreen platform can tell a window manager.
    host = QWidget()
    qtbot.addWidget(host)
    window = QWidget(host)
    column = QVBoxLayout(window)
    whole, cut, line = QLabel("12 examples"), QLabel("98,765 examples of everything"), Elided()
    cut.setFixedWidth(40)
    line.setText("accuracy 98.7 % of a great many examples")
    line.setFixedWidth(60)
    row = QHBoxLayout()
    for widget in (whole, cut, line):
        row.addWidget(widget)
    column.addLayout(row)
    column.addStretch(1)
    for place in ((10, 160, 80, 20), (60, 165, 80, 20), (590, 190, 80, 20)):
        button = QPushButton("Go", window)
        button.setGeometry(*place)
    host.resize(700, 300)
    window.resize(600, 220)
    host.show()
    found = faults(host)
    assert len(found) == 4 and not any("12 examples" in fault for fault in found)
    words = ("is shown as", "needs", "lies on", "reaches beyond")
    assert all(sum(word in fault for fault in found) == 1 for word in words)
    # Words that say no more than their beginning may end in dots.
    line.setText("a hint of many words that can be guessed")
    assert len(faults(host)) == 3 and isinstance(line.font(), QFont)
