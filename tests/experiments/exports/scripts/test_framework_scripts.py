"""Scripts of other frameworks: from the same weights, through the same batches, to the same losses and predictions."""

import os
import subprocess
import sys
from itertools import islice
from pathlib import Path
from types import MappingProxyType, ModuleType

import numpy as np
import pytest

from nnlab.errors import UnsupportedExportError
from nnlab.experiments.assembly import assemble
from nnlab.experiments.experiment import Experiment, load_experiment, with_settings
from nnlab.experiments.exports import EXPORTS, Source, written
from nnlab.experiments.headless_training import run_experiment
from nnlab.models.capabilities import has_layers
from nnlab.models.layers import LAYERS
from nnlab.resources import example_files, resource
from tests.experiments.exports.scripts.trained_alike import check_is_well_written, module_of

pytestmark = pytest.mark.peers
pytest.importorskip("torch")
os.environ["KERAS_BACKEND"] = "torch"
FRAMEWORKS = ("torch", "keras")
STEPS = 12
# Their masks and noise are the framework's own.
DRAWING = ("mnist-cnn-deep", "mnist-denoising-autoencoder")


def example(name: str, *assignments: str) -> Experiment:
    return with_settings(load_experiment(resource("examples", f"{name}.toml")), list(assignments))


def shortened(name: str) -> Experiment:
    """With some hundreds of examples, where there are many."""
    few = ["dataset.examples=900"] if name.startswith(("mnist", "fashion", "kaggle")) else []
    return example(name, "training.epochs=2", *few)


def script_of(experiment: Experiment, target: str, folder: Path, folders: tuple[Path, ...] = ()) -> Path:
    path = folder / "script.py"
    written(Source(experiment, folders), target, path)
    return path


def check_trains_alike(
    experiment: Experiment, target: str, folder: Path, folders: tuple[Path, ...] = (), steps: int = STEPS
) -> ModuleType:
    """The first steps' losses, scores and rates, the parameters after them, and then the predictions."""
    run = assemble(experiment, folders)
    script = module_of(script_of(experiment, target, folder, folders))
    data = script.load_data(folders[0] if folders else folder)
    model = script.build(data)
    if has_layers(run.model):
        # Of a machine the visible biases are set when its first epoch begins.
        np.testing.assert_array_equal(script.parameters(model), run.model.parameters.values)
    events = (event for event in script.train(model, data) if isinstance(event, script.Step))
    for ours, theirs in zip(islice(run, steps), events, strict=False):
        assert theirs.step == ours.number
        assert theirs.rate == pytest.approx(ours.learning_rate, rel=1e-12)
        assert theirs.loss == pytest.approx(ours.loss, rel=1e-4)
        assert theirs.score is None or theirs.score == pytest.approx(ours.score, abs=1e-4)
    np.testing.assert_allclose(script.parameters(model), run.model.parameters.values, rtol=1e-3, atol=1e-3)
    inputs = data.test.inputs[:50]
    ours = run.model.predict(inputs)
    np.testing.assert_allclose(script.predict(model, inputs), ours, rtol=1e-3, atol=1e-4)
    return script


LAYERED = [path.stem for path in example_files() if path.stem not in ("mnist-latent-svm",)]
NETWORKS = [name for name in LAYERED if example(name).model.kind in ("mlp", "cnn", "autoencoder", "linear_svm")]


@pytest.mark.parametrize("target", FRAMEWORKS)
@pytest.mark.parametrize("name", [name for name in NETWORKS if name not in DRAWING])
def test_every_example_that_draws_nothing_trains_alike(name: str, target: str, tmp_path: Path, real_data: Path):
    pytest.importorskip(target)
    # Normalised batches make of rounding differences what others make of it in hundreds of steps.
    steps = 6 if name == "digits-residual" else STEPS
    check_trains_alike(shortened(name), target, tmp_path, (real_data,), steps)


