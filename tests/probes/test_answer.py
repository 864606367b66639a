"""Every answer is stamped with the moment it is of, and nothing in it can be changed, however deep it lies."""

from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass, replace
from itertools import islice
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest

from nnlab.models import CNNSettings, DeepBeliefSettings
from nnlab.models.autoencoder import AutoencoderSettings
from nnlab.models.layers.activations import ReLU, Sigmoid, Softmax
from nnlab.models.layers.conv2d import Conv2D
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.shape import Code, Flatten
from nnlab.models.rbm_settings import RBMSettings
from nnlab.probes import PROBES, START, Answer, Moment, Observer
from nnlab.probes.analyses.embedding import embed_codes
from nnlab.probes.analyses.gradient_report import check_run
from nnlab.probes.analyses.latent_svm import compare_svms
from nnlab.probes.analyses.likelihood import estimate_likelihood
from nnlab.probes.drawing import Drawing, DrawOptions
from nnlab.probes.moment import moment_of
from nnlab.report import silent
from nnlab.training import TrainingRun
from tests.models.small_runs import digits_run
from tests.probes.test_probes import PROBE_CASES
from tests.training.runs import toy_run, value_run

RUNS: dict[str, Callable[[], TrainingRun]] = {
    "points": toy_run,
    "values": value_run,
    "pictures": lambda: digits_run(CNNSettings((Conv2D(4, 3), ReLU(), Flatten(), Dense(10), Softmax()))),
    "autoencoder": lambda: digits_run(AutoencoderSettings((Dense(9), Code(), Dense(64), Sigmoid()))),
    "machine": lambda: digits_run(RBMSettings(hidden=6, persistent=True, chains=4)),
    "stack": lambda: digits_run(DeepBeliefSettings((12, 6), pretrain_epochs=1)),
}
ALWAYS = ("network", "inspector", "weights", "distributions", "parts", "drawing", "confusion")
LOOKS = {
    "values": ("network", "inspector", "weights", "distributions", "parts", "predicted_values"),
    "points": (*ALWAYS, "boundary", "predictions", "feature_maps"),
    "pictures": (*ALWAYS, "feature_maps", "predictions"),
    "autoencoder": (*ALWAYS, "feature_maps", "latent", "reconstructions"),
    "machine": (*ALWAYS, "samples", "latent", "reconstructions"),
    "stack": (*ALWAYS, "samples", "latent", "reconstructions", "feature_maps"),
}
DRAWING = DrawOptions(Drawing(np.full((8, 8, 1), 200, np.uint8)))


def arrays(value: Any) -> list[np.ndarray]:
    """All arrays in an answer, found without the help of what froze them."""
    if isinstance(value, np.ndarray):
        return [value]
    if is_dataclass(value):
        return [array for entry in fields(value) for array in arrays(getattr(value, entry.name))]
    parts = value.values() if isinstance(value, MappingProxyType) else value if isinstance(value, tuple) else ()
    return [array for part in parts for array in arrays(part)]


def assert_frozen(answer: Answer) -> None:
    for array in arrays(answer.value):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0
        assert array.base is None or not array.base.flags.writeable


# Every probe on the run of its row, and on those of other kinds that it fits.
ALL_LOOKS = [
    *(pytest.param(PROBE_CASES[probe], probe, id=f"its own-{probe}") for probe in PROBES),
    *(pytest.param(RUNS[kind], probe, id=f"{kind}-{probe}") for kind, looks in LOOKS.items() for probe in looks),
]


@pytest.mark.parametrize(("build", "probe"), ALL_LOOKS)
def test_every_probe_is_stamped_frozen_and_of_arrays_of_its_own(build: Callable[[], TrainingRun], probe: str):
    run, observer = build(), Observer()
    next(run)
    model, split = run.model, run.data.split
    owned = [model.parameters.values, model.parameters.gradient, model.buffers.values, run.data.dataset.train.inputs]
    owned += [run.data.dataset.train.labels, split.train, split.validation]
    could_be_written = [array.flags.writeable for array in owned]
    # A second look, after more steps: what the memory holds can still be written to.
    for _ in range(2):
        answer = observer.look(run, probe, replace(START, options=DRAWING if probe == "drawing" else None))
        assert answer.moment == moment_of(run) and answer.moment.run == run.identity and answer.moment.step
        assert_frozen(answer)
        assert [array.flags.writeable for array in owned] == could_be_written
        assert not any(np.shares_memory(array, other) for array in arrays(answer.value) for other in owned if other.size)
        list(islice(run, 2))


@pytest.mark.parametrize(
    ("kind", "work"),
    [
        ("points", lambda run: check_run(run, 20)),
        ("machine", lambda run: estimate_likelihood(run, silent)),
        ("autoencoder", lambda run: embed_codes(run, "train", 0, silent)),
        ("autoencoder", compare_svms),
    ],
    ids=["gradient check", "likelihood", "embedding", "latent svm"],
)
def test_what_a_job_finds_can_be_frozen(kind: str, work: Callable[[TrainingRun], Any]):
    run = RUNS[kind]()
    assert_frozen(Answer(moment_of(run), work(run.replica())))
    next(run)


@dataclass(frozen=True)
class Inner:
    numbers: np.ndarray


@dataclass(frozen=True, eq=False)
class Hashed:
    numbers: np.ndarray


@dataclass(frozen=True)
class Outer:
    inner: tuple[Inner, ...]
    named: MappingProxyType
    some: frozenset


def test_arrays_are_frozen_however_deep_they_lie():
    first, second, third = np.zeros(3), np.zeros(3), np.zeros(3)
    Answer(Moment(), Outer((Inner(first),), MappingProxyType({"a": (second,)}), frozenset({Hashed(third)})))
    for array in (first, second, third):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


def test_what_is_viewed_cannot_be_written_to_beside_the_view():
    whole = np.zeros((4, 3))
    Answer(Moment(), Inner(whole[1:].T.reshape(-1, 3)[:2]))
    Answer(Moment(), Inner(whole[1:][:, 0]))
    with pytest.raises(ValueError, match="read-only"):
        whole[1, 0] = 1


@dataclass
class Loose:
    number: int = 0


@pytest.mark.parametrize(
    "loose",
    [[1], {"a": 1}, {1}, bytearray(1), Loose(), np.array([[1], None], object)],
    ids=lambda loose: type(loose).__name__,
)
def test_what_cannot_be_frozen_is_refused_by_the_name_of_who_holds_it(loose: object):
    with pytest.raises(TypeError, match=rf"Inner holds a {type(loose).__name__}, which can be changed"):
        Answer(Moment(), Inner((1, loose)))
