"""Figures: a view at any size and resolution, in light by default, saved or copied; and the window stays as it was."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import QSettings, QSize
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog

from nnlab.errors import SaveError
from nnlab.ui.exporting import export, picture_of
from nnlab.ui.figure.dialog import FigureDialog
from nnlab.ui.figure.outlines import with_outlines
from nnlab.ui.figure.painting import picture
from nnlab.ui.figure.paper import AS_ON_SCREEN, Paper
from nnlab.ui.figure.remembered_paper import remember, remembered
from nnlab.ui.main_window import MainWindow
from nnlab.ui.theme import DARK, LIGHT
from nnlab.ui.views import VIEWS
from tests.ui.conftest import Driver, example

COLUMN = Paper((85.0, 60.0), 300)


def fitting(window: MainWindow) -> list[str]:
    """The views of this run that show something without being asked to work for long."""
    waits = ("gradient_check", "latent_svm")
    return [name for name, row in VIEWS.items() if name not in waits and row.fits(window.stage._prepared)]


@pytest.fixture(params=["xor", "digits-mlp"])
def trained(request: pytest.FixtureRequest, driver: Driver) -> MainWindow:
    window = driver.open(example(request.param, epochs=1))
    driver.finish(window)
    return window


def test_every_view_takes_the_size_and_is_afterwards_as_it_was(trained: MainWindow, driver: Driver) -> None:
    for name in fitting(trained):
        view = driver.see(trained, name)
        size, before = view.canvas.size(), picture_of(view, AS_ON_SCREEN)
        image = picture_of(view, COLUMN)
        assert (image.width(), image.height()) == (int(321 * 300 / 96), int(227 * 300 / 96)), name
        assert image.dotsPerMeterX() == round(300 / 0.0254)
        assert view.canvas.size() == size and view.theme is LIGHT
        assert picture_of(view, AS_ON_SCREEN) == before, name


def test_it_is_light_in_a_dark_window_unless_it_is_to_be_as_on_the_screen(xor: MainWindow, driver: Driver) -> None:
    xor.appearance.choose("dark")
    view = driver.see(xor, "weights")
    assert picture_of(view, COLUMN).pixelColor(0, 0).name().upper() == LIGHT.surface
    assert picture_of(view, Paper((85.0, 60.0), 96, "")).pixelColor(0, 0).name().upper() == DARK.surface
    assert view.theme.name == "dark" and view.canvas.backgroundBrush().color().name().upper() == DARK.surface


@pytest.mark.parametrize("name", ["boundary", "confusion"])
def test_how_dense_its_dots_are_changes_nothing_of_what_is_drawn(xor: MainWindow, driver: Driver, name: str) -> None:
    driver.finish(xor)
    canvas = driver.see(xor, name).canvas
    plain, dense = (picture(canvas, (640, 480), dots) for dots in (96, 192))
    assert dense.dotsPerMeterX() == round(192 / 0.0254)
    plain.setDotsPerMeterX(dense.dotsPerMeterX())
    plain.setDotsPerMeterY(dense.dotsPerMeterY())
    assert plain == dense


def test_a_picture_larger_than_anything_takes_is_refused_before_memory_is_given(xor: MainWindow, tmp_path: Path) -> None:
    with pytest.raises(SaveError, match="a picture of 47,250 x 47,250 pixels is too large; use fewer dots an inch"):
        export(xor.stage.current, tmp_path / "huge.png", Paper((1000.0, 1000.0), 1200))
    assert not list(tmp_path.iterdir())


def test_svg_and_pdf_have_the_size_in_points_and_need_no_font(xor: MainWindow, driver: Driver, tmp_path: Path) -> None:
    view = driver.see(xor, "boundary")
    export(view, tmp_path / "figure.svg", COLUMN)
    drawing = (tmp_path / "figure.svg").read_text()
    root = ElementTree.fromstring(drawing)
    assert root.get("viewBox") == "0 0 321 227"
    assert "<text" not in drawing
    words = [title.text for title in root.iter("{http://www.w3.org/2000/svg}title")]
    assert "P(A) = 1" in " ".join(word or "" for word in words)
    export(view, tmp_path / "figure.pdf", COLUMN)
    content = (tmp_path / "figure.pdf").read_bytes()
    box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", content)
    # 85 x 60 mm in points of 1/72 inch, by whole pixels of 1/96.
    assert float(box[1]) == pytest.approx(85 / 25.4 * 72, abs=1) and float(box[2]) == pytest.approx(60 / 25.4 * 72, abs=1)
    assert b"/FontFile" in content


def test_a_text_becomes_the_outline_of_its_letters_where_it_stood(qapp: object) -> None:
    face = b'font-family="DejaVu Sans" font-size="13" font-weight="400"'
    drawn = with_outlines(b'<g><text fill="#ff0000" x="10" y="20" ' + face + b">a &lt; I</text></g>").decode()
    assert drawn.startswith('<g><path fill="#ff0000" d="M') and "<title>a &lt; I</title>" in drawn
    places = [tuple(map(float, pair)) for pair in re.findall(r"[ML]([\d.-]+) ([\d.-]+)", drawn)]
    # On its line, no higher than its size, and no wider than as many letters.
    assert all(10 <= x < 10 + 5 * 13 and 20 - 13 < y < 20 + 4 for x, y in places)


@pytest.fixture
def dialog(xor: MainWindow, driver: Driver) -> FigureDialog:
    driver.see(xor, "weights")
    xor.export_view()
    return xor.findChild(FigureDialog)


def test_the_dialog_saves_what_is_chosen_and_remembers_it(
    dialog: FigureDialog, xor: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert dialog.colors.currentText() == "light"
    dialog.size_choice.setCurrentText("two columns, 175 × 90 mm")
    dialog.dpi.setValue(150)
    assert dialog.pixels.text() == "a PNG of 1,032 × 531 pixels"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "w.png"), "PNG (*.png)"))
    dialog.save_button.click()
    assert QImage(str(tmp_path / "w.png")).size() == QSize(1032, 531)
    assert remembered(xor.memory) == Paper((175.0, 90.0), 150)
    assert not dialog.preview.pixmap().isNull()


def test_another_size_is_typed_and_too_large_a_picture_is_said_at_once(dialog: FigureDialog) -> None:
    assert not dialog.width_field.isEnabled()
    dialog.size_choice.setCurrentText("another size")
    assert dialog.width_field.isEnabled()
    dialog.width_field.setValue(1000)
    dialog.height_field.setValue(1000)
    dialog.dpi.setValue(1200)
    assert "too large" in dialog.said.text()
    dialog.copy_picture.click()
    assert "too large" in dialog.said.text()
    dialog.dpi.setValue(72)
    assert dialog.said.text() == ""


def test_picture_and_numbers_are_copied(dialog: FigureDialog, xor: MainWindow) -> None:
    clipboard = QGuiApplication.clipboard()
    dialog.copy_picture.click()
    assert clipboard.image().size() == picture_of(xor.stage.current, dialog.paper).size()
    dialog.copy_data.click()
    head, *rows = clipboard.text().splitlines()
    assert head.split("\t")[0] == "unit" and len(rows) > 5
    clipboard.clear()
    xor.copy_view()
    assert not clipboard.image().isNull() and xor.notice.text == "The picture of Weights was copied."


def test_the_dialog_closes_with_its_view(xor: MainWindow, driver: Driver) -> None:
    xor.commands["panes_4"].trigger()
    driver.settle(xor)
    *_, last = xor.stage.panes
    assert last.view is not None and last.view is not xor.stage.current
    driver.wait_for(lambda: not last.view.is_empty)
    xor.files.export_dialog(last.view)
    assert xor.findChild(FigureDialog).isVisible()
    xor.commands["panes_1"].trigger()
    driver.wait_for(lambda: not xor.findChildren(FigureDialog))


def test_the_dialog_stays_where_its_view_moves_into_a_window_of_its_own(xor: MainWindow, driver: Driver) -> None:
    driver.finish(xor)
    xor.export_curves()
    dialog = xor.findChild(FigureDialog)
    xor.docks[1].setFloating(True)
    driver.settle(xor)
    assert dialog.isVisible() and not dialog._leaves.isActive()
    xor.docks[1].setFloating(False)


def test_the_dialog_has_the_keys_after_a_save_and_a_button_to_close_it(
    dialog: FigureDialog, xor: MainWindow, driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cancel(*_: object) -> tuple[str, str]:
        xor.activateWindow()
        driver.wait_for(xor.isActiveWindow)
        return "", ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", cancel)
    dialog.save_button.click()
    driver.wait_for(dialog.isActiveWindow)
    dialog.close_button.click()
    driver.wait_for(lambda: not xor.findChildren(FigureDialog))


def test_what_was_remembered_and_makes_no_sense_is_left_out(tmp_path: Path) -> None:
    memory = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    assert remembered(memory) == Paper()
    for name, value in (("size", "3 x"), ("dpi", "many"), ("theme", "pink")):
        memory.setValue(f"figure_{name}", value)
    assert remembered(memory) == Paper()
    memory.setValue("figure_size", "5 100000")
    memory.setValue("figure_dpi", 1)
    assert remembered(memory) == Paper(dpi=72)
    remember(memory, COLUMN)
    assert remembered(memory) == COLUMN
