"""What scripts of all targets share: the data, the order of the batches, the constants, and what they say of themselves."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nnlab.experiments.assembly import build_model, load_data
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.exports.scripts.constants import constants_of, kind_of
from nnlab.experiments.exports.scripts.origin import left_out
from nnlab.experiments.exports.scripts.sources import file_beside, source_slots
from nnlab.experiments.exports.target import Source
from nnlab.experiments.file_stem import file_stem
from nnlab.models.model import Model
from nnlab.models.optimizers import OPTIMIZERS
from nnlab.models.schedules import SCHEDULES
from nnlab.report import Report, silent
from nnlab.training import prepare_data
from nnlab.training.data import TrainingData


@dataclass(frozen=True)
class Parts:
    """settings: the constants, by name    slots: which pieces stand in the places of which    model: as it starts

    name: the script's, without its ending    file: with it, where that is known    notes: what is to be said at its top
    beside: what the file holds that the script needs beside it, or None
    """

    experiment: Experiment
    data: TrainingData
    model: Model
    settings: Mapping[str, Any]
    slots: Mapping[str, str]
    name: str
    file: str
    beside: bytes | None
    notes: tuple[str, ...] = ()


def parts_of(source: Source, output: Path, report: Report) -> Parts:
    """Those of a script that is written to this file."""
    return replace(shared_parts(source.experiment, source.folders, output, report), notes=left_out(source))


def shared_parts(
    experiment: Experiment, folders: Sequence[Path], output: Path | None = None, report: Report = silent
) -> Parts:
    """Load the data, build the model, and work out what does not depend on the target.

    A script that is written to a file is called as that is, and so is what lies beside it.
    """
    dataset = load_data(experiment.dataset, folders, report)
    report("putting the script together", math.nan)
    data = prepare_data(dataset, experiment.dataset)
    model = build_model(experiment, dataset)
    optimizer = kind_of(OPTIMIZERS, experiment.training.optimizer)
    schedule = kind_of(SCHEDULES, experiment.training.schedule)
    slots = {
        **source_slots(experiment.dataset),
        "optimizers.momentum": f"optimizers.{optimizer}",
        "schedules.cosine": f"schedules.{schedule}",
    }
    name = output.stem if output is not None else file_stem(experiment.name)
    settings = {"NAME": name, **constants_of(experiment, data, model)}
    file = output.name if output is not None else ""
    return Parts(experiment, data, model, settings, slots, name, file, file_beside(experiment.dataset, dataset))


def shape_seen(parts: Parts) -> tuple[int, ...]:
    """The shape of one example as the model sees it, where the data has another; else empty."""
    seen, given = tuple(parts.model.input_shape), tuple(int(axis) for axis in parts.data.dataset.example_shape)
    return () if seen == given else seen
