"""What is timed: one row per workload. The models are given as experiment files give them."""

from dataclasses import dataclass, replace
from typing import Any

from nnlab.datasets import Dataset, Examples
from nnlab.experiments.assembly import assemble
from nnlab.experiments.experiment import Experiment, experiment_from_table
from nnlab.training import TrainingRun

Table = dict[str, Any]

SGD = {"optimizer": "sgd", "learning_rate": 0.1}
ADAM = {"optimizer": "adam", "learning_rate": 0.001}
CONTRASTIVE = {"optimizer": "sgd", "learning_rate": 0.05}


@dataclass(frozen=True)
class Workload:
    """A model and how it is trained, on so many examples, and beside which peers, by the names of `contestants.py`."""

    key: str
    title: str
    model: Table
    training: Table
    batch_size: int
    examples: int = 60_000
    peers: tuple[str, ...] = ("torch", "jax")

    @property
    def experiment(self) -> Experiment:
        """Nothing is held back for validation: every epoch is training and nothing else."""
        batches = {"batching": "full-batch"} if self.is_full_batch else {"batch_size": self.batch_size}
        training = self.training | batches | {"epochs": 1_000_000}
        dataset = {"name": "mnist", "validation": 0.0}
        return experiment_from_table({"dataset": dataset, "model": self.model, "training": training})

    @property
    def steps_per_epoch(self) -> int:
        """Updates per epoch, the last short batch among them."""
        return -(-self.examples // self.batch_size)

    @property
    def is_full_batch(self) -> bool:
        """Whether an update takes all examples; then updates are timed, not epochs."""
        return self.batch_size == self.examples

    def run(self, pictures: Dataset, **training: Any) -> TrainingRun:
        """nnlab before its first step, with other training settings if asked."""
        train = Examples(pictures.train.inputs[: self.examples], pictures.train.labels[: self.examples])
        experiment = self.experiment
        experiment = replace(experiment, training=replace(experiment.training, **training))
        return assemble(experiment, [], replace(pictures, train=train))


def mlp(*sizes: int) -> Table:
    """ReLU layers of these sizes, the last one softmax."""
    *hidden, classes = sizes
    layers: list[Table | str] = []
    for units in hidden:
        layers += [_dense(units), "relu"]
    return {"kind": "mlp", "layers": [*layers, _dense(classes), "softmax"]}


def cnn(filters: tuple[int, ...], sizes: tuple[int, ...]) -> Table:
    """Convolutions of 3 x 3, each with ReLU and a pooling of 2 x 2, then an MLP."""
    layers: list[Table | str] = []
    for count in filters:
        layers += [{"kind": "conv2d", "filters": count}, "relu", "max_pool2d"]
    return {"kind": "cnn", "layers": [*layers, "flatten", *mlp(*sizes)["layers"]]}


def _dense(units: int, initializer: str = "he") -> Table:
    return {"kind": "dense", "units": units, "initializer": initializer}


SPARSE_AUTOENCODER = {
    "kind": "autoencoder",
    "loss": "mean_squared_error",
    "layers": [_dense(128, "xavier"), "sigmoid", "kl_sparsity", "code", _dense(784, "xavier"), "sigmoid"],
}

RBM_256: Table = {"kind": "rbm", "hidden": 256}
RBM_500: Table = {"kind": "rbm", "hidden": 500}
PERSISTENT: Table = RBM_256 | {"persistent": True, "chains": 64}

WORKLOADS = (
    Workload("mlp-128", "MLP 784-128-10, SGD, batch 128", mlp(128, 10), SGD, 128),
    Workload("mlp-64", "MLP 784-128-10, SGD, batch 64", mlp(128, 10), SGD, 64),
    Workload("mlp-1024", "MLP 784-1024-10, SGD, batch 128", mlp(1024, 10), SGD, 128),
    Workload("mlp-adam", "MLP 784-256-128-10, Adam, batch 128", mlp(256, 128, 10), ADAM, 128),
    Workload("full-batch", "full batch, 42,000 rows, per iteration", mlp(128, 10), SGD, 42_000, 42_000),
    Workload("autoencoder", "sparse autoencoder 784-128-784, Adam, batch 128", SPARSE_AUTOENCODER, ADAM, 128),
    Workload("rbm-256", "RBM 784-256, CD-1, batch 64", RBM_256, CONTRASTIVE, 64),
    Workload("rbm-500", "RBM 784-500, CD-1, batch 64", RBM_500, CONTRASTIVE, 64),
    Workload("cnn-64", "CNN 8x3x3, pool, dense 10, batch 64", cnn((8,), (10,)), SGD, 64),
    Workload("cnn-128", "CNN 8x3x3, pool, dense 10, batch 128", cnn((8,), (10,)), SGD, 128),
    Workload("deep-cnn-64", "CNN 16-32, dense 128-10, batch 64", cnn((16, 32), (128, 10)), SGD, 64),
    Workload("deep-cnn-128", "CNN 16-32, dense 128-10, batch 128", cnn((16, 32), (128, 10)), SGD, 128),
    Workload("sklearn-mlp", "MLP 784-128-10, SGD, batch 128", mlp(128, 10), SGD, 128, peers=("sklearn",)),
    Workload("sklearn-rbm", "RBM 784-256, persistent CD, batch 64", PERSISTENT, CONTRASTIVE, 64, peers=("sklearn",)),
)
