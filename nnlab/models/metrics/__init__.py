"""The metrics that go with each kind of targets, in one table: a new one is a row here, and files and window have it."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from nnlab.models.arrays import Array
from nnlab.models.confusion import Confusion
from nnlab.models.metrics.class_scores import macro_scores, top_k_hits
from nnlab.models.metrics.free_energies import FreeEnergies
from nnlab.models.metrics.metric import Metric
from nnlab.models.metrics.value_errors import ValueErrors
from nnlab.targets import Targets, Values

# What predictions are added up in: of classes, and of values.
Tally = Confusion | ValueErrors


def _macro(place: int, name: str, title: str, formula: str) -> Metric[Confusion]:
    return Metric(
        f"macro_{name}",
        f"macro {title}",
        f"mean over the classes of {formula}",
        ".1%",
        True,
        lambda counted: macro_scores(counted)[place],
        is_macro=True,
    )


# The first of each is the score: the number that curves, headline and history show beside the loss.
CLASS_METRICS: tuple[Metric[Confusion], ...] = (
    Metric(
        "accuracy",
        "accuracy",
        "share of the examples that are called right",
        ".1%",
        True,
        lambda counted: counted.accuracy,
        of_every_part=True,
    ),
    Metric(
        "top3_accuracy",
        "top-3 accuracy",
        "share of the examples whose class is among the 3 largest outputs",
        ".1%",
        True,
        hits=partial(top_k_hits, k=3),
        fewest=4,
    ),
    _macro(0, "precision", "precision", "TP / (TP + FP)"),
    _macro(1, "recall", "recall", "TP / (TP + FN)"),
    _macro(2, "f1", "F1", "2 TP / (2 TP + FP + FN)"),
)
VALUE_METRICS: tuple[Metric[ValueErrors], ...] = (
    Metric("r2", "R²", "1 − Σ (t − y)² / Σ (t − mean t)²", ".3f", True, lambda errors: errors.r2, of_every_part=True),
    Metric("mae", "mean absolute error", "mean |y − t|", ".4g", False, lambda errors: errors.mae, of_every_part=True),
    Metric("mse", "mean squared error", "mean (y − t)²", ".4g", False, lambda errors: errors.mse, of_every_part=True),
    Metric(
        "rmse", "root mean squared error", "√ mean (y − t)²", ".4g", False, lambda errors: errors.rmse, of_every_part=True
    ),
)

# Of Boltzmann machines, which predict nothing: told at the ends of epochs.
MACHINE_METRICS: tuple[Metric[FreeEnergies], ...] = (
    Metric("free_energy", "free energy", "mean −ln Σ_h exp(−E(v, h))", ".5g", False, lambda energies: energies.mean),
)


def metrics_of(targets: Targets) -> tuple[Metric[Any], ...]:
    """Those of such targets; of data without any those of classes, of which nothing is counted."""
    metrics: tuple[Metric[Any], ...] = VALUE_METRICS if isinstance(targets, Values) else CLASS_METRICS
    return tuple(metric for metric in metrics if targets is None or metric.fewest <= targets.count)


def score_of(targets: Targets) -> Metric[Any]:
    """The one that stands beside the loss."""
    return metrics_of(targets)[0]


def score_named(name: str) -> Metric[Any]:
    """The one of these two, of classes or of values, that files call so; of an unknown name that of classes."""
    return next((metric for metric in (CLASS_METRICS[0], VALUE_METRICS[0]) if metric.name == name), CLASS_METRICS[0])


def score(tally: Tally) -> float:
    """The value of that metric."""
    metric: Metric[Any] = (VALUE_METRICS if isinstance(tally, ValueErrors) else CLASS_METRICS)[0]
    assert metric.of is not None
    return metric.of(tally)


def tally(true: Array, predicted: Array, targets: Targets) -> Tally:
    """Predictions of a chunk compared with its targets: classes (N,), or values (N, K) in the data's own units."""
    if isinstance(targets, Values):
        return ValueErrors.of(true, predicted)
    return Confusion.of(true, predicted, targets.count if targets else 0)


def joined(parts: Iterable[Tally], targets: Targets) -> Tally:
    """The tally of all chunks together; of no chunk that of no examples."""
    if isinstance(targets, Values):
        return ValueErrors.joined((part for part in parts if isinstance(part, ValueErrors)), targets.count)
    return Confusion.joined([part for part in parts if isinstance(part, Confusion)], targets.count if targets else 0)


def tally_state(counted: Tally) -> dict[str, Sequence[Any]]:
    """As plain numbers for a file, under the word for its kind."""
    return {"errors": counted.state()} if isinstance(counted, ValueErrors) else {"confusion": counted.cells()}


def tally_of_state(state: Any, targets: Targets) -> Tally:
    """What `tally_state` wrote."""
    if isinstance(targets, Values):
        return ValueErrors.of_state(state["errors"])
    return Confusion.of_cells(state["confusion"], targets.count if targets else 0)
