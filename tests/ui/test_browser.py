"""The browser: pages, classes, one example at full size; pictures, tables, points; large data on disk."""

import time
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from nnlab.datasets import Dataset, DatasetSettings, Examples, load_dataset
from nnlab.datasets.split import Split, stratified_split
from nnlab.probes import Selection
from nnlab.targets import Classes
from nnlab.ui.browser.browser import Browser
from nnlab.ui.browser.collection import Collection
from nnlab.ui.example_images import as_pixels
from nnlab.ui.main_window import MainWindow
from tests.ui.conftest import Driver

Key = Qt.Key


def collection_of(dataset: Dataset, validation: float = 0.1) -> Collection:
    return Collection(dataset, stratified_split(dataset.train.labels, validation, 0))


def made(inputs: np.ndarray, labels: np.ndarray | None = None, names: tuple[str, ...] = ("a", "b")) -> Dataset:
    labels = np.arange(len(inputs)) % max(len(names), 1) if labels is None else labels
    return Dataset("made", "Made", Examples(inputs, labels), Examples(inputs[:3], labels[:3]), Classes.of(names))


@pytest.fixture
def browser(qtbot: QtBot) -> Browser:
    browser = Browser(None)
    qtbot.addWidget(browser)
    browser.show_collection(collection_of(load_dataset(DatasetSettings())))
    browser.show()
    qtbot.waitExposed(browser)
    return browser


def page_pixels(browser: Browser) -> np.ndarray:
    """The bytes of the one image a page is painted from."""
    image: QImage = browser.pages._image.convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : image.width()].reshape(-1, browser.pages._height, image.width())


def test_a_page_shows_the_examples_of_the_part_in_order(browser: Browser) -> None:
    collection, capacity = browser.collection, browser.pages.capacity
    browser._on.click()
    shown = collection.split.train[capacity : 2 * capacity]
    assert np.array_equal(page_pixels(browser), collection.dataset.train.inputs[shown, :, :, 0])
    assert browser.pages._captions == tuple(str(label) for label in collection.dataset.train.labels[shown])
    assert browser.page_number.value() == 2


@pytest.mark.parametrize("part", ["train", "validation", "test"])
def test_a_class_of_a_part_is_all_of_it_and_nothing_else(browser: Browser, part: str) -> None:
    browser._part.setCurrentIndex(browser._part.findData(part))
    browser._class.setCurrentText("7")
    dataset, split = browser.collection.dataset, browser.collection.split
    labels = dataset.test.labels if part == "test" else dataset.train.labels[getattr(split, part)]
    assert np.array_equal(browser.positions, np.flatnonzero(labels == 7))
    assert set(browser.pages._captions) == {"7"}


def test_keys_go_by_one_by_rows_by_pages_and_to_the_ends(browser: Browser, qtbot: QtBot) -> None:
    pages, last = browser.pages, len(browser.positions) - 1
    visited = []
    for key in (
        Key.Key_Right,
        Key.Key_Down,
        Key.Key_Left,
        Key.Key_PageDown,
        Key.Key_Up,
        Key.Key_End,
        Key.Key_Right,
        Key.Key_Home,
    ):
        qtbot.keyClick(pages, key)
        visited.append(browser.current)
    row, page = pages.columns, pages.capacity
    assert visited == [1, 1 + row, row, row + page, page, last, last, 0]
    assert page > row > 3


def test_a_click_selects_the_example_under_the_mouse_and_says_what_it_is(browser: Browser, qtbot: QtBot) -> None:
    browser._part.setCurrentIndex(browser._part.findData("test"))
    browser._class.setCurrentText("3")
    with qtbot.waitSignal(browser.chosen) as heard:
        qtbot.mouseClick(browser.pages, Qt.MouseButton.LeftButton, pos=browser.pages.rectangle_of(4).center().toPoint())
    position = int(browser.positions[4])
    assert heard.args == ["test", position]
    assert browser._caption.text() == "3" and browser._where.text() == f"test example {position}"
    assert np.array_equal(browser.picture._picture, browser.collection.dataset.test.inputs[position])


