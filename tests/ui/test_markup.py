"""Names that look like markup, out of somebody's file: they are read as they stand, everywhere, and nothing is loaded."""

import csv
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QSettings, Qt
from PySide6.QtGui import QHelpEvent, QImage, QTextDocument
from PySide6.QtGui import Qt as GuiQt
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QMessageBox, QToolTip, QWidget

from nnlab.datasets import DatasetSettings
from nnlab.ui.files import Files
from nnlab.ui.main_window import MainWindow
from nnlab.ui.menus import list_recent
from tests.ui.conftest import Driver, example
from tests.ui.test_predictions import settled


def read(text: str) -> str:
    """What a person reads where Qt may take a text for HTML."""
    document = QTextDocument()
    if GuiQt.mightBeRichText(text):
        document.setHtml(text)
    else:
        document.setPlainText(text)
    return document.toPlainText()


@pytest.fixture
def names(tmp_path: Path) -> tuple[tuple[str, str], tuple[str, str]]:
    """Of two columns and two classes; as HTML they would show a picture that is there."""
    picture = tmp_path / "x.png"
    image = QImage(40, 10, QImage.Format.Format_RGB32)
    image.fill(0)
    assert image.save(str(picture))
    return ('<b>x</b> & <img src="x">', "y &lt; <i>z</i>"), ("<b>cat</b> & <i>co</i>", f"<img src='{picture}'>")


@pytest.fixture
def window(driver: Driver, tmp_path: Path, names: tuple[tuple[str, str], tuple[str, str]]) -> MainWindow:
    columns, classes = names
    rng, path = np.random.default_rng(0), tmp_path / "<b>data.csv"
    rows = [[*(f"{value:.3f}" for value in rng.normal(row % 2, 1, 2)), classes[row % 2]] for row in range(80)]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([[*columns, "class"], *rows])
    settings = DatasetSettings({"kind": "file", "path": str(path)}, scaling="standard", validation=0.3)
    window = driver.open(replace(example("xor", epochs=2), dataset=settings, name="<b>mine</b>"))
    assert window.session._link.worker._run.data.dataset.class_names == classes
    return window


def labels_that_guess(window: MainWindow) -> list[str]:
    """Texts of those that leave it to Qt whether they are markup."""
    return [part.text() for part in window.findChildren(QLabel) if part.textFormat() != Qt.TextFormat.PlainText]


def test_the_views_say_names_as_they_are(window: MainWindow, driver: Driver, names) -> None:
    columns, classes = names
    driver.finish(window)
    boundary = driver.see(window, "boundary")
    shown = [boundary._plot.getAxis(side).label.toPlainText().strip() for side in ("bottom", "left")]
    assert tuple(shown) == columns
    network = driver.see(window, "network")
    network._hover(network.diagram.mapToScene(network.diagram.frames[0].unit_rect(0).center()))
    assert network.readout.text().startswith(f"{columns[0]} = ")
    confusion = driver.see(window, "confusion")
    told = confusion._spot_text(0, 1)
    assert classes[0] in told and told.endswith(f"were predicted as {classes[1]}")
    assert [confusion.table.verticalHeaderItem(row).text() for row in (0, 1)] == list(classes)
    window.stage.show_view("predictions")
    window.stage.select(replace(window.stage.selection, cell=(0, 1), part="validation"))
    view = settled(window, driver)
    assert view.cell.text().replace("&&", "&") == f"only {classes[0]} predicted as {classes[1]}  ✕"
    assert view.cell.text().count("&") == 2
    window.stage.select(replace(window.stage.selection, cell=(0, 0)))
    driver.wait_for(lambda: view.answer.cell == (0, 0) and len(view.answer.places) > 0)
    view._hover(view.board.scene_position(5, 5))
    assert all(column in read(view.canvas.toolTip()) for column in columns)
    assert labels_that_guess(window) == []


def test_the_inspector_says_names_as_they_are(window: MainWindow, driver: Driver, names) -> None:
    columns, _ = names
    window.docks[2].show()
    panels = window.inspector.panels
    driver.wait_for(lambda: bool(panels["example"].features.texts()))
    table = panels["example"].features
    assert [row[0] for row in table.texts()] == ["input", *columns]
    # Long names take no room from the numbers.
    last = table._cells[1, 3]
    assert last.mapTo(window.inspector.area, last.rect().topRight()).x() < window.inspector.area.viewport().width()
    window.stage.select(replace(window.stage.selection, layer="input", unit=0))
    driver.wait_for(lambda: panels["unit"].title.text() == f"input · {columns[0]}")
    assert labels_that_guess(window) == []


def test_the_browser_says_names_as_they_are(window: MainWindow, names) -> None:
    columns, classes = names
    window.browsing.open()
    browser = window.browsing.browser
    roles = Qt.ItemDataRole
    across = [browser.rows.headerData(place, Qt.Orientation.Horizontal, roles.DisplayRole) for place in (1, 2)]
    hovered = [browser.rows.headerData(place, Qt.Orientation.Horizontal, roles.ToolTipRole) for place in (1, 2)]
    assert across == [read(tip) for tip in hovered] == list(columns)
    assert [browser._class.itemText(place) for place in (1, 2)] == list(classes)
    assert labels_that_guess(browser) == []
    browser.close()


def test_the_data_card_says_names_and_paths_as_they_are(window: MainWindow, monkeypatch: pytest.MonkeyPatch, names) -> None:
    _, classes = names
    told: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda place, text, widget: told.append(read(text)))
    panel = window.dataset_panel
    chart = panel.classes

    def hover(widget: QWidget, place: QPoint) -> None:
        QApplication.sendEvent(widget, QHelpEvent(QEvent.Type.ToolTip, place, place))

    for x, y in product(range(0, chart.width(), 8), range(0, chart.height(), 8)):
        hover(chart, QPoint(x, y))
    assert {text.split(": ")[0] for text in told if text} == set(classes)
    told.clear()
    panel._source.setText(classes[0] * 30)
    panel._source.resize(50, 20)
    hover(panel._source, QPoint(2, 2))
    assert told == [classes[0] * 30]
    line = panel._form.editor("source.path").line
    assert read(line.toolTip()) == window.session.experiment.dataset.source.path


def test_questions_and_the_list_of_recent_files_say_names_as_they_are(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, qapp: QApplication
) -> None:
    asked: list[tuple[str, Qt.TextFormat]] = []
    no = QMessageBox.StandardButton.Cancel
    monkeypatch.setattr(QMessageBox, "exec", lambda box: asked.append((box.text(), box.textFormat())) or no)
    assert not window.files.may_replace(tmp_path / "<b>a.toml")
    window.files._ask("Unsaved", "The experiment '<b>mine</b>' has changes.", "Save?", QMessageBox.StandardButton.Save)
    plain = Qt.TextFormat.PlainText
    assert asked == [("<b>a.toml exists already.", plain), ("The experiment '<b>mine</b>' has changes.", plain)]
    recent = tmp_path / "salt & pepper.toml"
    recent.touch()
    files = Files(window, window.session, QSettings(str(tmp_path / "memory.ini"), QSettings.Format.IniFormat))
    files._remember(recent)
    menu = QMenu(window)
    list_recent(files, menu)
    assert menu.actions()[0].text().startswith("salt && pepper.toml")
