"""Every number that can be set has its formula in its help, or a reason why it has none."""

import re
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import pytest

from nnlab.datasets import DATASETS, DatasetSettings
from nnlab.models import MODELS
from nnlab.models.layers import LAYERS
from nnlab.models.losses import LOSSES
from nnlab.models.optimizers import OPTIMIZERS
from nnlab.models.regularizers import PENALTIES
from nnlab.models.schedules import SCHEDULES
from nnlab.settings import Settings, describe
from nnlab.training import TrainingSettings
from nnlab.training.breakpoints import BREAKPOINTS

TABLES: Mapping[str, Mapping[str, type[Settings]]] = {
    "": {"training": TrainingSettings, "dataset": DatasetSettings},
    "model": MODELS,
    "layer": LAYERS,
    "loss": LOSSES,
    "optimizer": OPTIMIZERS,
    "schedule": SCHEDULES,
    "penalty": PENALTIES,
    "breakpoint": BREAKPOINTS,
    "source": DATASETS,
}
COUNTS = "a count of things that the words name"
A_LIMIT = "what is compared with it stands in the words"
A_SEED = "a name of a sequence of random numbers"
WITHOUT: Mapping[str, str] = {
    "seed": A_SEED,
    "steps": COUNTS,
    "patience": COUNTS,
    "every": COUNTS,
    "epochs": COUNTS,
    "number": COUNTS,
    "units": COUNTS,
    "filters": COUNTS,
    "chains": COUNTS,
    "pretrain_epochs": COUNTS,
    "samples": COUNTS,
    "pieces": COUNTS,
    "examples": COUNTS,
    "size": COUNTS,
    "image_size": COUNTS,
    "test": "a share of what the words name",
    "validation": "a share of what the words name",
    "label_noise": "a share of what the words name",
    "sparsity_target": "stands in the formula of the cost",
    "value": A_LIMIT,
    "below": A_LIMIT,
    "shift": "a range of pixels",
    "rotation": "a range of degrees",
}
# An equality, an update, a sum, a root, a distribution, a fraction, a power, a product.
FORMULA = re.compile(r"[=←Σ√~⌊^·|]|\w\(.* .*\)")


def numbers() -> list[tuple[str, Any]]:
    found = []
    for table, kinds in TABLES.items():
        for kind, settings in kinds.items():
            for entry in fields(settings):
                if entry.type in (int, float) and "description" in entry.metadata:
                    found.append((f"{table} {kind}.{entry.name}".strip(), entry))
    return found


@pytest.mark.parametrize(("where", "entry"), numbers(), ids=lambda given: given if isinstance(given, str) else "")
def test_a_number_has_its_formula_or_a_reason_why_not(where: str, entry: Any) -> None:
    text = describe(entry).help
    assert text, f"{where} says nothing"
    assert FORMULA.search(text) or entry.name in WITHOUT, f"{where}: {text}"


def test_what_is_changed_first_has_formulas_without_exception() -> None:
    """Learning rate, batch size and epochs are what a first-time user hovers over."""
    described = {entry.name: describe(entry).help for entry in fields(TrainingSettings)}
    for name in ("learning_rate", "batch_size", "epochs", "warmup", "clip_norm"):
        assert FORMULA.search(described[name]), name


def test_no_reason_is_given_for_a_setting_that_is_gone() -> None:
    assert set(WITHOUT) <= {entry.name for _, entry in numbers()}
