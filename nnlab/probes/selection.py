"""What the person is looking at. All views share one selection: a thing clicked in one is selected in all."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.datasets.drawing import Drawing
from nnlab.datasets.split import Index
from nnlab.models.arrays import Array
from nnlab.training.data import Feed, TrainingData

PARTS = ("train", "validation", "test")
# As one says it of examples.
PART_ADJECTIVES = {"train": "training", "validation": "validation", "test": "test"}


@dataclass(frozen=True)
class Selection:
    """A layer, a unit of it, an example, a cell of the confusion matrix; and what one view alone wants to know.

    Names and numbers that the present model or data does not have stand for the first that there is.
    """

    layer: str = ""  # a layer's name; "" is the first that has what the view shows
    unit: int = -1  # a unit or channel of that layer; -1 is none
    weight: tuple[str, tuple[int, ...]] | None = None  # a parameter: the tensor's name and the place in it
    part: str = "train"  # which part of the data is looked at, and the example is from: one of PARTS
    example: int = 0  # position in that part
    cell: tuple[int, int] | None = None  # true class and predicted class
    drawing: Drawing | None = None  # what was drawn on the pad and handed on
    options: Any = None  # a frozen value that a view's own probe understands


# In a window, before anything is selected: what a model makes of examples from which it does not learn.
START = Selection(part="validation")


def fitting_part(part: str, counts: Mapping[str, int]) -> str:
    """The part that is looked at where this one is asked for, by how many examples each has.

    Where nothing is held back for validation these are the test examples; where there are none either, the training ones.
    """
    stand_ins = (part, "test") if part == "validation" else (part,)
    return next((name for name in stand_ins if counts.get(name)), "train")


def shown_part(data: TrainingData, part: str) -> str:
    """The same of this data."""
    return fitting_part(part, {"validation": len(data.split.validation), "test": len(data.dataset.test)})


def part_of(data: TrainingData, part: str) -> tuple[Feed, Index]:
    """The feed and the positions of a part of the data, or of the one that stands in for it where it is empty."""
    return {
        "train": (data.learning, data.split.train),
        "validation": (data.learning, data.split.validation),
        "test": (data.testing, data.test_index),
    }[shown_part(data, part)]


def batch_places(data: TrainingData, batch: Index) -> Index:
    """Positions in the training part of examples of the training data (n,)."""
    return np.searchsorted(data.split.train, batch)


def shown_example(data: TrainingData, part: str, example: int) -> int:
    """The position that is looked at where this one is asked for: the first where there are not so many."""
    return example if 0 <= example < len(part_of(data, part)[1]) else 0


def selected_example(data: TrainingData, selection: Selection) -> tuple[Array, Array]:
    """The selected example as the model sees it, (1, *example_shape), and its targets, (1,) or (1, values); copies."""
    feed, index = _selected(data, selection)
    inputs, targets = feed.gather(index)
    return inputs.copy(), targets.copy()


def selected_label(data: TrainingData, selection: Selection) -> int:
    """The class of the selected example; -1 where the data has no classes."""
    feed, index = _selected(data, selection)
    return int(feed.examples.labels[index[0]]) if data.dataset.class_names else -1


def raw_example(data: TrainingData, selection: Selection) -> Array:
    """The numbers of the selected example as the data has them (*example_shape), before any scaling; a copy."""
    feed, index = _selected(data, selection)
    inputs = feed.examples.inputs
    return np.array(inputs[index][0], np.result_type(inputs, np.float32))


def _selected(data: TrainingData, selection: Selection) -> tuple[Feed, Index]:
    feed, index = part_of(data, selection.part)
    place = shown_example(data, selection.part, selection.example)
    return feed, index[place : place + 1]
