"""The equations that the Inspector prints are true: their value is the number behind them, for every layer there is."""

import numpy as np
import pytest

from nnlab.models.layers import LAYERS, Role
from nnlab.models.layers.activations import Softmax
from nnlab.models.layers.dense import Dense
from nnlab.probes import Selection, look
from nnlab.probes.columns import columns_of
from nnlab.probes.inspector import InspectorOptions
from nnlab.probes.unit import UnitInspection
from nnlab.training import TrainingRun
from nnlab.ui.views.inspector.equations import forward_lines
from nnlab.ui.views.network.captions import _subtitle
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


def test_where_nothing_follows_that_changes_it_a_unit_puts_out_its_z():
    seen = unit_of(run_through("dropout"), 0)
    assert equation_and_value(seen) == ("y = z", pytest.approx(seen.z, abs=1e-4))


@pytest.mark.parametrize("kind", BENDING)
def test_a_layer_that_bends_numbers_is_named_in_the_diagram(kind: str):
    run = run_through(kind)
    column = columns_of(run.model, run.data.dataset.example_shape)[1]
    assert kind.replace("_", " ") in _subtitle(column, UNITS, gradients=False)


@pytest.mark.parametrize("kind", [kind for kind in BENDING if LAYERS[kind].role is Role.ACTIVATES])
def test_the_distributions_are_of_what_an_activation_puts_out(kind: str):
    seen = look(run_through(kind), "distributions", Selection()).value
    assert seen.outputs[0] == f"{kind}1"
    ends = LAYERS[kind]().flat_outputs if LAYERS[kind].is_elementwise else ()
    assert (seen.dead[0] >= 0, seen.saturated[0] >= 0) == (len(ends) == 1, len(ends) == 2)
