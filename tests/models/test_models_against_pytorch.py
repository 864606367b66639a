"""Whole models beside PyTorch: convolutional stacks, autoencoders, the unrolled deep belief network; in double precision."""

import numpy as np
import pytest

from nnlab.models.arrays import Array
from nnlab.models.autoencoder import AutoencoderSettings
from nnlab.models.cnn import CNNSettings
from nnlab.models.deep_belief import DeepBeliefSettings
from nnlab.models.layers.activations import ELU, ReLU, Sigmoid, Softmax, Tanh
from nnlab.models.layers.batch_norm import BatchNorm
from nnlab.models.layers.conv2d import Conv2D
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.gelu import GELU
from nnlab.models.layers.noise import Dropout, GaussianNoise, MaskingNoise
from nnlab.models.layers.pool2d import AveragePool2D, MaxPool2D
from nnlab.models.layers.shape import Code, Flatten, Reshape
from nnlab.models.layers.sparsity import ActivityL1, KLSparsity
from nnlab.models.layers.upsample2d import UpSample2D
from nnlab.models.linear_svm import LinearSVMSettings
from nnlab.models.losses import CrossEntropy, Huber
from nnlab.models.mlp import MLPSettings
from nnlab.models.model import ModelSettings
from nnlab.models.network import Network
from nnlab.models.optimizers import OPTIMIZERS
from tests.models.torch_twins import assert_gradients_agree, torch, torch_loss, torch_parameters
from tests.targets import numbered

pytestmark = [pytest.mark.slow, pytest.mark.peers]

PICTURE, CLASSES, COUNT = (10, 8, 2), 4, 9
NUMBERS = 160

WHOLE_MODELS: dict[str, ModelSettings] = {
    "mlp": MLPSettings((Dense(20), ReLU(), Dense(12), Tanh(), Dense(4), Softmax()), CrossEntropy(0.1)),
    "mlp, sigmoid and mse": MLPSettings((Dense(9), Sigmoid(), Dense(4), Sigmoid()), "mean_squared_error"),
    "cnn": CNNSettings((Conv2D(4), ReLU(), MaxPool2D(), Flatten(), Dense(4), Softmax())),
    "deep cnn": CNNSettings(
        (
            *(Conv2D(4, padding="same"), ReLU(), MaxPool2D(), Conv2D(5, padding="same"), ReLU(), MaxPool2D()),
            *(Flatten(), Dropout(0.3), Dense(12), ReLU(), Dropout(0.4), Dense(4), Softmax()),
        )
    ),
    "cnn of everything else": CNNSettings(
        (
            *(Conv2D(4, kernel=4, stride=2, padding="same"), BatchNorm(), ELU(), AveragePool2D(3, 2)),
            *(GaussianNoise(0.2), Flatten(), Dense(6), BatchNorm(), GELU(), Dense(4)),
        ),
        "hinge",
    ),
    "sparse autoencoder": AutoencoderSettings(
        (Dense(12), Sigmoid(), KLSparsity(0.05, 0.5), ActivityL1(0.01), Code(), Dense(NUMBERS), Sigmoid())
    ),
    "denoising autoencoder": AutoencoderSettings(
        (MaskingNoise(0.3), Dense(12), ReLU(), Code(), Dense(NUMBERS), Sigmoid()), "binary_cross_entropy"
    ),
    "tied autoencoder": AutoencoderSettings(
        (Dense(12), Tanh(), Dense(5), Code(), Dense(12), Tanh(), Dense(NUMBERS), Sigmoid()),
        Huber(0.2),
        tied=True,
    ),
    "convolutional autoencoder": AutoencoderSettings(
        (
            *(Conv2D(4, padding="same"), ReLU(), MaxPool2D(), Conv2D(3, padding="same"), Tanh(), Code()),
            *(UpSample2D(), Conv2D(4, padding="same"), ReLU(), Conv2D(2, padding="same"), Sigmoid()),
        )
    ),
    "convolutional autoencoder with a flat code": AutoencoderSettings(
        (
            *(Conv2D(3, stride=2), ReLU(), Flatten(), Dense(6), Code()),
            *(Dense(40), Tanh(), Reshape((5, 4, 2)), UpSample2D(), Conv2D(2, padding="same")),
        )
    ),
    "deep belief, unrolled": DeepBeliefSettings((12, 7, 3), pretrain_epochs=0),
    "linear svm": LinearSVMSettings(),
}


def built(name: str) -> Network:
    """In double precision, with parameters none of which is zero."""
    model = WHOLE_MODELS[name].build(PICTURE, numbered(CLASSES), 1, np.float64)
    assert isinstance(model, Network)
    model.parameters.values += np.random.default_rng(5).normal(0, 0.1, model.parameters.size)
    return model


def batch(seed: int = 0) -> tuple[Array, Array]:
    rng = np.random.default_rng(seed)
    return rng.uniform(0.05, 0.95, (COUNT, *PICTURE)), rng.integers(0, CLASSES, COUNT)


def loss_there(model: Network, tensors: dict, inputs: Array, labels: Array, step: int):
    """What the model is taught: the labels, or the inputs themselves."""
    shaped = inputs.reshape(COUNT, *model.input_shape)
    return torch_loss(model, tensors, shaped, model._targets(inputs, labels), step)


@pytest.mark.parametrize("name", WHOLE_MODELS)
def test_loss_and_gradient_are_those_of_pytorch(name: str):
    model, (inputs, labels) = built(name), batch()
    tensors = torch_parameters(model)
    expected = loss_there(model, tensors, inputs, labels, 3)
    expected.backward()
    assert model.loss_and_gradient(inputs, labels, 3).loss == pytest.approx(expected.item(), rel=1e-5)
    assert_gradients_agree(model, tensors)


@pytest.mark.parametrize("name", WHOLE_MODELS)
def test_twenty_steps_of_adam_end_at_the_weights_of_pytorch(name: str):
    model, rule = built(name), OPTIMIZERS["adam"]()
    tensors = torch_parameters(model)
    theirs = torch.optim.Adam(tensors.values(), lr=0.001)
    vectors = {vector: np.zeros(model.parameters.size) for vector in (*rule.vectors, "scratch")}
    for step in range(1, 21):
        inputs, labels = batch(seed=step)
        theirs.zero_grad()
        loss_there(model, tensors, inputs, labels, step).backward()
        theirs.step()
        model.loss_and_gradient(inputs, labels, step)
        rule.update(model.parameters, vectors, 0.001, step)
    for key, tensor in tensors.items():
        np.testing.assert_allclose(model.parameters.view(key), tensor.detach().numpy(), rtol=1e-5, atol=1e-7, err_msg=key)
