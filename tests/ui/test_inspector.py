"""The inspector: its words and pictures are the probe's numbers, and it follows what is selected."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from nnlab.models.layers import LAYERS
from nnlab.models.layers.activations import ReLU, Softmax, Tanh
from nnlab.models.layers.batch_norm import BatchNorm
from nnlab.models.layers.conv2d import Conv2D
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.shape import Flatten
from nnlab.probes import Moment, Selection, look
from nnlab.probes.columns import columns_of
from nnlab.probes.inspector import InspectorOptions
from nnlab.probes.unit import UnitInspection
from nnlab.training import TrainingRun
from nnlab.ui.theme import DARK, signed_indices, signed_lut
from nnlab.ui.views.inspector.equations import backward_lines, forward_lines
from nnlab.ui.views.inspector.inspector import InspectorView
from nnlab.ui.views.inspector.panel import signed_bound
from nnlab.ui.views.inspector.unit import weight_picture
from nnlab.ui.views.network.column_images import image_of
from nnlab.words import figure, signed
from tests.probes.test_inspector_probe import CNN, RUNS
from tests.probes.test_network_probe import digits_run
from tests.training.runs import toy_run
from tests.training.two_two_one import W1, ByHand, example_of, two_two_one
from tests.ui.test_network import prepared_for

FIRST = Selection()


@dataclass
class Desk:
    """An inspector by itself, looking at one run; what it selects is fed back to it, as the stage does."""

    view: InspectorView
    run: TrainingRun

    def select(self, selection: Selection = FIRST) -> None:
        self.view.show_selection(selection)
        self.look()

    def look(self) -> None:
        """Draw the run as it is now, at once."""
        self.view._soon.stop()
        self.view.show_answer(look(self.run, "inspector", replace(self.view.selection, options=self.view.options)))

    @property
    def shown(self) -> str:
        return next(name for name, panel in self.view.panels.items() if not panel.isHidden())


@pytest.fixture
def desk(qtbot: QtBot):
    def make(run: TrainingRun) -> Desk:
        view = InspectorView()
        qtbot.addWidget(view)
        view.resize(330, 800)
        view.begin(prepared_for(run))
        found = Desk(view, run)
        view.selected.connect(found.select)
        view.wants_changed.connect(found.look)
        found.select()
        return found

    return make


def number_in(text: str) -> float:
    return float(text.replace("−", "-").replace(",", ""))


@pytest.mark.parametrize("value", [0.1234, -0.1234, 3.2e-7, -5e-12, 0.0, 12345.678, -1e9])
def test_numbers_keep_their_sign_and_their_first_figures(value: float):
    assert number_in(signed(value)) == pytest.approx(value, rel=1e-2, abs=0)


def test_the_step_of_backpropagation_is_written_out_with_its_numbers():
    run = two_two_one(learning_rate=0.5)
    hand = ByHand.of(*example_of(run, 4))
    seen = look(run, "inspector", Selection(layer="dense1", unit=1, example=4, options=InspectorOptions("unit"))).value
    lines = "\n".join(forward_lines(seen))
    for number in (*hand.x, *W1[:, 1], hand.z[1], hand.h[1]):
        assert signed(float(np.float32(number))) in lines
    lines = "\n".join(backward_lines(seen))
    assert "∂L/∂y = Σ w·δ of dense2" in lines
    strongest = int(np.abs(hand.x).argmax())
    slope = 1 - hand.h[1] ** 2
    gradient = hand.x[strongest] * hand.delta1[1]
    for number in (hand.delta2, hand.by_h[1], slope, hand.delta1[1], gradient):
        assert signed(float(number)) in lines, number
    for after in (W1[strongest, 1] - 0.5 * gradient, -0.2 - 0.5 * hand.delta1[1]):
        assert f"{after:+.6f}".replace("-", "−")[:7] in lines


def test_an_outputs_delta_is_what_it_says_less_what_it_should_say():
    run = two_two_one()
    hand = ByHand.of(*example_of(run, 0))
    label = example_of(run, 0)[1]
    seen = look(run, "inspector", Selection(layer="dense2", unit=0, options=InspectorOptions("unit"))).value
    lines = backward_lines(seen)
    assert lines[0] == "δ = ∂L/∂z = p − t"
    assert lines[1] == f"  = {signed(hand.p)} − {label:.4f} = {signed(hand.delta2)}"


def test_several_sigmoid_outputs_share_the_loss():
    run = toy_run(layers=(Dense(2), LAYERS["sigmoid"]()), loss="binary_cross_entropy")
    seen = look(run, "inspector", Selection(layer="dense1", unit=1, options=InspectorOptions("unit"))).value
    target = float(example_of(run, 0)[1] == 1)
    assert backward_lines(seen)[1] == f"  = ({signed(seen.y)} − {target:.4f}) / 2 = {signed(seen.delta)}"
    assert seen.delta == pytest.approx((seen.y - target) / 2, rel=1e-4)


@pytest.mark.parametrize("name", RUNS)
def test_every_unit_of_every_model_can_be_written_out(desk, name: str):
    run = RUNS[name]()
    next(run)
    made = desk(run)
    for column in columns_of(run.model, run.data.dataset.example_shape):
        made.select(Selection(layer=column.name, unit=column.units - 1))
        assert made.shown == "unit"
        assert column.name in made.view.panels["unit"].title.text() or name in ("rbm", "gaussian")
        assert not made.view.grab().isNull()
        columns = made.view.csv_columns()
        assert len({len(values) for values in columns.values()}) == 1


@pytest.mark.parametrize("bad", [0.0, np.nan, np.inf])
def test_weights_that_are_no_numbers_are_shown_as_they_are(desk, bad: float):
    made = desk(digits_run("cnn", 1, layers=CNN))
    made.run.model.parameters.values[...] = bad
    made.look()
    made.view.grab()
    for layer in ("conv2d1", "dense1"):
        made.select(Selection(layer=layer, unit=0))
        made.view.grab()
    made.select(Selection(weight=("dense1.weight", (0, 0))))
    assert made.shown == "weight"
    made.view.grab()


def test_the_reconstruction_error_of_a_machine_is_called_so(desk):
    made = desk(digits_run("rbm", 3, hidden=6))
    texts, answer = made.view.panels["example"].rows.texts(), made.view.answer
    assert texts["reconstruction error"] == figure(answer.loss) and "loss" not in texts


def test_an_example_shows_its_probabilities_and_its_pictures(desk):
    made = desk(digits_run("mlp", 5, layers=(Dense(12), ReLU(), Dense(10), Softmax())))
    panel, answer = made.view.panels["example"], made.view.answer
    assert [value for _, value, _ in panel.outputs.rows] == answer.outputs.tolist()
    assert [name for name, _, is_true in panel.outputs.rows if is_true] == [str(answer.label)]
    texts = panel.rows.texts()
    assert texts["loss"] == figure(answer.loss)
    assert texts["prediction"].startswith(str(answer.predicted))
    saliency = answer.saliency[..., 0]
    lut = signed_lut(made.view.theme)
    assert panel.second.image == image_of(lut[signed_indices(saliency, signed_bound(saliency))])


def test_a_thousand_classes_are_the_ten_largest(desk):
    made = desk(digits_run("mlp", 0, layers=(Dense(10), Softmax())))
    answer = made.view.answer
    outputs = np.linspace(0, 1, 1000, dtype=np.float32)
    many = replace(answer, outputs=outputs, class_names=tuple(map(str, range(1000))), label=999, predicted=999)
    made.view.panels["example"].present(many)
    assert [name for name, *_ in made.view.panels["example"].outputs.rows] == [str(999 - place) for place in range(10)]


def test_a_units_incoming_weights_are_a_picture_that_can_be_clicked(desk):
    made = desk(digits_run("mlp", 2, layers=(Dense(12), ReLU(), Dense(10), Softmax())))
    made.select(Selection(layer="dense1", unit=3))
    panel, weight = made.view.panels["unit"], made.run.model.parameters.view("dense1.weight")
    picture = weight[:, 3].reshape(8, 8)
    np.testing.assert_array_equal(weight_picture(made.view.answer), picture)
    expected = image_of(signed_lut(made.view.theme)[signed_indices(picture, signed_bound(picture))])
    assert panel.weights.image == expected
    panel.weights.clicked.emit(2, 5)
    assert made.view.selection.weight == ("dense1.weight", (21, 3))
    assert made.shown == "weight"
    assert made.view.answer.value == weight[21, 3]
    made.select(replace(made.view.selection, layer="dense2", unit=1))
    panel.own.buttons[0].click()
    assert made.view.selection.weight == ("dense2.bias", (1,))


@pytest.mark.parametrize(("name", "column"), [("cnn", 1), ("tied", 2), ("rbm", 2), ("rbm", 1)])
def test_a_clicked_pixel_is_the_weight_that_is_drawn_there(desk, name: str, column: int):
    run = RUNS[name]()
    next(run)
    made = desk(run)
    found = columns_of(run.model, run.data.dataset.example_shape)[column]
    made.select(Selection(layer=found.name, unit=1))
    picture = weight_picture(made.view.answer)
    row, across = picture.shape[0] - 1, 1
    made.view.panels["unit"].weights.clicked.emit(row, across)
    tensor, position = made.view.selection.weight
    assert run.model.parameters.view(tensor)[position] == picture[row, across]


def test_many_channels_of_a_filter_lie_side_by_side(desk):
    run = digits_run("cnn", 1, layers=(Conv2D(3), ReLU(), Conv2D(2), ReLU(), Flatten(), Dense(10), Softmax()))
    made = desk(run)
    made.select(Selection(layer="conv2d2", unit=1))
    picture, weight = weight_picture(made.view.answer), run.model.parameters.view("conv2d2.weight")
    # A pixel between them and around them belongs to none.
    assert picture.shape == (5, 13) and np.isnan(picture[:, ::4]).all()
    assert picture[3, 6] == weight[2, 1, 1, 1]
    made.view.panels["unit"].weights.clicked.emit(3, 4)
    assert made.view.selection.weight is None
    made.view.panels["unit"].weights.clicked.emit(3, 6)
    assert made.view.selection.weight == ("conv2d2.weight", (2, 1, 1, 1))


def test_the_histogram_counts_the_watched_activations(desk):
    made = desk(digits_run("mlp", 2, layers=(Dense(12), ReLU(), Dense(10), Softmax())))
    made.select(Selection(layer="dense1", unit=3))
    panel, answer = made.view.panels["unit"], made.view.answer
    assert panel.watched.counts.sum() == len(answer.watched)
    assert panel.watched.range == pytest.approx((answer.watched.min(), answer.watched.max()))
    # Three figures each, as they stand beside each other: not 0.96 beside 0.949.
    for text, value in zip(panel.best.texts, answer.best_values, strict=True):
        written = text.split("\n")[-1]
        assert float(written) == pytest.approx(value, rel=6e-3) and len(written.lstrip("-0.").replace(".", "")) >= 3
    panel.best.clicked.emit(2)
    assert made.view.selection.example == answer.best[2]


def test_what_was_selected_last_is_in_focus(desk):
    made = desk(toy_run())
    assert made.shown == "example"
    assert not made.view.switch.buttons["unit"].isEnabled()
    made.select(Selection(layer="dense1", unit=2))
    assert made.shown == "unit"
    made.select(Selection(layer="dense1", unit=2, weight=("dense1.weight", (0, 2))))
    assert made.shown == "weight"
    # Stepping to the next example is looking at the same thing with other numbers.
    made.select(Selection(layer="dense1", unit=2, weight=("dense1.weight", (0, 2)), example=1))
    assert made.shown == "weight"
    made.select(Selection(layer="dense1", unit=2, weight=("dense1.weight", (0, 2)), example=17))
    assert made.shown == "example"
    made.view.switch.buttons["unit"].click()
    assert made.shown == "unit" and isinstance(made.view.answer, UnitInspection)
    made.select(Selection())
    assert made.shown == "example"


def test_words_wait_while_numbers_run_but_the_last_are_shown(desk, qtbot: QtBot):
    made = desk(toy_run())
    made.look()
    panel = made.view.panels["example"]
    before = panel.rows.texts()["loss"]
    for _ in range(5):
        next(made.run)
        made.view.show_answer(look(made.run, "inspector", Selection(options=made.view.options)))
    assert panel.rows.texts()["loss"] == before
    qtbot.waitUntil(lambda: panel.rows.texts()["loss"] == figure(made.view.answer.loss), timeout=60_000)


def test_a_weights_history_is_its_value_at_every_look(desk):
    made = desk(toy_run(optimizer="sgd"))
    made.select(Selection(weight=("dense1.weight", (0, 2))))
    expected = [(0.0, made.view.answer.value)]
    for _ in range(4):
        next(made.run)
        made.look()
        expected.append((float(made.run.step), made.view.answer.value))
    panel = made.view.panels["weight"]
    assert panel.line.points == expected
    assert panel.line_name.text() == f"Values from step 0 to {made.run.step:,}"
    assert panel.rows.texts()["last update"] == signed(made.view.answer.update)
    made.select(Selection(weight=("dense1.weight", (0, 3))))
    assert len(panel.line.points) == 1
    assert panel.line_name.text() == f"Value as of step {made.run.step:,}; its history is recorded from now on"


def test_an_edit_that_was_taken_back_is_no_part_of_a_weights_history(desk):
    made = desk(toy_run())
    next(made.run)
    made.select(Selection(weight=("dense1.weight", (0, 2))))
    weight, panel = made.run.model.parameters.view("dense1.weight"), made.view.panels["weight"]
    before = float(weight[0, 2])
    for value in (5.0, 7.0):
        weight[0, 2] = value
        made.look()
    assert [value for _, value in panel.line.points] == [before, 5.0, 7.0]
    for value, left in ((5.0, [before, 5.0]), (before, [before])):
        weight[0, 2] = value
        made.look()
        assert [value for _, value in panel.line.points] == left


def test_a_long_history_keeps_its_ends(desk):
    made = desk(toy_run())
    made.select(Selection(weight=("dense1.weight", (0, 2))))
    panel, answer = made.view.panels["weight"], made.view.answer
    for number in range(1, 5000):
        panel.remember(replace(answer, value=float(number)), Moment(step=number))
    assert len(panel.history) <= 2001
    (first, first_value), (last, last_value) = panel.history[0], panel.history[-1]
    assert (first.step, first_value, last.step, last_value) == (0, answer.value, 4999, 4999.0)


def test_the_inspector_follows_the_theme(desk):
    made = desk(digits_run("mlp", 1, layers=(Dense(12), ReLU(), Dense(10), Softmax())))
    made.view.apply_theme(DARK)
    assert all(part.theme is DARK for part in (made.view.panels["example"].input, made.view.panels["unit"].watched))
    saliency = made.view.answer.saliency[..., 0]
    expected = image_of(signed_lut(DARK)[signed_indices(saliency, signed_bound(saliency))])
    assert made.view.panels["example"].second.image == expected


def test_before_a_batch_norm_no_step_of_the_bias_is_written(desk):
    made = desk(toy_run(layers=(Dense(4), BatchNorm(), Tanh(), Dense(2), Softmax())))
    panel = made.view.panels["unit"]
    for layer, is_before in (("dense1", True), ("dense2", False)):
        made.select(Selection(layer=layer, unit=1))
        assert "w ← w" in panel.backward.text()
        assert ("b ← b" in panel.backward.text()) != is_before
        assert ("b stays" in panel.backward.text()) == is_before
        assert ("running figures" in panel.step_note.text()) == is_before


def test_the_bias_of_a_filter_makes_its_step(desk):
    made = desk(digits_run("cnn", 2, layers=CNN))
    made.select(Selection(layer="conv2d1", unit=2))
    inputs, labels = (part.copy() for part in made.run.data.learning.gather(made.run.data.split.train[:1]))
    deltas = made.run.model.sensitivities(inputs, labels).by_output[0][0, :, :, 2]
    lines = made.view.panels["unit"].backward.text().split("\n")
    at = lines.index("∂L/∂b = Σ δ over the map")
    assert lines[at + 1] == f"  = {signed(float(deltas.sum()))}"
    assert lines[at + 2] == "b ← b − η·∂L/∂b"
    bias, rate = float(made.run.model.parameters.view("conv2d1.bias")[2]), made.run.learning_rate
    assert lines[at + 4] == f"  = {bias - rate * float(deltas.sum()):+.6f}".replace("-", "−")


@pytest.mark.parametrize(("layer", "how"), [("dense1", "contrastive divergence"), ("dense2", "frozen")])
def test_a_stack_in_pretraining_writes_no_step_that_is_not_made(desk, layer: str, how: str):
    made = desk(digits_run("deep_belief", hidden=(6, 3), pretrain_epochs=1))
    made.select(Selection(layer=layer, unit=1))
    text = made.view.panels["unit"].backward.text()
    assert text.endswith(f"pretraining: {how}")
    assert "←" not in text
    assert "no step follows" in made.view.panels["unit"].step_note.text()


def test_tied_weights_add_up_in_the_lines_of_the_gradient():
    seen = look(RUNS["tied"](), "inspector", Selection(layer="dense1", unit=1, options=InspectorOptions("unit"))).value
    lines = backward_lines(seen)
    at = lines.index("∂L/∂w = x·δ + the other layer's share")
    strongest = int(np.abs(seen.weight_gradient).argmax())
    own = float(seen.inputs[strongest]) * seen.delta
    assert lines[at + 2].startswith(f"  {signed(float(seen.weight_gradient[strongest]) - own)}")
    gradient = signed(float(seen.weight_gradient[strongest]))
    assert lines[at + 3] == f"  = {gradient}  {seen.names.name(strongest)}"


@pytest.mark.parametrize("name", ["digits", "cnn"])
@pytest.mark.parametrize("focus", ["example", "unit", "weight"])
def test_no_page_is_wider_than_its_dock(desk, qtbot: QtBot, name: str, focus: str):
    made = desk(digits_run("cnn", 1, layers=CNN) if name == "cnn" else digits_run("mlp", 1, layers=(Dense(10), Softmax())))
    next(made.run)
    host = QWidget()
    qtbot.addWidget(host)
    host.resize(600, 900)
    made.view.setParent(host)
    made.view.resize(300, 800)
    with qtbot.waitExposed(host):
        host.show()
    made.select(Selection(layer="dense1", unit=1))
    if focus == "weight":
        made.select(Selection(layer="dense1", unit=1, weight=("dense1.weight", (3, 1))))
    elif focus == "example":
        made.view.switch.chosen.emit("example")
    assert made.shown == focus
    qtbot.waitUntil(lambda: made.view.panels[focus].isVisible())
    inside, area = made.view.area.widget(), made.view.area
    assert inside.minimumSizeHint().width() <= area.viewport().width() and inside.width() == area.viewport().width()
    numbers = [number for _, number in made.view.panels["weight"].rows._rows]
    for number in numbers if focus == "weight" else []:
        assert number.width() >= number.fontMetrics().horizontalAdvance(number.text()) > 0


def test_the_output_of_a_softmax_stands_in_a_line_of_its_own():
    run = digits_run("mlp", 1, layers=(Dense(10), Softmax()))
    seen = look(run, "inspector", Selection(layer="dense1", unit=1, options=InspectorOptions("unit"))).value
    assert forward_lines(seen)[-1] == f"  = {signed(seen.y)}"


@pytest.mark.parametrize(("rate", "text"), [(0.05, "0.05"), (8.438e-10, "8.438e−10"), (2e-5, "2e−05")])
def test_a_small_learning_rate_is_no_zero(rate: float, text: str):
    seen = look(toy_run(), "inspector", Selection(layer="dense1", unit=1, options=InspectorOptions("unit"))).value
    assert figure(rate) == text
    assert any(f" − {text}·" in line for line in backward_lines(replace(seen, learning_rate=rate)))


def test_a_rate_of_zero_says_where_it_comes_from(desk):
    made = desk(toy_run(schedule="cosine", epochs=1))
    for _ in made.run:
        pass
    made.select(Selection(layer="dense1", unit=1))
    assert "η = 0 at the end of its schedule." in made.view.panels["unit"].step_note.text()
