"""Breakpoints, one row each: what training can stop at. A row is all it takes to appear in files and in the window."""

from nnlab.training.breakpoints.breakpoint import Breakpoint, Watched
from nnlab.training.breakpoints.figures import LossPasses, ScorePasses
from nnlab.training.breakpoints.gradient_norm import GradientNorm
from nnlab.training.breakpoints.no_better import NoBetter
from nnlab.training.breakpoints.not_finite import NotFinite
from nnlab.training.breakpoints.step_number import StepNumber
from nnlab.training.breakpoints.units import DeadUnits, SaturatedUnits
from nnlab.training.breakpoints.update_ratio import UpdateRatio

BREAKPOINTS: dict[str, type[Breakpoint]] = {
    "loss": LossPasses,
    "score": ScorePasses,
    "no_better": NoBetter,
    "dead_units": DeadUnits,
    "saturated_units": SaturatedUnits,
    "update_ratio": UpdateRatio,
    "gradient_norm": GradientNorm,
    "not_finite": NotFinite,
    "step": StepNumber,
}

__all__ = ["BREAKPOINTS", "Breakpoint", "Watched"]
