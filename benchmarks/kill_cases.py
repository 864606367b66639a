"""Small experiments of every kind, each of which trains for some seconds: what kills.py kills."""

from dataclasses import replace

from nnlab.datasets import DatasetSettings
from nnlab.experiments.experiment import Experiment
from nnlab.models import CNNSettings, MLPSettings
from nnlab.models.autoencoder import AutoencoderSettings
from nnlab.models.deep_belief import DeepBeliefSettings
from nnlab.models.layers import LAYERS
from nnlab.models.rbm_settings import RBMSettings
from nnlab.training import TrainingSettings

_DIGITS = DatasetSettings("digits", validation=0.1)
_XOR = DatasetSettings({"kind": "xor", "samples": 400, "noise": 0.2}, validation=0.25)


def _layers(*found: object) -> tuple[object, ...]:
    return tuple(LAYERS[layer]() if isinstance(layer, str) else LAYERS["dense"](layer) for layer in found)


def _training(epochs: int, optimizer: object = "momentum", **more: object) -> TrainingSettings:
    return TrainingSettings(**{"optimizer": optimizer, "epochs": epochs, "batch_size": 32, "learning_rate": 0.01, **more})


_MLP = MLPSettings(_layers(64, "relu", 10, "softmax"))
_NOISY = MLPSettings(_layers(64, "batch_norm", "relu", "dropout", 10, "softmax"))
_CNN = CNNSettings((replace(LAYERS["conv2d"](), filters=8), *_layers("relu", "max_pool2d", "flatten", 10, "softmax")))
_CODES = AutoencoderSettings(_layers("masking_noise", 32, "relu", "code", 64, "sigmoid"), loss="mean_squared_error")

# Epochs are such that one core takes 2 to 4 seconds.
CASES = {
    experiment.name: experiment
    for experiment in (
        Experiment("mlp-momentum", _DIGITS, _MLP, _training(400, schedule="cosine")),
        Experiment("mlp-adam", _DIGITS, _MLP, _training(300, "adam", learning_rate=0.001)),
        Experiment("xor-sgd", _XOR, MLPSettings(_layers(8, "tanh", 2, "softmax")), _training(1000, "sgd", batch_size=16)),
        Experiment("cnn", _DIGITS, _CNN, _training(180, schedule="plateau")),
        Experiment(
            "rbm-pcd", _DIGITS, RBMSettings(hidden=64, persistent=True, chains=20), _training(150, "sgd", keep="last")
        ),
        Experiment("rbm-cd", _DIGITS, RBMSettings(hidden=64), _training(150, keep="last")),
        Experiment("autoencoder", _DIGITS, _CODES, _training(150, "rmsprop", learning_rate=0.001)),
        Experiment("deep-belief", _DIGITS, DeepBeliefSettings(hidden=(40, 10), pretrain_epochs=30), _training(160, "adam")),
        Experiment("noisy", _DIGITS, _NOISY, _training(200, "adamw", learning_rate=0.002, patience=80)),
        Experiment("augmented", replace(_DIGITS, shift=1, jitter=0.1), _MLP, _training(150, "nesterov", patience=90)),
    )
}
