"""Looks into a run between two steps: plain functions that return arrays of their own. No Qt; a view draws one of these."""

from collections.abc import Callable
from typing import Any

from nnlab.training.loop import TrainingRun
from nnlab.training.probes.boundary import BoundaryField, probe_boundary
from nnlab.training.probes.confusion import ConfusionPicture, probe_confusion
from nnlab.training.probes.selection import PARTS, Selection, part_of, selected_example
from nnlab.training.probes.weights import WeightPictures, probe_weights

Probe = Callable[[TrainingRun, Selection], Any]

PROBES: dict[str, Probe] = {
    "weights": probe_weights,
    "boundary": probe_boundary,
    "confusion": probe_confusion,
}

__all__ = [
    "PARTS",
    "PROBES",
    "BoundaryField",
    "ConfusionPicture",
    "Probe",
    "Selection",
    "WeightPictures",
    "part_of",
    "probe_boundary",
    "probe_confusion",
    "probe_weights",
    "selected_example",
]
