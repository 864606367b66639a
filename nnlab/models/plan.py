"""What a model will be before it is built: of each layer the shape, and what a step of training takes for it."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from nnlab.errors import ShapeError
from nnlab.models.arrays import Shape
from nnlab.models.fused import can_fuse
from nnlab.models.layers.base import Layer
from nnlab.models.layers.combined import Combined


@dataclass(frozen=True)
class LayerPlan:
    """One layer. Where its input does not fit, shape is None and problem says why; behind it nothing is known.

    parameters  numbers that it learns
    forward     products of an input with a weight, added up, for one example on its way through
    step        the same for one example of a batch in training: forward, the weights' gradient, the input's
    always      the same for a batch of any size, besides
    held        numbers that a step keeps for each example
    moved       numbers that it passes over for each example, forward and back, beside its products
    calls       what Python takes for it in a step, in calls of NumPy for a few numbers
    branches    the layers inside of it, which its own figures contain
    """

    title: str
    input_shape: Shape | None
    shape: Shape | None
    problem: str = ""
    parameters: int = 0
    forward: int = 0
    step: int = 0
    always: int = 0
    held: int = 0
    moved: int = 0
    calls: int = 32
    branches: tuple[tuple["LayerPlan", ...], ...] = ()

    def products(self, batch: int) -> int:
        """Of a step on a batch of so many examples."""
        return self.step * batch + self.always


def plan_of(layers: Sequence[Layer], input_shape: Shape | None) -> tuple[LayerPlan, ...]:
    """Layers in sequence, as a network runs them: backpropagation ends at the first that learns."""
    plans: list[LayerPlan] = []
    learns = False
    for place, layer in enumerate(layers):
        plan = _planned(layer, input_shape, learns)
        if input_shape is not None and any(
            can_fuse(layers[first : first + 3]) for first in (place - 2, place - 1) if first >= 0
        ):
            # Of convolution, ReLU and pooling in one, what comes behind the convolution passes over its outputs once.
            plan = replace(plan, moved=math.prod(input_shape))
        plans.append(plan)
        input_shape, learns = plan.shape, learns or layer.learns
    return tuple(plans)


def _planned(layer: Layer, input_shape: Shape | None, input_gradient: bool) -> LayerPlan:
    """One layer; input_gradient says whether a step asks for the gradient by its input."""
    title = layer.title if isinstance(layer, Combined) else layer.summary()
    branches = layer.branches if isinstance(layer, Combined) else ()
    inside = tuple(_inside(branch, input_shape, input_gradient) for branch in branches)
    plan = LayerPlan(title, input_shape, None, branches=inside)
    if input_shape is None:
        return plan
    try:
        shape = layer.output_shape(input_shape)
    except ShapeError as error:
        # A fault of a layer inside stands there.
        told = any(row.problem for branch in inside for row in faults(branch))
        return replace(plan, problem="" if told else str(error))
    return replace(
        plan,
        shape=shape,
        parameters=sum(math.prod(own) for own in layer.parameter_shapes(input_shape).values()),
        forward=layer.multiply_adds(input_shape),
        step=layer.step_multiply_adds(input_shape, input_gradient),
        held=layer.held_numbers(input_shape),
        moved=layer.moved_numbers(input_shape, input_gradient),
    )


def _inside(branch: Sequence[Layer], shape: Shape | None, input_gradient: bool) -> tuple[LayerPlan, ...]:
    """The layers of a branch, through which a gradient goes back to the first."""
    plans: list[LayerPlan] = []
    for number, layer in enumerate(branch):
        plans.append(_planned(layer, shape, input_gradient or number > 0))
        shape = plans[-1].shape
    return tuple(plans)


def in_order(plans: Sequence[LayerPlan]) -> Iterator[LayerPlan]:
    """All of them in the order in which outputs are made: the layers inside of a layer before it."""
    for plan in plans:
        for branch in plan.branches:
            yield from in_order(branch)
        yield plan


def faults(plans: Sequence[LayerPlan]) -> tuple[LayerPlan, ...]:
    """The layers that do not fit."""
    return tuple(plan for plan in in_order(plans) if plan.problem)
