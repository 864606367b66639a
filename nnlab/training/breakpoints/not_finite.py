"""A number of a step is not finite: training stands exactly before that step, and says where it began."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from nnlab.training.breakpoints.breakpoint import Breakpoint, Watched
from nnlab.training.step import Step


@dataclass(frozen=True)
class NotFinite(Breakpoint):
    """Without it a run that diverges goes back some steps, to where its numbers were copied last, and has ended.

    With it the run stands after the last step that was finite, to the bit; a step from there on fails in the same way, and
    then the run diverges as without it. A step that is made tells that there is nothing of the kind.
    """

    title: ClassVar[str] = "Not a finite number"
    cost: ClassVar[str] = "The run's state is copied now and then, in about 1 % of the time."
    catches_divergence: ClassVar[bool] = True

    def summary(self) -> str:
        """a number is not finite"""
        return "a number is not finite"

    def found(self, run: Watched, step: Step) -> Mapping[str, str]:
        """A step that was made had finite numbers; of one that fails the watch tells."""
        return {}
