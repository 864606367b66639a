"""The values of the constants at the top of a script, which pieces/settings.py describes."""

import math
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import numpy as np

from nnlab.experiments.experiment import Experiment
from nnlab.experiments.exports.scripts.sources import is_read, preparation
from nnlab.models.model import Model
from nnlab.models.schedules import SCHEDULES
from nnlab.settings import Settings
from nnlab.targets import Classes, Values
from nnlab.training.batch_gradient import LARGEST_PART
from nnlab.training.data import TrainingData
from nnlab.training.evaluation import portion_size

# Of the chosen optimizer, penalty and schedule each number is a constant of its own name.
_CHOSEN = ("optimizer", "penalty", "schedule")


def constants_of(experiment: Experiment, data: TrainingData, model: Model) -> dict[str, Any]:
    """By name; of the optimizer and the like only those that the chosen kind has."""
    return {
        **_of_data(experiment, data),
        **_of_augmentation(data),
        **_of_targets(experiment, data),
        **_of_training(experiment, data, model),
    }


def _of_data(experiment: Experiment, data: TrainingData) -> dict[str, Any]:
    settings, dataset, inputs = experiment.dataset, data.dataset, data.dataset.train.inputs
    return {
        "DATASET": settings.source.name,
        "DATA_SEED": settings.seed,
        **(numbers_of(settings.source) if is_read(settings) else {}),
        **preparation(settings, dataset),
        "VALIDATION": settings.validation,
        "LABEL_NOISE": settings.label_noise,
        "HAS_VALIDATION": len(data.split.validation) > 0,
        "HAS_TEST": len(dataset.test) > 0,
        "SCALING": settings.scaling,
        "IS_BYTES": inputs.dtype == np.uint8,
        "IS_DOUBLE": data.scaling.is_double,
        "BLACK": data.scaling.black,
        "WHITE": data.scaling.white,
        "LEAST_SPREAD": 1e-12 if inputs.dtype == np.float64 else 1e-6,
    }


def _of_augmentation(data: TrainingData) -> dict[str, Any]:
    found = data.augmentation
    if found is None:
        return {"AUGMENTED": False}
    return {
        "AUGMENTED": True,
        "MOVED": found.moves,
        **numbers_of(found),
        "GROUND": tuple(float(number) for number in found.ground),
    }


def _of_targets(experiment: Experiment, data: TrainingData) -> dict[str, Any]:
    targets, predicts = data.dataset.targets, experiment.model.predicts_targets
    has_values = isinstance(targets, Values)
    return {
        "CLASS_COUNT": targets.count if isinstance(targets, Classes) else 0,
        "HAS_VALUES": has_values,
        "SCORE": ("R2" if has_values else "accuracy") if predicts else "",
        "LABELLED": predicts and not has_values,
    }


def _of_training(experiment: Experiment, data: TrainingData, model: Model) -> dict[str, Any]:
    settings, count = experiment.training, len(data.split.train)
    size = settings.effective_batch_size(count)
    constants: dict[str, Any] = {"L1": 0.0, "L2": 0.0}
    for name in _CHOSEN:
        constants |= numbers_of(getattr(settings, name))
    return constants | {
        "SEED": settings.seed,
        "EPOCHS": settings.epochs,
        "STEPS": settings.steps,
        "BATCH_SIZE": size,
        "BATCHES": math.ceil(count / size),
        # The sum over a full batch has no order.
        "SHUFFLE": settings.shuffle and size < count,
        "LEARNING_RATE": settings.learning_rate,
        "SCHEDULE": kind_of(SCHEDULES, settings.schedule),
        "WARMUP": settings.warmup,
        "CLIP_NORM": settings.clip_norm,
        "PATIENCE": settings.patience,
        "KEEP_BEST": settings.keep == "best",
        # What stacks of machines alone have.
        "IN_PHASES": False,
        "HELD": False,
        "IN_PARTS": size > LARGEST_PART and not model.mixes_examples,
        "AT_ONCE": portion_size(model.held_numbers),
    }


def numbers_of(settings: Any) -> Mapping[str, Any]:
    """Each number and switch under its name in capitals."""
    found = {entry.name.upper(): getattr(settings, entry.name) for entry in fields(settings)}
    return {name: value for name, value in found.items() if isinstance(value, int | float)}


def kind_of(kinds: Mapping[str, type[Settings]], chosen: Settings) -> str:
    """The word in files for what was chosen of a table."""
    return next(name for name, kind in kinds.items() if type(chosen) is kind)
