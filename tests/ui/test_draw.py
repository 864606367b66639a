"""The pad: strokes leave smooth ink, and with every stroke the model answers about exactly the picture that is shown."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nnlab.datasets import Dataset, DatasetSettings, Examples
from nnlab.datasets.drawing import Drawing, framing_of, prepare_drawing
from nnlab.models.autoencoder import AutoencoderSettings
from nnlab.models.layers.activations import Sigmoid
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.shape import Code
from nnlab.models.rbm_settings import RBMSettings
from nnlab.probes import Selection, look
from nnlab.probes.drawing import DrawingAnswer, DrawOptions
from nnlab.targets import Classes
from nnlab.training import TrainingData, TrainingRun, TrainingSettings, prepare_data
from nnlab.ui.main_window import MainWindow
from nnlab.ui.theme import DARK, grey_lut
from nnlab.ui.views.draw.bars import MOST_BARS, shown_classes
from nnlab.ui.views.draw.draw import DrawView
from nnlab.ui.widgets.drawing_pad import DrawingPad, fitting_width
from tests.targets import numbered
from tests.ui.conftest import Driver, example
from tests.ui.lone_view import prepared_for

SLANT = [(0.3, 0.2), (0.45, 0.4), (0.5, 0.6), (0.65, 0.8)]


def scribble(pad: DrawingPad, points: list[tuple[float, float]], button: Qt.MouseButton = Qt.MouseButton.LeftButton) -> None:
    """Press at the first point (shares of the pad), drag through all, release."""
    place = pad._place()
    on_pad = [QPoint(round(x * place.width()), round(y * place.height())) for x, y in points]
    QTest.mousePress(pad, button, Qt.KeyboardModifier.NoModifier, on_pad[0])
    for point in on_pad[1:]:
        # QTest's own moves carry no pressed button on a screen that is not there.
        where = QPointF(point)
        pad.mouseMoveEvent(
            QMouseEvent(QMouseEvent.Type.MouseMove, where, where, button, button, Qt.KeyboardModifier.NoModifier)
        )
    QTest.mouseRelease(pad, button, Qt.KeyboardModifier.NoModifier, on_pad[-1])


def drawing_in(window: MainWindow, driver: Driver) -> DrawView:
    window.stage.show_view("draw")
    view = window.stage.view("draw")
    driver.wait_for(lambda: view.answer is not None)
    return view


def answered(view: DrawView, driver: Driver) -> DrawingAnswer:
    """The answer to what is on the pad now."""
    driver.wait_for(
        lambda: not view._soon.isActive() and view.answer is not None and view.answer.drawing is view.options.drawing
    )
    return view.answer


@pytest.fixture
def pad(qtbot: QtBot) -> DrawingPad:
    pad = DrawingPad()
    qtbot.addWidget(pad)
    pad.resize(140, 180)
    return pad


def test_ink_lies_where_the_mouse_went_and_nowhere_else(pad: DrawingPad) -> None:
    scribble(pad, SLANT)
    canvas = pad.canvas
    assert canvas.shape == (280, 280)
    for x, y in SLANT:
        assert canvas[round(280 * y), round(280 * x)] == 255
    rows, columns = np.nonzero(canvas)
    reach = pad.brush_width / 2 + 2
    assert rows.min() >= 0.2 * 280 - reach and rows.max() <= 0.8 * 280 + reach
    assert columns.min() >= 0.3 * 280 - reach and columns.max() <= 0.65 * 280 + reach
    # Edges are anti-aliased.
    assert ((canvas > 0) & (canvas < 255)).any()


def test_a_hasty_stroke_has_no_corners(pad: DrawingPad) -> None:
    pad.brush_width = 8
    scribble(pad, [(0.1, 0.5), (0.5, 0.1), (0.9, 0.5)])
    # A polygon would reach its middle point; a curve bends before it.
    assert pad.canvas[round(0.1 * 280), 140] == 0
    assert pad.canvas[:, 140].any()
    assert pad.canvas[140, round(0.9 * 280)] == 255


def test_a_click_is_a_dot(pad: DrawingPad) -> None:
    scribble(pad, [(0.5, 0.5)])
    rows, columns = np.nonzero(pad.canvas)
    assert np.ptp(rows) + 1 == pytest.approx(pad.brush_width, abs=2)
    assert np.ptp(columns) + 1 == pytest.approx(pad.brush_width, abs=2)


def test_strokes_are_erased_taken_back_and_cleared(pad: DrawingPad, qtbot: QtBot) -> None:
    scribble(pad, SLANT)
    first = pad.canvas
    scribble(pad, [(0.45, 0.4), (0.46, 0.42)], Qt.MouseButton.RightButton)
    assert pad.canvas[round(0.4 * 280), round(0.45 * 280)] == 0
    pad.undo()
    np.testing.assert_array_equal(pad.canvas, first)
    pad.erases = True
    scribble(pad, SLANT)
    assert pad.canvas.sum() < 0.02 * first.sum()
    with qtbot.waitSignal(pad.drawn):
        pad.clear()
    assert pad.is_empty and not pad.strokes
    pad.undo()


def test_the_middle_button_leaves_nothing(pad: DrawingPad) -> None:
    scribble(pad, SLANT, Qt.MouseButton.MiddleButton)
    assert pad.is_empty


def test_every_stroke_is_answered_about_the_picture_that_is_shown(digits: MainWindow, driver: Driver) -> None:
    driver.finish(digits)
    view = drawing_in(digits, driver)
    assert view.answer.drawing is None
    assert view._empty.isVisible() and "Draw something" in view._empty.text()
    assert view.board.texts == []
    assert not view.hand_on.isVisible()
    scribble(view.pad, SLANT)
    first = answered(view, driver)
    expected = prepare_drawing(view.pad.canvas, framing_of(digits.session.dataset.train.inputs))
    np.testing.assert_array_equal(first.drawing.pixels, expected.pixels)
    probed = look(digits.session._link.worker._run, "drawing", Selection(options=DrawOptions(expected))).value
    np.testing.assert_allclose(first.probability, probed.probability, rtol=1e-5)
    shown = view.board.images[0].image
    np.testing.assert_array_equal(shown[..., :3], in_grey(expected.pixels[:, :, 0], view))
    best = int(probed.probability.argmax())
    assert f"{probed.probability[best]:.1%}" in view.board.texts
    assert view.readout.text().startswith(f"{best} · probability")
    assert not view._empty.isVisible()
    scribble(view.pad, [(0.2, 0.5), (0.8, 0.5)])
    second = answered(view, driver)
    assert (second.drawing.pixels != first.drawing.pixels).any()
    view.prepared.setChecked(False)
    assert "what the model sees" not in view.board.texts
    columns = view.csv_columns()
    assert columns["class"] == list("0123456789")
    np.testing.assert_array_equal(columns["probability"], second.probability)
    view.clear.click()
    driver.wait_for(lambda: view._empty.isVisible() and view.answer.drawing is None)
    assert view.board.texts == [] and view.readout.text() == ""
    assert view.csv_columns()["class" if "class" in view.csv_columns() else "row"] == []


def test_the_bars_are_as_long_as_the_probabilities(digits: MainWindow, driver: Driver) -> None:
    driver.finish(digits)
    view = drawing_in(digits, driver)
    scribble(view.pad, SLANT)
    answer = answered(view, driver)
    rectangles = [item.rect() for item in view.board._rectangles if item.isVisible()]
    whole, bars = rectangles[::2], rectangles[1::2]
    shares = [bar.width() / ground.width() for bar, ground in zip(bars, whole, strict=True)]
    np.testing.assert_allclose(shares, answer.probability, atol=1e-6)
    accents = [item.brush().color().name() for item in view.board._rectangles if item.isVisible()][1::2]
    assert accents.index(view.theme.ink.lower()) == int(answer.probability.argmax())


def in_grey(picture: np.ndarray, view: DrawView) -> np.ndarray:
    """A picture of 0 ... 255 in the colours it is shown in."""
    return grey_lut(view.theme)[(picture * (254 / 255)).astype(np.uint8)]


def test_an_autoencoder_reconstructs_the_drawing(driver: Driver) -> None:
    model = AutoencoderSettings((Dense(9), Code(), Dense(64), Sigmoid()))
    window = driver.open(replace(example("digits-mlp", epochs=1), model=model))
    view = drawing_in(window, driver)
    scribble(view.pad, SLANT)
    answer = answered(view, driver)
    assert view.board.texts == ["what the model sees", "reconstruction"]
    made = view.board.images[1].image
    np.testing.assert_array_equal(made[..., :3], in_grey(answer.reconstruction[0, :, :, 0], view))
    assert f"{answer.error:.4f}" in view.readout.text()
    columns = view.csv_columns()
    assert columns["drawn"] == list(answer.drawing.pixels.ravel())
    assert columns["reconstruction"] == list(answer.reconstruction.ravel())
    # Another model on the same data: the drawing stays and is answered about anew.
    before = view.options.drawing
    with driver.qtbot.waitSignal(window.session.prepared, timeout=60_000):
        window.session.reset()
    assert answered(view, driver).drawing is not before
    np.testing.assert_array_equal(view.answer.drawing.pixels, before.pixels)


def test_a_machine_dreams_on_holds_the_ink_and_hands_the_drawing_on(driver: Driver) -> None:
    experiment = example("digits-mlp", epochs=2, keep="last")
    window = driver.open(replace(experiment, model=RBMSettings(hidden=16)))
    driver.finish(window)
    view = drawing_in(window, driver)
    assert view.hand_on.isVisible() and not view.hand_on.isEnabled()
    scribble(view.pad, SLANT)
    answered(view, driver)
    # Training is over: the dream goes on by itself.
    driver.wait_for(lambda: view.answer.steps >= 5)
    # In as many words as there is room for.
    assert any(text.endswith(f"after {view.answer.steps:,} Gibbs steps") for text in view.board.texts)
    assert len([image for image in view.board.images if image.isVisible()]) == 2 + 9
    view.hold.setChecked(True)
    restarts = view.options.chains.restarts
    assert view.options.holds_ink
    driver.wait_for(lambda: view.answer.restarts == restarts and view.answer.steps >= 3)
    ink = view.options.drawing.pixels.ravel() > 0
    pixels = view.options.drawing.pixels.ravel()[ink]
    assert (np.abs(view.answer.dreams.reshape(9, -1)[:, ink].astype(int) - pixels) <= 1).all()
    # The button says what a press does, and stays as wide.
    assert view.play.text() == "Pause dream"
    width = view.play.width()
    view.play.setChecked(False)
    assert view.play.text() == "Dream on" and view.play.sizeHint().width() <= width
    driver.wait_for(lambda: window.session.frames.is_settled)
    assert view.play.width() == width
    driver.qtbot.wait(120)
    steps = view.answer.steps
    driver.qtbot.wait(120)
    assert view.answer.steps == steps
    view.hand_on.click()
    samples = window.stage.view("samples")
    driver.wait_for(lambda: samples.isVisible() and samples.answer is not None and samples.options.start == "drawing")
    assert window.stage.selection.drawing is view.options.drawing
    assert not view.isVisible()


def test_an_answer_to_an_earlier_drawing_is_not_shown(qtbot: QtBot) -> None:
    view = DrawView()
    qtbot.addWidget(view)
    early, late = (Drawing(np.full((2, 2, 1), grey, np.uint8)) for grey in (10, 200))
    view.options = DrawOptions(late)
    view.take(DrawingAnswer(early, ("a", "b"), probability=np.array([0.2, 0.8])))
    assert view.answer is None
    view.take(DrawingAnswer(late, ("a", "b"), probability=np.array([0.9, 0.1])))
    assert view.readout.text() == "a · probability 90.0%"


def test_an_answer_of_an_earlier_dream_on_the_same_drawing_is_not_shown(qtbot: QtBot) -> None:
    view = DrawView()
    qtbot.addWidget(view)
    drawing = Drawing(np.full((2, 2, 1), 200, np.uint8))
    view.options = DrawOptions(drawing)
    view.hold.setChecked(True)
    before = view.options.chains
    view.take(DrawingAnswer(drawing, steps=9, restarts=before.restarts - 1))
    assert view.answer is None and view.options.chains.look == before.look
    view.take(DrawingAnswer(drawing, steps=1, restarts=before.restarts))
    assert view.answer.steps == 1 and view.options.chains.look == before.look + 1


def test_a_problem_is_told_and_a_thousand_classes_have_room(qtbot: QtBot) -> None:
    view = DrawView()
    qtbot.addWidget(view)
    view.resize(900, 500)
    view.canvas.resize(500, 400)
    drawing = Drawing(np.full((1, 1, 3), 200, np.uint8))
    view.options = DrawOptions(drawing)
    view.take(DrawingAnswer(drawing, problem="These are no numbers."))
    assert view._empty.text() == "These are no numbers."
    assert view.readout.text() == ""
    names = tuple(f"class number {label}" for label in range(1000))
    probability = np.random.default_rng(0).dirichlet(np.ones(1000))
    view.take(DrawingAnswer(drawing, names, scores=probability, probability=probability))
    assert len([text for text in view.board.texts if text.startswith("class number")]) == MOST_BARS
    assert f"softmax of the scores, {MOST_BARS} highest of 1,000" in view.board.texts
    assert names[int(probability.argmax())] in view.board.texts
    view.take(DrawingAnswer(drawing, ("only",), probability=np.ones(1)))
    assert "only" in view.board.texts
    view.apply_theme(DARK)


def test_of_many_classes_the_most_probable_come_first() -> None:
    probability = np.linspace(0, 1, 40)
    assert shown_classes(probability) == list(range(39, 39 - MOST_BARS, -1))
    assert shown_classes(probability[:10]) == list(range(10))


def test_points_in_the_plane_are_not_drawn_on(xor: MainWindow) -> None:
    assert "draw" not in xor.stage._fitting


def test_a_small_picture_is_drawn_with_a_wide_brush_until_a_person_chooses_one(qtbot: QtBot) -> None:
    view = DrawView()
    qtbot.addWidget(view)
    widths = {}
    for side in (8, 28):
        run = TrainingRun(RBMSettings(hidden=4).build((side, side, 1), numbered(2)), blobs(side), TrainingSettings())
        view.begin(prepared_for(run, RBMSettings()))
        widths[side] = view.pad.brush_width
        assert view.brush.value() == view.pad.brush_width == round(fitting_width(view.framing.box))
    assert widths[8] > widths[28] > 16
    view.brush.setValue(50)
    view.begin(prepared_for(run, RBMSettings()))
    assert view.pad.brush_width == 50


def blobs(side: int) -> TrainingData:
    """Pictures with ink in the middle and one empty pixel around."""
    pictures = np.zeros((20, side, side, 1), np.uint8)
    pictures[:, 1:-1, 1:-1] = 200
    examples = Examples(pictures, np.arange(20) % 2)
    return prepare_data(Dataset("blobs", "Blobs", examples, examples, Classes(("a", "b"))), DatasetSettings())


# Digits as people draw them, in shares of the pad.
DIGITS = {
    2: [(0.3, 0.33), (0.4, 0.17), (0.58, 0.16), (0.7, 0.3), (0.6, 0.55), (0.3, 0.85), (0.72, 0.85)],
    3: [(0.3, 0.2), (0.47, 0.15), (0.65, 0.25), (0.6, 0.4), (0.47, 0.49), (0.66, 0.58), (0.68, 0.74), (0.47, 0.85)],
    5: [(0.7, 0.15), (0.35, 0.15), (0.33, 0.45), (0.5, 0.44), (0.67, 0.53), (0.67, 0.73), (0.5, 0.84), (0.3, 0.78)],
    7: [(0.27, 0.15), (0.73, 0.15), (0.6, 0.5), (0.45, 0.88)],
}


def test_digits_drawn_with_the_brush_that_is_offered_are_recognised(driver: Driver) -> None:
    window = driver.open(example("digits-mlp"))
    driver.finish(window)
    view = drawing_in(window, driver)
    said = {}
    for digit, stroke in DIGITS.items():
        view.pad.clear()
        scribble(view.pad, stroke)
        said[digit] = int(np.argmax(answered(view, driver).probability))
    assert said == {digit: digit for digit in DIGITS}


def test_a_classifier_is_fooled_into_the_chosen_class_until_something_is_drawn_again(digits: MainWindow, driver: Driver):
    driver.finish(digits)
    view = drawing_in(digits, driver)
    scribble(view.pad, SLANT)
    drawn = answered(view, driver)
    target = (int(drawn.probability.argmax()) + 3) % 10
    view.fooling.target.setCurrentIndex(target)
    view.fooling.button.click()
    driver.wait_for(lambda: view.answer.drawing is not drawn.drawing and int(view.answer.probability.argmax()) == target)
    assert view.answer.probability[target] > 0.95
    assert "no pixel changed by more than" in view.readout.text()
    difference = np.abs(view.answer.drawing.pixels.astype(int) - drawn.drawing.pixels)
    assert 0 < difference.max() < 255
    scribble(view.pad, SLANT[::-1])
    driver.wait_for(lambda: view.answer.drawing is view.options.drawing and "changed" not in view.readout.text())


def test_a_model_that_tells_no_classes_has_nothing_to_be_fooled_about(driver: Driver):
    machine = driver.open(replace(example("digits-mlp"), model=RBMSettings(hidden=8)))
    assert drawing_in(machine, driver).fooling.isHidden()
