"""What is done to gradients before a step is made of them."""

from torch import nn

from ..settings import CLIP_NORM


def clip(tensors: list[nn.Parameter]) -> None:
    """Scale gradients down that are together longer than CLIP_NORM."""
    # PyTorch divides by the norm and a millionth, nnlab by the norm.
    nn.utils.clip_grad_norm_(tensors, CLIP_NORM)
