"""Looks into a run between two steps: plain functions that return arrays of their own. No Qt; a view draws one of these.

A probe is a function of a Scene (a model, its data, the moment) and a Selection. One that goes on from look to look has a
memory, which whoever looks keeps for it.
"""

import math
from collections.abc import Callable
from typing import Any

from nnlab.lean_dataclass import dataclass
from nnlab.probes.answer import Answer
from nnlab.probes.boundary import probe_boundary
from nnlab.probes.chains import ChainMemory
from nnlab.probes.confusion import ConfusionMemory, probe_confusion
from nnlab.probes.distributions import ActivationMemory, probe_distributions
from nnlab.probes.drawing import probe_drawing
from nnlab.probes.feature_maps import probe_feature_maps
from nnlab.probes.inspector import probe_inspector
from nnlab.probes.latent import LatentMemory, probe_latent
from nnlab.probes.moment import Moment
from nnlab.probes.network import probe_network
from nnlab.probes.parts import probe_parts
from nnlab.probes.predicted_values import probe_predicted_values
from nnlab.probes.predictions import PredictionsMemory, probe_predictions
from nnlab.probes.reconstructions import ReconstructionsMemory, probe_reconstructions
from nnlab.probes.samples import SamplesMemory, probe_samples
from nnlab.probes.scene import Scene, scene_of
from nnlab.probes.selection import PARTS, START, Selection
from nnlab.probes.weights import probe_weights
from nnlab.training.loop import TrainingRun


@dataclass(frozen=True)
class Probe:
    """A look, and what it remembers: a memory made with the seconds that one look may last, or none.

    frame_seconds are those between two frames of a window, where more would be felt.
    """

    look: Callable[..., Any]  # (scene, selection) to a frozen value, or (scene, selection, memory)
    memory: Callable[[float], Any] | None = None
    frame_seconds: float = math.inf


PROBES: dict[str, Probe] = {
    "network": Probe(probe_network),
    "inspector": Probe(probe_inspector),
    "weights": Probe(probe_weights),
    "feature_maps": Probe(probe_feature_maps),
    "distributions": Probe(probe_distributions, ActivationMemory),
    "reconstructions": Probe(probe_reconstructions, ReconstructionsMemory, 0.0),
    "boundary": Probe(probe_boundary, PredictionsMemory, 0.0003),
    "confusion": Probe(probe_confusion, ConfusionMemory, 0.0015),
    "predictions": Probe(probe_predictions, PredictionsMemory, 0.0015),
    "predicted_values": Probe(probe_predicted_values, PredictionsMemory, 0.0015),
    "latent": Probe(probe_latent, LatentMemory, 0.001),
    "parts": Probe(probe_parts),
    "samples": Probe(probe_samples, SamplesMemory, 0.003),
    "drawing": Probe(probe_drawing, lambda _: ChainMemory()),
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
