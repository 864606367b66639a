"""The same models in scikit-learn: MLPClassifier and BernoulliRBM, which learns by persistent contrastive divergence."""

import numpy as np

from nnlab.models.arrays import Array
from nnlab.models.capabilities import has_layers, is_machine
from nnlab.models.model import Model
from nnlab.models.network import Network
from nnlab.models.rbm import RBM
from nnlab.training import TrainingSettings


def peers(model: Model, settings: TrainingSettings, pictures: Array, labels: Array) -> dict[str, "Peer"]:
    """scikit-learn's contestant for this model, with the model's weights.

    pictures (N, 784) float32, scaled    labels (N,)
    """
    batch = settings.effective_batch_size(len(pictures))
    if is_machine(model):
        return {"scikit-learn": Machine(model, settings.learning_rate, pictures, batch)}
    if not has_layers(model):
        return {}
    return {"scikit-learn": Classifier(model, settings.learning_rate, pictures, labels, batch)}


class Classifier:
    """MLPClassifier with plain SGD and without weight decay."""

    def __init__(self, model: Network, rate: float, x: Array, t: Array, batch: int) -> None:
        from sklearn.neural_network import MLPClassifier

        self.x, self.t, self.batch = x, t, batch
        hidden = [shape[0] for layer, shape in zip(model.layers, model.shapes, strict=True) if layer.kind == "dense"][:-1]
        plain = {"solver": "sgd", "momentum": 0.0, "alpha": 0.0}
        self.estimator = MLPClassifier(hidden, batch_size=batch, learning_rate_init=rate, **plain)
        # The arrays are made at the first call; then they take the model's numbers.
        self.estimator.partial_fit(x[:batch], t[:batch], classes=np.unique(t))
        dense = [name for name in model.names if name.startswith("dense")]
        for name, weight, bias in zip(dense, self.estimator.coefs_, self.estimator.intercepts_, strict=True):
            weight[...] = model.parameters.view(f"{name}.weight")
            bias[...] = model.parameters.view(f"{name}.bias")

    def train(self, steps: int) -> float:
        """So many updates, an epoch at most, in an order that it draws itself; their mean loss."""
        count = steps * self.batch
        self.estimator.partial_fit(self.x[:count], self.t[:count])
        return float(self.estimator.loss_)

    def first_steps(self, steps: int) -> list[float]:
        """The losses of the first batches in the data's own order."""
        return [self._step(slice(k * self.batch, (k + 1) * self.batch)) for k in range(steps)]

    def _step(self, chosen: slice) -> float:
        self.estimator.partial_fit(self.x[chosen], self.t[chosen])
        return float(self.estimator.loss_)


class Machine:
    """BernoulliRBM. It goes through the data in the given order and records no loss."""

    def __init__(self, model: RBM, rate: float, x: Array, batch: int) -> None:
        from sklearn.neural_network import BernoulliRBM

        self.x, self.batch = x, batch
        self.estimator = BernoulliRBM(model.hidden, learning_rate=rate, batch_size=batch, n_iter=1, random_state=0)
        self.estimator.fit(x[:batch])
        self.estimator.components_[...] = model.weight.T
        self.estimator.intercept_visible_[...] = model.visible_bias
        self.estimator.intercept_hidden_[...] = model.hidden_bias

    def train(self, steps: int) -> None:
        """So many updates from new weights, an epoch at most."""
        self.estimator.fit(self.x[: steps * self.batch])

    def first_steps(self, steps: int) -> None:
        """So many updates from the present weights, in the data's own order."""
        for k in range(steps):
            self.estimator.partial_fit(self.x[k * self.batch : (k + 1) * self.batch])

    def reconstruction_error(self, count: int) -> float:
        """Of the first examples, by probabilities up and down."""
        h = self.estimator.transform(self.x[:count])
        z = h @ self.estimator.components_ + self.estimator.intercept_visible_
        return float(np.square(1 / (1 + np.exp(-z)) - self.x[:count]).mean())


Peer = Classifier | Machine
