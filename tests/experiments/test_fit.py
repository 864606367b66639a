"""What cannot run is told before it runs: in numbers that are near the truth."""

from dataclasses import replace

import numpy as np
import pytest

from nnlab.datasets import DatasetSettings, load_dataset
from nnlab.errors import DatasetError, ShapeError
from nnlab.experiments import fit
from nnlab.experiments.assembly import assemble
from nnlab.experiments.experiment import Experiment, experiment_from_table
from nnlab.experiments.fit import check_fit, step_bytes
from nnlab.models import CNNSettings, MLPSettings
from nnlab.models.layers import LAYERS, Workspace
from nnlab.models.layers.conv2d import Conv2D
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.shape import Flatten
from nnlab.models.rbm_settings import RBMSettings
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
    return kept_in(bench.work) // 4


def kept_in(work: Workspace) -> int:
    """The bytes of a layer's workspace and of those of the layers inside."""
    return sum(array.nbytes for array in work._arrays.values()) + sum(map(kept_in, work._inner.values()))


@pytest.mark.parametrize("case", LAYER_CASES, ids=str)
def test_a_layer_keeps_no_more_numbers_than_it_says(case: LayerCase):
    kept = (held(case, 48) - held(case, 24)) / 24
    assert kept <= case.layer.held_numbers(case.input_shape)
    assert case.layer.held_numbers(case.input_shape) <= max(2 * kept, 3.5 * np.prod(case.input_shape))


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


@pytest.mark.parametrize("settings", [{}, {"visible_units": "gaussian"}, {"persistent": True}], ids=str)
def test_a_machine_keeps_no_more_numbers_than_it_says(settings):
    def held_by(count: int) -> int:
        machine = RBMSettings(hidden=200, **settings).build((300,), None)
        inputs = np.random.default_rng(0).random((count, 300), np.float32)
        machine.begin(inputs, 0, True)
        machine.loss_and_gradient(inputs, inputs)
        return sum(array.nbytes for array in machine._work[count]._arrays.values()) // 4

    kept = (held_by(4000) - held_by(2000)) / 2000
    assert kept <= RBMSettings(hidden=200, **settings).held_numbers((300,), None) <= 2.5 * kept


def test_a_batch_that_goes_through_whole_takes_its_whole_memory():
    model = MLPSettings((Dense(64), LAYERS["batch_norm"](), Dense(10), LAYERS["softmax"]()))
    few, many = (step_bytes(Experiment(model=model), (8, 8, 1), 10, batch) for batch in (1024, 50_000))
    assert many > 10 * few


def test_a_model_that_could_not_be_opened_again_is_refused():
    wide = Experiment("wide", DatasetSettings(), MLPSettings((Dense(100_000), Dense(3000), Dense(10)), "hinge"))
    with pytest.raises(ShapeError) as caught:
        check_fit(wide, DIGITS)
    assert_one_sentence(caught.value, "parameters", "GB", "sgd")


def test_label_noise_is_refused_where_there_are_no_labels():
    table = {"dataset": {"source": "sine", "label_noise": 0.4}, "model": {"layers": [{"kind": "dense", "units": 1}]}}
    table["model"] |= {"kind": "mlp", "loss": "mean_squared_error"}
    with pytest.raises(DatasetError, match=r"^dataset.label_noise: .* has values and no classes, .*; set it to 0$"):
        assemble(experiment_from_table(table), [])
