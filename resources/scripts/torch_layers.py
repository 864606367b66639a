"""Layers that PyTorch has in no one line: a script takes in those that it needs. Pictures are (N, C, H, W) here."""

import torch
from torch import nn
from torch.nn import functional


class Flatten(nn.Module):
    """A picture as one row in nnlab's order, the channels fastest; PyTorch's own goes channel by channel."""

    def forward(self, x):
        """(N, C, H, W) becomes (N, H * W * C)."""
        return x.movedim(1, -1).flatten(1)


class Reshape(nn.Module):
    """The same numbers in another shape, in nnlab's order: the channels fastest."""

    def __init__(self, shape):
        super().__init__()
        self.shape = shape

    def forward(self, x):
        """(N, H * W * C) becomes (N, C, H, W)."""
        return x.movedim(1, -1).reshape(len(x), *self.shape).movedim(-1, 1)


class PaddedConv2d(nn.Conv2d):
    """A convolution with other numbers of zeros on each side: of nnlab's padding "same" the odd one lies behind."""

    def __init__(self, channels, filters, kernel, stride, padding):
        super().__init__(channels, filters, kernel, stride)
        self.zeros = padding  # left, right, above, below

    def forward(self, x):
        """The convolution of what has zeros around."""
        return super().forward(functional.pad(x, self.zeros))


class BatchNorm(nn.BatchNorm1d):
    """Batch normalisation that bears a last batch of one example, which has no variance and changes no running figure."""

    def forward(self, x):
        """By the batch's figures while training, by the running ones while predicting."""
        if self.training and x.numel() == x.shape[1]:
            return (x - x.detach()) * self.weight.view(1, -1, *[1] * (x.ndim - 2)) + self.bias.view(
                1, -1, *[1] * (x.ndim - 2)
            )
        return functional.batch_norm(
            x, self.running_mean, self.running_var, self.weight, self.bias, self.training, self.momentum, self.eps
        )


class MaskingNoise(nn.Module):
    """Sets a share of the inputs to zero while training, and lets the others through as they are (Vincent et al. 2010)."""

    def __init__(self, rate):
        super().__init__()
        self.rate = rate

    def forward(self, x):
        """x m, with m = 0 at a share `rate` of the inputs, else 1."""
        return x * (torch.rand_like(x) >= self.rate) if self.training else x


class GaussianNoise(nn.Module):
    """Adds normal noise of this deviation while training."""

    def __init__(self, deviation):
        super().__init__()
        self.deviation = deviation

    def forward(self, x):
        """x + e."""
        return x + self.deviation * torch.randn_like(x) if self.training else x


class KLSparsity(nn.Module):
    """Lets everything through, and charges  weight sum_j KL(target || r_j),  r_j the mean of unit j over the batch."""

    def __init__(self, target, weight):
        super().__init__()
        self.target, self.weight, self.charge = target, weight, 0.0

    def forward(self, x):
        """x itself; while training, what it costs is kept for the loss."""
        if self.training:
            p, r = self.target, x.mean(0)
            # A mean of exactly 0 or 1 would cost infinitely much. The slope is that of the value within.
            r = r + (r.clamp(1e-6, 1 - 1e-6) - r).detach()
            self.charge = self.weight * (p * torch.log(p / r) + (1 - p) * torch.log((1 - p) / (1 - r))).sum()
        return x


class ActivityL1(nn.Module):
    """Lets everything through, and charges  weight / batch sum |x|."""

    def __init__(self, weight):
        super().__init__()
        self.weight, self.charge = weight, 0.0

    def forward(self, x):
        """x itself; while training, what it costs is kept for the loss."""
        if self.training:
            self.charge = self.weight * x.abs().sum() / len(x)
        return x


class Residual(nn.Sequential):
    """y = x + f(x), f the layers inside (He et al. 2016)."""

    def forward(self, x):
        """The input beside what the layers make of it."""
        return x + super().forward(x)


class Concatenated(nn.ModuleList):
    """Branches that all see the same input; their units or channels lie side by side."""

    def __init__(self, *branches):
        super().__init__(branches)

    def forward(self, x):
        """All branches' outputs in one."""
        return torch.cat([branch(x) for branch in self], 1)


class Summed(nn.ModuleList):
    """Branches that all see the same input; their outputs are added up."""

    def __init__(self, *branches):
        super().__init__(branches)

    def forward(self, x):
        """The sum of all branches' outputs."""
        return sum(branch(x) for branch in self)


class TiedLinear(nn.Module):
    """A decoder's layer that multiplies by the transpose of an encoder's weights, and has only its bias of its own."""

    def __init__(self, encoder):
        super().__init__()
        # In a list, so that its weights are not counted twice.
        self.encoder = [encoder]
        self.bias = nn.Parameter(torch.zeros(encoder.in_features))

    def forward(self, x):
        """x W^T + b, W the encoder's weights."""
        return functional.linear(x, self.encoder[0].weight.t(), self.bias)
