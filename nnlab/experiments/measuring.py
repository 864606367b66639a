"""Figures of a trained model: loss and metrics on each part of its data, and what there is to say of its kind."""

import numpy as np

from nnlab.datasets.split import Index
from nnlab.models.capabilities import machine_of, predicting, reconstructing
from nnlab.models.metrics import metrics_of
from nnlab.models.metrics.reconstruction import psnr, squared_errors
from nnlab.models.model import Model
from nnlab.models.pseudo_likelihood import pseudo_likelihood
from nnlab.randomness import random_stream
from nnlab.training import TrainingRun, evaluate
from nnlab.training.data import Feed
from nnlab.training.energies import energies_of, energy_figures
from nnlab.training.epoch_end import number_or_none
from nnlab.training.evaluation import portion_size


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
    predictor = predicting(model)
    if len(data.test_index) and predictor is not None:
        for metric in metrics_of(data.dataset.targets):
            if metric.hits is not None:
                parts = data.testing.chunks(data.test_index, portion_size(model.held_numbers))
                hits = sum(metric.hits(predictor.predict(inputs), labels) for inputs, labels in parts)
                figures[f"test_{metric.name}"] = hits / len(data.test_index)
    figures |= reconstruction_figures(model, data.testing, data.test_index)
    energies = energies_of(model, data, len(data.split.validation))
    if energies is not None and len(data.split.validation):
        named = energy_figures(energies) | {"free_energy_gap": energies[1].mean - energies[0].mean}
        figures |= {name: number_or_none(value) for name, value in named.items()}
    return figures


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
