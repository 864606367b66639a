"""What there is to say about a dataset at a glance. It reads a sample: two million rows cost no more than a thousand."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nnlab.datasets.dataset import Dataset, Examples

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


def summarize(dataset: Dataset, most_samples: int = 10) -> Summary:
    """Counts are exact; the spread of values is that of up to a thousand training examples."""
    classes = len(dataset.class_names)
    edges, shares = _spread(dataset.train)
    return Summary(
        _counts(dataset.train, classes),
        _counts(dataset.test, classes),
        edges,
        shares,
        _samples(dataset, most_samples),
        dataset.train.inputs.nbytes + dataset.test.inputs.nbytes,
        _is_on_disk(dataset.train.inputs),
    )


def _counts(examples: Examples, classes: int) -> npt.NDArray[np.intp]:
    return np.bincount(examples.labels, minlength=classes)[:classes] if classes else np.zeros(0, np.intp)


def _spread(examples: Examples) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    inputs = examples.inputs
    values = np.asarray(inputs[:: max(1, -(-len(inputs) // _SAMPLE))])
    if values.dtype == np.uint8:
        counts = np.bincount(values.ravel(), minlength=256).reshape(_BINS, -1).sum(axis=1)
        edges = np.linspace(0, 256, _BINS + 1)
    else:
        finite = values[np.isfinite(values)].astype(float)
        low, high = (finite.min(), finite.max()) if len(finite) else (0.0, 0.0)
        # Values that are all alike still need bins of some width.
        narrow = high - low <= 1e-9 * max(abs(low), abs(high))
        counts, edges = np.histogram(finite, _BINS, (low, low + max(1.0, abs(low)) if narrow else high))
    return edges, counts / max(counts.sum(), 1)


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
