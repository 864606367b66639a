"""Losses, and an optimizer, that PyTorch has in no one line: a script takes in those that it needs."""

import torch
from torch.nn import functional


def as_values(targets, outputs):
    """Labels as values of the outputs' shape: one column of 0 and 1, or one-hot rows."""
    if outputs.shape[1] == 1:
        return targets[:, None].to(outputs.dtype)
    return functional.one_hot(targets, outputs.shape[1]).to(outputs.dtype)


def hinge(outputs, targets):
    """The mean of  max(0, 1 + strongest rival - true score)   (Crammer and Singer 2001)."""
    is_true = functional.one_hot(targets, outputs.shape[1]).bool()
    # Of equal rivals the first alone gets the gradient.
    strongest = outputs.masked_fill(is_true, -torch.inf).max(1).values
    return torch.relu(1 + strongest - outputs[is_true]).mean()


def one_vs_rest_hinge(outputs, targets):
    """The mean over the examples of  sum_k max(0, 1 - s_k z_k),  s_k = 1 at the true class and -1 elsewhere."""
    signs = 2 * as_values(targets, outputs) - 1
    return torch.relu(1 - signs * outputs).sum(1).mean()


def adamw(parameters, rate, betas, eps, weight_decay):
    """AdamW that decays weights and not biases: PyTorch decays both unless told otherwise."""
    groups = [
        {"params": [parameter for parameter in parameters if parameter.ndim >= 2], "weight_decay": weight_decay},
        {"params": [parameter for parameter in parameters if parameter.ndim < 2], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=rate, betas=betas, eps=eps, fused=True)
