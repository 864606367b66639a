"""The equations that the Inspector prints are true: their value is the number behind them, for every layer there is."""

import numpy as np
import pytest

from nnlab.models.layers import LAYERS, Role
from nnlab.models.layers.activations import ReLU, Softmax, Tanh
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.parallel import Parallel
from nnlab.models.layers.residual import Residual
from nnlab.probes import START, Selection, look
from nnlab.probes.columns import columns_of
from nnlab.probes.inspector import InspectorOptions
from nnlab.probes.unit import UnitInspection
from nnlab.training import TrainingRun
from nnlab.ui.views.inspector.equations import backward_lines, forward_lines
from nnlab.ui.views.network.captions import _subtitles
from nnlab.words import signed
from tests.models.symbols import value_of
from tests.training.runs import toy_run

UNITS = 5
BENDING = [kind for kind, layer in LAYERS.items() if layer.role in (Role.ACTIVATES, Role.NORMALISES)]


def run_through(*kinds: str) -> TrainingRun:
    """Some units, the layers of these kinds behind them, and a step made."""
    run = toy_run(layers=(Dense(UNITS), *(LAYERS[kind]() for kind in kinds), Dense(2), Softmax()))
    next(run)
    return run


def unit_of(run: TrainingRun, unit: int) -> UnitInspection:
    return look(run, "inspector", Selection(layer="dense1", unit=unit, options=InspectorOptions("unit"))).value


def equation_and_value(unit: UnitInspection) -> tuple[str, float]:
    """What stands behind "y =", and the number at the end."""
    lines = forward_lines(unit)
    start = next(place for place, line in enumerate(lines) if line.startswith("y ="))
    equation, _, number = "".join(lines[start:]).rpartition(" = ")
    return equation, float(number.replace("−", "-"))


@pytest.mark.parametrize("unit", range(UNITS))
@pytest.mark.parametrize("kind", BENDING)
def test_a_printed_equation_has_the_printed_value(kind: str, unit: int):
    run = run_through(kind)
    seen = unit_of(run, unit)
    everyone = np.array([unit_of(run, other).z for other in range(UNITS)])
    equation, number = equation_and_value(seen)
    assert number == pytest.approx(seen.y, abs=1e-4)
    assert value_of(equation, seen.z, everyone) == pytest.approx(number, rel=5e-3, abs=1e-3)


def test_of_several_layers_the_names_stand_around_each_other():
    equation, _ = equation_and_value(unit_of(run_through("relu", "dropout", "tanh"), 0))
    assert equation == "y = tanh(relu(z))"


def test_behind_another_layer_the_loss_is_not_said_to_reach_z_at_once():
    straight, bent = (toy_run(layers=(Dense(2), *between, Softmax())) for between in ((), (Tanh(),)))
    for run in (straight, bent):
        next(run)
    assert "δ = ∂L/∂z = p − t" in backward_lines(unit_of(straight, 1))
    seen = unit_of(bent, 1)
    assert "p − t" not in "".join(backward_lines(seen))
    assert f"δ = ∂L/∂z = {signed(seen.delta)}" in backward_lines(seen)


def test_where_nothing_follows_that_changes_it_a_unit_puts_out_its_z():
    seen = unit_of(run_through("dropout"), 0)
    assert equation_and_value(seen) == ("y = z", pytest.approx(seen.z, abs=1e-4))


@pytest.mark.parametrize("kind", BENDING)
def test_a_layer_that_bends_numbers_is_named_in_the_diagram(kind: str):
    run = run_through(kind)
    column = columns_of(run.model, run.data.dataset.example_shape)[1]
    assert kind.replace("_", " ") in _subtitles(column, UNITS, gradients=False)[0]


@pytest.mark.parametrize("kind", [kind for kind in BENDING if LAYERS[kind].role is Role.ACTIVATES])
def test_the_distributions_are_of_what_an_activation_puts_out(kind: str):
    seen = look(run_through(kind), "distributions", START).value
    assert seen.outputs[0] == f"{kind}1"
    ends = LAYERS[kind]().flat_outputs if LAYERS[kind].is_elementwise else ()
    assert (seen.dead[0] >= 0, seen.saturated[0] >= 0) == (len(ends) == 1, len(ends) == 2)


def inspected(run: TrainingRun, layer: str, unit: int) -> UnitInspection:
    return look(run, "inspector", Selection(layer=layer, unit=unit, options=InspectorOptions("unit"))).value


def numbers_in(lines: list[str]) -> list[float]:
    """The first number of every line that begins with one, or with an equals sign before it."""
    starts = [line.strip().removeprefix("= ").split(" ")[0].replace("−", "-") for line in lines if line.startswith("  ")]
    return [float(start) for start in starts]


@pytest.mark.parametrize("unit", range(UNITS))
def test_a_unit_of_a_residual_is_written_as_the_sum_that_it_is(unit: int):
    run = toy_run(layers=(Dense(UNITS), Tanh(), Residual((Dense(3), Dense(UNITS))), ReLU(), Dense(2), Softmax()))
    next(run)
    seen = inspected(run, "residual1", unit)
    lines = forward_lines(seen)
    assert lines[0] == "z = x + f(x)"
    assert lines[1].endswith("  dense1") and lines[2].endswith("  residual1 › dense2")
    first, second, total = numbers_in(lines)
    assert first + second == pytest.approx(total, abs=2e-4) and total == pytest.approx(seen.z, abs=1e-4)
    assert equation_and_value(seen) == ("y = max(0, z)", pytest.approx(max(seen.z, 0), abs=1e-4))
    assert backward_lines(seen)[-1] == "  handed on to each term as it is"


def test_a_unit_of_branches_side_by_side_is_written_as_that_of_its_branch():
    run = toy_run(layers=(Parallel(((Dense(2),), (Dense(3), Tanh()))), Dense(2), Softmax()))
    next(run)
    seen = inspected(run, "parallel1", 3)
    lines = forward_lines(seen)
    assert lines[0] == "y = f(x)" and "branch2" in lines[1]
    assert numbers_in(lines) == [pytest.approx(seen.y, abs=1e-4)]


def test_what_comes_back_around_a_branch_is_a_term_of_its_own():
    run = toy_run(layers=(Dense(UNITS), Tanh(), Residual((Dense(UNITS),)), Dense(2), Softmax()))
    next(run)
    seen = inspected(run, "dense1", 1)
    lines = backward_lines(seen)
    start = lines.index("∂L/∂y = Σ w·δ of residual1 › dense1")
    end = next(place for place, line in enumerate(lines) if place > start and line.startswith("  = "))
    assert lines[end - 1].endswith(" by residual1")
    assert numbers_in([lines[end - 1]])[0] == pytest.approx(inspected(run, "residual1", 1).delta, abs=1e-4)
    assert numbers_in([lines[end]])[0] == pytest.approx(seen.by_output, abs=1e-4)
