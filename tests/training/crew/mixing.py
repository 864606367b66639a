"""Experiments whose models look at means over the batch, for the tests of crews."""

from dataclasses import replace

from nnlab.experiments.experiment import Experiment
from nnlab.models import MODELS
from nnlab.models.autoencoder import AutoencoderSettings
from nnlab.models.cnn import CNNSettings
from nnlab.models.layers import LAYERS
from nnlab.models.layers.conv2d import Conv2D
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.shape import Flatten
from tests.experiments.journal.test_replay import KINDS, trained


def mixing() -> dict[str, Experiment]:
    """Of models in which examples of a batch act on each other."""
    normalised = KINDS["optimizer sgd"]
    code = (Dense(12), LAYERS["sigmoid"](), LAYERS["code"](), LAYERS["kl_sparsity"](weight=0.5))
    around = LAYERS["residual"]((Conv2D(3, padding="same"), LAYERS["batch_norm"]()))
    pictures = (Conv2D(3), LAYERS["batch_norm"](), LAYERS["relu"](), around, LAYERS["max_pool2d"](), Flatten())
    return {
        "sparse": trained(AutoencoderSettings((*code, Dense(64), LAYERS["sigmoid"]()))),
        "sparse machine": trained(MODELS["rbm"](hidden=8, sparsity_cost=0.5)),
        "normalised": normalised,
        # 32 examples: of the last step's one, a hand has it and the other has none.
        "normalised, and one example left": replace(normalised, training=replace(normalised.training, batch_size=31)),
        "normalised pictures": trained(CNNSettings((*pictures, Dense(10), LAYERS["softmax"]())), clip_norm=0.5),
        "one normalised picture a step": trained(
            CNNSettings((*pictures, Dense(10), LAYERS["softmax"]())), batching="single-sample"
        ),
    }


MIXING = mixing()
