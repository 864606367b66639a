"""The data card: what it says of every kind of data, groups of settings, files and folders of one's own."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from nnlab.datasets import DATASETS, Dataset, DatasetSettings, Examples, load_dataset
from nnlab.datasets.settings import PICTURE_FIELDS
from nnlab.datasets.summary import summarize
from nnlab.targets import Classes
from nnlab.ui.main_window import MainWindow
from nnlab.ui.setup.class_chart import ClassChart
from nnlab.ui.setup.form import SettingsForm
from nnlab.ui.setup.value_chart import ValueChart
from tests.ui.conftest import Driver, experiment_beside_its_data


def made(inputs: np.ndarray, names: tuple[str, ...], **about: str) -> Dataset:
    labels = np.arange(len(inputs)) % max(len(names), 1)
    return Dataset(
        "made", "Made data", Examples(inputs, labels), Examples(inputs[:2], labels[:2]), Classes.of(names), **about
    )


CASES = {
    "two classes of points": made(np.random.default_rng(0).normal(size=(30, 2)).astype(np.float32), ("A", "B")),
    "long names": made(np.zeros((20, 28, 28, 1), np.uint8), tuple(f"a rather long name {n}" for n in range(10))),
    "a thousand classes": made(np.zeros((3000, 4, 4, 1), np.uint8), tuple(f"class {n}" for n in range(1000))),
    "no classes": made(np.zeros((20, 5, 5, 1), np.uint8), ()),
    "1x1": made(np.zeros((4, 1, 1, 1), np.uint8), ("a", "b")),
    "colours": made(np.full((8, 40, 30, 3), 90, np.uint8), ("cat", "dog")),
    "a table with NaN": made(np.full((9, 600), np.nan, np.float32), ("only",)),
    "nothing yet": made(np.zeros((0, 2), np.float32), ("A", "B")),
}


def test_any_data_can_be_shown(digits: MainWindow) -> None:
    panel = digits.dataset_panel
    for case, dataset in CASES.items():
        panel.about.turn(True)
        panel.show_dataset(dataset)
        panel.grab()
        assert panel.about.title == "Made data", case
        classes = len(dataset.class_names)
        said = {0: "no classes", 1: "1 class"}.get(classes, f"{classes:,} classes")
        assert said in panel._facts.text(), case
        panel.about.turn(False)
        assert said in panel.about.text(), case
        assert panel.height() < 1200, case


RANGES = {
    "bytes up to 16": (np.arange(17, dtype=np.uint8).reshape(-1, 1, 1, 1), "values 0 … 16 "),
    "bytes of all kinds": (np.array([0, 250], np.uint8).reshape(-1, 1, 1, 1), "values 0 … 255 "),
    "a table": (np.array([[-1.5, 7], [2, 1.6e9]]), "values −1.5 … 1.6e+09 "),
    "a table of singles": (np.array([[0.1, 7]], np.float32), "values 0.1 … 7 "),
}


def test_the_range_of_the_values_is_said(digits: MainWindow) -> None:
    for case, (inputs, said) in RANGES.items():
        digits.dataset_panel.show_dataset(made(inputs, ("a", "b")))
        assert said in digits.dataset_panel._facts.text(), case


def test_pictures_of_0_and_1_are_shown_in_black_and_white(digits: MainWindow) -> None:
    dataset = made(np.eye(8, dtype=np.uint8).reshape(1, 8, 8, 1), ("a",))
    digits.dataset_panel.show_dataset(dataset)
    image = digits.dataset_panel.classes._images[0]
    assert {image.pixelColor(x, 0).value() for x in range(8)} == {0, 255}


def test_data_that_comes_back_by_undoing_has_its_parts_again(xor: MainWindow, driver: Driver) -> None:
    panel, session = xor.dataset_panel, xor.session
    before = panel._parts.text()
    assert "validation" in before
    session.edit(replace(session.experiment, dataset=replace(session.experiment.dataset, source="drawn")))
    driver.wait_for(lambda: session.is_blank and panel._parts.text() != before)
    session.undo()
    driver.wait_for(lambda: session.dataset.name == "xor")
    assert panel._parts.text() == before


def test_what_the_data_is_stands_below_a_line_that_says_the_most_important_of_it(digits: MainWindow, driver: Driver) -> None:
    panel = digits.dataset_panel
    parts = (panel.classes, panel.values, panel._parts, panel._facts, panel._source)
    assert not any(part.isVisibleTo(panel) for part in parts)
    assert "8 × 8 · 10 classes" in panel.about.text()
    driver.qtbot.mouseClick(panel.about, Qt.MouseButton.LeftButton)
    assert all(part.isVisibleTo(panel) for part in parts)
    driver.qtbot.mouseClick(panel.about, Qt.MouseButton.LeftButton)
    assert not any(part.isVisibleTo(panel) for part in parts)


def test_the_card_tells_shape_size_source_and_licence(digits: MainWindow, driver: Driver) -> None:
    panel = digits.dataset_panel
    panel.about.turn(True)
    assert "8 × 8 pixels · 10 classes · values 0 … 255 · 115 kB" in panel._facts.text()
    # In a narrow card they go on in the next line.
    assert panel._facts.heightForWidth(200) > panel._facts.heightForWidth(1000)
    driver.wait_for(lambda: panel._facts.height() >= panel._facts.heightForWidth(panel._facts.width()))
    assert "Alpaydin" in panel._source.text() and "CC BY 4.0" in panel._source.text()
    panel.show_dataset(CASES["colours"])
    assert "40 × 30 pixels, colour · 2 classes" in panel._facts.text()
    assert not panel._source.isVisibleTo(panel)


def test_the_card_tells_what_the_columns_of_a_table_were_taken_as(digits: MainWindow, tmp_path: Path) -> None:
    panel = digits.dataset_panel
    panel.about.turn(True)
    assert not panel._columns.isVisibleTo(panel)
    (tmp_path / "a.csv").write_text("Id,a,b,kind\n" + "".join(f"{n},{n / 7:.2f},0.5,{'xy'[n % 2]}\n" for n in range(30)))
    panel.show_dataset(load_dataset(DatasetSettings({"kind": "file", "path": str(tmp_path / "a.csv")})))
    assert panel._columns.isVisibleTo(panel)
    assert panel._columns.text() == "label kind · 2 features · without Id"
    assert "left out Id: its name says that it names the rows" in panel._columns.toolTip()


def test_the_card_counts_the_parts_as_the_run_has_them(digits: MainWindow, driver: Driver) -> None:
    panel, split = digits.dataset_panel, digits.stage._prepared.split
    train, validation, test = len(split.train), len(split.validation), len(digits.session.dataset.test)
    assert panel._parts.text() == f"{train:,} train · {validation:,} validation · {test:,} test"
    assert panel._note.text() == f"{train + validation:,} examples + {test:,} test"
    assert panel._parts.toolTip() in panel._note.toolTip()
    with driver.qtbot.waitSignal(digits.session.prepared, timeout=60_000):
        panel._form.editor("validation").setValue(0)
    assert panel._parts.text() == f"{train + validation:,} train · {test:,} test"


@pytest.fixture
def chart(qtbot: QtBot) -> ClassChart:
    chart = ClassChart()
    qtbot.addWidget(chart)
    chart.setFixedWidth(300)
    return chart


def test_every_class_tells_its_counts_under_the_mouse(chart: ClassChart) -> None:
    labels = np.array([0, 1, 1, 2, 2, 2])
    examples = Examples(np.zeros((6, 2), np.float32), labels)
    dataset = Dataset("made", "Made", examples, Examples(examples.inputs[:1], labels[:1]), Classes(("one", "two", "three")))
    chart.show_summary(dataset, summarize(dataset))
    said = {chart.text_at(QPoint(x, y)) for x in range(300) for y in range(0, chart.height(), 4)} - {""}
    assert said == {
        "one: 1 training and validation, 1 test examples",
        "two: 2 training and validation, 0 test examples",
        "three: 3 training and validation, 0 test examples",
    }


def test_bars_are_as_high_as_the_counts(chart: ClassChart) -> None:
    labels = np.repeat(np.arange(20), np.arange(1, 21))
    examples = Examples(np.zeros((len(labels), 2), np.float32), labels)
    dataset = Dataset("made", "Made", examples, examples, Classes.of(tuple(map(str, range(20)))))
    chart.show_summary(dataset, summarize(dataset))
    picture = chart.grab().toImage()
    ground = picture.pixel(0, 0)
    heights = [sum(picture.pixel(15 * number + 7, y) != ground for y in range(chart.height())) for number in range(20)]
    assert heights == sorted(heights) and heights[-1] > 8 * heights[0] > 0


def test_the_histogram_reads_its_bars(qtbot: QtBot) -> None:
    chart = ValueChart()
    qtbot.addWidget(chart)
    chart.resize(320, 50)
    inputs = np.array([0, 0, 0, 200], np.uint8).reshape(4, 1, 1, 1)
    chart.show_summary(summarize(made(inputs, ("a",))))
    assert chart.text_at(QPoint(3, 3)) == "0 … 8: 75.0% of the input values"
    assert chart.text_at(QPoint(253, 3)) == "200 … 208: 25.0% of the input values"


def test_every_dataset_is_a_choice(digits: MainWindow) -> None:
    choice = digits.dataset_panel._form.editor("source")
    assert [choice.itemText(place) for place in range(choice.count())] == list(DATASETS)


@pytest.fixture
def form(qtbot: QtBot) -> SettingsForm:
    form = SettingsForm()
    qtbot.addWidget(form)
    form.show_settings(DatasetSettings())
    return form


def seen(form: SettingsForm) -> set[str]:
    return {key.name for key, row in form._rows.items() if row.editor.isVisibleTo(form)}


def test_a_first_look_shows_few_settings_and_groups_open_with_a_click(form: SettingsForm) -> None:
    assert seen(form) == {"source", "validation", "scaling"}
    form.section("Augmentation").click()
    assert seen(form) == {"source", "validation", "scaling", "jitter", *PICTURE_FIELDS}
    form.section("Augmentation").click()
    assert seen(form) == {"source", "validation", "scaling"}


def test_a_group_is_closed_at_first_and_says_what_is_set_in_it(form: SettingsForm) -> None:
    form.show_settings(DatasetSettings(label_noise=0.2, shift=2))
    assert seen(form) == {"source", "validation", "scaling"}
    section = form.section("Preparation")
    assert section.text().split() == ["Preparation", "label", "noise", "20", "%"]
    assert section.accessibleName() == section.text()
    section.click()
    assert {"label_noise", "seed"} <= seen(form) and section.text() == "Preparation"
    section.click()
    form.show_settings(DatasetSettings(label_noise=0.4, encoder="models/mine.safetensors"))
    assert "encoder mine.safetensors, label noise 40 %" in section.text()


def test_a_group_without_rows_for_this_data_has_no_line(form: SettingsForm) -> None:
    form.section("Augmentation").click()
    form.leave_out(PICTURE_FIELDS)
    assert seen(form) & (PICTURE_FIELDS | {"jitter"}) == {"jitter"}
    form.leave_out(PICTURE_FIELDS | {"jitter"})
    assert not form.section("Augmentation").isVisibleTo(form)


def test_a_wrong_value_in_a_group_is_told_below_its_row(form: SettingsForm) -> None:
    form.section("Augmentation").click()
    field = form.editor("rotation")
    field.setText("999")
    field.editingFinished.emit()
    assert "180" in form._error.text()
    grid = form._layout
    below = grid.getItemPosition(grid.indexOf(form._error))[0]
    assert below == grid.getItemPosition(grid.indexOf(field))[0] + 1


def test_augmentation_of_pictures_is_offered_for_pictures_only(digits: MainWindow, driver: Driver) -> None:
    form = digits.dataset_panel._form
    form.section("Augmentation").click()
    assert form.editor("flip_horizontal").isVisibleTo(form)
    form.editor("source").setCurrentText("moons")
    driver.wait_for(lambda: not form.editor("flip_horizontal").isVisibleTo(form))
    assert form.editor("jitter").isVisibleTo(form)


def test_choosing_file_asks_which_before_anything_is_changed(digits: MainWindow, monkeypatch, tmp_path: Path) -> None:
    panel, before = digits.dataset_panel, digits.session.experiment
    panel._form.editor("source").setCurrentText("file")
    assert digits.session.experiment == before and digits.notice.text == ""
    field = panel._form.editor("source.path")
    assert field.isVisibleTo(panel) and "Choose a file" in panel._hint.text()
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *asked: (str(tmp_path / "rows.csv"), ""))
    field.buttons["file"].click()
    assert digits.session.experiment.dataset.source.name == "file"
    assert digits.session.experiment.dataset.source.path == str(tmp_path / "rows.csv")
    assert panel._hint.text() == ""


def test_a_mistyped_path_stays_with_the_sentence_about_it_below(digits: MainWindow, driver: Driver, tmp_path: Path) -> None:
    panel, session, before = digits.dataset_panel, digits.session, digits.session.experiment
    form = panel._form
    form.editor("source").setCurrentText("file")
    line = form.editor("source.path").line
    with driver.qtbot.waitSignal(session.loading.failed, timeout=60_000):
        line.setText(str(tmp_path / "rowz.csv"))
        line.editingFinished.emit()
    assert session.experiment == before
    assert line.isVisibleTo(panel) and line.text() == str(tmp_path / "rowz.csv")
    assert form._error.isVisibleTo(panel) and "rowz.csv" in form._error.text()
    grid = form._layout
    row = grid.getItemPosition(grid.indexOf(form.editor("source.path")))[0]
    assert grid.getItemPosition(grid.indexOf(form._error))[0] == row + 1
    # An edit of something else leaves it there; the right path is one letter away.
    session.edit(replace(session.experiment, training=replace(session.experiment.training, epochs=7)))
    assert line.text() == str(tmp_path / "rowz.csv") and form._error.isVisibleTo(panel)
    rows = "\n".join(f"{number},{number % 2}" for number in range(40))
    (tmp_path / "rows.csv").write_text(f"x,label\n{rows}\n")
    with driver.qtbot.waitSignal(session.dataset_changed, timeout=60_000):
        line.setText(str(tmp_path / "rows.csv"))
        line.editingFinished.emit()
    assert session.experiment.dataset.source.path == str(tmp_path / "rows.csv")
    assert not form._error.isVisibleTo(panel)


def test_another_choice_takes_a_mistyped_path_and_its_sentence_away(
    digits: MainWindow, driver: Driver, tmp_path: Path
) -> None:
    panel, session = digits.dataset_panel, digits.session
    with driver.qtbot.waitSignal(session.loading.failed, timeout=60_000):
        panel.choose_path(tmp_path / "rowz.csv")
    assert panel._form._error.isVisibleTo(panel)
    with driver.qtbot.waitSignal(session.dataset_changed, timeout=60_000):
        panel._form.editor("source").setCurrentText("moons")
    assert session.experiment.dataset.source.name == "moons"
    assert not panel._form._error.isVisibleTo(panel) and not panel._form.editor("source.path").isVisibleTo(panel)


def test_a_folder_and_a_typed_path_are_taken_as_well(form: SettingsForm, qtbot: QtBot, monkeypatch) -> None:
    form.show_settings(DatasetSettings("file"))
    edited = []
    form.edited.connect(lambda settings, name: edited.append((settings.source.path, settings.source.test_path, name)))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *asked: "/pictures")
    form.editor("source.path").buttons["folder"].click()
    form.editor("source.test_path").line.setText(" /rows.csv ")
    form.editor("source.test_path").line.editingFinished.emit()
    assert edited == [("/pictures", "", "source.path"), ("", "/rows.csv", "source.test_path")]
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *asked: "")
    form.editor("source.path").buttons["folder"].click()
    assert len(edited) == 2


def drop(window: MainWindow, *paths: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(9, 9), Qt.DropAction.CopyAction, mime, buttons, keys)
    window.dragEnterEvent(enter)
    assert enter.isAccepted()
    window.dropEvent(QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, mime, buttons, keys))


def test_a_file_dropped_on_the_window_becomes_the_data_and_can_be_undone(
    digits: MainWindow, driver: Driver, tmp_path: Path, monkeypatch
) -> None:
    def load(settings: DatasetSettings, folders: list[Path], report: object) -> Dataset:
        return replace(load_dataset(DatasetSettings("xor")), title=Path(settings.source.path).name)

    monkeypatch.setattr("nnlab.ui.loading.load_data", load)
    before = digits.session.experiment
    drop(digits, tmp_path / "my data.csv")
    driver.wait_for(lambda: digits.session.dataset.title == "my data.csv")
    assert digits.session.experiment.dataset.source.path == str(tmp_path / "my data.csv")
    assert digits.dataset_panel._form.editor("source.path").line.text() == str(tmp_path / "my data.csv")
    digits.session.undo()
    assert digits.session.experiment == before


def test_a_dropped_file_that_is_no_data_is_told_and_changes_nothing(
    digits: MainWindow, driver: Driver, tmp_path: Path
) -> None:
    before = digits.session.experiment
    drop(digits, tmp_path / "is not there")
    driver.wait_for(lambda: digits.notice.text != "")
    driver.wait_for(lambda: not digits.session.loading.arrays)
    assert digits.session.experiment == before and "\n" not in digits.notice.text


def test_an_experiment_among_dropped_files_is_opened(digits: MainWindow, driver: Driver) -> None:
    from nnlab.resources import resource

    drop(digits, Path("rows.csv"), resource("examples", "xor.toml"))
    driver.wait_for(lambda: digits.session.dataset.name == "xor")
    assert digits.session.experiment.name == "xor"


def test_a_file_that_nnlab_is_started_with_becomes_the_data_if_it_is_no_experiment(
    digits: MainWindow, driver: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    experiment_beside_its_data(tmp_path)
    monkeypatch.chdir(tmp_path)
    digits.open_paths(Path("mine.csv"))
    driver.wait_for(lambda: digits.session.dataset.title == "mine.csv")
    assert digits.session.experiment.dataset.source.path == str(tmp_path / "mine.csv") and digits.notice.text == ""
    digits.open_paths(Path("mine.toml"))
    driver.wait_for(lambda: digits.session.path == Path("mine.toml"))


def test_the_card_is_named_for_assistive_technology(digits: MainWindow) -> None:
    panel = digits.dataset_panel
    for part in (panel.classes, panel.values, panel._form.editor("source.path").line, panel.loading._bar):
        assert part.accessibleName()


def test_hovering_over_the_parts_says_how_they_make_up_the_number_of_points(xor: MainWindow, driver: Driver) -> None:
    panel, points = xor.dataset_panel, xor.session.experiment.dataset.source.samples
    split, test = xor.session._link.worker._run.data.split, points // 2
    held = len(split.validation)
    assert len(split.train) + held == points
    expected = (
        f"{points} examples for training and validation, {held} of them held back; {test} more for the test: 600 in all"
    )
    assert panel._parts.toolTip() == expected
    # In sight stands the very number of points that the form has.
    assert panel._note.text() == f"{points} examples + {test} test"
    # The field's own tooltip says which of them it counts.
    assert "Points to learn from" in panel._form.editor("source.samples").toolTip()
    dataset = replace(xor.session.experiment.dataset, validation=0.0)
    with driver.qtbot.waitSignal(xor.session.prepared, timeout=60_000):
        xor.session.edit(replace(xor.session.experiment, dataset=dataset))
    assert panel._parts.toolTip() == f"{points} examples for training; {test} more for the test: 600 in all"
