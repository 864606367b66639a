"""What the program changed of a model so that it fits its data: with other data that goes back by itself."""

from dataclasses import dataclass, replace

from nnlab.datasets import Dataset
from nnlab.experiments.experiment import Experiment
from nnlab.models import ModelSettings
from nnlab.models.capabilities import is_layered
from nnlab.models.feed_forward import FeedForwardSettings
from nnlab.models.layers import Layer
from nnlab.models.losses import Loss

Layers = tuple[Layer, ...]


@dataclass(frozen=True)
class Fit:
    """The loss, and the layers at the end: each as a person had it, and as the program made it; None where it is as it was.

    What a person changes afterwards is the person's, and stays.
    """

    loss: tuple[Loss, Loss] | None = None
    end: tuple[Layers, Layers] | None = None

    def kept(self, model: ModelSettings) -> "Fit":
        """Of it, what stands in this model."""
        if not is_layered(model):
            return NO_FIT
        loss = self.loss if self.loss is not None and model.loss == self.loss[1] else None
        end = self.end if self.end is not None and _ends_with(model.layers, self.end[1]) else None
        return Fit(loss, end)

    def taken_back(self, model: ModelSettings) -> ModelSettings:
        """The model as a person would have it, had the program changed nothing."""
        if not is_layered(model):
            return model
        kept = self.kept(model)
        if kept.end is not None:
            had, has = kept.end
            model = replace(model, layers=(*model.layers[: len(model.layers) - len(has)], *had))
        if kept.loss is not None and _suits_end(kept.loss[0], model.layers):
            model = replace(model, loss=kept.loss[0])
        return model


NO_FIT = Fit()


def fitted(experiment: Experiment, dataset: Dataset, fit: Fit) -> tuple[Experiment, Fit]:
    """The experiment with a model for this data, made of the one that a person has, and what was changed of that."""
    own = fit.taken_back(experiment.model)
    model = own.with_fitting_outputs(dataset.example_shape, dataset.targets)
    changed = _between(own, model) if is_layered(own) and is_layered(model) else NO_FIT
    return replace(experiment, model=model), changed


def _between(own: FeedForwardSettings, model: FeedForwardSettings) -> Fit:
    pairs = zip(own.layers, model.layers, strict=False)
    first = next((place for place, (had, has) in enumerate(pairs) if had != has), min(len(own.layers), len(model.layers)))
    end = (own.layers[first:], model.layers[first:]) if own.layers != model.layers else None
    return Fit((own.loss, model.loss) if own.loss != model.loss else None, end)


def _ends_with(layers: Layers, end: Layers) -> bool:
    return layers[len(layers) - len(end) :] == end


def _suits_end(loss: Loss, layers: Layers) -> bool:
    """Whether the last layer is there that the loss contains: a person may have taken it out, or put others behind it."""
    return loss.fused_with is None or (bool(layers) and isinstance(layers[-1], loss.fused_with))
