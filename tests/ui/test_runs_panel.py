"""The list of runs: what it shows of a real store, how it is found again, and what is done with it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QInputDialog, QLineEdit

from nnlab.errors import RunStoreError
from nnlab.experiments.experiment import load_experiment
from nnlab.experiments.journal.store import RunStore, open_store
from nnlab.experiments.journal.writer import JournalWriter
from nnlab.experiments.model_file import load_model
from nnlab.experiments.places import runs_folder
from nnlab.ui.main_window import MainWindow
from nnlab.ui.runs_panel import deeds
from nnlab.ui.runs_panel.panel import RunsPanel
from nnlab.ui.runs_panel.reader import Reader
from nnlab.words import figure
from tests.experiments.journal.kept import Kept
from tests.experiments.run_report.test_page import check_page
from tests.training.runs import training_settings
from tests.ui.conftest import Driver, example

XOR = example("xor", epochs=3)


class Desk:
    """A window with the list in sight, and four runs in the store."""

    def __init__(self, driver: Driver) -> None:
        self.driver, self.said = driver, []
        for rate in (0.1, 0.05):
            Kept(replace(XOR, training=training_settings(XOR.training.to_table() | {"learning_rate": rate})), runs_folder())
        Kept(
            replace(XOR, training=training_settings(XOR.training.to_table() | {"optimizer": "adam"})),
            runs_folder(),
            steps=30,
        )
        Kept(example("digits-mlp", epochs=1), runs_folder())
        self.journal = JournalWriter(runs_folder(), self.said.append)
        self.window: MainWindow = driver.open(example("xor", epochs=2), journal=self.journal)
        self.panel: RunsPanel = self.window.runs_panel
        self.window.commands["runs"].trigger()
        self.wait_for_numbers(4, 3, 2, 1)

    @property
    def numbers(self) -> tuple[int, ...]:
        return tuple(self.panel.table.numbers)

    @property
    def store(self) -> RunStore:
        self.journal.flush()
        return open_store(runs_folder())[0]

    def wait_for_numbers(self, *numbers: int) -> None:
        self.driver.wait_for(lambda: self.numbers == numbers)

    def text(self, number: int, column: str) -> str:
        return str(self.panel.table.data(self.index(number, column)))

    def index(self, number: int, column: str):
        names = [shown.name for shown in self.panel.table.columns]
        return self.panel.table.index(self.panel.table.row_of(number), names.index(column))

    def columns(self) -> list[str]:
        return [column.name for column in self.panel.table.columns]

    def press(self, key: Qt.Key) -> None:
        self.panel.view.setFocus()
        QTest.keyClick(self.panel.view, key)

    @property
    def editor(self) -> QLineEdit:
        """The field in which a cell is written."""
        (field,) = [field for field in self.panel.view.findChildren(QLineEdit) if field.isVisible()]
        return field

    def type(self, text: str) -> None:
        self.panel.filter.setText(text)


@pytest.fixture
def desk(driver: Driver) -> Iterator[Desk]:
    desk = Desk(driver)
    yield desk
    driver.close(desk.window)
    desk.journal.close()


def test_each_run_is_shown_with_what_was_changed_and_how_it_went(desk: Desk) -> None:
    assert desk.text(1, "name") == "xor"
    assert desk.text(2, "name") == "xor · lr 0.1 → 0.05"
    assert desk.text(3, "name").startswith("xor · optimizer")
    assert desk.text(4, "name").startswith("digits-mlp · dataset xor → digits")
    record = desk.store.run(2)
    assert desk.text(2, "score") == f"{record.figures['best_validation_accuracy']:.1%}"
    assert desk.text(2, "loss") == figure(record.figures["best_validation_loss"])
    assert desk.text(2, "started").startswith(("today", "yesterday"))
    assert [desk.text(number, "state") for number in (2, 3)] == ["done", "interrupted"]


def test_a_run_that_is_trained_is_seen_to_grow(desk: Desk) -> None:
    session = desk.window.session
    long = replace(session.experiment, training=replace(session.experiment.training, epochs=100_000))
    session.edit(long)
    desk.driver.settle(desk.window)
    session.run_or_pause()
    desk.wait_for_numbers(5, 4, 3, 2, 1)
    desk.driver.wait_for(lambda: desk.text(5, "state") == "training")
    seen = desk.panel.records[5].step
    desk.driver.wait_for(lambda: desk.panel.records[5].step > seen)
    session.pause()
    desk.driver.wait_for(lambda: desk.text(5, "state") == "open")


def test_typing_finds_runs_and_what_cannot_be_read_is_told_at_the_field(desk: Desk) -> None:
    desk.type("lr <= 0.1 dataset = xor")
    desk.wait_for_numbers(3, 2, 1)
    desk.type("lr >")
    desk.driver.wait_for(desk.panel.filter.trouble.isVisible)
    assert "nothing behind it" in desk.panel.filter.trouble.text() and "accuracy > 0.97" in desk.panel.filter.trouble.text()
    assert desk.numbers == (3, 2, 1)
    desk.type("rate > 3")
    desk.driver.wait_for(lambda: "no run has 'rate'" in desk.panel.filter.trouble.text())
    assert desk.numbers == (3, 2, 1)
    desk.type("digits")
    desk.wait_for_numbers(4)
    assert not desk.panel.filter.trouble.isVisible()
    desk.type("nothing of the kind")
    desk.wait_for_numbers()
    assert "No run" in desk.panel._empty.text() and desk.panel._empty.isVisible()


def test_a_click_on_a_title_sorts_and_another_turns_it_round(desk: Desk) -> None:
    header = desk.panel.view.horizontalHeader()
    place = desk.columns().index("step")
    header.sectionClicked.emit(place)
    steps = [desk.panel.records[number].step for number in desk.numbers]
    assert steps == sorted(steps, reverse=True)
    header.sectionClicked.emit(place)
    steps = [desk.panel.records[number].step for number in desk.numbers]
    assert steps == sorted(steps)
    desk.panel.view.select([2])
    header.sectionClicked.emit(desk.columns().index("number"))
    assert desk.numbers == (4, 3, 2, 1) and desk.panel.selected == (2,)


def test_a_name_has_the_room_that_there_is_and_stays_as_a_person_left_it(desk: Desk) -> None:
    window, view, place = desk.window, desk.panel.view, desk.columns().index("name")
    window.resize(1900, 900)
    desk.type("dataset = xor")
    desk.wait_for_numbers(3, 2, 1)
    whole = view.sizeHintForColumn(place)
    window.resizeDocks([window.docks[3]], [800], Qt.Orientation.Horizontal)
    desk.driver.wait_for(lambda: view.viewport().width() > 700)
    assert view.columnWidth(place) == max(whole, 176)
    desk.type("")
    desk.wait_for_numbers(4, 3, 2, 1)
    # One of these names is longer than the list: the first figures stay in sight behind it.
    end = view.columnViewportPosition(desk.columns().index("score")) + view.columnWidth(desk.columns().index("score"))
    assert view.columnWidth(place) > 176 and end == view.viewport().width()
    view.setColumnWidth(place, 120)
    window.resizeDocks([window.docks[3]], [500], Qt.Orientation.Horizontal)
    desk.driver.wait_for(lambda: view.viewport().width() < 500)
    assert view.columnWidth(place) == 120


def test_only_what_differs_is_shown_of_what_is_ticked_selected_or_there(desk: Desk) -> None:
    desk.panel.differ.click()
    assert "setting:dataset.source" in desk.columns()
    desk.panel.view.select([1, 2])
    assert [name for name in desk.columns() if name.startswith("setting:")] == ["setting:training.learning_rate"]
    assert desk.panel.selected == (2, 1)
    for number in (1, 3):
        desk.window.session.ticked.tick(number, True)
    assert "setting:training.optimizer" in desk.columns() and "setting:training.learning_rate" not in desk.columns()
    desk.panel.differ.click()
    assert not any(name.startswith("setting:") for name in desk.columns())


def test_chosen_columns_are_there_at_the_next_start(desk: Desk, driver: Driver) -> None:
    desk.panel._fill_columns()
    menu = desk.panel.columns_button.menu()
    texts = {action.text(): action for action in menu.actions()}
    texts["Tags"].trigger()
    (training,) = [action.menu() for action in menu.actions() if action.text() == "Training"]
    {action.text(): action for action in training.actions()}["learning_rate"].trigger()
    assert "tags" not in desk.columns() and desk.columns()[-1] == "setting:training.learning_rate"
    assert desk.text(2, "setting:training.learning_rate") == "0.05"
    driver.close(desk.window)
    again = driver.open(XOR)
    assert [column.name for column in again.runs_panel.table.columns] == desk.columns()


def test_a_tick_is_heard_of_and_shows_its_colour(desk: Desk) -> None:
    ticked = desk.window.session.ticked
    table = desk.panel.table
    table.setData(desk.index(2, "tick"), Qt.CheckState.Checked.value, Qt.ItemDataRole.CheckStateRole)
    assert ticked.numbers == (2,)
    assert table.data(desk.index(2, "curve"), Qt.ItemDataRole.ForegroundRole) == ticked.color_of(2)
    desk.panel.view.select([1, 2])
    desk.press(Qt.Key.Key_Space)
    assert set(ticked.numbers) == {1, 2}
    desk.press(Qt.Key.Key_Space)
    assert ticked.numbers == ()
    assert desk.window.session.progress.step == 0


def test_name_tags_notes_and_star_are_written_in_place(desk: Desk) -> None:
    def write(column: str, text: str) -> None:
        desk.panel.edit(2, column)
        field = desk.editor
        field.setText(text)
        QTest.keyClick(field, Qt.Key.Key_Return)
        # Qt takes it over when it comes to that.
        desk.driver.wait_for(lambda: not desk.panel.view.is_editing)

    pressed: list[str] = []
    desk.panel.view.key_pressed.connect(pressed.append)
    write("name", "the best")
    # Return ends the writing, and opens no run.
    assert pressed == []
    write("tags", "baseline, long, baseline,")
    write("notes", "to be beaten")
    desk.panel.view.starred.emit(2)
    desk.driver.wait_for(lambda: desk.store.run(2).star)
    record = desk.store.run(2)
    assert (record.name, record.tags, record.notes) == ("the best", ("baseline", "long"), "to be beaten")
    assert desk.text(2, "name").startswith("the best ·")
    desk.type("tag = baseline")
    desk.wait_for_numbers(2)


def test_what_is_being_written_is_not_lost_when_the_list_changes(desk: Desk) -> None:
    desk.panel.edit(2, "notes")
    field = desk.editor
    field.setText("half a sen")
    desk.store.update(1, notes="from elsewhere")
    desk.driver.wait_for(lambda: desk.panel.records[1].notes == "from elsewhere")
    desk.driver.qtbot.wait(300)
    assert desk.panel.view.is_editing and desk.editor.text() == "half a sen"
    QTest.keyClick(field, Qt.Key.Key_Return)
    desk.driver.wait_for(lambda: desk.store.run(2).notes == "half a sen")


def test_deleted_runs_can_be_brought_back_until_the_window_is_closed(desk: Desk, driver: Driver) -> None:
    desk.panel.view.select([1, 3])
    desk.window.session.ticked.tick(3, True)
    desk.press(Qt.Key.Key_Delete)
    desk.wait_for_numbers(4, 2)
    assert desk.panel.undo.text == "2 runs were deleted." and desk.window.session.ticked.numbers == ()
    desk.panel.view.select([4])
    desk.press(Qt.Key.Key_Delete)
    desk.wait_for_numbers(2)
    assert desk.panel.undo.text == "3 runs were deleted."
    desk.panel.undo.button.click()
    desk.wait_for_numbers(4, 3, 2, 1)
    desk.panel.view.select([1])
    desk.press(Qt.Key.Key_Delete)
    desk.wait_for_numbers(4, 3, 2)
    assert (runs_folder() / "1").is_dir()
    driver.close(desk.window)
    assert not (runs_folder() / "1").exists()
    assert [record.number for record in desk.store.runs()] == [4, 3, 2]


def test_what_is_deleted_can_be_brought_back_though_another_window_is_closed(desk: Desk) -> None:
    desk.panel.view.select([1])
    desk.press(Qt.Key.Key_Delete)
    desk.wait_for_numbers(4, 3, 2)
    other = Reader()
    other.follow(True)
    with desk.driver.qtbot.waitSignal(other.deleted, timeout=20_000):
        other.delete((2,))
    other.close()
    assert not (runs_folder() / "2").exists()
    desk.panel.undo.button.click()
    desk.wait_for_numbers(4, 3, 1)
    assert desk.store.run(1).step and (runs_folder() / "1").is_dir()


def test_restoring_the_layout_puts_the_list_where_it_was_at_first(desk: Desk) -> None:
    window = desk.window
    dock = window.docks[3]
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, dock)
    window.restore_layout()
    assert window.dockWidgetArea(dock) == Qt.DockWidgetArea.RightDockWidgetArea
    # A window as low as this one has no room for it beside the others.
    assert dock.isHidden() and not window.run_bar.runs.isChecked()


def test_a_run_that_somebody_trains_is_not_deleted(desk: Desk) -> None:
    lock = desk.store.hold(3)
    desk.panel.delete((3,))
    desk.driver.wait_for(lambda: "being trained by another" in desk.window.notice.text)
    assert lock is not None and desk.numbers == (4, 3, 2, 1)
    desk.driver.wait_for(lambda: desk.text(3, "state") == "open")
    lock.release()
    desk.driver.finish(desk.window)
    desk.wait_for_numbers(5, 4, 3, 2, 1)
    desk.panel.view.select([5])
    desk.press(Qt.Key.Key_Delete)
    assert "Run 5 is open in this window" in desk.window.notice.text


def test_an_empty_list_does_not_tell_of_a_trouble_that_is_over(desk: Desk) -> None:
    lock = desk.store.hold(3)
    desk.panel.delete((3,))
    desk.driver.wait_for(lambda: "being trained by another" in desk.window.notice.text)
    assert lock is not None
    lock.release()
    desk.panel.delete((1, 2, 3, 4))
    desk.wait_for_numbers()
    assert "Every run is kept here" in desk.panel._empty.text()


def test_enter_opens_a_run_and_a_step_of_it_is_asked_for(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    session = desk.window.session
    desk.panel.view.select([3])
    assert desk.panel.buttons["open"].isEnabled()
    desk.press(Qt.Key.Key_Return)
    desk.driver.wait_for(lambda: session.progress.step == 30)
    monkeypatch.setattr(QInputDialog, "getInt", lambda *asked: (12, True))
    desk.panel._act("open_at", (2,))
    desk.driver.wait_for(lambda: session.progress.step == 12)
    assert session.experiment.training.learning_rate == 0.05


def test_a_duplicate_is_an_experiment_without_a_file(desk: Desk) -> None:
    session = desk.window.session
    with desk.driver.qtbot.waitSignal(session.prepared, timeout=60_000):
        desk.panel._act("duplicate", (3,))
    assert session.experiment == desk.store.run(3).present_experiment()
    assert session.path is None and session.progress.step == 0 and session.progress.number == 0


@pytest.mark.parametrize("kind", [".toml", ".csv", ".safetensors"])
def test_a_run_is_exported(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    path = tmp_path / f"run{kind}"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *asked: (str(path), ""))
    desk.panel._act("export", (2,))
    desk.driver.wait_for(lambda: str(path) in desk.window.notice.text)
    if kind == ".toml":
        assert load_experiment(path) == desk.store.run(2).present_experiment()
    elif kind == ".safetensors":
        assert load_model(path).step == desk.store.run(2).step
    else:
        assert path.read_text().startswith("step,epoch,loss,accuracy")


@pytest.mark.peers
def test_runs_are_exported_for_tensorboard(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("tensorboardX")
    folder = tmp_path / "for them"
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *asked: str(folder))
    desk.panel._act("tensorboard", (2, 1))
    desk.driver.wait_for(
        lambda: f"2 runs were exported; to see it: tensorboard --logdir '{folder}'" in desk.window.notice.text
    )
    assert sorted(place.name.split("-")[1] for place in folder.iterdir()) == ["1", "2"]
    assert all("tfevents" in place.name for place in folder.glob("*/*"))


def test_without_tensorboardx_no_folder_is_asked_for(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deeds, "is_installed", lambda name: False)
    desk.panel._act("tensorboard", (2,))
    assert "pip install tensorboardX" in desk.window.notice.text


def test_the_menu_offers_what_can_be_done_with_so_many(desk: Desk) -> None:
    for numbers, can in (((2,), True), ((1, 2), False)):
        desk.panel.view.select(numbers)
        desk.panel._fill_more()
        actions = {action.text().split("\t")[0]: action for action in desk.panel.more.menu().actions()}
        assert actions["Open"].isEnabled() == desk.panel.buttons["open"].isEnabled() == can
        assert actions["Delete"].isEnabled()


def test_several_are_compared(desk: Desk) -> None:
    desk.panel.view.select([3])
    assert not desk.panel.buttons["compare"].isEnabled()
    desk.panel.view.select([3, 1])
    desk.panel.buttons["compare"].click()
    desk.driver.wait_for(lambda: desk.window.comparing.window is not None and desk.window.comparing.window.isVisible())
    assert set(desk.window.comparing._numbers) == {1, 3}
    desk.driver.wait_for(lambda: not desk.window.session.jobs.is_busy)


def test_before_the_first_run_the_list_says_what_it_is_for(driver: Driver) -> None:
    window = driver.open(XOR)
    window.commands["runs"].trigger()
    driver.wait_for(lambda: "Every run is kept here" in window.runs_panel._empty.text())
    assert window.runs_panel._empty.isVisible()


def test_a_store_of_a_later_nnlab_is_refused_in_a_sentence(driver: Driver) -> None:
    store = open_store(runs_folder())[0]
    store._connection.execute("PRAGMA user_version = 99")
    store.close()
    window = driver.open(XOR)
    window.commands["runs"].trigger()
    driver.wait_for(lambda: "written by a later nnlab" in window.runs_panel._empty.text())
    assert "written by a later nnlab" in window.notice.text


def test_figures_of_a_run_whose_data_has_changed_are_read_and_opening_it_is_refused(desk: Desk) -> None:
    desk.store.update(2, data="of something else", started=4e9, seconds=-5.0)
    desk.driver.wait_for(lambda: "ahead of the clock" in desk.text(2, "started") or desk.panel.records[2].started == 4e9)
    assert desk.text(2, "score").endswith("%") and desk.text(2, "seconds") == ""
    desk.panel._act("open", (2,))
    desk.driver.wait_for(lambda: "learned from other data" in desk.window.notice.text)


def test_what_could_not_be_written_does_not_look_as_if_it_were(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def update(store: RunStore, number: int, **columns: object) -> None:
        raise RunStoreError("runs are not kept there (No space left on device)")

    monkeypatch.setattr(RunStore, "update", update)
    desk.panel.change(2, notes="to be beaten")
    assert desk.text(2, "notes") == "to be beaten"
    desk.driver.wait_for(lambda: "No space left" in desk.window.notice.text)
    desk.driver.wait_for(lambda: desk.text(2, "notes") == "")


def test_a_damaged_row_costs_nothing_but_itself(desk: Desk) -> None:
    desk.store.update(2, settings="{", figures="[]", tags="no", curve=b"abc", notes="x")
    desk.driver.wait_for(lambda: desk.panel.records[2].notes == "x")
    assert desk.text(2, "score") == desk.text(2, "tags") == "" and desk.text(1, "score").endswith("%")
    desk.panel.differ.click()
    desk.panel.view.grab()


@pytest.mark.parametrize("numbers", [(2,), (3, 1)])
def test_a_report_is_of_the_runs_that_are_selected(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, numbers: tuple[int, ...]
) -> None:
    offered: list[str] = []
    monkeypatch.setattr(
        QFileDialog, "getSaveFileName", lambda *asked: (offered.append(asked[2]), (str(tmp_path / "r.html"), ""))[1]
    )
    desk.panel._act("report", numbers)
    desk.driver.wait_for(lambda: "The report was saved in" in desk.window.notice.text)
    page = check_page((tmp_path / "r.html").read_text("utf-8"))
    assert len(offered) == 1
    if len(numbers) == 1:
        assert "Run 2, xor" in page.text and offered[0].endswith("xor-run-2.html")
    else:
        assert page.all_in("h1") == ["Run 1, run 3 compared"] and offered[0].endswith("runs-1-3.html")


def test_in_a_narrow_list_short_names_leave_the_figures_in_sight(desk: Desk) -> None:
    window, view = desk.window, desk.panel.view
    name, score = (desk.columns().index(column) for column in ("name", "score"))
    window.resize(1900, 900)
    desk.type("number = 1")
    desk.wait_for_numbers(1)
    window.resizeDocks([window.docks[3]], [396], Qt.Orientation.Horizontal)
    desk.driver.wait_for(lambda: 300 < view.viewport().width() < 400)
    assert view.sizeHintForColumn(name) <= view.columnWidth(name) < 176
    assert view.columnViewportPosition(score) + view.columnWidth(score) <= view.viewport().width()
