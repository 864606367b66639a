"""What the Inspector says of a single parameter is true, whatever it is to its layer: for every tensor of every layer."""

import math
import re

import numpy as np
import pytest
from PySide6.QtWidgets import QWidget

from nnlab.models.layers.activations import Softmax, Tanh
from nnlab.models.layers.batch_norm import BatchNorm
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.shape import Code, Flatten, Reshape
from nnlab.models.losses import LOSSES
from nnlab.models.network import Network
from nnlab.probes import Selection, look
from nnlab.probes.inspector import InspectorOptions
from nnlab.probes.parameter import WeightInspection
from nnlab.probes.selection import selected_example
from nnlab.training import TrainingRun
from nnlab.ui.views.inspector.equations import backward_lines
from nnlab.ui.views.inspector.own_parameters import OwnParameters
from nnlab.ui.views.inspector.steps import parameter_lines, step_note
from nnlab.ui.views.inspector.weight import WeightPanel
from tests.models.cases import LAYER_CASES, LayerCase
from tests.probes.test_network_probe import digits_run
from tests.training.runs import toy_data, toy_run, training_settings

LEARNING = [case for case in LAYER_CASES if case.layer.learns]


def run_with(case: LayerCase) -> TrainingRun:
    """The layer in a classifier of points in the plane, some steps on."""
    before = (Dense(math.prod(case.input_shape)), Reshape(case.input_shape), Tanh())
    layers, data = (*before, case.layer, Flatten(), Dense(2), Softmax()), toy_data()
    model = Network(layers, data.dataset.example_shape, LOSSES["cross_entropy"], data.dataset.targets)
    run = TrainingRun(model, data, training_settings({"batch_size": 16, "learning_rate": 0.1}))
    for _ in range(3):
        next(run)
    return run


def inspect(run: TrainingRun, tensor: str, position: tuple[int, ...], example: int = 5) -> WeightInspection:
    selection = Selection(weight=(tensor, position), example=example, options=InspectorOptions("weight"))
    return look(run, "inspector", selection).value


def slope_by(run: TrainingRun, tensor: str, position: tuple[int, ...], example: int = 5) -> float:
    """d loss / d a parameter by central differences, the loss that of one example as in prediction."""
    inputs, targets = selected_example(run.data, Selection(example=example))
    model = run.model.replica(np.float64)
    values, losses = model.parameters.view(tensor), []
    for change in (1e-5, -2e-5):
        values[position] += change
        losses.append(model.evaluate(inputs.astype(float), targets)[0].loss)
    return (losses[0] - losses[1]) / 2e-5


def number_in(text: str) -> float:
    return float(text.replace("−", "-"))


def tensors_of(run: TrainingRun, case: LayerCase) -> list[str]:
    layer = next(name for name in run.model.names if name.startswith(case.layer.kind) and name != "dense1")
    return [name for name in run.model.parameters.shapes if name.startswith(f"{layer}.")]


@pytest.mark.parametrize("case", LEARNING, ids=str)
def test_the_step_that_is_written_is_that_of_the_numbers(case: LayerCase):
    run = run_with(case)
    tensors = tensors_of(run, case)
    assert tensors
    for tensor in tensors:
        shape = run.model.parameters.shapes[tensor]
        for position in (tuple(0 for _ in shape), tuple(size - 1 for size in shape)):
            seen = inspect(run, tensor, position)
            assert seen.word == tensor.rpartition(".")[2].replace("_", " ")
            lines = parameter_lines(seen)
            assert lines[0] == f"∂y/∂{seen.word} = {seen.derivative}" and seen.derivative
            if seen.is_centred:
                assert f"{seen.word} stays" in "".join(lines)
                continue
            slope = slope_by(run, tensor, position)
            assert seen.example_gradient == pytest.approx(slope, rel=1e-2, abs=2e-6), tensor
            before, rate, gradient = re.fullmatch(r"  = (\S+) − (\S+)·(\S+)", lines[-2]).groups()
            assert number_in(gradient) == pytest.approx(slope, rel=1e-2, abs=1e-4)
            assert number_in(lines[-1].removeprefix("  = ")) == pytest.approx(seen.value - 0.1 * slope, abs=2e-6)
            assert (number_in(before), number_in(rate)) == (pytest.approx(seen.value, abs=1e-6), 0.1)


@pytest.mark.parametrize("case", LEARNING, ids=str)
def test_the_chain_rule_multiplies_to_the_gradient_where_one_number_comes_out(case: LayerCase):
    run = run_with(case)
    for tensor in tensors_of(run, case):
        seen = inspect(run, tensor, tuple(0 for _ in run.model.parameters.shapes[tensor]))
        products = [line for line in parameter_lines(seen) if re.fullmatch(r"  = \S+ · \S+", line)]
        assert bool(products) == (seen.reached == 1 and bool(seen.by_output) and not seen.is_shared)
        for line in products:
            first, second = map(number_in, line.removeprefix("  = ").split(" · "))
            assert first * second == pytest.approx(seen.example_gradient, rel=1e-2, abs=1e-4 * (1 + abs(second)))
            if seen.derivative == "1":
                assert second == pytest.approx(1, rel=1e-4)


