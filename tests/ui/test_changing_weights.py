"""A weight is changed while training stands: every view answers, and undo takes it back, in the order of all edits."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt

from nnlab.probes import look
from nnlab.ui.activity import Activity
from nnlab.ui.edit_history import EditHistory
from nnlab.ui.main_window import MainWindow
from nnlab.ui.messages import ParameterChange
from tests.ui.conftest import Driver, example

WEIGHT = ("dense1.weight", (1, 3))


def stored(window: MainWindow) -> float:
    return float(window.session._link.worker._run.model.parameters.view(WEIGHT[0])[WEIGHT[1]])


def open_on_a_weight(window: MainWindow, driver: Driver) -> None:
    window.docks[2].show()
    window.stage.select(replace(window.stage.selection, layer="dense1", unit=3, weight=WEIGHT))
    driver.wait_for(lambda: getattr(window.inspector.answer, "position", None) == WEIGHT[1])
    driver.wait_for(lambda: not window.inspector.panels["weight"].isHidden())


def enter(window: MainWindow, driver: Driver, text: str) -> None:
    """Type a value into the field, and wait until the model has it and the window knows."""
    field = window.inspector.panels["weight"].field
    field.selectAll()
    with driver.qtbot.waitSignal(window.session.edit_history.changed, timeout=60_000):
        driver.qtbot.keyClicks(field, text)
        driver.qtbot.keyClick(field, Qt.Key.Key_Return)
    driver.wait_for(lambda: window.session.edit_history._before[-1].before is not None)
    assert stored(window) == np.float32(float(text))
    # The next entry is a step of its own.
    window.session.edit_history._last = ("", 0.0)


def test_a_weight_is_edited_and_all_views_answer(xor: MainWindow, driver: Driver) -> None:
    open_on_a_weight(xor, driver)
    before, network = stored(xor), xor.stage.current
    fields = network.answer.fields
    enter(xor, driver, "-2.5")
    run = xor.session._link.worker._run
    driver.wait_for(lambda: not np.array_equal(network.answer.fields, fields))
    np.testing.assert_array_equal(network.answer.fields, look(run, "network", xor.stage.selection).value.fields)
    assert network.answer.lines(1)[1, 3] == -2.5
    driver.wait_for(lambda: xor.inspector.answer.value == -2.5)
    assert not xor.session.model_is_saved
    xor.session.undo()
    driver.wait_for(lambda: stored(xor) == before)
    driver.wait_for(lambda: network.answer.lines(1)[1, 3] == np.float32(before))


def test_the_figure_of_the_run_is_told_to_be_of_before_the_edit(xor: MainWindow, driver: Driver) -> None:
    driver.finish(xor)
    bar, panel = xor.run_bar, xor.inspector.panels["weight"]
    driver.wait_for(lambda: bool(bar._caption.text()))
    caption, figure, kept = bar._caption.text(), bar._figure.text(), xor.session.progress.moment.kept_epoch
    assert "edit" not in caption and bar._figure.objectName() == "headline"
    open_on_a_weight(xor, driver)
    driver.wait_for(lambda: panel.line_name.text().startswith(f"Value as of the end of epoch {kept};"))
    enter(xor, driver, "-60")
    driver.wait_for(lambda: bar._caption.text() == f"{caption} before the edit")
    assert bar._figure.text() == figure and bar._figure.objectName() == "outdated"
    assert bar.line.where.text() == f"the end of epoch {kept}, edited by hand"
    driver.wait_for(lambda: f"the end of epoch {kept}, edited by hand" in panel.line_name.text())
    xor.session.undo()
    driver.wait_for(lambda: bar._caption.text() == caption)
    assert bar._figure.objectName() == "headline" and "edited" not in bar.line.where.text()


def test_undo_goes_back_through_settings_and_weights_in_their_order(xor: MainWindow, driver: Driver) -> None:
    session = xor.session
    start, rate = stored(xor), session.experiment.training.learning_rate
    open_on_a_weight(xor, driver)
    enter(xor, driver, "1.5")
    session.edit(replace(session.experiment, training=replace(session.experiment.training, learning_rate=0.01)))
    enter(xor, driver, "0.25")
    for expected in ((1.5, 0.01), (1.5, rate), (start, rate)):
        session.undo()
        driver.wait_for(lambda expected=expected: stored(xor) == pytest.approx(expected[0]))
        assert session.experiment.training.learning_rate == expected[1]
    assert not session.edit_history.can_undo
    for expected in ((1.5, rate), (1.5, 0.01), (0.25, 0.01)):
        session.redo()
        driver.wait_for(lambda expected=expected: stored(xor) == expected[0])
        assert session.experiment.training.learning_rate == expected[1]
    assert not session.edit_history.can_redo


def test_ctrl_z_in_the_field_takes_the_weight_back(xor: MainWindow, driver: Driver) -> None:
    start = stored(xor)
    open_on_a_weight(xor, driver)
    enter(xor, driver, "3")
    field = xor.inspector.panels["weight"].field
    xor.activateWindow()
    field.setFocus()
    driver.wait_for(field.hasFocus)
    driver.qtbot.keyClick(field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    driver.wait_for(lambda: stored(xor) == start)
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    driver.qtbot.keyClick(field, Qt.Key.Key_Z, both)
    driver.wait_for(lambda: stored(xor) == 3)


def test_what_is_no_number_is_told_and_changes_nothing(xor: MainWindow, driver: Driver) -> None:
    open_on_a_weight(xor, driver)
    panel, before = xor.inspector.panels["weight"], stored(xor)
    for text in ("abc", "nan", "1e", "1e99"):
        panel.field.selectAll()
        # As if pasted: typed letters do not enter it.
        panel.field.insert(text)
        panel.field.setModified(True)
        driver.qtbot.keyClick(panel.field, Qt.Key.Key_Return)
        assert panel.problem.text()
    assert stored(xor) == before and not xor.session.edit_history.can_undo


def test_while_running_the_field_rests(driver: Driver) -> None:
    window = driver.open(example("xor", epochs=100_000))
    open_on_a_weight(window, driver)
    panel = window.inspector.panels["weight"]
    assert panel.field.isEnabled()
    window.run_bar.run.click()
    driver.wait_for(lambda: not panel.field.isEnabled())
    assert "Pause" in panel.hint.text()
    driver.wait_for(lambda: len(panel.history) > 3)
    window.run_bar.run.click()
    driver.wait_for(panel.field.isEnabled)


def test_undo_right_after_an_edit_takes_that_edit_back(xor: MainWindow, driver: Driver) -> None:
    session, start = xor.session, stored(xor)
    session.edit(replace(session.experiment, training=replace(session.experiment.training, learning_rate=0.01)))
    session.change_parameter(*WEIGHT, 3.0)
    session.undo()
    assert session.experiment.training.learning_rate == 0.01
    driver.wait_for(lambda: session.edit_history._after[-1].before == start)
    driver.wait_for(lambda: stored(xor) == start)
    session.redo()
    driver.wait_for(lambda: stored(xor) == 3)


@pytest.mark.parametrize("act", ["step_batch", "step_epoch"])
def test_steps_leave_no_weight_to_take_back(xor: MainWindow, driver: Driver, act: str) -> None:
    session = xor.session
    session.edit(replace(session.experiment, training=replace(session.experiment.training, learning_rate=0.01)))
    session.change_parameter(*WEIGHT, 3.0)
    getattr(session, act)()
    driver.wait_for(lambda: session.progress.step > 0 and session.progress.activity is Activity.PAUSED)
    assert not any(isinstance(entry, ParameterChange) for entry in session.edit_history._before)
    assert session.edit_history.can_undo
    # What is changed after the steps can be taken back again.
    trained = stored(xor)
    session.change_parameter(*WEIGHT, 5.0)
    driver.wait_for(lambda: stored(xor) == 5)
    session.undo()
    driver.wait_for(lambda: stored(xor) == trained)


def test_while_running_no_weight_is_changed(driver: Driver) -> None:
    window = driver.open(example("xor", epochs=100_000))
    session = window.session
    session.run_or_pause()
    # The window has not heard yet that it runs; the worker knows.
    session.change_parameter(*WEIGHT, 1e6)
    assert session.edit_history.can_undo
    driver.wait_for(lambda: not session.edit_history.can_undo)
    assert abs(stored(window)) < 1e5


@pytest.mark.parametrize("change", ["reset", "dataset"])
def test_a_new_run_forgets_weights_but_not_settings(xor: MainWindow, driver: Driver, change: str) -> None:
    open_on_a_weight(xor, driver)
    session = xor.session
    session.edit(replace(session.experiment, training=replace(session.experiment.training, learning_rate=0.01)))
    enter(xor, driver, "1.5")
    session.undo()
    enter(xor, driver, "2.5")
    with driver.qtbot.waitSignal(session.prepared, timeout=60_000):
        if change == "dataset":
            xor.dataset_panel._form.editor("source").setCurrentText("moons")
            driver.wait_for(lambda: session.is_pending)
        session.reset()
    assert not [
        entry
        for entry in (*session.edit_history._before, *session.edit_history._after)
        if isinstance(entry, ParameterChange)
    ]
    assert session.edit_history.can_undo
    assert stored(xor) != 2.5


def test_a_weight_set_by_hand_is_not_thrown_away_unasked(xor: MainWindow, driver: Driver) -> None:
    open_on_a_weight(xor, driver)
    session, before = xor.session, stored(xor)
    enter(xor, driver, "5")
    session.edit(replace(session.experiment, dataset=replace(session.experiment.dataset, validation=0.3)))
    driver.wait_for(lambda: session.is_pending)
    assert stored(xor) == 5 and "wait for a reset" in xor.notice.text
    session.undo()
    driver.wait_for(lambda: not session.is_pending)
    session.undo()
    driver.wait_for(lambda: stored(xor) == before)
    # Nothing is left to lose.
    with driver.qtbot.waitSignal(session.prepared, timeout=60_000):
        session.edit(replace(session.experiment, dataset=replace(session.experiment.dataset, validation=0.3)))


@pytest.mark.parametrize(
    ("kind", "tensor", "position"), [("linear_svm", "dense1.weight", (5, 2)), ("rbm", "rbm.weight", (5, 2))]
)
def test_weights_of_other_models_can_be_changed_too(
    driver: Driver, kind: str, tensor: str, position: tuple[int, int]
) -> None:
    window = driver.open(example("digits-mlp"))
    with driver.qtbot.waitSignal(window.session.prepared, timeout=60_000):
        window.architecture_panel.choose_kind(kind)
    window.docks[2].show()
    window.stage.select(replace(window.stage.selection, weight=(tensor, position)))
    driver.wait_for(lambda: getattr(window.inspector.answer, "tensor", None) == tensor)
    window.inspector.panels["weight"].field.changed.emit(1.25)
    driver.wait_for(lambda: window.inspector.answer.value == 1.25)
    assert window.session._link.worker._run.model.parameters.view(tensor)[position] == 1.25


def change_of(value: float, before: float | None, position: int = 0) -> ParameterChange:
    return ParameterChange(1, "dense1.bias", (position,), value, before)


def test_values_in_quick_succession_are_one_step_of_undo(qtbot) -> None:
    edit_history, now, wanted = EditHistory(), example("xor"), []
    edit_history.parameter_wanted.connect(wanted.append)
    for value, before in ((1.0, 0.5), (2.0, 1.0), (3.0, 2.0)):
        edit_history.record_parameter(change_of(value, before))
    edit_history.record_parameter(change_of(7.0, 6.0, position=1))
    assert edit_history.undo(now) is edit_history.undo(now) is now
    assert not edit_history.can_undo
    edit_history.redo(now)
    assert [(change.position, change.value, change.before) for change in wanted] == [
        ((1,), 6.0, 7.0),
        ((0,), 0.5, 3.0),
        ((0,), 3.0, 0.5),
    ]
    assert not any(change.is_edit for change in wanted)


class Answering:
    """A worker that is asked, and answers when it is told to, in order."""

    def __init__(self, edit_history: EditHistory) -> None:
        self.edit_history, self.asked = edit_history, []
        self.values = {(0,): 0.0, (1,): 0.0}
        edit_history.parameter_wanted.connect(self.asked.append)

    def answer(self, most: int = 100) -> None:
        while self.asked and most:
            most -= 1
            change = self.asked.pop(0)
            before, self.values[change.position] = self.values[change.position], change.value
            self.edit_history.answer(replace(change, before=before))


def reference(acts: list[object]) -> dict[tuple[int, ...], float]:
    """What the values are in the end, were every act answered at once."""
    values, before, after = {(0,): 0.0, (1,): 0.0}, [], []
    for act in acts:
        if act == "undo" and before:
            place, old, new = before.pop()
            values[place] = old
            after.append((place, old, new))
        elif act == "redo" and after:
            place, old, new = after.pop()
            values[place] = new
            before.append((place, old, new))
        elif isinstance(act, tuple):
            place, new = act
            before.append((place, values[place], new))
            values[place] = new
            after.clear()
    return values


ACTS = st.one_of(
    # Three in seven make a change of one of two parameters; what is made is a number of its own.
    *[st.tuples(st.just("make"), st.integers(0, 1))] * 3,
    *[st.tuples(st.just("undo"), st.just(0))] * 2,
    *[st.tuples(st.just(act), st.just(0)) for act in ("redo", "one answer", "all answers")],
)


@given(drawn=st.lists(ACTS, min_size=1, max_size=12))
@settings(max_examples=300)
def test_however_late_the_answers_come_every_act_counts(qapp, drawn: list[tuple[str, int]]) -> None:
    edit_history, now = EditHistory(), example("xor")
    worker, acts = Answering(edit_history), []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nnlab.ui.edit_history._MERGE_SECONDS", 0.0)
        for value, (act, parameter) in enumerate(drawn, 1):
            acts.append(((parameter,), float(value)) if act == "make" else act)
            if act == "make":
                edit_history.make(change_of(float(value), None, position=parameter))
            elif act in ("undo", "redo"):
                getattr(edit_history, act)(now)
            else:
                worker.answer(1 if act == "one answer" else 100)
        worker.answer()
    assert worker.values == reference(acts), acts


def test_a_refused_change_is_as_if_nobody_had_asked(qtbot) -> None:
    edit_history, now = EditHistory(), example("xor")
    worker = Answering(edit_history)
    edit_history.make(change_of(7.0, None))
    edit_history.undo(now)
    edit_history.answer(worker.asked.pop())
    assert not (edit_history.can_undo or edit_history.can_redo or worker.asked)


def test_an_undoing_is_not_an_edit(qtbot) -> None:
    edit_history, now = EditHistory(), example("xor")
    edit_history.parameter_wanted.connect(edit_history.record_parameter)
    edit_history.record_parameter(change_of(1.0, 0.5))
    edit_history.undo(now)
    assert edit_history.can_redo and not edit_history.can_undo


def test_an_edit_after_an_undo_ends_what_could_be_redone(qtbot) -> None:
    edit_history, now = EditHistory(), example("xor")
    edit_history.record(now)
    edit_history.undo(replace(now, name="later"))
    edit_history.record_parameter(change_of(1.0, 0.5))
    assert not edit_history.can_redo
    assert edit_history.redo(now) is now


def test_every_change_of_the_history_is_told(qtbot) -> None:
    edit_history, now = EditHistory(), example("xor")
    for act in (
        lambda: edit_history.record(now),
        lambda: edit_history.record_parameter(change_of(1.0, 0.5)),
        lambda: edit_history.undo(now),
        lambda: edit_history.redo(now),
        edit_history.forget_parameters,
        edit_history.clear,
    ):
        with qtbot.waitSignal(edit_history.changed, timeout=100):
            act()
