"""Figures of models without a window: what `nnlab evaluate` and `nnlab gradcheck` do, as functions."""

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.datasets import DATASETS, Dataset, DatasetSettings
from nnlab.datasets.files import at_path
from nnlab.datasets.split import Index, spread
from nnlab.datasets.words import listed
from nnlab.errors import ModelFileError
from nnlab.experiments.assembly import assemble, load_data
from nnlab.experiments.computer import set_threads
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.model_file import SavedModel, load_model
from nnlab.models.capabilities import machine_of, predicting, reconstructing
from nnlab.models.confusion import MOST_CLASSES, Confusion
from nnlab.models.gradient_check import TOLERANCE, check_gradient, step_off_kinks
from nnlab.models.layers.base import shape_text
from nnlab.models.likelihood import annealed_log_partition, exact_log_partition, is_enumerable
from nnlab.models.metrics import Tally, metrics_of
from nnlab.models.metrics.class_scores import scores_of_counts
from nnlab.models.metrics.reconstruction import psnr, squared_errors
from nnlab.models.model import Model
from nnlab.models.pseudo_likelihood import pseudo_likelihood
from nnlab.probes.analyses.likelihood import base_bias, binary_log_likelihood
from nnlab.randomness import random_stream
from nnlab.regular_file import is_there
from nnlab.report import Report, silent
from nnlab.settings import with_value
from nnlab.targets import words_of
from nnlab.training import TrainingRun, evaluate
from nnlab.training.data import Feed
from nnlab.training.evaluation import portion_size


def file_stem(name: str) -> str:
    """A file name made of an experiment's name: letters, digits, dots and dashes."""
    return re.sub(r"[^\w.-]+", "-", name).strip("-.")[:80] or "experiment"


# Of a model that stands just before it diverges, squares overflow.
@np.errstate(over="ignore", invalid="ignore", divide="ignore")
def measure(run: TrainingRun) -> dict[str, float | None]:
    """Loss and metrics of the model as it stands, on all three parts; None where a part is empty."""
    data, targets = run.data, run.data.dataset.targets
    figures: dict[str, float | None] = {}
    parts = (
        ("train", data.learning, data.split.train),
        ("validation", data.learning, data.split.validation),
        ("test", data.testing, data.test_index),
    )
    for part, feed, index in parts:
        result = evaluate(run.model, feed, index, targets)
        figures[f"{part}_loss"] = result.loss if len(index) and np.isfinite(result.loss) else None
        for metric in metrics_of(targets):
            if metric.of is not None and metric.of_every_part:
                figures[f"{part}_{metric.name}"] = metric.of(result.tally) if result.tally.total else None
    return figures | _more_figures(run)


def _more_figures(run: TrainingRun) -> dict[str, float | None]:
    """What there is to say beyond that for the model's kind, on the test examples."""
    model, data = run.model, run.data
    figures: dict[str, float | None] = {}
    predictor, machine = predicting(model), machine_of(model)
    if len(data.test_index) and predictor is not None:
        for metric in metrics_of(data.dataset.targets):
            if metric.hits is not None:
                parts = data.testing.chunks(data.test_index, portion_size(model.held_numbers))
                hits = sum(metric.hits(predictor.predict(inputs), labels) for inputs, labels in parts)
                figures[f"test_{metric.name}"] = hits / len(data.test_index)
    figures |= reconstruction_figures(model, data.testing, data.test_index)
    if machine is not None and len(data.split.validation):
        validation, _ = data.learning.gather(data.split.validation)
        held = float(machine.free_energy(validation).mean())
        learned, _ = data.learning.gather(data.split.train[: len(data.split.validation)])
        figures["free_energy_gap"] = held - float(machine.free_energy(learned).mean())
    return figures


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


def reconstruction_figures(model: Model, feed: Feed, index: Index) -> dict[str, float]:
    """Of models that give back their input: mean squared error, R2, peak signal-to-noise ratio; of an RBM on probabilities
    the pseudo-likelihood in nats.
    """
    giving, machine = reconstructing(model), machine_of(model)
    if giving is None or not len(index):
        return {}
    errors, total, squares, likelihood = [], 0.0, 0.0, 0.0
    rng = random_stream(0, "pseudo-likelihood")
    for inputs, _ in feed.chunks(index, portion_size(model.held_numbers)):
        flat = inputs.reshape(len(inputs), -1).astype(np.float64)
        total, squares = total + flat.sum(axis=0), squares + np.square(flat).sum(axis=0)
        errors.append(squared_errors(inputs, giving.reconstruct(inputs)))
        if machine is not None and machine.settings.has_likelihood:
            likelihood += float(pseudo_likelihood(machine, inputs, rng).sum())
    every = np.concatenate(errors)
    variance = float((squares - np.square(total) / len(index)).mean()) / len(index)
    figures = {"test_mse": float(every.mean())}
    if variance > 0:
        figures["test_r2"] = 1 - figures["test_mse"] / variance
    if feed.examples.inputs.dtype == np.uint8:
        figures["test_psnr"] = float(psnr(every, feed.scaling.peak).mean())
    if likelihood:
        figures["test_pseudo_likelihood"] = likelihood / len(index)
    return figures


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


def check_experiment(
    experiment: Experiment, folders: Sequence[Path], examples: int = 16, report: Report = silent
) -> dict[str, Any]:
    """The gradient of the experiment's untrained model on some examples, against central differences."""
    report("loading the data", math.nan)
    run = assemble(experiment, folders)
    inputs, labels = run.data.learning.gather(spread(run.data.split.train, examples))
    run.model.begin(inputs, 0, True)
    step_off_kinks(run.model.parameters, experiment.training.seed)
    check = check_gradient(run.model, inputs, labels, report=report)
    return {
        "experiment": experiment.name,
        "parameters": run.model.parameters.size,
        "checked": len(check.index),
        "worst": check.worst,
        "worst_parameter": f"{check.worst_name}[{', '.join(map(str, check.worst_position))}]",
        "tensors": dict(check.by_tensor),
        "tolerance": TOLERANCE,
        "passed": check.worst < TOLERANCE,
    }
