"""The figures by which trials are compared: those that `nnlab train` tells of the model as it stands at the end."""

from typing import Any

from nnlab.errors import SettingError
from nnlab.models.metrics import CLASS_METRICS, MACHINE_METRICS, VALUE_METRICS, metrics_of
from nnlab.models.metrics.metric import Metric
from nnlab.settings import nearest
from nnlab.training import TrainingRun
from nnlab.training.energies import PARTS
from nnlab.words import shown

_PARTS = ("train", "validation", "test")
# Of models that give back their input, and of those that learn a distribution (experiments/measuring.py).
_ENERGIES = (*(f"{part}_{metric.name}" for metric in MACHINE_METRICS for part in PARTS), "free_energy_gap")
_OTHERS = ("test_mse", "test_r2", "test_psnr", "test_pseudo_likelihood", *_ENERGIES)
_METRICS: tuple[Metric[Any], ...] = (*CLASS_METRICS, *VALUE_METRICS)
_NAMES = {metric.name for metric in _METRICS}
_OF_PARTS = ("loss", *(metric.name for metric in _METRICS if metric.of_every_part))
_OF_TESTS = tuple(f"test_{metric.name}" for metric in _METRICS if metric.hits is not None)
FIGURES = tuple(dict.fromkeys((*(f"{part}_{name}" for part in _PARTS for name in _OF_PARTS), *_OF_TESTS, *_OTHERS)))


def check_objective(name: str) -> None:
    """Raise SettingError for a figure that no experiment has."""
    if name not in FIGURES:
        raise SettingError(f"search.objective: there is no figure '{shown(name)}'; {nearest(name, FIGURES)}")


def missing_part(run: TrainingRun, objective: str) -> str:
    """Why the objective can never be told of a run, before it is trained; "" where it can, as far as its data goes."""
    data, (part, _, name) = run.data, objective.partition("_")
    told = metrics_of(data.dataset.targets)
    if objective not in _OTHERS and name in _NAMES - {metric.name for metric in told}:
        return f"search.objective: {objective} cannot be told of this data; choose another, such as {part}_{told[0].name}"
    counts = {"train": len(data.split.train), "validation": len(data.split.validation), "test": len(data.test_index)}
    if counts.get(part, 1):
        return ""
    return f"search.objective: {objective} needs {part} examples, of which its data has none; set dataset.{_KEYS[part]}"


_KEYS = {"train": "examples", "validation": "validation", "test": "source.test"}
