"""With real keys: Space runs wherever no text is typed, and a field gives the keys back when it is left."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QScrollArea, QWidget

from nnlab.ui.activity import Activity
from nnlab.ui.main_window import MainWindow
from nnlab.ui.widgets.path_field import PathField
from nnlab.ui.widgets.whole_number import WholeNumber
from tests.ui.conftest import Driver

Key = Qt.Key


def training(window: MainWindow, name: str) -> QWidget:
    return window.training_panel._form.editor(name)


FIELDS: dict[str, tuple[Callable[[MainWindow], QWidget], str]] = {
    "a number": (lambda window: training(window, "learning_rate"), "0.25"),
    "a whole number": (lambda window: training(window, "epochs"), "17"),
}


@pytest.fixture(params=FIELDS)
def field(request: pytest.FixtureRequest, digits: MainWindow, driver: Driver) -> QWidget:
    field = FIELDS[request.param][0](digits)
    reach(digits, field, driver)
    return field


def reach(window: MainWindow, field: QWidget, driver: Driver, why: Qt.FocusReason = Qt.FocusReason.TabFocusReason) -> None:
    window.activateWindow()
    field.setFocus(why)
    driver.wait_for(field.hasFocus)


def press(key: Qt.Key) -> None:
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyClick(focus, key)


def type_in(text: str) -> None:
    focus = QApplication.focusWidget()
    assert focus is not None
    (focus if isinstance(focus, QLineEdit) else focus.lineEdit()).selectAll()
    QTest.keyClicks(focus, text)


def text_of(field: QWidget) -> str:
    return field.text()


def runs(window: MainWindow, driver: Driver) -> bool:
    driver.wait_for(lambda: window.session.progress.step > 0)
    driver.wait_for(lambda: window.session.progress.activity is not Activity.RUNNING)
    driver.settle(window)
    return True


def test_space_runs_from_a_field_of_numbers(digits: MainWindow, driver: Driver, field: QWidget) -> None:
    before = text_of(field)
    press(Key.Key_Space)
    assert runs(digits, driver) and text_of(field) == before


def test_what_is_typed_is_entered_before_space_runs(digits: MainWindow, driver: Driver) -> None:
    field = training(digits, "epochs")
    reach(digits, field, driver)
    type_in("2")
    press(Key.Key_Space)
    assert runs(digits, driver)
    assert digits.session.experiment.training.epochs == 2
    assert digits.session.progress.step == 2 * digits.session.progress.batches


def test_what_is_no_number_yet_does_not_run(digits: MainWindow, driver: Driver) -> None:
    reach(digits, training(digits, "learning_rate"), driver)
    type_in("1e-")
    press(Key.Key_Space)
    assert digits.session.progress.activity is Activity.IDLE
    assert "not a number" in digits.training_panel._form._error.text()


def test_a_word_of_several_is_typed_with_its_spaces(digits: MainWindow, driver: Driver) -> None:
    field = WholeNumber("as it is")
    field.setParent(digits)
    field.setRange(0, 1024)
    field.setSuffix(" pixels")
    field.setValue(64)
    field.show()
    reach(digits, field, driver)
    type_in("as it is")
    assert digits.session.progress.activity is Activity.IDLE and not digits.session.situation.wish.plays
    # Now the word is whole, and Space is the window's again.
    press(Key.Key_Space)
    assert runs(digits, driver) and field.value() == 0


def test_no_space_is_typed_into_a_number_that_may_be_a_word(digits: MainWindow, driver: Driver) -> None:
    field = WholeNumber("as it is")
    field.setParent(digits)
    field.setRange(0, 1024)
    field.show()
    reach(digits, field, driver)
    type_in("12")
    press(Key.Key_Space)
    assert runs(digits, driver) and field.value() == 12


@pytest.mark.parametrize("key", [Key.Key_Return, Key.Key_Enter])
def test_enter_enters_and_gives_the_keys_back(digits: MainWindow, driver: Driver, field: QWidget, key: Qt.Key) -> None:
    start = digits.session.experiment
    type_in("4")
    press(key)
    assert not field.hasFocus() and digits.session.experiment != start
    press(Key.Key_Right)
    driver.wait_for(lambda: digits.session.progress.step == 1)
    driver.settle(digits)


def test_escape_takes_back_what_was_typed_and_leaves(digits: MainWindow, driver: Driver, field: QWidget) -> None:
    start, before = digits.session.experiment, text_of(field)
    type_in("7")
    assert text_of(field) != before
    press(Key.Key_Escape)
    assert not field.hasFocus() and text_of(field) == before and digits.session.experiment == start


def test_tab_enters_and_space_runs_in_the_next_field(digits: MainWindow, driver: Driver) -> None:
    field = training(digits, "learning_rate")
    reach(digits, field, driver)
    type_in("0.2")
    press(Key.Key_Tab)
    assert digits.session.experiment.training.learning_rate == 0.2
    assert QApplication.focusWidget() is not field
    press(Key.Key_Space)
    assert runs(digits, driver)


def test_letters_enter_no_field_of_numbers_and_do_nothing(digits: MainWindow, field: QWidget) -> None:
    before = text_of(field)
    for letter in "rRnbpsx":
        QTest.keyClicks(QApplication.focusWidget(), letter)
        assert text_of(field) == before and digits.session.progress.activity is Activity.IDLE
        assert not digits.session.situation.undoes


def test_what_numbers_are_written_with_can_be_typed(digits: MainWindow, driver: Driver) -> None:
    reach(digits, training(digits, "learning_rate"), driver)
    for typed, value in (("1e-3", 1e-3), ("2.5E-1", 0.25), ("0,5", 0.5)):
        type_in(typed)
        press(Key.Key_Return)
        assert digits.session.experiment.training.learning_rate == value
        reach(digits, training(digits, "learning_rate"), driver)


@pytest.mark.parametrize("name", ["optimizer", "batching"])
def test_space_runs_from_a_list_that_is_closed(digits: MainWindow, driver: Driver, name: str) -> None:
    choice = training(digits, name)
    reach(digits, choice, driver)
    press(Key.Key_Down)
    chosen = choice.currentText()
    press(Key.Key_Space)
    assert runs(digits, driver)
    assert choice.currentText() == chosen and not choice.view().isVisible()


def test_space_opens_no_list_while_there_is_nothing_to_run(digits: MainWindow, driver: Driver) -> None:
    digits.architecture_panel.select(4)
    digits.architecture_panel.remove_layer()
    assert digits.session.problem
    choice = training(digits, "optimizer")
    reach(digits, choice, driver)
    press(Key.Key_Space)
    assert not choice.view().isVisible() and digits.session.progress.step == 0


def test_space_opens_no_list_of_a_dock_that_floats_either(digits: MainWindow, driver: Driver) -> None:
    digits.architecture_panel.select(4)
    digits.architecture_panel.remove_layer()
    digits.docks[0].setFloating(True)
    choice = training(digits, "optimizer")
    choice.window().activateWindow()
    driver.wait_for(choice.isActiveWindow)
    choice.setFocus(Qt.FocusReason.TabFocusReason)
    driver.wait_for(choice.hasFocus)
    press(Key.Key_Space)
    assert not choice.view().isVisible() and digits.session.progress.step == 0


@pytest.mark.parametrize("key", [Key.Key_Return, Key.Key_Down])
def test_a_button_that_opens_a_list_leaves_space_to_the_window_and_opens_by_enter_or_down(
    digits: MainWindow, driver: Driver, key: Qt.Key
) -> None:
    button = digits.run_bar.pace
    reach(digits, button, driver)
    press(Key.Key_Space)
    opened: list[Qt.Key] = []
    menu = button.menu()
    # An open list has a loop of its own, which ends with it.
    menu.aboutToShow.connect(lambda: (opened.append(key), QTimer.singleShot(0, menu.close)))
    assert runs(digits, driver) and not opened
    reach(digits, button, driver)
    press(key)
    driver.wait_for(lambda: bool(opened) and not menu.isVisible())


def test_escape_leaves_a_list(digits: MainWindow, driver: Driver) -> None:
    choice = training(digits, "optimizer")
    reach(digits, choice, driver)
    press(Key.Key_Escape)
    assert not choice.hasFocus()


def test_space_is_a_letter_where_a_text_is_typed(digits: MainWindow, driver: Driver) -> None:
    digits.dataset_panel._form.section("Preparation").click()
    field = digits.dataset_panel._form.editor("classes")
    reach(digits, field, driver)
    QTest.keyClicks(field, "0, 1")
    press(Key.Key_Space)
    assert field.text() == "0, 1 " and digits.session.progress.step == 0
    press(Key.Key_Escape)
    assert field.text() == "" and not field.hasFocus()
    assert digits.session.experiment.dataset.classes == ""


def test_escape_takes_a_path_back(digits: MainWindow, driver: Driver) -> None:
    digits.dataset_panel._form.section("Preparation").click()
    field = digits.dataset_panel._form.editor("encoder")
    assert isinstance(field, PathField)
    reach(digits, field.line, driver)
    QTest.keyClicks(field.line, "coder")
    press(Key.Key_Escape)
    assert field.line.text() == "" and digits.session.experiment.dataset.encoder == ""


def test_space_presses_a_button_only_where_the_keyboard_came_to_it(digits: MainWindow, driver: Driver) -> None:
    check = training(digits, "shuffle")
    reach(digits, check, driver)
    press(Key.Key_Space)
    assert digits.session.experiment.training.shuffle is False and digits.session.progress.step == 0
    digits.setFocus()
    around = check.parentWidget()
    while not isinstance(around, QScrollArea):
        around = around.parentWidget()
    around.ensureWidgetVisible(check)
    driver.settle(digits)
    # A click of a person, which Qt tells of from the window down.
    place = check.mapTo(digits, QPoint(8, check.height() // 2))
    QTest.mouseClick(digits.windowHandle(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    driver.wait_for(lambda: digits.session.experiment.training.shuffle is True)
    press(Key.Key_Space)
    assert runs(digits, driver) and digits.session.experiment.training.shuffle is True


def test_off_is_shown_and_can_be_typed(digits: MainWindow, driver: Driver) -> None:
    for name, value in (("patience", 5), ("clip_norm", 1.5)):
        field = training(digits, name)
        reach(digits, field, driver)
        assert text_of(field) == "off"
        type_in(str(value))
        press(Key.Key_Return)
        assert getattr(digits.session.experiment.training, name) == value
        assert "off" in digits.session.situation.undoes
        reach(digits, field, driver)
        type_in("off")
        press(Key.Key_Return)
        assert getattr(digits.session.experiment.training, name) == 0 and text_of(field) == "off"


def test_half_a_word_is_taken_back(digits: MainWindow, driver: Driver) -> None:
    field = training(digits, "patience")
    reach(digits, field, driver)
    type_in("of")
    press(Key.Key_Return)
    assert text_of(field) == "off" and digits.session.experiment.training.patience == 0


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("0.5", 50), ("0,25", 25), (".2", 20), ("12,5", 13), ("12.5 %", 13), ("150%", 90), ("100", 90), ("7", 7), ("0", 0)],
)
def test_what_is_typed_as_percents_is_never_another_number(
    digits: MainWindow, driver: Driver, typed: str, kept: int
) -> None:
    field = WholeNumber()
    field.setParent(digits)
    field.setRange(0, 90)
    field.setSuffix(" %")
    field.setValue(5)
    field.show()
    reach(digits, field, driver)
    type_in(typed)
    assert digits.session.progress.activity is Activity.IDLE and not digits.session.situation.wish.plays
    press(Key.Key_Return)
    assert field.value() == kept


def test_a_rate_in_percents_is_a_share(digits: MainWindow, driver: Driver) -> None:
    reach(digits, training(digits, "learning_rate"), driver)
    type_in("5%")
    press(Key.Key_Return)
    assert digits.session.experiment.training.learning_rate == 0.05
