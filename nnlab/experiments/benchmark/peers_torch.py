"""The same models in PyTorch, eager mode on the CPU, as one would write them there."""

import runpy
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from nnlab.models.arrays import Array
from nnlab.models.capabilities import has_layers, is_machine
from nnlab.models.model import Model
from nnlab.models.network import Network
from nnlab.models.rbm import RBM
from nnlab.optional import BrokenPackageError
from nnlab.resources import resource
from nnlab.training import TrainingSettings
from nnlab.words import printable, without_middle

if TYPE_CHECKING:
    import torch

_LONGEST_FAULT = 200


def peers(model: Model, settings: TrainingSettings, pictures: Array, labels: Array) -> dict[str, "Peer"]:
    """PyTorch's contestants for this model, with the model's weights: one per memory layout worth trying.

    pictures (N, 784) float32, scaled    labels (N,)
    """
    import torch

    x, t = torch.from_numpy(pictures), torch.from_numpy(labels)
    batch = settings.effective_batch_size(len(x))
    if is_machine(model):
        return {"PyTorch": ContrastiveDivergence(model, settings.learning_rate, x, batch)}
    if not has_layers(model):
        return {}
    if len(model.input_shape) == 3:
        return {
            "PyTorch NCHW": Backpropagation(model, settings, x, t, batch),
            "PyTorch channels_last": Backpropagation(model, settings, x, t, batch, channels_last=True),
        }
    return {"PyTorch": Backpropagation(model, settings, x, t, batch)}


def compiled(model: Model, settings: TrainingSettings, pictures: Array, labels: Array) -> dict[str, "Peer"]:
    """The same with the network compiled, which takes a compiler of C++ and some ten seconds."""
    import torch

    if not has_layers(model):
        return {}
    x, t = torch.from_numpy(pictures), torch.from_numpy(labels)
    peer = Backpropagation(model, settings, x, t, settings.effective_batch_size(len(x)))
    peer.net = torch.compile(peer.net)
    try:
        peer.net(x[: peer.batch])
    # What is missing for it is told by many kinds of errors.
    except Exception as error:
        fault = without_middle(printable(f"{type(error).__name__}: {error}"), _LONGEST_FAULT)
        raise BrokenPackageError(f"torch.compile does not work here ({fault})") from None
    return {"torch.compile": peer}


class Peer:
    """Trains on batches in an order drawn anew for every epoch, and records the losses."""

    def __init__(self, count: int, batch: int) -> None:
        self.count, self.batch = count, batch

    def step(self, chosen: "torch.Tensor | slice") -> "torch.Tensor":
        """One update on the chosen examples; its loss before the update."""
        raise NotImplementedError

    def train(self, steps: int) -> float:
        """So many updates, an epoch at most; their mean loss."""
        import torch

        total = torch.zeros(())
        for chosen in self._batches(steps):
            total += self.step(chosen)
        return float(total) / steps

    def first_steps(self, steps: int) -> list[float]:
        """The losses of the first batches in the data's own order."""
        starts = [k * self.batch % self.count for k in range(steps)]
        return [float(self.step(slice(start, start + self.batch))) for start in starts]

    def _batches(self, steps: int) -> "Iterator[torch.Tensor | slice]":
        import torch

        if self.batch == self.count:
            # All examples at once have no order: nothing is gathered.
            yield from [slice(None)] * steps
            return
        order = torch.randperm(self.count)
        for k in range(steps):
            yield order[k * self.batch : (k + 1) * self.batch]


