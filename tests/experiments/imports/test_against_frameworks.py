"""Weights of real models of PyTorch and Keras answer in nnlab as they did there, and go back with the same bits."""

import os
from pathlib import Path

import numpy as np
import pytest

from nnlab.experiments.experiment import Experiment
from nnlab.experiments.exports import weights
from nnlab.experiments.exports.trained import of_run
from nnlab.experiments.exports.weights import named_weights, write_npz, write_state_dict
from nnlab.experiments.imports.importing import begun_from, weights_for
from nnlab.models.autoencoder import AutoencoderSettings
from nnlab.models.cnn import CNNSettings
from nnlab.models.layers.activations import ReLU, Sigmoid, Softmax, Tanh
from nnlab.models.layers.batch_norm import BatchNorm
from nnlab.models.layers.conv2d import Conv2D
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.pool2d import MaxPool2D
from nnlab.models.layers.residual import Residual
from nnlab.models.layers.shape import Code, Flatten
from nnlab.models.linear_svm import LinearSVMSettings
from nnlab.models.model import ModelSettings
from nnlab.models.rbm_settings import RBMSettings
from nnlab.training import TrainingRun
from tests.models.small_runs import digits_data, digits_run

DIGITS = (8, 8, 1)
CNN = CNNSettings(
    (*(Conv2D(4), BatchNorm(), ReLU(), MaxPool2D(), Conv2D(6, padding="same"), ReLU(), Flatten()), Dense(10), Softmax())
)


def with_weights(settings: ModelSettings, path: Path, layout: str = "auto") -> TrainingRun:
    run = digits_run(settings)
    run.restore(begun_from(run, weights_for(run.model, DIGITS, path, layout)))
    return run


def pictures() -> np.ndarray:
    return digits_data().learning.gather(np.arange(12))[0].copy()


@pytest.mark.peers
def test_a_network_of_pytorch_answers_as_it_did(tmp_path: Path):
    torch = pytest.importorskip("torch")
    from safetensors.torch import save_file

    nn = torch.nn
    torch.manual_seed(0)
    net = nn.Sequential(
        *(nn.Conv2d(1, 4, 3, bias=False), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(4, 6, 3, padding=1)),
        *(nn.ReLU(), nn.Flatten(), nn.Linear(54, 10)),
    )
    x = torch.from_numpy(pictures()).permute(0, 3, 1, 2).contiguous()
    net(x)  # running figures of its own
    net.eval()
    save_file(net.state_dict(), tmp_path / "net.safetensors")
    run = with_weights(CNN, tmp_path / "net.safetensors")
    with torch.no_grad():
        theirs = torch.softmax(net(x), 1).numpy()
    np.testing.assert_allclose(run.model.predict(pictures()), theirs, atol=1e-6)


@pytest.mark.peers
# Keras' own arrays are behind NumPy's.
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
@pytest.mark.parametrize("by_name", [True, False], ids=["by name", "in order"])
def test_a_network_of_keras_answers_as_it_did(tmp_path: Path, by_name: bool):
    pytest.importorskip("torch")
    os.environ["KERAS_BACKEND"] = "torch"
    keras = pytest.importorskip("keras")
    layers = keras.layers
    keras.utils.set_random_seed(0)
    net = keras.Sequential(
        [
            keras.Input(DIGITS),
            *(layers.Conv2D(4, 3, use_bias=not by_name), layers.BatchNormalization(epsilon=1e-5), layers.ReLU()),
            *(layers.MaxPooling2D(), layers.Conv2D(6, 3, padding="same", activation="relu"), layers.Flatten()),
            *(layers.Dropout(0.5), layers.Dense(10, activation="softmax")),
        ]
    )
    for weight in net.weights:
        weight.assign(weight + 0.1 * np.random.default_rng(1).random(weight.shape).astype(np.float32))
    if by_name:
        np.savez(tmp_path / "net.npz", **{weight.path: weight.numpy() for weight in net.weights})
    else:
        np.savez(tmp_path / "net.npz", *net.get_weights())
    run = with_weights(CNN, tmp_path / "net.npz")
    theirs = net(pictures(), training=False).detach().numpy()
    np.testing.assert_allclose(run.model.predict(pictures()), theirs, atol=1e-6)


MODELS = {
    "convolutional": CNN,
    "residual": CNNSettings((Conv2D(3), Residual((Conv2D(3, padding="same"), Tanh())), Flatten(), Dense(10), Softmax())),
    "autoencoder": AutoencoderSettings((Dense(9), ReLU(), Dense(4), Code(), Dense(9), ReLU(), Dense(64), Sigmoid())),
    "tied": AutoencoderSettings((Dense(9), ReLU(), Code(), Dense(64), Sigmoid()), tied=True),
    "machine": RBMSettings(hidden=7),
    "vectors": LinearSVMSettings(),
}


@pytest.mark.parametrize("target", [write_state_dict, write_npz], ids=["torch", "npz"])
@pytest.mark.parametrize("name", MODELS)
def test_weights_that_go_out_come_back_with_the_same_bits(name: str, target, tmp_path: Path, monkeypatch):
    run = digits_run(MODELS[name])
    for _ in range(3):
        next(run)
    trained = of_run(run, Experiment(), [])
    monkeypatch.setattr(weights, "learned", lambda source, report: trained)
    told = target(None, tmp_path / "out", lambda *_: None)
    assert set(told["tensors"]) == set(named_weights(trained, "torch" if target is write_state_dict else "nnlab"))
    again = with_weights(MODELS[name], tmp_path / "out")
    assert again.model.parameters.values.tobytes() == run.model.parameters.values.tobytes()
    if name != "machine":
        assert again.model.buffers.values.tobytes() == run.model.buffers.values.tobytes()


@pytest.mark.peers
def test_a_state_dict_of_nnlab_is_loaded_by_pytorch(tmp_path: Path, monkeypatch):
    torch = pytest.importorskip("torch")
    from safetensors.torch import load_file

    nn, run = torch.nn, digits_run(CNN)
    next(run)
    monkeypatch.setattr(weights, "learned", lambda source, report: of_run(run, Experiment(), []))
    write_state_dict(None, tmp_path / "w.safetensors", lambda *_: None)
    named = {
        "conv2d1": nn.Conv2d(1, 4, 3),
        "batch_norm1": nn.BatchNorm2d(4),
        "relu1": nn.ReLU(),
        "pool": nn.MaxPool2d(2),
        "conv2d2": nn.Conv2d(4, 6, 3, padding=1),
        "relu2": nn.ReLU(),
        "flatten": nn.Flatten(),
        "dense1": nn.Linear(54, 10),
    }
    net = nn.Sequential()
    for name, module in named.items():
        net.add_module(name, module)
    net.load_state_dict(load_file(tmp_path / "w.safetensors"))
    net.eval()
    with torch.no_grad():
        theirs = torch.softmax(net(torch.from_numpy(pictures()).permute(0, 3, 1, 2).contiguous()), 1).numpy()
    np.testing.assert_allclose(run.model.predict(pictures()), theirs, atol=1e-6)
