"""Looks into a run between two steps: plain functions that return arrays of their own. No Qt; a view draws one of these.

A probe is a function of a Scene (a model, its data, the moment) and a Selection. One that goes on from look to look has a
memory, which whoever looks keeps for it.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from nnlab.later import Later
from nnlab.probes.answer import Answer
from nnlab.probes.moment import Moment
from nnlab.probes.scene import Scene, scene_of
from nnlab.probes.selection import PARTS, START, Selection
from nnlab.training.loop import TrainingRun


@dataclass(frozen=True)
class Probe:
    """A look, and what it remembers: a memory made with the seconds that one look may last, or none.

    frame_seconds are those between two frames of a window, where more would be felt.
    """

    look: Callable[..., Any]  # (scene, selection) to a frozen value, or (scene, selection, memory)
    memory: Callable[[float], Any] | None = None
    frame_seconds: float = math.inf


def _probe(look: str, memory: str = "", frame_seconds: float = math.inf) -> Probe:
    """Both by their places in this package."""
    return Probe(Later(f"{__name__}.{look}"), Later(f"{__name__}.{memory}") if memory else None, frame_seconds)


PROBES: dict[str, Probe] = {
    "network": _probe("network.probe_network"),
    "inspector": _probe("inspector.probe_inspector"),
    "weights": _probe("weights.probe_weights"),
    "feature_maps": _probe("feature_maps.probe_feature_maps"),
    "distributions": _probe("distributions.probe_distributions", "distributions.ActivationMemory"),
    "reconstructions": _probe("reconstructions.probe_reconstructions", "reconstructions.ReconstructionsMemory", 0.0),
    "boundary": _probe("boundary.probe_boundary", "predictions.PredictionsMemory", 0.0003),
    "confusion": _probe("confusion.probe_confusion", "confusion.ConfusionMemory", 0.0015),
    "predictions": _probe("predictions.probe_predictions", "predictions.PredictionsMemory", 0.0015),
    "predicted_values": _probe("predicted_values.probe_predicted_values", "predictions.PredictionsMemory", 0.0015),
    "latent": _probe("latent.probe_latent", "latent.LatentMemory", 0.001),
    "parts": _probe("parts.probe_parts"),
    "samples": _probe("samples.probe_samples", "samples.SamplesMemory", 0.003),
    "drawing": Probe(Later(f"{__name__}.drawing.probe_drawing"), lambda _: Later(f"{__name__}.chains.ChainMemory")()),
}


def look(run: TrainingRun, probe: str, selection: Selection = START, memory: Any = None) -> Answer:
    """What the probe sees between two steps of the run, stamped with the moment. Without a memory it takes all its time."""
    scene, row = scene_of(run), PROBES[probe]
    if row.memory is None:
        return Answer(scene.moment, row.look(scene, selection))
    return Answer(scene.moment, row.look(scene, selection, row.memory(math.inf) if memory is None else memory))


class Observer:
    """Looks at a run for several views, each for no longer than a frame allows, and keeps what their probes remember.

    Where nobody else waits, every look may last so many seconds.
    """

    def __init__(self, seconds: float | None = None) -> None:
        self._seconds = seconds
        self._memories: dict[str, Any] = {}

    def look(self, run: TrainingRun, probe: str, selection: Selection, view: str = "") -> Answer:
        """The same for a view that goes on looking."""
        row, key = PROBES[probe], view or probe
        if row.memory is not None and key not in self._memories:
            self._memories[key] = row.memory(row.frame_seconds if self._seconds is None else self._seconds)
        return look(run, probe, selection, self._memories.get(key))

    def forget(self) -> None:
        """Another run has begun: memories of the one before are let go."""
        self._memories.clear()


__all__ = ["PARTS", "PROBES", "START", "Answer", "Moment", "Observer", "Probe", "Scene", "Selection", "look", "scene_of"]