class Backpropagation(Peer):
    """A network, a loss and an optimizer of PyTorch's own."""

    def __init__(
        self,
        model: Network,
        settings: TrainingSettings,
        x: "torch.Tensor",
        t: "torch.Tensor",
        batch: int,
        channels_last: bool = False,
    ) -> None:
        super().__init__(len(x), batch)
        import torch

        self.x, self.t = x, t
        self.is_reconstructing = model.targets is None
        written = _written(model, settings)
        self.net, self.loss = _with_weights(written["net"], model), written["loss"]
        self.penalties = [module for module in self.net.modules() if hasattr(module, "charge")]
        self.shape, self.channels_last = model.input_shape, channels_last
        if channels_last:
            self.net = self.net.to(memory_format=torch.channels_last)
        self.optimizer = written["optimizer"](list(self.net.parameters()), settings.learning_rate)

    def step(self, chosen: "torch.Tensor | slice") -> "torch.Tensor":
        """Forward, backward, update."""
        x = self._shaped(self.x[chosen])
        targets = x if self.is_reconstructing else self.t[chosen]
        loss = self.loss(self.net(x), targets)
        for penalty in self.penalties:
            loss = loss + penalty.charge
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss.detach()

    def _shaped(self, x: "torch.Tensor") -> "torch.Tensor":
        """A view as pictures (N, C, H, W); with one channel both layouts have the same bytes and other strides."""
        if len(self.shape) != 3:
            return x
        height, width, channels = self.shape
        pictures = x.view(-1, height, width, channels).permute(0, 3, 1, 2)
        return pictures if self.channels_last else pictures.contiguous()


class ContrastiveDivergence(Peer):
    """CD-1 by hand: hidden states sampled, visible states sampled, probabilities where statistics are taken."""

    def __init__(self, model: RBM, rate: float, x: "torch.Tensor", batch: int) -> None:
        super().__init__(len(x), batch)
        import torch

        self.x, self.rate = x, rate
        self.w, self.a, self.b = (
            torch.from_numpy(tensor.copy()) for tensor in (model.weight, model.visible_bias, model.hidden_bias)
        )

    def hidden_probabilities(self, v: "torch.Tensor") -> "torch.Tensor":
        """p(h = 1 | v)."""
        import torch

        return torch.sigmoid(torch.addmm(self.b, v, self.w))

    def visible_probabilities(self, h: "torch.Tensor") -> "torch.Tensor":
        """p(v = 1 | h)."""
        import torch

        return torch.sigmoid(torch.addmm(self.a, h, self.w.t()))

    def step(self, chosen: "torch.Tensor | slice") -> "torch.Tensor":
        """One update; the squared reconstruction error per visible unit."""
        import torch

        v0 = self.x[chosen]
        p0 = self.hidden_probabilities(v0)
        means = self.visible_probabilities(torch.bernoulli(p0))
        v1 = torch.bernoulli(means)
        p1 = self.hidden_probabilities(v1)
        rate = self.rate / len(v0)
        self.w.addmm_(v0.t(), p0, alpha=rate)
        self.w.addmm_(v1.t(), p1, alpha=-rate)
        self.a.add_((v0 - v1).sum(0), alpha=rate)
        self.b.add_((p0 - p1).sum(0), alpha=rate)
        return (v0 - means).square().mean()

    def reconstruction_error(self, count: int) -> float:
        """Of the first examples, by probabilities up and down."""
        v = self.x[:count]
        return float((self.visible_probabilities(self.hidden_probabilities(v)) - v).square().mean())


def _written(model: Network, settings: TrainingSettings) -> dict[str, Any]:
    """net, loss and optimizer as layers, loss and optimizer say that they are in PyTorch: a script, which is run.

    A layer that is fused with the loss is left to the loss.
    """
    layers = model.layers[: len(model.layers) - (model.loss.fused_with is not None)]
    shapes = (model.input_shape, *model.shapes)
    rows = [layer.written_in("torch", shape) for layer, shape in zip(layers, shapes, strict=False)]
    parts = [resource("scripts", "torch", name).read_text() for name in ("layers.py", "losses.py")]
    parts += [
        f"net = nn.Sequential({', '.join(row for row in rows if row)})",
        f"loss = lambda outputs, targets: {model.loss.written_in('torch', model.targets is not None)}",
        f"optimizer = lambda parameters, rate: {settings.optimizer.written_in('torch', 'rate')}",
    ]
    with TemporaryDirectory() as folder:
        script = Path(folder) / "peer.py"
        script.write_text("\n".join(parts))
        return runpy.run_path(str(script))


def _with_weights(net: Any, model: Network) -> Any:
    """The same with the model's weights."""
    import torch

    tensors = [torch.from_numpy(model.parameters.view(name).copy()) for name in model.parameters.shapes]
    with torch.no_grad():
        for parameter, tensor in zip(net.parameters(), tensors, strict=True):
            # A weight has the outputs first there.
            parameter.copy_(tensor.permute(3, 2, 0, 1) if tensor.ndim == 4 else tensor.t())
    return net
