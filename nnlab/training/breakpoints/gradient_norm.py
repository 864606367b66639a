"""The gradient of a step is longer than a value."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from nnlab.models.arrays import norm
from nnlab.settings import setting
from nnlab.training.breakpoints.breakpoint import Breakpoint, Watched, told_apart
from nnlab.training.step import Step


@dataclass(frozen=True)
class GradientNorm(Breakpoint):
    """|g|, the Euclidean norm over all parameters, as the optimizer was given it: with penalties, and after clipping."""

    title: ClassVar[str] = "Gradient norm passes a value"
    cost: ClassVar[str] = "Looked at after every step: once over the gradient, 1 to 4 % of a step."

    above: float = setting(
        10.0,
        "Above",
        minimum=0.0,
        maximum=1e30,
        live=True,
        help="|g| = √ Σ g², of the gradient that the optimizer is given, with penalties and after clipping.",
    )

    def summary(self) -> str:
        """gradient norm above 10"""
        return f"gradient norm above {self.above:g}"

    def found(self, run: Watched, step: Step) -> Mapping[str, str]:
        """Of the step that was just made."""
        length = norm(run.model.parameters.gradient)
        if not length > self.above:
            return {}
        text, limit = told_apart(length, self.above)
        return {"": f"the gradient's norm was {text}, above {limit}"}
