"""One example's way through the columns of a model: activations forward, gradients backward."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from nnlab.models.arrays import Array
from nnlab.models.capabilities import has_layers, is_machine
from nnlab.models.model import Model, ModelSettings
from nnlab.models.rbm import RBM
from nnlab.models.rbm_settings import RBMSettings
from nnlab.probes.columns import Column


@dataclass(frozen=True)
class Flow:
    """For each column, flat:

    forward     its numbers, behind the activation
    backward    d loss / d those numbers; where the loss contains the activation (softmax), by what goes into it
    deltas      d loss / d what its weights make, before the activation

    by_input    d loss / d what goes in at the front, before whatever rides along with the input
    by_place    d loss / d what comes out of every layer, in the order of the network's places; of an RBM none
    by_tensor   d loss / d parameters, of the tensors that were asked for

    Of an RBM: data, hidden probabilities, reconstruction. The gradients are those of one step of mean-field contrastive
    divergence by each unit's bias: v1 - v0 and q1 - q0.
    """

    columns: tuple[Column, ...]
    forward: list[Array]
    backward: list[Array]
    deltas: list[Array]
    by_input: Array
    loss: float
    is_machine: bool = False
    by_place: Sequence[Array] = ()
    by_tensor: Mapping[str, Array] = field(default_factory=dict)

    @property
    def loss_title(self) -> str:
        """What `loss` is called."""
        return (RBMSettings if self.is_machine else ModelSettings).loss_title

    def into(self, place: int) -> Array:
        """What the weights of a column are multiplied with."""
        return self.forward[self.columns[place].sources[0]]

    def weight_gradient(self, place: int, unit: int | None = None) -> Array:
        """d loss / d the weights into a dense column, (n_in, n_out), or into one unit of it, (n_in,).

        Input times delta, summed over all columns that share the weights; of an RBM  -(v0 q0 - v1 q1).
        """
        if self.is_machine:
            return self._machine_gradient(place, unit)
        delta = self.deltas[place] if unit is None else self.deltas[place][unit]
        gradient = np.multiply.outer(self.into(place), delta)
        for other in self.sharing(place):
            # Weights (n_in, n_out) are (n_out, n_in) there: what came in is this column's unit.
            came = self.into(other) if unit is None else self.into(other)[unit]
            gradient += np.multiply.outer(self.deltas[other], came)
        return np.asarray(gradient)

    def gradient_by(self, tensor: str, position: tuple[int, ...]) -> float:
        """d loss / d one parameter."""
        if tensor in self.by_tensor:
            return float(self.by_tensor[tensor][position])
        return float(self._machine_gradient(1, position[1])[position[0]])

    def sharing(self, place: int) -> list[int]:
        """The columns that use the weights of this one, transposed, as tied ones do."""
        own = self.columns[place]
        return [
            other
            for other, column in enumerate(self.columns)
            if own.tensor and column.tensor == own.tensor and column.is_transposed != own.is_transposed
        ]

    def _machine_gradient(self, place: int, unit: int | None) -> Array:
        v0, q0, v1 = self.forward
        q1 = q0 + self.backward[1]
        data, made, own_data, own_made = (v0, v1, q0, q1) if place == 1 else (q0, q1, v0, v1)
        if unit is not None:
            own_data, own_made = own_data[unit], own_made[unit]
        return np.asarray(np.multiply.outer(made, own_made) - np.multiply.outer(data, own_data))


def flow_of(model: Model, columns: tuple[Column, ...], inputs: Array, targets: Array, tensors: Collection[str] = ()) -> Flow:
    """Through the model, for one example (1, *shape) and its targets."""
    if is_machine(model):
        return _flow_of_machine(model, columns, inputs)
    assert has_layers(model)
    seen = model.sensitivities(inputs, targets, tensors)
    last = len(seen.by_output) - 1
    by_output = [np.ravel(gradient[0]) for gradient in seen.by_output]
    outputs = [np.ravel(output[0]) for output in seen.outputs]
    start = np.array(inputs, np.float32).ravel()
    return Flow(
        columns,
        [outputs[column.last] if column.last >= 0 else start for column in columns],
        [by_output[min(column.last, last)] if column.last >= 0 else np.ravel(seen.by_input) for column in columns],
        [by_output[min(column.first, last)] if column.first >= 0 else np.ravel(seen.by_input) for column in columns],
        np.ravel(seen.by_input),
        seen.loss,
        by_place=by_output,
        by_tensor=seen.by_tensor,
    )


def _flow_of_machine(model: RBM, columns: tuple[Column, ...], inputs: Array) -> Flow:
    v0 = inputs.reshape(1, -1)
    q0 = model.hidden_probabilities(v0)
    v1 = model.visible_means(q0)
    q1 = model.hidden_probabilities(v1)
    visible, hidden = (v1 - v0)[0], (q1 - q0)[0]
    gradients = [visible, hidden, visible]
    biases = {f"{model.names[0]}.visible_bias": visible, f"{model.names[0]}.hidden_bias": hidden}
    return Flow(
        columns,
        [v0[0], q0[0], v1[0]],
        gradients,
        gradients,
        visible,
        float(np.square(visible).mean()),
        is_machine=True,
        by_tensor=biases,
    )
