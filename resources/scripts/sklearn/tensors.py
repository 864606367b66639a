"""All numbers of an estimator as one vector."""

import numpy as np
from sklearn.neural_network import MLPClassifier, MLPRegressor

from ..settings import HAS_VALUES, L2


class Tensors:
    """The arrays of an estimator in nnlab's order: all weights, then all biases."""

    def __init__(self, estimator: MLPClassifier | MLPRegressor) -> None:
        self.estimator = estimator

    @property
    def arrays(self) -> list[np.ndarray]:
        """scikit-learn's own: writing to them changes the model."""
        return [*self.estimator.coefs_, *self.estimator.intercepts_]

    @property
    def values(self) -> np.ndarray:
        """A copy, in one vector."""
        return np.concatenate([array.ravel() for array in self.arrays])

    def fit(self, inputs: np.ndarray, targets: np.ndarray) -> float:
        """One step of its solver on a batch; the batch's mean loss before."""
        estimator = self.estimator
        # One batch is all that it is shown.
        estimator.batch_size = len(inputs)
        if L2:
            # scikit-learn divides its penalty by the batch's size.
            estimator.alpha = L2 * len(inputs)
            if HAS_VALUES:
                estimator.alpha *= estimator.n_outputs_ / 2
            weights = sum(float(np.vdot(array, array)) for array in estimator.coefs_)
            penalty = 0.5 * estimator.alpha * weights / len(inputs)
        x = inputs.reshape(len(inputs), -1)
        if HAS_VALUES:
            estimator.partial_fit(x, as_column(targets))
        else:
            estimator.partial_fit(x, targets)
        loss = float(estimator.loss_)
        if L2:
            loss -= penalty
        if HAS_VALUES:
            # It halves the squares.
            return 2 * loss
        else:
            return loss


def as_column(targets: np.ndarray) -> np.ndarray:
    """Single values (N, 1) as scikit-learn wants them, (N,); others as they are."""
    return targets.ravel() if targets.shape[1:] == (1,) else targets
