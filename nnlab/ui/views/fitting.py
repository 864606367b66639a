"""Which runs the views have something to show of: asked of what the worker has prepared, before a view is loaded."""

from typing import Protocol

from nnlab.models.layers.sequence import holds_filters
from nnlab.targets import Values
from nnlab.ui.messages import Prepared


class Fits(Protocol):
    """One of these."""

    def __call__(self, prepared: Prepared) -> bool:
        """Whether a view has anything to show for this model and data."""
        ...


def always(prepared: Prepared) -> bool:
    """Every run."""
    return True


def learns_weights(prepared: Prepared) -> bool:
    """Models with parameters."""
    return prepared.parameters > 0


def classifies(prepared: Prepared) -> bool:
    """Classifiers."""
    return prepared.experiment.model.predicts_targets and bool(prepared.dataset.class_names)


def classifies_points(prepared: Prepared) -> bool:
    """A classifier of points in the plane."""
    predicts_values = isinstance(prepared.dataset.targets, Values)
    return prepared.dataset.is_plane and prepared.experiment.model.predicts_targets and not predicts_values


def predicts_values(prepared: Prepared) -> bool:
    """What predicts values."""
    return prepared.experiment.model.predicts_targets and isinstance(prepared.dataset.targets, Values)


def convolves(prepared: Prepared) -> bool:
    """Models with convolutions."""
    return any(holds_filters(layer) for layer in getattr(prepared.experiment.model, "layers", ()))


def reconstructs(prepared: Prepared) -> bool:
    """Models that give back what they are given."""
    return prepared.experiment.model.reconstructs


def gives_samples(prepared: Prepared) -> bool:
    """Boltzmann machines, by themselves or in a stack."""
    return prepared.experiment.model.gives_samples


def has_code(prepared: Prepared) -> bool:
    """Models with a code."""
    return prepared.experiment.model.has_code


def has_code_of_classes(prepared: Prepared) -> bool:
    """Models with a code, and data with classes."""
    return has_code(prepared) and bool(prepared.dataset.class_names)


def sees_pictures(prepared: Prepared) -> bool:
    """Pictures of bytes: every kind of model has something to say about them."""
    return prepared.dataset.is_image and prepared.dataset.train.inputs.dtype == "uint8"