def test_the_pixel_under_the_mouse_is_read(browser: Browser) -> None:
    picture = np.zeros((2, 4, 3), np.uint8)
    picture[1, 3] = (10, 20, 30)
    browser.picture.show_picture(picture)
    place = browser.picture._place()
    assert place.width() == 2 * place.height()
    corner = QPointF(place.right() - 1, place.bottom() - 1)
    assert browser.picture.text_at(corner) == "row 1, column 3: 10, 20, 30"
    assert browser.picture.text_at(QPointF(place.right() + 5, 1)) == ""


def test_another_size_of_the_window_keeps_the_example_in_sight(browser: Browser, qtbot: QtBot) -> None:
    browser.choose(500)
    before = browser.pages.capacity
    browser.resize(700, 480)
    qtbot.waitUntil(lambda: browser.pages.capacity < before)
    first = browser._first
    assert first <= 500 < first + browser.pages.capacity
    assert len(browser.pages._captions) == browser.pages.capacity


def test_a_page_number_can_be_typed(browser: Browser) -> None:
    browser.page_number.setValue(4)
    assert browser.current == 3 * browser.pages.capacity
    assert browser.page_number.maximum() == -(-len(browser.positions) // browser.pages.capacity)


def test_points_are_rows_of_coordinates(browser: Browser, qtbot: QtBot) -> None:
    dataset = load_dataset(DatasetSettings("gaussians"))
    browser.show_collection(collection_of(dataset))
    model, split = browser.rows, browser.collection.split
    assert browser._middle.currentWidget() is browser.table and not browser._side.isVisible()
    assert [model.headerData(column, Qt.Orientation.Horizontal) for column in range(3)] == ["class", "x₁", "x₂"]
    example = split.train[7]
    cells = [model.data(model.index(7, column)) for column in range(3)]
    assert cells[0] == dataset.class_names[dataset.train.labels[example]]
    assert [float(cell) for cell in cells[1:]] == pytest.approx(dataset.train.inputs[example].tolist(), rel=1e-5)
    with qtbot.waitSignal(browser.chosen) as heard:
        browser.table.selectRow(7)
    assert heard.args == ["train", 7]


@pytest.mark.parametrize(
    "dataset",
    [
        made(np.zeros((5, 1, 1, 1), np.uint8)),
        made(np.full((40, 3, 5, 3), 200, np.uint8)),
        made(np.full((12, 2, 2, 4), np.nan, np.float32)),
        made(np.zeros((9, 300, 200, 1), np.uint8), names=()),
        made(np.zeros((2000, 4, 4, 1), np.uint8), names=tuple(f"class number {number}" for number in range(1000))),
        made(np.zeros((6, 700), np.float32), names=()),
        made(np.zeros((6, 1), np.float32), names=("only",)),
    ],
    ids=["1x1", "rgb", "nan in four channels", "large, no classes", "1000 classes", "wide table", "one class"],
)
def test_any_data_can_be_browsed_in_all_parts(browser: Browser, qtbot: QtBot, dataset: Dataset) -> None:
    browser.show_collection(collection_of(dataset))
    for place in range(3):
        browser._part.setCurrentIndex(place)
        browser.choose(1)
        browser.grab()
        qtbot.keyClick(browser.pages, Key.Key_End)
    assert browser.current == 2


def test_a_part_without_examples_says_so(browser: Browser) -> None:
    browser.show_collection(collection_of(made(np.zeros((4, 2, 2, 1), np.uint8)), 0.0))
    browser._part.setCurrentIndex(browser._part.findData("validation"))
    assert browser._nothing.text() == "There are no validation examples here."
    assert browser._middle.currentWidget() is browser._nothing
    browser.choose(3)
    browser.grab()


def test_a_page_of_two_million_rows_on_disk_reads_only_itself(browser: Browser, tmp_path: Path) -> None:
    rows = np.lib.format.open_memmap(tmp_path / "rows.npy", "w+", np.uint8, (2_000_000, 8, 8, 1))
    rows[1_999_999] = 7
    labels = np.zeros(2_000_000, np.intp)
    dataset = Dataset("big", "Big", Examples(rows, labels), Examples(rows[:1], labels[:1]), Classes(("a",)))
    browser.show_collection(Collection(dataset, Split(np.arange(2_000_000), np.zeros(0, np.intp))))
    resident = resident_bytes()
    started = time.perf_counter()
    for place in range(0, 2_000_000, 100_000):
        browser.go_to(place)
    browser.go_to(1_999_999)
    assert time.perf_counter() - started < 10
    assert resident_bytes() - resident < 20e6
    assert (page_pixels(browser)[-1] == 7).all()


def resident_bytes() -> int:
    """Memory of this process that is in use now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


def test_floats_become_grey_between_their_extremes() -> None:
    pictures = np.array([[-1.0, 0.0], [1.0, np.nan]], np.float32).reshape(1, 2, 2, 1)
    assert as_pixels(pictures).ravel().tolist() == [0, 128, 255, 128]


def test_the_browser_and_the_views_have_one_selection(digits: MainWindow, driver: Driver) -> None:
    digits.dataset_panel.browse.click()
    browser = digits.browsing.browser
    assert (browser.isVisible() and browser.pages.hasFocus()) or not browser.isActiveWindow()
    browser._part.setCurrentIndex(browser._part.findData("validation"))
    browser.choose(9)
    assert (digits.stage.selection.part, digits.stage.selection.example) == ("validation", 9)
    digits.stage.select(Selection(part="validation", example=30))
    assert browser.positions[browser.current] == 30
    digits.stage.select(Selection(part="test", example=2))
    assert browser.part == "validation" and browser.current == 30


def test_the_browser_follows_other_data_and_another_split(digits: MainWindow, driver: Driver) -> None:
    digits.browsing.open()
    browser = digits.browsing.browser
    digits.dataset_panel._form.editor("validation").setValue(50)
    driver.wait_for(lambda: browser.collection.size("validation") == len(digits.stage._prepared.split.validation) > 500)
    digits.dataset_panel._form.editor("source").setCurrentText("moons")
    driver.wait_for(lambda: browser.collection.dataset.name == "moons")
    assert "Moons" in browser.windowTitle()


def test_data_that_waits_for_a_reset_can_be_browsed_but_selects_nothing(digits: MainWindow, driver: Driver) -> None:
    driver.finish(digits)
    digits.dataset_panel._form.editor("source").setCurrentText("moons")
    driver.wait_for(lambda: digits.session.dataset.name == "moons")
    digits.browsing.open()
    browser, before = digits.browsing.browser, digits.stage.selection
    assert browser.collection.dataset.name == "moons"
    browser.choose(11)
    assert digits.stage.selection == before


def test_large_numbers_that_differ_little_are_shown_apart(browser: Browser) -> None:
    inputs = np.array([[100_000_000, 0.1], [100_000_001, 0.2], [1_600_000_000.25, 0.3]])
    browser.show_collection(collection_of(made(inputs), 0))
    model = browser.rows
    shown = {model.index(row, column).data() for row in range(model.rowCount()) for column in range(model.columnCount())}
    assert {"100000000", "100000001", "1600000000.25", "0.1"} <= shown


def test_pictures_of_another_range_are_shown_from_black_to_white(browser: Browser) -> None:
    inputs = np.arange(17, dtype=np.uint8).repeat(4).reshape(17, 2, 2, 1)
    browser.show_collection(collection_of(made(inputs), 0))
    browser.picture.show_picture(inputs[16], browser.collection.dataset.grey_range)
    assert browser.picture._image.pixelColor(0, 0).value() == 255
    assert browser.picture.text_at(QPointF(5, 5)).endswith(": 16")
