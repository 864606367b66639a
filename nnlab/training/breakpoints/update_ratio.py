"""A step changes a tensor by too large a part of its size, or by too small a one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from nnlab.models.arrays import norm
from nnlab.settings import setting
from nnlab.training.breakpoints.breakpoint import Breakpoint, Watched, told_apart
from nnlab.training.step import Step


@dataclass(frozen=True)
class UpdateRatio(Breakpoint):
    """|update| / |tensor| of the last step, Euclidean norms; each tensor is a subject. About 0.001 is usual.

    Left out are tensors that are frozen and those that are all zero. Vectors (biases, scales) are left out at first: they
    begin at zero, and their first updates are as large as they are.
    """

    title: ClassVar[str] = "Update outside a range"
    cost: ClassVar[str] = "Looked at every so many steps: twice over the tensors, 2 to 16 % of one step."

    below: float = setting(
        0.0, "Below", minimum=0.0, maximum=1e9, live=True, help="Smaller than this: the tensor hardly learns. 0 never is."
    )
    above: float = setting(
        0.1, "Above", minimum=0.0, maximum=1e9, live=True, help="Larger than this: |update| / |tensor| of one step."
    )
    tensors: str = setting(
        "weights", "Tensors", choices=("weights", "all"), live=True, help="weights: matrices and kernels. all: biases, too."
    )
    every: int = setting(
        10, "Every", unit="steps", minimum=1, maximum=1_000_000, live=True, help="Looked at every so many steps."
    )

    def summary(self) -> str:
        """update / weight outside 0.0001 … 0.1"""
        return f"update / weight outside {self.below:g} … {self.above:g}"

    def is_due(self, step: Step) -> bool:
        """Every so many steps."""
        return step.number % self.every == 0

    def found(self, run: Watched, step: Step) -> Mapping[str, str]:
        """The tensors whose ratio is outside."""
        parameters = run.model.parameters
        texts = {}
        for name, shape in parameters.shapes.items():
            if (self.tensors == "weights" and len(shape) < 2) or parameters.slices[name] in parameters.frozen:
                continue
            if text := self._outside(norm(run.last_update(name)), norm(parameters.view(name))):
                texts[name] = f"the update of {name} was {text}"
        return texts

    def _outside(self, moved: float, size: float) -> str:
        if not size > 0:
            return ""
        ratio = moved / size
        for side, limit, is_beyond in (("above", self.above, ratio > self.above), ("below", self.below, ratio < self.below)):
            if is_beyond:
                text, beside = told_apart(ratio, limit)
                return f"{text} of its size, {side} {beside}"
        return ""