@pytest.mark.parametrize("target", FRAMEWORKS)
def test_the_svm_on_codes_of_an_encoder_trains_alike(target: str, tmp_path: Path, real_data: Path):
    pytest.importorskip(target)
    encoder = example("mnist-autoencoder", "dataset.examples=600", "training.steps=4")
    run_experiment(encoder, (real_data,), tmp_path)
    check_trains_alike(shortened("mnist-latent-svm"), target, tmp_path, (real_data, tmp_path))


@pytest.mark.parametrize("target", FRAMEWORKS)
@pytest.mark.parametrize("name", DRAWING)
def test_an_example_that_draws_begins_alike_and_learns(name: str, target: str, tmp_path: Path, real_data: Path):
    pytest.importorskip(target)
    experiment = shortened(name)
    run = assemble(experiment, (real_data,))
    script = module_of(script_of(experiment, target, tmp_path, (real_data,)))
    data = script.load_data(real_data)
    model = script.build(data)
    inputs, targets = data.test.inputs[:50], data.test.targets[:50]
    np.testing.assert_allclose(script.predict(model, inputs), run.model.predict(inputs), rtol=1e-3, atol=1e-5)
    before, _ = script.evaluate(model, inputs, targets)
    assert before == pytest.approx(run.model.evaluate(inputs, targets)[0].loss, rel=1e-5)
    list(islice(script.train(model, data), STEPS))
    assert script.evaluate(model, inputs, targets)[0] < before
    text = (tmp_path / "script.py").read_text()
    assert "other numbers than nnlab's" in text
    assert "like nnlab's and not the same" in " ".join(text.split())


@pytest.mark.parametrize("target", FRAMEWORKS)
@pytest.mark.parametrize(
    "assignments",
    [
        ("training.optimizer=sgd", "training.penalty={ kind = 'l2', l2 = 0.01 }", "training.schedule=exponential"),
        ("training.optimizer=nesterov", "training.penalty={ kind = 'l1', l1 = 0.001 }", "training.schedule=step"),
        ("training.optimizer=rmsprop", "training.learning_rate=0.001", "training.clip_norm=0.5"),
        ("training.optimizer=adagrad", "training.penalty={ kind = 'elastic_net' }", "training.warmup=1"),
        ("training.optimizer=adam", "training.learning_rate=0.001", "training.schedule=plateau"),
        ("training.optimizer=adamw", "training.learning_rate=0.001", "training.batching=full-batch"),
        ("model.loss={ kind = 'cross_entropy', label_smoothing = 0.1 }",),
        ("model.loss=mean_squared_error",),
        ("model.loss=huber", "model.layers.3=leaky_relu"),
        ("model.loss=hinge", "model.layers.3=leaky_relu"),
        ("model.loss=one_vs_rest_hinge", "model.layers.3=elu", "training.learning_rate=0.005"),
        ("model.loss=binary_cross_entropy", "model.layers.3=sigmoid"),
        ("model={ kind = 'linear_svm' }", "training.learning_rate=0.01"),
        ("model={ kind = 'linear_svm', loss = 'hinge' }", "training.learning_rate=0.01"),
    ],
    ids=" ".join,
)
def test_settings_are_those_of_nnlab(assignments: tuple[str, ...], target: str, tmp_path: Path):
    pytest.importorskip(target)
    check_trains_alike(example("digits-mlp", *assignments), target, tmp_path)


