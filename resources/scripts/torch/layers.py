"""Layers that PyTorch has in no one line. Pictures are (N, C, H, W) here."""

import torch
from torch import nn
from torch.nn import functional


class Flatten(nn.Module):
    """A picture as one row in nnlab's order, the channels fastest.

    PyTorch's own goes through one channel after the other.
    """

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(N, C, H, W) becomes (N, H * W * C)."""
        return x.movedim(1, -1).flatten(1)


class Reshape(nn.Module):
    """The same numbers in another shape, in nnlab's order, the channels fastest."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        super().__init__()
        self.shape = shape

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(N, H * W * C) becomes (N, C, H, W)."""
        return x.movedim(1, -1).reshape(len(x), *self.shape).movedim(-1, 1)


class PlaneFeatures(nn.Module):
    """Features of points (x1, x2):  x1, x2, x1^2, x2^2, x1 x2, sin(w x1), sin(w x2).

    Those that are named, side by side; w is the frequency.
    """

    def __init__(self, features: tuple[str, ...], frequency: float) -> None:
        super().__init__()
        self.features, self.frequency = features, frequency

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(N, 2) becomes (N, features)."""
        a, b = x[:, 0], x[:, 1]
        found = {
            "x1": a,
            "x2": b,
            "x1_squared": a * a,
            "x2_squared": b * b,
            "product": a * b,
            "sin_x1": torch.sin(self.frequency * a),
            "sin_x2": torch.sin(self.frequency * b),
        }
        return torch.stack([found[name] for name in self.features], 1)


class PaddedConv2d(nn.Conv2d):
    """A convolution with other numbers of zeros on each side.

    Of nnlab's padding "same" the odd one lies behind.
    """

    def __init__(
        self,
        channels: int,
        filters: int,
        kernel: int,
        stride: int,
        padding: tuple[int, int, int, int],
    ) -> None:
        super().__init__(channels, filters, kernel, stride)
        self.zeros = padding  # left, right, above, below

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """The convolution of what has zeros around."""
        return super().forward(functional.pad(x, self.zeros))


class BatchNorm(nn.BatchNorm1d):
    """Batch normalisation that bears a last batch of one example.

    That has no variance, and changes no running figure.
    """

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """By the batch's figures while training, else by the running ones."""
        if self.training and x.numel() == x.shape[1]:
            shape = (1, -1, *[1] * (x.ndim - 2))
            return (x - x.detach()) * self.weight.view(shape) + self.bias.view(shape)
        figures = (self.running_mean, self.running_var, self.weight, self.bias)
        own = (self.training, self.momentum, self.eps)
        return functional.batch_norm(x, *figures, *own)


class MaskingNoise(nn.Module):
    """While training  x m,  with m = 0 at a share `rate` of the inputs, else 1.

    (Vincent et al. 2010)
    """

    def __init__(self, rate: float) -> None:
        super().__init__()
        self.rate = rate

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Some inputs hidden, or all as they are."""
        return x * (torch.rand_like(x) >= self.rate) if self.training else x


class GaussianNoise(nn.Module):
    """While training  x + e,  e normal with this deviation."""

    def __init__(self, deviation: float) -> None:
        super().__init__()
        self.deviation = deviation

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """With noise, or as it is."""
        return x + self.deviation * torch.randn_like(x) if self.training else x


class KLSparsity(nn.Module):
    """Lets everything through, and charges  weight sum_j KL(target || r_j).

    r_j is the mean activation of unit j over the batch.
    """

    def __init__(self, target: float, weight: float) -> None:
        super().__init__()
        self.target, self.weight, self.charge = target, weight, 0.0

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x itself; while training, what it costs is kept for the loss."""
        if self.training:
            p, r = self.target, x.mean(0)
            # A mean of exactly 0 or 1 would cost infinitely much.
            r = r + (r.clamp(1e-6, 1 - 1e-6) - r).detach()
            distances = p * (p / r).log() + (1 - p) * ((1 - p) / (1 - r)).log()
            self.charge = self.weight * distances.sum()
        return x


class ActivityL1(nn.Module):
    """Lets everything through, and charges  weight / batch sum |x|."""

    def __init__(self, weight: float) -> None:
        super().__init__()
        self.weight, self.charge = weight, 0.0

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x itself; while training, what it costs is kept for the loss."""
        if self.training:
            self.charge = self.weight * x.abs().sum() / len(x)
        return x


class Residual(nn.Sequential):
    """x + f(x),  f the layers inside (He et al. 2016)."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """The input, and what the layers make of it."""
        return x + super().forward(x)


class Concatenated(nn.ModuleList):
    """Branches that all see the same input, their outputs side by side."""

    def __init__(self, *branches: nn.Module) -> None:
        super().__init__(branches)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """All units, or all channels."""
        return torch.cat([branch(x) for branch in self], 1)


class Summed(nn.ModuleList):
    """Branches that all see the same input, their outputs added up."""

    def __init__(self, *branches: nn.Module) -> None:
        super().__init__(branches)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """The sum."""
        return sum(branch(x) for branch in self)


class TiedLinear(nn.Module):
    """x W^T + b,  with the weights W of an encoder's layer; only b is its own."""

    def __init__(self, encoder: nn.Linear) -> None:
        super().__init__()
        # In a list, so that its weights are not counted twice.
        self.encoder = [encoder]
        self.bias = nn.Parameter(torch.zeros(encoder.in_features))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Back to as many numbers as the encoder's layer sees."""
        return functional.linear(x, self.encoder[0].weight.t(), self.bias)
