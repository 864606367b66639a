"""A saved model on test examples, of its own data or of other: what `nnlab evaluate` does, as a function."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.datasets import DATASETS, Dataset, DatasetSettings
from nnlab.datasets.files import at_path
from nnlab.datasets.words import listed
from nnlab.errors import ModelFileError
from nnlab.experiments.assembly import load_data
from nnlab.experiments.computer import set_threads
from nnlab.experiments.measuring import reconstruction_figures
from nnlab.experiments.model_file import SavedModel, load_model
from nnlab.models.capabilities import machine_of
from nnlab.models.confusion import MOST_CLASSES, Confusion
from nnlab.models.layers.base import shape_text
from nnlab.models.likelihood import annealed_log_partition, exact_log_partition, is_enumerable
from nnlab.models.metrics import Tally, metrics_of
from nnlab.models.metrics.class_scores import scores_of_counts
from nnlab.probes.analyses.likelihood import base_bias, binary_log_likelihood
from nnlab.regular_file import is_there
from nnlab.settings import with_value
from nnlab.targets import words_of
from nnlab.training import evaluate
from nnlab.training.data import Feed


def evaluate_model(
    path: Path,
    folders: Sequence[Path],
    dataset_name: str | None = None,
    threads: int = 0,
    log_likelihood: bool = False,
) -> dict[str, Any]:
    """A saved model on the test examples of its own dataset, or of another that has the same shape and targets.

    log_likelihood adds an RBM's mean test log-likelihood in nats by annealed importance sampling, which takes a while.
    """
    threads = set_threads(threads)
    saved = load_model(path)
    settings = saved.experiment.dataset
    if dataset_name is not None:
        settings = _named(settings, dataset_name)
    dataset = load_data(settings, folders, schema=saved.schema)
    _check_alike(path, saved, dataset)
    # A file given to test on is for testing, all of it, unless it brings a part for that.
    examples = dataset.train if dataset_name is not None and not len(dataset.test) else dataset.test
    if not len(examples):
        raise ModelFileError(f"{path.name}: its data has no test examples; set dataset.source.test, or give --dataset")
    index = np.arange(len(examples))
    feed = Feed(examples, saved.scaling)
    result = evaluate(saved.model, feed, index, dataset.targets)
    report: dict[str, Any] = {
        "model": str(path),
        "dataset": dataset.name,
        "examples": len(index),
        "test_loss": result.loss,
        "threads": threads,
        **reconstruction_figures(saved.model, feed, index),
    }
    report |= _figures(result.tally, dataset)
    if log_likelihood:
        report |= likelihood_figures(saved, dataset)
    return report


def _figures(counted: Tally, dataset: Dataset) -> dict[str, Any]:
    """What was counted as the metrics of the targets, and of classes the confusion matrix and each class's scores."""
    report: dict[str, Any] = {}
    if not counted.total:
        return report
    for metric in metrics_of(dataset.targets):
        if metric.of is not None:
            report[metric.name if metric.is_macro else f"test_{metric.name}"] = metric.of(counted)
    if isinstance(counted, Confusion):
        scores = scores_of_counts(counted.hits, counted.predicted, counted.support)
        report |= {"class_names": list(dataset.class_names), **_matrix(counted), "precision": scores.precision.tolist()}
        report |= {"recall": scores.recall.tolist(), "f1": scores.f1.tolist()}
    return report


def _check_alike(path: Path, saved: SavedModel, dataset: Dataset) -> None:
    """Raise ModelFileError where the data is not such as the model learned from."""
    if dataset.example_shape != saved.example_shape or words_of(dataset.targets) != words_of(saved.targets):
        raise ModelFileError(
            f"{path.name}: made for examples of {shape_text(saved.example_shape)} in {words_of(saved.targets)}, "
            f"but {dataset.title} has {shape_text(dataset.example_shape)} in {words_of(dataset.targets)}; "
            "choose another dataset"
        )
    if dataset.class_names != saved.class_names:
        raise ModelFileError(
            f"{path.name}: tells apart {listed(saved.class_names)}, "
            f"but {dataset.title} holds {listed(dataset.class_names)}; choose data of the same classes"
        )


def _matrix(counted: Confusion) -> dict[str, Any]:
    """Every cell, true class by row; of more classes than a matrix shows nothing."""
    return {"confusion": counted.matrix().tolist()} if counted.classes <= MOST_CLASSES else {}


def _named(settings: DatasetSettings, name_or_path: str) -> DatasetSettings:
    """The same preparation of other data: a dataset's name, or the path of a person's own."""
    given = Path(name_or_path)
    if name_or_path not in DATASETS and (given.suffix or len(given.parts) > 1 or is_there(given)):
        return replace(settings, source=at_path(settings.source, name_or_path), classes="", examples=0)
    return with_value(settings, "source", name_or_path)


def likelihood_figures(saved: SavedModel, dataset: Dataset) -> dict[str, float]:
    """Mean test log-likelihood of an RBM in nats, pixels drawn as black or white by their grey (Salakhutdinov and Murray
    2008), with log Z by annealing and its interval of three standard errors; of a machine of few hidden units with the
    exact one, too, by which the likelihood then is.
    """
    machine = machine_of(saved.model)
    if machine is None:
        raise ModelFileError(f"the log-likelihood is for models of kind rbm, this one is {saved.experiment.model.kind}")
    learning, testing = (Feed(part, saved.scaling) for part in (dataset.train, dataset.test))
    estimate = annealed_log_partition(machine, base_bias(learning, np.arange(len(dataset.train))))
    exact = {"log_partition_exact": exact_log_partition(machine)} if is_enumerable(machine) else {}
    best = exact.get("log_partition_exact", estimate.value)
    return {
        "test_log_likelihood": binary_log_likelihood(machine, testing, np.arange(len(dataset.test)), best),
        **exact,
        "log_partition": estimate.value,
        "log_partition_low": estimate.low,
        "log_partition_high": estimate.high,
    }
