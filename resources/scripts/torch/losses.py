"""Losses, and an optimizer, that PyTorch has in no one line."""

import torch
from torch.nn import functional


def as_values(targets: torch.Tensor, outputs: torch.Tensor) -> torch.Tensor:
    """Labels in the outputs' shape: a column of 0 and 1, or one-hot rows."""
    if outputs.shape[1] == 1:
        return targets[:, None].to(outputs.dtype)
    return functional.one_hot(targets, outputs.shape[1]).to(outputs.dtype)


def hinge(outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """The mean of  max(0, 1 + strongest rival - true score).

    (Crammer and Singer 2001)
    """
    is_true = functional.one_hot(targets, outputs.shape[1]).bool()
    # Of equal rivals the first alone gets the gradient.
    strongest = outputs.masked_fill(is_true, -torch.inf).max(1).values
    return torch.relu(1 + strongest - outputs[is_true]).mean()


def one_vs_rest_hinge(outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """The mean of  sum_k max(0, 1 - s_k z_k),  s = 1 at the true class, else -1."""
    signs = 2 * as_values(targets, outputs) - 1
    return torch.relu(1 - signs * outputs).sum(1).mean()


def adamw(
    parameters: list[torch.nn.Parameter],
    rate: float,
    betas: tuple[float, float],
    eps: float,
    weight_decay: float,
) -> torch.optim.Optimizer:
    """AdamW that decays weights alone: PyTorch decays biases, too."""
    weights = [parameter for parameter in parameters if parameter.ndim >= 2]
    biases = [parameter for parameter in parameters if parameter.ndim < 2]
    groups = [
        {"params": weights, "weight_decay": weight_decay},
        {"params": biases, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=rate, betas=betas, eps=eps, fused=True)
