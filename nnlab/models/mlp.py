"""The multi-layer perceptron: dense layers on the input seen as one vector."""

from dataclasses import dataclass
from typing import ClassVar

from nnlab.models.feed_forward import FeedForwardSettings


@dataclass(frozen=True)
class MLPSettings(FeedForwardSettings):
    """An MLP of any depth. Images are flattened, so that layers see (height * width * channels,)."""

    kind: ClassVar[str] = "mlp"
    title: ClassVar[str] = "Multi-layer perceptron"
    layer_kinds: ClassVar[tuple[str, ...]] = (
        "dense",
        "relu",
        "leaky_relu",
        "elu",
        "gelu",
        "softplus",
        "sigmoid",
        "tanh",
        "softmax",
        "dropout",
        "batch_norm",
        "masking_noise",
        "gaussian_noise",
        "kl_sparsity",
        "activity_l1",
    )