def test_looking_at_a_parameter_leaves_the_last_steps_gradient():
    run = toy_run(layers=(Dense(4), BatchNorm(), Tanh(), Dense(2), Softmax()))
    next(run)
    before = run.model.parameters.gradient.copy()
    inspect(run, "batch_norm1.scale", (1,))
    np.testing.assert_array_equal(run.model.parameters.gradient, before)


def test_tied_weights_say_that_two_layers_use_them():
    run = digits_run("autoencoder", 3, layers=(Dense(4), Tanh(), Code(), Dense(64)), tied=True)
    seen = inspect(run, "dense1.weight", (20, 2))
    assert "  over both layers that use it" in parameter_lines(seen)
    assert seen.example_gradient == pytest.approx(slope_by(run, "dense1.weight", (20, 2)), rel=1e-2)


@pytest.mark.parametrize("tensor", ["rbm.weight", "rbm.visible_bias", "rbm.hidden_bias"])
def test_a_machines_parameter_goes_by_contrastive_divergence(tensor: str):
    run = digits_run("rbm", 4, hidden=6)
    (v0, _), machine = selected_example(run.data, Selection(example=5)), run.model
    v0 = v0.reshape(1, 64)
    q0 = machine.hidden_probabilities(v0)
    v1 = machine.visible_means(q0)
    q1 = machine.hidden_probabilities(v1)
    shape = machine.parameters.shapes[tensor]
    position = tuple(size // 2 for size in shape)
    expected = {"weight": v1.T @ q1 - v0.T @ q0, "visible_bias": (v1 - v0)[0], "hidden_bias": (q1 - q0)[0]}
    gradient = float(expected[tensor.partition(".")[2]][position])
    seen = inspect(run, tensor, position)
    assert seen.example_gradient == pytest.approx(gradient, abs=1e-6)
    lines = parameter_lines(seen)
    assert number_in(lines[-1].removeprefix("  = ")) == pytest.approx(seen.value - run.learning_rate * gradient, abs=2e-6)
    assert "contrastive divergence" in step_note(seen)


def test_while_a_stack_is_pretrained_no_step_is_written():
    run = digits_run("deep_belief", hidden=(6, 3), pretrain_epochs=1)
    lines = parameter_lines(inspect(run, "dense1.weight", (3, 1)))
    assert lines[-1] == "pretraining: contrastive divergence" and not any("←" in line for line in lines)


def test_a_unit_shows_what_it_learns_for_itself_and_the_step_of_each():
    run = toy_run(layers=(Dense(4), BatchNorm(), Tanh(), Dense(2), Softmax()), learning_rate=0.1)
    next(run)
    seen = look(run, "inspector", Selection(layer="dense1", unit=2, options=InspectorOptions("unit"))).value
    assert [(own.word, own.tensor, own.position) for own in seen.own] == [
        ("bias", "dense1.bias", (2,)),
        ("scale", "batch_norm1.scale", (2,)),
        ("shift", "batch_norm1.shift", (2,)),
    ]
    lines = backward_lines(seen)
    for own in seen.own[1:]:
        slope = slope_by(run, own.tensor, own.position, example=0)
        start = lines.index(f"∂L/∂{own.word} of batch_norm1")
        assert number_in(lines[start + 1].removeprefix("  = ")) == pytest.approx(slope, rel=1e-2, abs=1e-4)
        assert number_in(lines[start + 4].removeprefix("  = ")) == pytest.approx(own.value - 0.1 * slope, abs=2e-6)


def test_each_of_a_units_own_numbers_can_be_selected(qtbot):
    run = toy_run(layers=(Dense(4), BatchNorm(), Tanh(), Dense(2), Softmax()))
    next(run)
    seen = look(run, "inspector", Selection(layer="dense1", unit=2, options=InspectorOptions("unit"))).value
    holder, row = QWidget(), OwnParameters()
    qtbot.addWidget(holder)
    row.setParent(holder)
    row.show_parameters(seen.own)
    assert [button.text().split()[0] for button in row.buttons] == ["Bias", "Scale", "Shift"]
    chosen: list[tuple] = []
    row.chosen.connect(lambda *what: chosen.append(what))
    for button in row.buttons:
        button.click()
    assert chosen == [(own.tensor, own.position) for own in seen.own]


def test_the_panel_calls_a_parameter_by_its_layers_word(qtbot):
    run = toy_run(layers=(Dense(4), BatchNorm(), Tanh(), Dense(2), Softmax()))
    next(run)
    panel = WeightPanel()
    qtbot.addWidget(panel)
    answer = look(run, "inspector", Selection(weight=("batch_norm1.scale", (1,)), options=InspectorOptions("weight")))
    panel.remember(answer.value, answer.moment)
    panel.present(answer.value)
    assert panel.note.text() == "scale of unit 1 of batch_norm1"
    assert panel.siblings_name.text().startswith("4 scales, ")
    assert "bias" not in panel.step.text() and "scale ← scale − η·∂L/∂scale" in panel.step.text()