DENSE = "{ kind = 'dense', units = 64, initializer = 'xavier' }"
CONV = "{ kind = 'conv2d', filters = 4, padding = 'same' }"
MODELS = {
    "tied": f"kind = 'autoencoder', tied = true, layers = [{{ kind = 'dense', units = 9 }}, 'code', {DENSE}, 'sigmoid']",
    "convolutional": "kind = 'autoencoder', loss = 'huber', layers = ["
    f"{CONV}, 'gelu', 'max_pool2d', 'code', 'upsample2d', {{ kind = 'conv2d', filters = 1, kernel = 2, padding = 'same' }}]",
    "sparse": f"kind = 'autoencoder', layers = [{{ kind = 'dense', units = 9 }}, 'sigmoid', 'kl_sparsity', "
    f"'activity_l1', 'code', {DENSE}]",
    "branches": "kind = 'cnn', layers = [{ kind = 'conv2d', filters = 3, stride = 2, padding = 'same' }, 'batch_norm', "
    f"{{ kind = 'parallel', branches = [[{CONV}, 'tanh'], [], ['average_pool2d', 'upsample2d']] }}, 'flatten', "
    "{ kind = 'residual', layers = [{ kind = 'dense', units = 160 }, { kind = 'residual', layers = ['softplus'] }] }, "
    "{ kind = 'dense', units = 10 }, 'softmax']",
    "two axes": "kind = 'cnn', layers = ['flatten', { kind = 'reshape', shape = [4, 16] }, 'batch_norm', 'relu', "
    "{ kind = 'parallel', branches = [['tanh'], ['batch_norm']] }, 'flatten', { kind = 'dense', units = 10 }, 'softmax']",
    "pictures again": "kind = 'cnn', layers = ['flatten', { kind = 'reshape', shape = [4, 4, 4] }, "
    "{ kind = 'conv2d', filters = 3, padding = '1' }, 'flatten', { kind = 'dense', units = 10 }, 'batch_norm', 'softmax']",
}


@pytest.mark.parametrize("target", FRAMEWORKS)
@pytest.mark.parametrize("name", MODELS)
def test_other_shapes_and_ways_are_those_of_nnlab(name: str, target: str, tmp_path: Path):
    pytest.importorskip(target)
    experiment = example("digits-mlp", "training.learning_rate=0.01", f"model={{ {MODELS[name]} }}")
    check_trains_alike(experiment, target, tmp_path)


def test_a_last_batch_of_one_example_is_borne(tmp_path: Path):
    experiment = example("xor", "model.layers.1=batch_norm", "training.batch_size=23", "training.epochs=1")
    script = check_trains_alike(experiment, "torch", tmp_path)
    assert len(script.load_data(tmp_path).learning.inputs) % 23 == 1


@pytest.mark.parametrize("name", ["fashion-rbm", "mnist-rbm", "mnist-deep-autoencoder"])
def test_machines_are_those_of_nnlab_to_the_random_numbers(name: str, tmp_path: Path, real_data: Path):
    check_trains_alike(shortened(name), "torch", tmp_path, (real_data,))


@pytest.mark.parametrize(
    "model",
    [
        "kind = 'rbm', hidden = 20, visible_units = 'gaussian', cd_steps = 3",
        "kind = 'rbm', hidden = 20, visible_states = 'probabilities', sparsity_cost = 0.1",
        "kind = 'rbm', hidden = 20, persistent = true, chains = 30, cd_steps = 2",
        "kind = 'deep_belief', hidden = [30, 12], pretrain_epochs = 1",
        "kind = 'deep_belief', hidden = [30, 12], pretrain_epochs = 0",
    ],
)
def test_settings_of_machines_are_those_of_nnlab(model: str, tmp_path: Path):
    shorter = ("training.batch_size=128", "training.penalty={ kind = 'l2', l2 = 0.001 }", "training.learning_rate=0.01")
    experiment = example("digits-mlp", f"model={{ {model} }}", *shorter, "training.epochs=4")
    # Through both machines and into the fine-tuning: an epoch has 11 steps.
    check_trains_alike(experiment, "torch", tmp_path, steps=30)


@pytest.mark.parametrize("target", FRAMEWORKS)
def test_one_output_tells_two_classes(target: str, tmp_path: Path):
    pytest.importorskip(target)
    one = ("model.layers.2.units=1", "model.layers.3=sigmoid", "model.loss=binary_cross_entropy")
    check_trains_alike(example("xor", *one), target, tmp_path)


