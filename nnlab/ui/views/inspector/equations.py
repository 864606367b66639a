"""A unit's equation and one step of its backpropagation, written out with its numbers."""

import numpy as np

from nnlab.datasets.names import Names
from nnlab.datasets.words import as_in_data, shown
from nnlab.models.arrays import Array
from nnlab.models.layers.sequence import readable_name
from nnlab.probes.unit import UnitInspection
from nnlab.ui.views.inspector.steps import step_lines
from nnlab.words import signed

_TERMS = 4
# Letters of a name, and of the number as the data has it, for which there is room beside a product.
_NAME = 22
# Letters of a line.
_LINE = 36


# What is infinite is written as it is.
@np.errstate(over="ignore", invalid="ignore")
def forward_lines(unit: UnitInspection) -> list[str]:
    """z = sum of inputs times weights, largest first, + bias; y = f(z)."""
    if unit.terms:
        return _joined_lines(unit)
    if not unit.incoming.size:
        return _own_lines(unit)
    x, w = ("v", "W") if unit.is_machine else ("x", "w")
    if unit.is_machine and unit.is_transposed:
        x = "h"
    lines = [f"z = Σ {x}·{w} + b", *_sum_lines(unit.inputs, unit.incoming, unit.names, unit.raw if unit.scaling else None)]
    lines += [f"  {signed(unit.bias)}  b", f"  = {signed(unit.z)}"]
    name = "y" if not unit.is_machine else "p" if unit.activation else "mean"
    equation, value = f"{name} = {unit.equation}", f" = {signed(unit.y)}"
    return [*lines, equation, f" {value}"] if len(equation + value) > _LINE else [*lines, equation + value]


# What is infinite is written as it is.
@np.errstate(over="ignore", invalid="ignore")
def backward_lines(unit: UnitInspection) -> list[str]:
    """How the loss reaches the unit, its delta, and what plain gradient descent on this example would do."""
    if unit.terms:
        handed = "to each term as it is" if len(unit.terms) > 1 else "to the branch as it is"
        return [*_delta_lines(unit), f"  handed on {handed}", *_own_step_lines(unit)]
    if not unit.incoming.size:
        return [f"∂L/∂y = {signed(unit.by_output)}", *_own_step_lines(unit)]
    if unit.is_machine:
        return _contrastive_lines(unit)
    lines = _delta_lines(unit)
    strongest = _strongest(unit)
    gradient, weight = float(unit.weight_gradient[strongest]), float(unit.incoming[strongest])
    name = shown(unit.names.name(strongest), _NAME)
    if unit.has_filters:
        lines += ["∂L/∂w = Σ x·δ over the map", f"  = {signed(gradient)}  {name}"]
    else:
        lines += ["∂L/∂w = x·δ + the other layer's share" if unit.is_shared else "∂L/∂w = x·δ"]
        lines += [f"  = {signed(float(unit.inputs[strongest]))} · {signed(unit.delta)}"]
        if unit.is_shared:
            share = gradient - float(unit.inputs[strongest]) * unit.delta
            lines += [f"  {signed(share)}  where the weights are used transposed"]
        lines += [f"  = {signed(gradient)}  {name}"]
    if unit.pretraining:
        return [*lines, f"pretraining: {unit.pretraining}"]
    return lines + step_lines("w", weight, gradient, unit.learning_rate) + _bias_lines(unit) + _own_step_lines(unit)


def _bias_lines(unit: UnitInspection) -> list[str]:
    """The step of the bias, where it makes one."""
    if unit.is_centred:
        # Whatever b is, the batch's mean holds it too, and is taken away: over a batch the deltas sum to zero.
        return ["b stays: batch_norm takes", "  the batch's mean away, and b with it"]
    if not unit.has_filters:
        return step_lines("b", unit.bias, unit.bias_gradient, unit.learning_rate, "δ")
    lines = ["∂L/∂b = Σ δ over the map", f"  = {signed(unit.bias_gradient)}"]
    return lines + step_lines("b", unit.bias, unit.bias_gradient, unit.learning_rate)


def _own_step_lines(unit: UnitInspection) -> list[str]:
    """The steps of what the unit learns besides weights and bias: a scale, a slope."""
    if unit.is_machine or unit.pretraining:
        return []
    lines = []
    for own in unit.own:
        if own.tensor != unit.bias_tensor:
            lines += [f"∂L/∂{own.word} of {readable_name(own.layer)}", f"  = {signed(own.gradient)}"]
            lines += step_lines(own.word, own.value, own.gradient, unit.learning_rate)
    return lines


