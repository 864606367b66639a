"""All data of an experiment: read, chosen, split and scaled."""

from pathlib import Path

import numpy as np

from ..settings import (
    CLASSES,
    EXAMPLES,
    HAS_VALUES,
    IS_FLAT,
    LABEL_NOISE,
    SCALING,
    VALIDATION,
)
from ..sources.published import read_examples
from .choosing import only_classes, some_examples
from .examples import Data, Examples
from .label_noise import with_label_noise
from .scaling import fit_scaling, scaled
from .split import split
from .values import standard_units


def load_data(folder: Path) -> Data:
    """Read the examples, set some apart for validation, and scale all."""
    train, test = read_examples(folder)
    if CLASSES:
        train, test = only_classes(train), only_classes(test)
    if IS_FLAT:
        # Pictures as rows of numbers, each of which is scaled by itself.
        train = Examples(train.inputs.reshape(len(train.inputs), -1), train.targets)
        test = Examples(test.inputs.reshape(len(test.inputs), -1), test.targets)
    labels = train.targets
    if HAS_VALUES:
        labels = np.zeros(len(train.targets), np.intp)
    if EXAMPLES:
        train = some_examples(train, labels)
        labels = labels[: len(train.targets)] if HAS_VALUES else train.targets
    learns, validates = split(labels, VALIDATION)
    targets, test_targets = train.targets, test.targets
    if LABEL_NOISE:
        targets = with_label_noise(targets, learns)
    if HAS_VALUES:
        # To mean 0 and deviation 1: whatever the units, learning rates mean the same.
        mean, deviation = standard_units(targets, learns)
        targets = ((targets - mean) / deviation).astype(np.float32)
        test_targets = ((test_targets - mean) / deviation).astype(np.float32)
    if SCALING == "none":
        inputs = train.inputs.astype(np.float32)
        test_inputs = test.inputs.astype(np.float32)
    else:
        factor, offset = fit_scaling(train.inputs[learns])
        inputs = scaled(train.inputs, factor, offset)
        test_inputs = scaled(test.inputs, factor, offset)
    return Data(
        Examples(inputs[learns], targets[learns]),
        Examples(inputs[validates], targets[validates]),
        Examples(test_inputs, test_targets),
    )
