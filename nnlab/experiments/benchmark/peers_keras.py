"""The same network in Keras 3 on JAX, trained by `fit`, as one would write it there."""

import os
from typing import Any

from nnlab import optional
from nnlab.experiments.benchmark.peers_jax import begin
from nnlab.models.arrays import Array
from nnlab.models.capabilities import has_layers
from nnlab.models.model import Model
from nnlab.models.network import Network
from nnlab.training import TrainingSettings

_BACKEND = "KERAS_BACKEND"


def peers(model: Model, settings: TrainingSettings, pictures: Array, labels: Array, threads: int) -> dict[str, "Classifier"]:
    """Keras' contestant for this model, with the model's weights: of dense layers and SGD.

    pictures (N, 784) float32, scaled    labels (N,)
    """
    begin(threads)
    # It is chosen when Keras is imported, for the whole process.
    os.environ[_BACKEND] = "jax"
    keras = optional.required("keras")
    if keras.backend.backend() != "jax":
        raise optional.BrokenPackageError(
            "Keras has begun with another backend in this process and keeps it; start nnlab again"
        )
    if not has_layers(model):
        return {}
    return {"Keras on JAX": Classifier(model, settings, pictures, labels)}


class Classifier:
    """A Sequential whose last layer is left to the loss."""

    def __init__(self, model: Network, settings: TrainingSettings, x: Array, t: Array) -> None:
        import keras

        layers = model.layers[:-1]
        rows = [_LAYERS[layer.kind](keras.layers, layer) for layer in layers]
        self.net = keras.Sequential([keras.Input(model.input_shape), *rows])
        dense = [name for name in model.names if name.startswith("dense")]
        for name, layer in zip(dense, (row for row in rows if row.weights), strict=True):
            # JAX would look into nnlab's own memory.
            layer.set_weights([model.parameters.view(f"{name}.{part}").copy() for part in ("weight", "bias")])
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self.net.compile(keras.optimizers.SGD(settings.learning_rate), loss)
        self.x, self.t, self.batch = x, t, settings.effective_batch_size(len(x))

    def train(self, steps: int) -> float:
        """So many updates, an epoch at most, in an order that Keras draws itself; their mean loss."""
        count = steps * self.batch
        told = self.net.fit(self.x[:count], self.t[:count], batch_size=self.batch, epochs=1, verbose=0)
        return float(told.history["loss"][0])

    def first_steps(self, steps: int) -> list[float]:
        """The losses of the first batches in the data's own order."""
        return [self._step(slice(k * self.batch, (k + 1) * self.batch)) for k in range(steps)]

    def _step(self, part: slice) -> float:
        told = self.net.fit(self.x[part], self.t[part], batch_size=self.batch, shuffle=False, verbose=0)
        return float(told.history["loss"][0])


_LAYERS: dict[str, Any] = {
    "dense": lambda layers, layer: layers.Dense(layer.units),
    "relu": lambda layers, _: layers.ReLU(),
}
