"""What there is to say about a dataset at a glance. It reads a sample: two million rows cost no more than a thousand."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nnlab.datasets.dataset import Dataset, Examples
from nnlab.targets import Values

_SAMPLE = 1000
_BINS = 32


@dataclass(frozen=True)
class Summary:
    """How many examples of each class, how the values are spread, and what it all takes.

    train_counts, test_counts (classes,)    edges (bins + 1,)    shares (bins,), of sum 1    samples (classes or fewer,)
    """

    train_counts: npt.NDArray[np.intp]
    test_counts: npt.NDArray[np.intp]
    edges: npt.NDArray[np.float64]
    shares: npt.NDArray[np.float64]
    samples: npt.NDArray[np.intp]  # a training example of each of the first classes; of some, where there are no classes
    bytes: int
    is_on_disk: bool
    reach: tuple[float, float] = (0.0, 0.0)  # the least and the greatest value; of bytes black and white


def summarize(dataset: Dataset, most_samples: int = 10) -> Summary:
    """Counts are exact; the spread of values and their reach are those of up to a thousand training examples."""
    classes = len(dataset.class_names)
    reach, edges, shares = _spread(dataset)
    return Summary(
        _counts(dataset.train, classes),
        _counts(dataset.test, classes),
        edges,
        shares,
        _samples(dataset, most_samples),
        dataset.train.inputs.nbytes + dataset.test.inputs.nbytes,
        _is_on_disk(dataset.train.inputs),
        reach,
    )


@dataclass(frozen=True)
class ValueRange:
    """One value of a dataset: what it is called, its unit or "", and where it lies among the training examples."""

    name: str
    unit: str
    least: float
    greatest: float
    mean: float


def value_ranges(dataset: Dataset) -> tuple[ValueRange, ...]:
    """Of each value that is to be told; none where the targets are no values."""
    targets, numbers = dataset.targets, dataset.train.targets
    if not isinstance(targets, Values) or not len(numbers):
        return ()
    units = targets.units or ("",) * targets.count
    found = (numbers.min(axis=0).tolist(), numbers.max(axis=0).tolist(), numbers.mean(axis=0).tolist())
    return tuple(ValueRange(*each) for each in zip(targets.names, units, *found, strict=True))


def _counts(examples: Examples, classes: int) -> npt.NDArray[np.intp]:
    return np.bincount(examples.labels, minlength=classes)[:classes] if classes else np.zeros(0, np.intp)


def _spread(dataset: Dataset) -> tuple[tuple[float, float], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """The least and the greatest value, and the edges and shares of bins; of bytes black and white, and whole bins."""
    inputs = dataset.train.inputs
    values = np.asarray(inputs[:: max(1, -(-len(inputs) // _SAMPLE))])
    if values.dtype == np.uint8:
        low, high = dataset.grey_range
        width = -(-(high - low + 1) // _BINS)
        bins = int(-(-(high - low + 1) // width))
        counts, edges = np.histogram(values, bins, (low, low + bins * width))
    else:
        finite = values[np.isfinite(values)].astype(float)
        low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 0.0)
        # Values that are all alike still need bins of some width.
        narrow = high - low <= 1e-9 * max(abs(low), abs(high))
        counts, edges = np.histogram(finite, _BINS, (low, low + max(1.0, abs(low)) if narrow else high))
    return (low, high), edges, counts / max(counts.sum(), 1)


def _samples(dataset: Dataset, most: int) -> npt.NDArray[np.intp]:
    labels = dataset.train.labels
    if not dataset.class_names:
        return np.linspace(0, max(len(labels) - 1, 0), min(most, len(labels))).astype(np.intp)
    firsts = [np.flatnonzero(labels == number)[:1] for number in range(min(len(dataset.class_names), most))]
    return np.concatenate(firsts)


def _is_on_disk(array: npt.NDArray[np.generic]) -> bool:
    """Whether the array is read from its file as it is needed."""
    while not isinstance(array, np.memmap):
        if not isinstance(array.base, np.ndarray):
            return False
        array = array.base
    return True
