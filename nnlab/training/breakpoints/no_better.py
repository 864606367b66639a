"""The validation has not become better for some epochs: what patience ends training by, as a place to look."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from nnlab.settings import setting
from nnlab.training.breakpoints.breakpoint import Breakpoint, Watched
from nnlab.training.step import Step
from nnlab.words import counted


@dataclass(frozen=True)
class NoBetter(Breakpoint):
    """Epochs since the best one, which is judged by the validation loss, or by the training loss where none is held back."""

    title: ClassVar[str] = "Validation no better"

    epochs: int = setting(
        5,
        "For",
        unit="epochs",
        minimum=1,
        maximum=100_000,
        live=True,
        help="So many epochs without a lower validation loss. Other than patience, it puts no best epoch back.",
    )

    def summary(self) -> str:
        """validation no better for 5 epochs"""
        return f"validation no better for {counted(self.epochs, 'epoch')}"

    def is_due(self, step: Step) -> bool:
        """At an epoch's end."""
        return step.epoch_end is not None

    def found(self, run: Watched, step: Step) -> Mapping[str, str]:
        """Whether so many have passed."""
        if run.waited < self.epochs:
            return {}
        what = "validation" if len(run.data.split.validation) else "training"
        return {"": f"the {what} loss was no lower for {counted(run.waited, 'epoch')}"}