def _delta_lines(unit: UnitInspection) -> list[str]:
    """d loss / d z: by the chain rule, or at once where the loss contains the activation."""
    if unit.contains_loss:
        share = unit.units if unit.averages_outputs else 1
        target = unit.y - unit.delta * share
        divided = f" / {unit.units}" if share > 1 else ""
        difference = f"{signed(unit.y)} − {abs(target):.4f}"
        bracket = f"({difference})" if share > 1 else difference
        return [
            f"δ = ∂L/∂z = {'(p − t)' if share > 1 else 'p − t'}{divided}",
            f"  = {bracket}{divided} = {signed(unit.delta)}",
        ]
    if unit.is_far_from_loss:
        # What is known of y is by what goes into the last activation.
        return [f"δ = ∂L/∂z = {signed(unit.delta)}"]
    lines = []
    through = f" by {shown(readable_name(unit.other_readers[0]), _NAME)}" if len(unit.other_readers) == 1 else ""
    if unit.next_weights.size:
        of = shown(readable_name(unit.next_layer), _NAME)
        lines += [f"∂L/∂y = Σ w·δ of {of}", *_sum_lines(unit.next_weights, unit.next_deltas, unit.next_names)]
        if unit.other_readers:
            rest = unit.by_output - float(unit.next_weights.astype(float) @ unit.next_deltas)
            lines += [f"  {signed(rest)} {through or ' by other layers'}"]
        lines += [f"  = {signed(unit.by_output)}"]
    else:
        lines += [f"∂L/∂y = {signed(unit.by_output)}"]
    if not unit.activation or not unit.is_elementwise:
        return [*lines, f"δ = ∂L/∂z = {signed(unit.delta)}"]
    if not unit.by_output:
        return [*lines, "δ = ∂L/∂z = ∂L/∂y · f′(z) = 0"]
    slope = unit.delta / unit.by_output
    return [*lines, "δ = ∂L/∂z = ∂L/∂y · f′(z)", f"  = {signed(unit.by_output)} · {signed(slope)} = {signed(unit.delta)}"]


def _contrastive_lines(unit: UnitInspection) -> list[str]:
    """One step of mean-field CD-1 for the weight that it changes most."""
    strongest = _strongest(unit)
    gradient, weight = float(unit.weight_gradient[strongest]), float(unit.incoming[strongest])
    if unit.is_transposed:
        # Of a visible unit y is the reconstruction; the data lies this far from it.
        data = float(unit.inputs[strongest]) * (unit.y - unit.by_output)
    else:
        data = float(unit.inputs[strongest]) * unit.y
    name = shown(unit.names.name(strongest), _NAME)
    lines = [f"v₀h₀ (data)  = {signed(data)} {name}", f"v₁h₁ (again) = {signed(data + gradient)}"]
    lines += ["∂/∂W = −(v₀h₀ − v₁h₁)", f"  = {signed(gradient)}"]
    lines += step_lines("W", weight, gradient, unit.learning_rate, "∂/∂W")
    return lines + step_lines("b", unit.bias, unit.by_output, unit.learning_rate, "∂/∂b")


def _strongest(unit: UnitInspection) -> int:
    """The weight that would change most; where none would, the one that matters most to z."""
    change = np.abs(np.nan_to_num(unit.weight_gradient))
    return int(np.argmax(change if change.any() else np.abs(np.nan_to_num(unit.inputs * unit.incoming))))


def _joined_lines(unit: UnitInspection) -> list[str]:
    """Of a unit in which branches are joined every term with the layer that it is from; y = f(z) where something follows."""
    is_bent = unit.equation != "z"
    lines = [f"{'z' if is_bent else 'y'} = {unit.join_equation}"]
    lines += [f"  {signed(number)}  {shown(readable_name(layer), _NAME)}" for layer, number in unit.terms]
    lines += [f"  = {signed(unit.z)}"] * (len(unit.terms) > 1)
    return [*lines, f"y = {unit.equation} = {signed(unit.y)}"] if is_bent else lines


def _own_lines(unit: UnitInspection) -> list[str]:
    """Of an input its number, as the data has it and as the network sees it; of other units their number alone."""
    if not unit.raw.size or not unit.scaling:
        return [f"y = {signed(unit.y)}"]
    return [
        f"{shown(unit.name, _NAME)} = {as_in_data(unit.raw[0])} in the data",
        f"{unit.scaling}:",
        f"y = {signed(unit.y)}",
    ]


def _sum_lines(first: Array, second: Array, names: Names, raw: Array | None = None) -> list[str]:
    """The largest terms of a sum of products with the names of what comes in, and the rest in one."""
    terms = np.nan_to_num(first.astype(float) * second, posinf=np.inf, neginf=-np.inf)
    order = np.argsort(-np.abs(terms), kind="stable")[:_TERMS]
    before = {} if raw is None or not raw.size else {place: f": {as_in_data(raw[place], 4)}" for place in order}
    lines = []
    for place in order:
        value = before.get(place, "")
        name = shown(names.name(int(place)), _NAME - len(value)) + value
        lines.append(f"  {signed(float(first[place]))}·{signed(float(second[place]))} {name}")
    rest = len(terms) - len(order)
    if rest:
        lines.append(f"  {signed(float(np.delete(terms, order).sum()))}  {rest:,} more")
    return lines
