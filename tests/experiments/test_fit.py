"""What cannot run is told before it runs: in numbers that are near the truth."""

from dataclasses import replace

import numpy as np
import pytest

from nnlab.datasets import DatasetSettings, load_dataset
from nnlab.errors import ShapeError
from nnlab.experiments import fit
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.fit import check_fit, step_bytes
from nnlab.models import CNNSettings, MLPSettings
from nnlab.models.layers.conv2d import Conv2D
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.shape import Flatten
from nnlab.training import TrainingSettings
from tests.experiments.cases import SMALL
from tests.models.cases import LAYER_CASES, Bench, LayerCase, inputs_of, output_gradient_of
from tests.sentences import assert_one_sentence

DIGITS = load_dataset(DatasetSettings())


def held(case: LayerCase, count: int) -> int:
    """The numbers that a layer keeps after a step on so many examples."""
    bench = Bench(case, np.float32)
    bench.forward(inputs_of(case, count, np.float32))
    bench.backward(output_gradient_of(case, count, np.float32))
    return sum(array.nbytes for array in bench.work._arrays.values()) // 4


@pytest.mark.parametrize("case", LAYER_CASES, ids=str)
def test_a_layer_keeps_no_more_numbers_than_it_says(case: LayerCase):
    kept = (held(case, 48) - held(case, 24)) / 24
    assert kept <= case.layer.held_numbers(case.input_shape)
    assert case.layer.held_numbers(case.input_shape) <= max(4 * kept, 2 * 2 * np.prod(case.input_shape))


def test_what_fits_is_not_refused():
    check_fit(SMALL, load_dataset(SMALL.dataset))


def test_a_step_that_could_never_fit_is_refused_with_both_sizes(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(fit, "total_memory", lambda: 2 << 30)
    layers = (Conv2D(2000, padding="same"), Conv2D(2000, padding="same"), Flatten(), Dense(10))
    wide = Experiment("wide", DatasetSettings(), CNNSettings(layers, "hinge"), TrainingSettings(batch_size=1000))
    with pytest.raises(ShapeError) as caught:
        check_fit(wide, DIGITS)
    assert_one_sentence(caught.value, "batch size 1,000", "GB", "1.7 GB", "smaller batch")
    check_fit(replace(wide, model=MLPSettings()), DIGITS)


def test_a_large_batch_takes_no_more_than_its_parts():
    few, many = (step_bytes(Experiment(model=MLPSettings()), (8, 8, 1), 10, batch) for batch in (1024, 50_000))
    assert few == many