@pytest.mark.parametrize("target", FRAMEWORKS)
def test_pictures_are_moved_as_nnlab_moves_them(target: str, tmp_path: Path):
    pytest.importorskip(target)
    moved = ("dataset.shift=1", "dataset.flip_horizontal=true", "dataset.jitter=0.1", "dataset.label_noise=0.2")
    check_trains_alike(example("digits-mlp", *moved), target, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("target", FRAMEWORKS)
def test_run_by_itself_it_prints_its_figures_and_no_complaint(target: str, tmp_path: Path):
    pytest.importorskip(target)
    path = script_of(example("xor", "training.epochs=2"), target, tmp_path)
    words = [sys.executable, "-I", "-W", "error", str(path)]
    done = subprocess.run(words, capture_output=True, text=True, check=True, env=os.environ | {"KERAS_BACKEND": "jax"})
    lines = done.stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["epoch", "epoch", "test", "parameters_sha256"]
    assert not done.stderr


@pytest.mark.parametrize("name", ["fashion-rbm", "mnist-deep-autoencoder"])
def test_a_model_that_keras_has_not_is_named(name: str, tmp_path: Path):
    with pytest.raises(UnsupportedExportError, match=f"no model of the kind {example(name).model.kind}; it has mlp, cnn"):
        EXPORTS["keras"].check(example(name))


@pytest.mark.parametrize("target", FRAMEWORKS)
@pytest.mark.parametrize("name", ["digits-mlp", "digits-residual", "sine"])
def test_a_stranger_finds_a_clean_file(name: str, target: str, tmp_path: Path):
    check_is_well_written(script_of(example(name), target, tmp_path))


@pytest.mark.parametrize("name", ["fashion-rbm", "mnist-deep-autoencoder"])
def test_so_are_machines(name: str, tmp_path: Path, real_data: Path):
    check_is_well_written(script_of(example(name), "torch", tmp_path, (real_data,)))


@pytest.mark.parametrize("target", FRAMEWORKS)
def test_a_layer_without_a_row_is_named_with_those_that_have_one(
    target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(LAYERS["tanh"], "elsewhere", MappingProxyType({}))
    with pytest.raises(UnsupportedExportError, match=r"tanh1: \w+ has no layer of the kind tanh; it has dense, conv2d"):
        script_of(example("xor"), target, tmp_path)
    inside = "{ kind = 'residual', layers = ['tanh'] }"
    with pytest.raises(UnsupportedExportError, match=r"residual1: .* kind tanh"):
        script_of(example("xor", f"model.layers.1={inside}"), target, tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("target", FRAMEWORKS)
def test_the_best_epoch_is_put_back_and_patience_ends(target: str, tmp_path: Path):
    pytest.importorskip(target)
    experiment = example("xor", "training.epochs=40", "training.patience=1", "training.learning_rate=1.5")
    script = module_of(script_of(experiment, target, tmp_path))
    data = script.load_data(tmp_path)
    model = script.build(data)
    epochs = [event for event in script.train(model, data) if isinstance(event, script.Epoch)]
    lowest = min(event.validation_loss for event in epochs)
    assert epochs[-2].validation_loss == lowest
    assert len(epochs) < 40
    assert script.evaluate(model, *data.validation)[0] == pytest.approx(lowest, rel=1e-6)


@pytest.mark.parametrize("target", FRAMEWORKS)
def test_features_far_from_zero_are_normalised_alike(target: str, tmp_path: Path):
    pytest.importorskip(target)
    rng = np.random.default_rng(0)
    rows = np.column_stack([rng.normal(500, 0.2, (80, 2)), np.arange(80) % 2])
    np.savetxt(tmp_path / "table.csv", rows, delimiter=",", header="a,b,label", comments="", fmt="%.5f")
    source = f"dataset.source={{kind='file', path='{tmp_path / 'table.csv'}'}}"
    layers = "model.layers=['batch_norm', {kind='dense', units=4}, 'tanh', {kind='dense', units=2}, 'softmax']"
    check_trains_alike(example("xor", source, "dataset.scaling=none", layers), target, tmp_path, steps=5)
