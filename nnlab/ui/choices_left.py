"""How each kind of a choice was left: an optimizer, a source, a layer chosen again is as a person had it before."""

from dataclasses import fields
from typing import TypeVar

from nnlab.experiments.experiment import Experiment
from nnlab.models.capabilities import is_layered
from nnlab.settings import Settings, describe
from nnlab.ui.setup.layer_places import Place, placed

MODEL = "model"
_Kind = TypeVar("_Kind", bound=Settings)


class ChoicesLeft:
    """For every choice and kind the settings that it had last, while one document is edited.

    It follows the experiment, whoever changes it, and is no part of it: undo goes back to what was.
    """

    def __init__(self, experiment: Experiment) -> None:
        self._left: dict[tuple[str, type[Settings]], Settings] = {}
        self._places: set[Place] = set()
        self.note(experiment)

    def note(self, experiment: Experiment) -> None:
        """How every choice stands now."""
        owners: tuple[Settings, ...] = (experiment.dataset, experiment.model, experiment.training)
        for owner in owners:
            for entry in fields(owner):
                if describe(entry).kinds and not describe(entry).is_list:
                    self.leave(f"{owner.section}.{entry.name}", getattr(owner, entry.name))
        self.leave(MODEL, experiment.model)
        layers = placed(experiment.model.layers) if is_layered(experiment.model) else {}
        if set(layers) != self._places:
            # Another list of layers: what stood at a place is not what stands there now.
            stale = {layer_choice(place) for place in self._places}
            self._left = {key: left for key, left in self._left.items() if key[0] not in stale}
            self._places = set(layers)
        for place, layer in layers.items():
            self.leave(layer_choice(place), layer)

    def again(self, choice: str, first: _Kind) -> _Kind:
        """This kind as it was left where that is chosen, or `first` where it never was."""
        left = self._left.get((choice, type(first)))
        return left if isinstance(left, type(first)) else first

    def forget(self) -> None:
        """Another document is opened: what was entered was about something else."""
        self._left.clear()

    def leave(self, choice: str, chosen: Settings) -> None:
        """This kind as it stands where it may be left for another."""
        self._left[choice, type(chosen)] = chosen


def layer_choice(place: Place) -> str:
    """What the choice of a layer's kind is called."""
    return f"model.layers {place}"
