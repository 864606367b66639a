"""Layers in sequence, and backpropagation through them."""

from collections.abc import Collection, Sequence
from functools import reduce
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from nnlab.errors import ShapeError
from nnlab.models.arrays import Array, Shape
from nnlab.models.exchange import WHOLE_BATCH, Exchange
from nnlab.models.fused import Chain, fuse
from nnlab.models.layers import Layer, Pass, Workspace
from nnlab.models.layers.base import inner_tensors
from nnlab.models.layers.sequence import exchanged_numbers, held_numbers, layer_names, layer_shapes
from nnlab.models.losses import BatchLoss, Loss, predicted_labels, shares_of_classes
from nnlab.models.losses.check import check_loss
from nnlab.models.parameters import Parameters
from nnlab.models.sensitivities import Sensitivities
from nnlab.models.unfolded import PlacedLayer, unfold
from nnlab.randomness import random_stream
from nnlab.targets import Targets, Values

# Workspaces are made per batch size: training, evaluation, their last short batches, and what the views ask for.
_KEPT_BATCH_SIZES = 8


_Network = TypeVar("_Network", bound="Network")


class Network:
    """Layers in sequence with a loss at the end.

    inputs (N, *input_shape)    outputs (N, *output_shape)    targets (N,) labels or (N, *output_shape) values

    The public order of axes never changes; how a layer lays them in memory is its own business, since every array carries
    its strides. Errors in shapes are raised here, at construction, and name the layer.
    """

    def __init__(
        self,
        layers: Sequence[Layer],
        input_shape: Shape,
        loss: Loss,
        targets: Targets = None,
        seed: int = 0,
        dtype: npt.DTypeLike = np.float32,
    ) -> None:
        if not layers:
            raise ShapeError("the network has no layers; add a dense layer")
        self.layers = tuple(layers)
        self.names = layer_names(self.layers)
        self.input_shape = input_shape
        self.shapes = layer_shapes(self.layers, input_shape)
        self.places = unfold(self.layers, input_shape)
        self.loss = loss
        check_loss(loss, self.layers, self.shapes[-1], targets)
        self.targets = targets
        self._tells_values = isinstance(targets, Values)
        self.seed = seed
        self.parameters = Parameters(self._tensor_shapes("parameter_shapes"), dtype)
        self.buffers = Parameters(self._tensor_shapes("buffer_shapes"), dtype)
        self.mixes_examples = any(layer.mixes_examples for layer in self.layers)
        self.exchanged_numbers = exchanged_numbers(self.layers, input_shape)
        self.held_numbers = held_numbers(self.layers, input_shape)
        self._pass = Pass(seed=seed)
        self._charging = [index for index, layer in enumerate(self.layers) if type(layer).penalty is not Layer.penalty]
        self._workspaces: dict[int, tuple[Workspace, ...]] = {}
        self._chains: dict[int, Chain] = {}
        self._looking: tuple[Workspace, ...] | None = None  # what `sensitivities` computes in
        self._aside: Array = np.zeros(0)
        self.initialize()

    @property
    def output_shape(self) -> Shape:
        """The shape of one example's outputs."""
        return self.shapes[-1]

    def initialize(self) -> None:
        """Fill parameters and buffers anew from the seed; each layer draws from a stream of its own."""
        for index in range(len(self.layers)):
            self._initialize_layer(index)

    def replica(self, dtype: npt.DTypeLike | None = None) -> "Network":
        """The same network with the same numbers in memory of its own, at another precision if asked."""
        copy = Network(self.layers, self.input_shape, self.loss, self.targets, self.seed, dtype or self.parameters.dtype)
        return self._copy_numbers_to(copy)

    def exchange_layers(self, layers: Sequence[Layer]) -> None:
        """Go on with layers of the same kinds and shapes whose live settings may be others; parameters, buffers and
        workspaces stay.
        """
        self.layers = tuple(layers)
        self.places = unfold(self.layers, self.input_shape)
        # They hold the former layers.
        self._chains.clear()

    @property
    def is_pretraining(self) -> bool:
        """A network is not."""
        return False

    def place_numbers(self, values: Array, gradient: Array, buffers: Array) -> None:
        """The workspaces look at the former ones and are made again."""
        self.parameters.place(values, gradient)
        self.buffers.place(buffers, self.buffers.gradient)
        Network.release_memory(self)

    def release_memory(self) -> None:
        """Let go of the workspaces; they are made again for the batches that come."""
        self._workspaces.clear()
        self._chains.clear()
        self._looking, self._aside = None, np.zeros(0)

    def begin(self, inputs: Array, epoch: int, is_start: bool) -> bool:
        """A network learns the same way in every epoch."""
        return False

    def predict(self, inputs: Array) -> Array:
        """The outputs for a batch. They live in the network's workspace: copy what is to outlast the next call."""
        self._begin_pass()
        works = self._workspace(len(inputs))
        return _run(self.layers, works[:-1], self._shaped(inputs))

    @property
    def threshold(self) -> float:
        """A single output above it names class 1. That of a loss which contains the last layer is for what goes into that;
        behind it, it is a half.
        """
        return self.loss.threshold if self.loss.fused_with is None else 0.5

    def predicted(self, outputs: Array) -> Array:
        """The class that each row of what `predict` gave stands for (N,)."""
        return predicted_labels(outputs, self.threshold)

    def tensors_of(self, layer: str) -> dict[str, Array]:
        """A layer's own parameters and buffers by their names in its equations."""
        first, _, inside = layer.partition(".")
        tensors = self.parameters.views_of(first) | self.buffers.views_of(first)
        return inner_tensors(tensors, inside) if inside else tensors

    def weights_of(self, layer: str) -> tuple[str, bool]:
        """The tensor of a layer's weights, or "", and whether it is another layer's, transposed."""
        own = f"{layer}.weight"
        return (own, False) if own in self.parameters.shapes else ("", False)

    def learns_now(self, name: str) -> bool:
        """Whether a layer with weights learns in the present phase of training."""
        return True

    @property
    def phase_text(self) -> str:
        """What is being learned at present, where that is not all."""
        return ""

    @property
    def gives_probabilities(self) -> bool:
        """Whether the outputs are probabilities, and not scores of any size."""
        return self.layers[-1].output_range() == (0.0, 1.0)

    def probabilities(self, outputs: Array) -> Array:
        """What `predict` gave (N, K) as shares of the classes that sum to 1 (N, classes).

        A single output is the probability of class 1. Scores, as of a support vector machine, are none; softmax keeps
        their order.
        """
        return shares_of_classes(outputs, self.gives_probabilities)

    def activations(self, inputs: Array) -> list[Array]:
        """The output of every layer for a batch, in the order of `places`; copies."""
        return [output.copy() for output in self.layer_outputs(inputs)]

    def layer_outputs(self, inputs: Array, count: int | None = None) -> list[Array]:
        """The output of every layer for a batch, in the order of `places`, or of the first so many; to be read before the
        next pass, which writes over them.
        """
        self._begin_pass()
        works, places = self._workspace(len(inputs)), self.places[:count]
        # A layer with layers inside is run as a whole.
        most = self.names.index(places[-1].path[0]) + 1
        _run(self.layers[:most], works[:most], self._shaped(inputs))
        return [self._found_in(works, place).y for place in places]

    def evaluate(self, inputs: Array, targets: Array) -> tuple[BatchLoss, Array | None]:
        """The mean loss of a batch as in prediction (no dropout, no gradient), and what is predicted: labels (N,), or
        values (N, K), which the next pass writes over.
        """
        result, outputs = self._judge(inputs, targets, training=False, step=0)
        if self._tells_values:
            return result, outputs
        return result, predicted_labels(outputs, self.loss.threshold)

    def sensitivities(
        self, inputs: Array, targets: Array, tensors: Collection[str] = (), training: bool = False, step: int = 0
    ) -> Sensitivities:
        """The loss and its gradient by every layer's output, and by these tensors; copies. As in prediction, or in training.

        The gradient by the parameters stays as the last training step left it.
        """
        self._begin_pass(training, step)
        if self._looking is None:
            # Layers write their gradients elsewhere than training does; memory is taken where one is written.
            self._aside = np.zeros(self.parameters.size, self.parameters.dtype)
            self._looking = self._make_workspaces(self._aside)
        holders = {tensor.partition(".")[0] for tensor in tensors}
        works, count = self._looking, len(self.layers) - (self.loss.fused_with is not None)
        for name, work in zip((*self.names, "loss"), works, strict=True):
            work.input_gradient_wanted = True
            work.parameter_gradients_wanted = name in holders or self.weights_of(name)[0] in tensors
        shaped, values = self._shaped(inputs), self._targets(inputs, targets)
        _run(self.layers, works[:-1], shaped)
        judged = works[count - 1].y if count else shaped
        result = self.loss.forward(judged, values, works[-1])
        gradient = self.loss.backward(judged, values, works[-1])
        for layer, work in zip(reversed(self.layers[:count]), reversed(works[:count]), strict=True):
            work.dy = gradient
            gradient = layer.backward(gradient, work)
        if tensors:
            self._gather_gradients(works)
        by_tensor = {tensor: self.parameters.view(tensor, self._aside).copy() for tensor in tensors}
        each = [self._found_in(works, place) for place in self.places]
        judged_places = len(each) - len(self.layers) + count
        by_output = [work.dy.copy() for work in each[:judged_places]]
        return Sensitivities(result.loss, [work.y.copy() for work in each], by_output, gradient.copy(), by_tensor)

    def loss_and_gradient(self, inputs: Array, targets: Array, step: int = 0, exchange: Exchange = WHOLE_BATCH) -> BatchLoss:
        """The mean loss of a batch, or a part of it; its gradient is written to `parameters.gradient`.

        step decides what is random in the pass, and nothing else does: the same step gives the same masks.
        """
        result, outputs = self._judge(inputs, targets, training=True, step=step, exchange=exchange)
        works = self._workspace(len(inputs))
        chain = self._differentiated(len(inputs))
        gradient = self.loss.backward(outputs, self._targets(inputs, targets), works[-1])
        for layer, work in reversed(chain):
            gradient = layer.backward(gradient, work)
            if not work.input_gradient_wanted:
                break
        self._gather_gradients(works)
        return result

    def _gather_gradients(self, works: Sequence[Workspace]) -> None:
        """After a backward pass: nothing more to do where every tensor is one layer's."""

    def _copy_numbers_to(self, copy: _Network) -> _Network:
        copy.parameters.values[...] = self.parameters.values
        copy.buffers.values[...] = self.buffers.values
        return copy

    def _targets(self, inputs: Array, targets: Array) -> Array:
        """What the outputs are compared with."""
        return targets

    def _initialize_layer(self, place: int) -> None:
        name = self.names[place]
        rng = random_stream(self.seed, f"{name}.initialize")
        self.layers[place].initialize(self.parameters.views_of(name), self.buffers.views_of(name), rng)

    def differentiable_loss(self, inputs: Array, targets: Array) -> float:
        """The loss of step 0, whose gradient backpropagation gives."""
        return self.loss_and_gradient(inputs, targets).loss

    def _judge(
        self, inputs: Array, targets: Array, training: bool, step: int, exchange: Exchange = WHOLE_BATCH
    ) -> tuple[BatchLoss, Array]:
        self._begin_pass(training, step, True, exchange)
        works = self._workspace(len(inputs))
        chain = self._differentiated(len(inputs))
        outputs = _run([layer for layer, _ in chain], [work for _, work in chain], self._shaped(inputs))
        result = self.loss.forward(outputs, self._targets(inputs, targets), works[-1])
        if training and self._tells_values:
            result = BatchLoss(result.loss, self.loss.score_of_values(outputs, result, works[-1]))
        if training and self._charging:
            charge = sum(self.layers[place].penalty(works[place]) for place in self._charging)
            result = result._replace(loss=result.loss + charge)
        return result, outputs

    def _differentiated(self, batch_size: int) -> Chain:
        """What training runs: the layers, fused where that is faster, without the last where the loss contains it."""
        chain = self._chains.get(batch_size)
        if chain is None:
            works = self._workspace(batch_size)
            count = len(self.layers) - (self.loss.fused_with is not None)
            chain = self._chains[batch_size] = fuse(self.layers[:count], works, (self.input_shape, *self.shapes))
        return chain

    def _begin_pass(
        self, training: bool = False, step: int = 0, fuses: bool = False, exchange: Exchange = WHOLE_BATCH
    ) -> None:
        now = self._pass
        now.training, now.step, now.fuses, now.exchange = training, step, fuses, exchange

    def _found_in(self, works: Sequence[Workspace], place: PlacedLayer) -> Workspace:
        """The workspace of a layer, however deep inside of others it stands."""
        first, *inside = place.path
        return reduce(Workspace.inner, inside, works[self.names.index(first)])

    def _shaped(self, inputs: Array) -> Array:
        return inputs.reshape(len(inputs), *self.input_shape)

    def _workspace(self, batch_size: int) -> tuple[Workspace, ...]:
        """One workspace per layer and one for the loss, made once per batch size."""
        works = self._workspaces.get(batch_size)
        if works is None:
            if len(self._workspaces) >= _KEPT_BATCH_SIZES:
                oldest = next(iter(self._workspaces))
                del self._workspaces[oldest]
                self._chains.pop(oldest, None)
            works = self._workspaces[batch_size] = self._make_workspaces(self.parameters.gradient)
        return works

    def _make_workspaces(self, gradients: Array) -> tuple[Workspace, ...]:
        """One per layer and one for the loss; `gradients` is the vector into which layers write theirs."""
        works = tuple(self._make_workspace(name, gradients) for name in (*self.names, "loss"))
        # Nothing is learned before the first weights: the backward pass ends there.
        first = next((index for index, layer in enumerate(self.layers) if layer.learns), 0)
        works[first].input_gradient_wanted = False
        return works

    def _make_workspace(self, name: str, gradients: Array) -> Workspace:
        return Workspace(
            name,
            self.parameters.views_of(name),
            self.parameters.views_of(name, gradients),
            self.buffers.views_of(name),
            self.parameters.dtype,
            self._pass,
        )

    def _tensor_shapes(self, question: str) -> dict[str, Shape]:
        inputs = (self.input_shape, *self.shapes)
        return {
            f"{name}.{key}": shape
            for layer, name, input_shape in zip(self.layers, self.names, inputs, strict=False)
            for key, shape in getattr(layer, question)(input_shape).items()
        }


def _run(layers: Sequence[Layer], works: Sequence[Workspace], x: Array) -> Array:
    for layer, work in zip(layers, works, strict=True):
        work.x = x
        x = work.y = layer.forward(x, work)
    return x
