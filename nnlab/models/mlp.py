"""The multi-layer perceptron: dense layers on the input seen as one vector."""

from dataclasses import dataclass
from typing import ClassVar

from nnlab.models.feed_forward import FeedForwardSettings
from nnlab.models.layers import LAYERS, Role
from nnlab.models.layers.shape import Reshape


@dataclass(frozen=True)
class MLPSettings(FeedForwardSettings):
    """An MLP of any depth. Images are flattened, so that layers see (height * width * channels,)."""

    kind: ClassVar[str] = "mlp"
    title: ClassVar[str] = "Multi-layer perceptron"
    # What takes vectors and leaves vectors. Flatten does; files may have one.
    layer_kinds: ClassVar[tuple[str, ...]] = tuple(
        kind
        for kind, layer in LAYERS.items()
        if not layer().takes_pictures and layer.role is not Role.MARKS and layer is not Reshape
    )
    other_layers: ClassVar[str] = "for layers on pictures choose the kind cnn, for a code the kind autoencoder"
