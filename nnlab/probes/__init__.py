"""Looks into a run between two steps: plain functions that return arrays of their own. No Qt; a view draws one of these."""

from collections.abc import Callable
from typing import Any

from nnlab.probes.boundary import BoundaryField, probe_boundary
from nnlab.probes.confusion import ConfusionOptions, ConfusionPicture, probe_confusion
from nnlab.probes.distributions import Distributions, probe_distributions
from nnlab.probes.drawing import DrawingAnswer, DrawOptions, probe_drawing
from nnlab.probes.feature_maps import FeatureMaps, probe_feature_maps
from nnlab.probes.inspector import ExampleInspection, InspectorOptions, WeightInspection, probe_inspector
from nnlab.probes.latent import Embedding, LatentOptions, LatentPicture, probe_latent
from nnlab.probes.network import NetworkPicture, probe_network
from nnlab.probes.predictions import PredictionsOptions, PredictionsPicture, probe_predictions
from nnlab.probes.reconstructions import Reconstructions, probe_reconstructions
from nnlab.probes.samples import ChainOptions, ChainPicture, probe_samples
from nnlab.probes.selection import PARTS, Selection, part_of, selected_example
from nnlab.probes.standing import RunStanding, probe_standing
from nnlab.probes.unit import UnitInspection
from nnlab.probes.weights import WeightPictures, probe_weights
from nnlab.training.loop import TrainingRun

Probe = Callable[[TrainingRun, Selection], Any]

PROBES: dict[str, Probe] = {
    "network": probe_network,
    "inspector": probe_inspector,
    "weights": probe_weights,
    "feature_maps": probe_feature_maps,
    "distributions": probe_distributions,
    "reconstructions": probe_reconstructions,
    "boundary": probe_boundary,
    "confusion": probe_confusion,
    "predictions": probe_predictions,
    "latent": probe_latent,
    "standing": probe_standing,
    "samples": probe_samples,
    "drawing": probe_drawing,
}

__all__ = [
    "PARTS",
    "PROBES",
    "BoundaryField",
    "ChainOptions",
    "ChainPicture",
    "ConfusionOptions",
    "ConfusionPicture",
    "Distributions",
    "DrawOptions",
    "DrawingAnswer",
    "Embedding",
    "ExampleInspection",
    "FeatureMaps",
    "InspectorOptions",
    "LatentOptions",
    "LatentPicture",
    "NetworkPicture",
    "PredictionsOptions",
    "PredictionsPicture",
    "Probe",
    "Reconstructions",
    "RunStanding",
    "Selection",
    "UnitInspection",
    "WeightInspection",
    "WeightPictures",
    "part_of",
    "probe_boundary",
    "probe_confusion",
    "probe_distributions",
    "probe_drawing",
    "probe_feature_maps",
    "probe_inspector",
    "probe_latent",
    "probe_network",
    "probe_predictions",
    "probe_reconstructions",
    "probe_samples",
    "probe_standing",
    "probe_weights",
    "selected_example",
]
