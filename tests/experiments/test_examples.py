"""The examples that come with nnlab: each is read, fits its data, learns from it, and is found again in a file."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from nnlab.datasets import Dataset, DatasetSettings, load_dataset
from nnlab.experiments.assembly import assemble, load_data
from nnlab.experiments.experiment import Experiment, format_experiment, load_experiment, parse_experiment
from nnlab.experiments.headless_training import run_experiment
from nnlab.experiments.model_file import load_model, parameters_sha256, save_model
from nnlab.models.deep_belief import DeepBeliefSettings
from nnlab.resources import example_files
from nnlab.targets import Values
from tests.targets import numbered

EXAMPLES = {path.stem: path for path in example_files()}
PROMISED = {
    *("kaggle-mlp-full-batch", "mnist-cnn", "mnist-cnn-deep", "fashion-two-hidden", "fashion-sparse-autoencoder"),
    *("mnist-autoencoder", "mnist-denoising-autoencoder", "fashion-rbm", "mnist-rbm", "mnist-deep-autoencoder"),
    *("mnist-latent-svm", "mnist-mlp", "fashion-mlp", "digits-mlp", "digits-residual", "xor", "sine"),
    *("circles", "moons", "spirals"),
}
SHAPES = {
    "mnist": ((28, 28, 1), numbered(10)),
    "fashion-mnist": ((28, 28, 1), numbered(10)),
    "digits": ((8, 8, 1), numbered(10)),
    **dict.fromkeys(("xor", "circles", "moons", "spirals"), ((2,), numbered(2))),
    "sine": ((1,), Values(("y",))),
}
CODES = (32,)


@cache
def loaded(name: str, folder: Path) -> Dataset:
    """Read once for all examples on it."""
    return load_dataset(DatasetSettings(name), [folder])


@pytest.fixture(params=EXAMPLES)
def experiment(request: pytest.FixtureRequest) -> Experiment:
    return load_experiment(EXAMPLES[request.param])


@pytest.fixture(scope="module")
def encoder(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the autoencoder that mnist-latent-svm looks for, after three steps."""
    folder = tmp_path_factory.mktemp("encoder")
    example = load_experiment(EXAMPLES["mnist-autoencoder"])
    run_experiment(replace(example, training=replace(example.training, steps=3)), [real_data], folder, 1)
    return folder


def data_of(experiment: Experiment, real_data: Path, encoder: Path) -> Dataset:
    settings = experiment.dataset
    return load_data(settings, [real_data, encoder]) if settings.encoder else loaded(settings.source.name, real_data)


def test_all_that_is_promised_is_there():
    assert set(EXAMPLES) >= PROMISED


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_named_as_its_file_and_says_what_it_shows(name: str):
    # The latent SVM finds its encoder by that name.
    assert load_experiment(EXAMPLES[name]).name == name
    assert EXAMPLES[name].read_text(encoding="utf-8").startswith("# ")


def test_an_example_comes_back_from_its_own_text(experiment: Experiment):
    assert parse_experiment(format_experiment(experiment)) == experiment


def test_an_example_fits_the_data_it_names(experiment: Experiment):
    shape, targets = SHAPES[experiment.dataset.source.name]
    shape = CODES if experiment.dataset.encoder else shape
    experiment.model.check(shape, targets)
    assert experiment.model.build(shape, targets).parameters.size == experiment.model.parameter_count(shape, targets)


def test_the_latent_svm_sees_the_codes_of_the_example_it_names():
    svm, encoder = (load_experiment(EXAMPLES[name]) for name in ("mnist-latent-svm", "mnist-autoencoder"))
    assert svm.dataset.encoder == f"{encoder.name}.safetensors"
    assert svm.dataset.source == encoder.dataset.source
    assert encoder.model.build((28, 28, 1), numbered(10)).code_shape == CODES


def test_the_deep_autoencoder_is_fine_tuned_for_longer_than_it_is_pretrained():
    example = load_experiment(EXAMPLES["mnist-deep-autoencoder"])
    assert isinstance(example.model, DeepBeliefSettings)
    assert example.training.epochs > 2 * example.model.pretrain_epochs * len(example.model.hidden) / 2


@pytest.mark.slow
def test_an_example_takes_steps_on_the_real_data_and_is_found_again_in_a_file(
    experiment: Experiment, real_data: Path, encoder: Path, tmp_path: Path
):
    short = replace(experiment, training=replace(experiment.training, steps=3, keep="last"))
    dataset = data_of(short, real_data, encoder)
    assert dataset.example_shape == (CODES if short.dataset.encoder else SHAPES[short.dataset.source.name][0])
    run = assemble(short, [real_data, encoder], dataset)
    before = parameters_sha256(run.model)
    steps = list(run)
    assert len(steps) == 3
    assert all(np.isfinite(step.loss) for step in steps)
    assert parameters_sha256(run.model) != before

    save_model(tmp_path / "example.safetensors", run, short, {})
    saved = load_model(tmp_path / "example.safetensors")
    assert saved.experiment == short
    assert parameters_sha256(saved.model) == parameters_sha256(run.model)
    inputs, labels = run.data.testing.gather(np.arange(200))
    ours, named = run.model.evaluate(inputs, labels)
    again, named_again = saved.model.evaluate(inputs, labels)
    assert again == ours
    np.testing.assert_array_equal(named_again, named)


def test_the_deep_autoencoder_goes_through_all_its_phases_on_the_real_data(real_data: Path):
    example = load_experiment(EXAMPLES["mnist-deep-autoencoder"])
    training = replace(example.training, epochs=len(example.model.hidden) + 1, keep="last")
    short = replace(example, model=replace(example.model, pretrain_epochs=1), training=training)
    whole = loaded("mnist", real_data)
    few = replace(whole.train, inputs=whole.train.inputs[:1000], targets=whole.train.labels[:1000])
    ends = [step.epoch_end for step in assemble(short, [], replace(whole, train=few)) if step.epoch_end]
    assert len(ends) == 4
    assert all(np.isfinite((end.train_loss, end.validation.loss)).all() for end in ends)
