"""A look at a model before it is trained: what its layers make of examples, against the model itself."""

from dataclasses import replace

import numpy as np
import pytest

from nnlab.datasets import Dataset, load_dataset
from nnlab.experiments.experiment import Experiment, load_experiment, with_settings
from nnlab.experiments.preview import look_at, previewed, samples_of
from nnlab.models.layers.activations import ReLU, Softmax
from nnlab.models.layers.conv2d import Conv2D
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.parallel import Parallel
from nnlab.models.layers.pool2d import MaxPool2D
from nnlab.models.layers.shape import Flatten
from nnlab.models.plan import in_order
from nnlab.models.rbm import RBM
from nnlab.resources import resource
from nnlab.training import prepare_data


def digits(model: str = "") -> Experiment:
    """The digits with their example's model, or another."""
    experiment = load_experiment(resource("examples", "digits-mlp.toml"))
    return with_settings(experiment, [f"model={model}"]) if model else experiment


@pytest.fixture(scope="module")
def data() -> Dataset:
    return load_dataset(digits().dataset)


def with_layers(*layers: object, kind: str = "cnn") -> Experiment:
    experiment = digits(f'{{ kind = "{kind}" }}')
    return replace(experiment, model=replace(experiment.model, layers=layers))


def test_samples_are_as_the_model_will_see_them(data: Dataset):
    samples = samples_of(digits(), data)
    assert samples.shape == (32, 8, 8, 1)
    assert samples.min() == 0 and samples.max() == pytest.approx(1)


@pytest.mark.parametrize(("held", "part"), [(0.1, "validation"), (0.0, "test")])
def test_the_first_is_the_example_that_the_views_begin_with(data: Dataset, held: float, part: str):
    experiment = with_settings(digits(), [f"dataset.validation={held}"])
    run = prepare_data(data, experiment.dataset)
    first, _ = {"validation": run.learning, "test": run.testing}[part].gather(
        run.split.validation[:1] if part == "validation" else run.test_index[:1]
    )
    np.testing.assert_array_equal(samples_of(experiment, data)[:1], first)


def test_every_layer_shows_what_the_untrained_model_makes_of_the_first_example(data: Dataset):
    branches = Parallel(((Conv2D(2, padding="same"), ReLU()), (Conv2D(3, kernel=1),)))
    experiment = with_layers(Conv2D(14, padding="same"), branches, MaxPool2D(), Flatten(), Dense(10), Softmax())
    samples = samples_of(experiment, data)
    preview = previewed(experiment, data, samples)
    plan = list(in_order(experiment.model.plan((8, 8, 1), data.targets)))
    model = experiment.model.build((8, 8, 1), data.targets, experiment.training.seed)
    outputs = model.activations(samples)
    assert preview.examples == 32 and len(preview.layers) == len(plan) == len(outputs) == 9
    for look, layer, output in zip(preview.layers, plan, outputs, strict=True):
        assert output.shape[1:] == layer.shape
        shown = output[0].transpose(2, 0, 1)[:12] if output.ndim == 4 else output[:1, None]
        np.testing.assert_array_equal(look.pictures, shown)
        assert look.bound == pytest.approx(np.abs(shown).max())
        assert look.units == output.shape[-1] and not look.pictures.flags.writeable
    np.testing.assert_array_equal(preview.input.pictures[0], samples[0, ..., 0])


def test_units_that_are_alike_for_all_examples_are_counted():
    outputs = np.random.default_rng(0).normal(size=(6, 3, 3, 4))
    outputs[..., 1] = 0
    outputs[..., 2] = np.arange(9).reshape(3, 3)  # alike for all examples, but not all over
    assert (look_at(outputs).units, look_at(outputs).alike) == (4, 1)
    flat = np.maximum(np.random.default_rng(0).normal(size=(6, 5)), 0)
    flat[:, :2] = 0.3
    assert (look_at(flat).units, look_at(flat).alike) == (5, 2)
    assert look_at(flat[:1]).alike == 0


def test_weights_of_zero_make_the_same_of_all_examples(data: Dataset):
    experiment = with_layers(Dense(6, initializer="zeros"), ReLU(), Dense(10), Softmax(), kind="mlp")
    preview = previewed(experiment, data, samples_of(experiment, data))
    assert [look.alike == look.units for look in preview.layers] == [True] * 4
    assert preview.input.alike < preview.input.units


@pytest.mark.parametrize("kind", ["autoencoder", "deep_belief", "linear_svm"])
def test_other_models_of_layers_are_looked_at_alike(data: Dataset, kind: str):
    experiment = digits(f'{{ kind = "{kind}" }}')
    experiment = replace(experiment, model=experiment.model.with_fitting_outputs((8, 8, 1), data.targets))
    preview = previewed(experiment, data, samples_of(experiment, data))
    assert len(preview.layers) == len(list(in_order(experiment.model.plan((8, 8, 1), data.targets))))


def test_a_boltzmann_machine_shows_its_hidden_probabilities(data: Dataset):
    experiment = digits('{ kind = "rbm", hidden = 20 }')
    samples = samples_of(experiment, data)
    (look,) = previewed(experiment, data, samples).layers
    model = experiment.model.build((8, 8, 1), data.targets, experiment.training.seed)
    assert isinstance(model, RBM)
    np.testing.assert_array_equal(look.pictures[0, 0], model.hidden_probabilities(samples)[0])


def test_a_model_that_would_take_too_long_is_not_tried(data: Dataset):
    experiment = with_layers(Dense(6000), ReLU(), Dense(6000), ReLU(), Dense(10), Softmax(), kind="mlp")
    preview = previewed(experiment, data, samples_of(experiment, data))
    assert (preview.examples, preview.input, preview.layers) == (0, None, ())
