"""How probable an RBM holds binary pictures: annealed importance sampling on the examples of a run, or of a saved model."""

from dataclasses import dataclass

import numpy as np

from nnlab.datasets.split import Index, spread
from nnlab.errors import ShapeError
from nnlab.models.arrays import Array
from nnlab.models.capabilities import is_machine
from nnlab.models.likelihood import (
    LogPartition,
    annealed_log_partition,
    exact_log_partition,
    is_enumerable,
    mean_log_likelihood,
)
from nnlab.models.rbm import RBM
from nnlab.randomness import random_stream
from nnlab.report import Report
from nnlab.training.data import Feed
from nnlab.training.loop import TrainingRun

_MOST_EXAMPLES = 2000
_AVERAGED = 5000


@dataclass(frozen=True)
class LikelihoodEstimate:
    """Mean log p(v) in nats per example, NaN for a part without examples, and the log Z behind it.

    partition is what annealing found. exact_partition is log Z over all hidden states, which a machine of few hidden units
    has; where it is known, the likelihoods are by it.
    """

    train: float
    validation: float
    test: float
    partition: LogPartition
    exact_partition: float | None = None


def estimate_likelihood(run: TrainingRun, report: Report) -> LikelihoodEstimate:
    """Of up to 2,000 examples of each part. Takes some seconds; report may cancel it."""
    rbm, data = run.model, run.data
    if not is_machine(rbm):
        raise ShapeError("the log-likelihood is for restricted Boltzmann machines; choose the model rbm")
    partition = annealed_log_partition(rbm, base_bias(data.learning, data.split.train), report=report)
    exact = exact_log_partition(rbm) if is_enumerable(rbm) else None
    log_partition = partition.value if exact is None else exact
    parts = ((data.learning, data.split.train), (data.learning, data.split.validation), (data.testing, data.test_index))
    train, validation, test = (
        binary_log_likelihood(rbm, feed, spread(index, _MOST_EXAMPLES), log_partition) for feed, index in parts
    )
    return LikelihoodEstimate(train, validation, test, partition, exact)


def base_bias(feed: Feed, index: Index) -> Array:
    """Visible biases of the machine without weights that annealing starts from: the data's means, as logits (visible,)."""
    some, _ = feed.gather(spread(index, _AVERAGED))
    share = np.clip(some.reshape(len(some), -1).mean(axis=0), 0.01, 0.99)
    return np.asarray(np.log(share / (1 - share)))


def binary_log_likelihood(rbm: RBM, feed: Feed, index: Index, log_partition: float) -> float:
    """Mean log p(v), in nats, pixels drawn as black or white by their grey (Salakhutdinov and Murray 2008)."""
    total, rng = 0.0, random_stream(0, "binarise")
    for inputs, _ in feed.chunks(index):
        drawn = (rng.random(inputs.shape) < inputs).astype(np.float32)
        total += mean_log_likelihood(rbm, drawn, log_partition) * len(drawn)
    return total / len(index) if len(index) else float("nan")
