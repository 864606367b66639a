"""What is done to gradients before a step is made of them."""

from typing import Any

import torch

from ..settings import CLIP_NORM


def clip(tensors: list[Any]) -> None:
    """Scale gradients down that are together longer than CLIP_NORM."""
    # PyTorch divides by the norm and a millionth, nnlab by the norm.
    values = [variable.value for variable in tensors]
    torch.nn.utils.clip_grad_norm_(values, CLIP_NORM)
