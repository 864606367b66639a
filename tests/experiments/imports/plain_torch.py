"""Models of PyTorch's own layers alone, as somebody writes them who has never seen nnlab: pictures are (N, C, H, W)."""

import pytest

from nnlab.models.layers.combined import Combined

torch = pytest.importorskip("torch")
nn = torch.nn
# Of those that the cases have.
_PADDING = {"2": 2}


class _Residual(nn.Module):
    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        return x + self.inner(x)


class _Parallel(nn.Module):
    def __init__(self, branches):
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def forward(self, x):
        return torch.cat([branch(x) for branch in self.branches], 1)


def plain_model(model, example_shape):
    """The layers in a row; a network that sees vectors flattens pictures first."""
    layers = [nn.Flatten()] if len(model.input_shape) == 1 and len(example_shape) == 3 else []
    return nn.Sequential(*layers, *_row(model.layers, model.input_shape))


def _row(layers, shape):
    for layer in layers:
        yield _layer(layer, shape)
        shape = layer.output_shape(shape)


def _layer(layer, shape):
    if isinstance(layer, Combined):
        branches = [nn.Sequential(*_row(branch, shape)) for branch in layer.branches]
        return _Residual(branches[0]) if layer.goes_around else _Parallel(branches)
    return {
        "dense": lambda: nn.Linear(shape[0], layer.units),
        "conv2d": lambda: nn.Conv2d(shape[2], layer.filters, layer.kernel, padding=_PADDING.get(layer.padding, 0)),
        "max_pool2d": lambda: nn.MaxPool2d(layer.size, layer.stride),
        "batch_norm": lambda: nn.BatchNorm1d(shape[0]) if len(shape) == 1 else nn.BatchNorm2d(shape[2]),
        "flatten": nn.Flatten,
        "reshape": lambda: nn.Unflatten(1, (layer.shape[2], *layer.shape[:2])),
        "relu": nn.ReLU,
        "sigmoid": nn.Sigmoid,
        "softmax": lambda: nn.Softmax(1),
        "code": nn.Identity,
    }[layer.kind]()
