"""Training has made so many steps."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from nnlab.settings import setting
from nnlab.training.breakpoints.breakpoint import Breakpoint, Watched
from nnlab.training.step import Step


@dataclass(frozen=True)
class StepNumber(Breakpoint):
    """It holds at this step alone: one that is passed already stops nothing."""

    title: ClassVar[str] = "Step number"

    number: int = setting(
        1000, "Step", minimum=1, maximum=2**31 - 1, live=True, help="Training stops after so many updates in all."
    )

    def summary(self) -> str:
        """step 1,000"""
        return f"step {self.number:,}"

    def found(self, run: Watched, step: Step) -> Mapping[str, str]:
        """Whether this is the one."""
        return {"": "this is the step to stop at"} if step.number == self.number else {}
