"""A multi-layer perceptron of scikit-learn, and what is asked of it while it trains."""

import numpy as np

from ..data.examples import Data
from ..settings import CLASS_COUNT, HAS_VALUES, ONE_OUTPUT
from .estimator_of import estimator, starting_weights
from .tensors import Tensors, as_column


class Network:
    """Dense layers of scikit-learn, with nnlab's own starting weights."""

    def __init__(self, data: Data) -> None:
        self.estimator = made = estimator()
        # Its arrays come with the first call, which learns; then all begins.
        inputs, targets = (array[:2] for array in data.learning)
        inputs = inputs.reshape(len(inputs), -1)
        if HAS_VALUES:
            made.partial_fit(inputs, as_column(targets))
        else:
            made.partial_fit(inputs, targets, classes=np.arange(CLASS_COUNT))
        for weight, start in zip(made.coefs_, starting_weights(), strict=True):
            weight[...] = start
        for bias in made.intercepts_:
            bias.fill(0)
        self.tensors = Tensors(made)

    def numbers(self) -> list[np.ndarray]:
        """All that it predicts by."""
        return self.tensors.arrays

    def outputs(self, inputs: np.ndarray) -> np.ndarray:
        """What it puts out for a batch: probabilities, or values."""
        x = inputs.reshape(len(inputs), -1)
        if HAS_VALUES:
            return self.estimator.predict(x).reshape(len(x), -1)
        else:
            if ONE_OUTPUT:
                return self.estimator.predict_proba(x)[:, 1:]
            else:
                return self.estimator.predict_proba(x)

    def judged(
        self, inputs: np.ndarray, targets: np.ndarray
    ) -> tuple[float, np.ndarray]:
        """The mean loss of a batch, and its outputs."""
        outputs = self.outputs(inputs)
        if HAS_VALUES:
            return float(np.square(outputs - targets).mean()), outputs
        else:
            if ONE_OUTPUT:
                true = np.where(targets == 1, outputs[:, 0], 1 - outputs[:, 0])
            else:
                true = outputs[np.arange(len(targets)), targets]
            # As scikit-learn does it: no logarithm of 0.
            least = np.finfo(true.dtype).eps
            return float(-np.log(np.maximum(true, least)).mean()), outputs


def build(data: Data) -> Network:
    """The network, with its weights drawn from the seed."""
    return Network(data)


def predict(model: Network, inputs: np.ndarray) -> np.ndarray:
    """The outputs for a batch."""
    return model.outputs(inputs)
