"""What a step of training takes, in words: of a layer, and of the whole model."""

from collections.abc import Sequence
from dataclasses import dataclass

from nnlab.datasets import Dataset
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.fit import BYTES, batch_of, passing_at_once
from nnlab.models.plan import LayerPlan
from nnlab.models.rates import Rates
from nnlab.words import about_seconds, bytes_text


@dataclass(frozen=True)
class Step:
    """One step: the examples of its batch, how many of them go through at once, how many times its update passes over the
    parameters, and the rates once they are measured.
    """

    batch: int
    at_once: int
    update: int
    rates: Rates | None = None

    def kept(self, plan: LayerPlan) -> str:
        """The memory that a layer keeps between its way forward and back."""
        return bytes_text(BYTES * plan.held * self.at_once)

    def time(self, plan: LayerPlan) -> str:
        """About how long a layer takes; "" while that is not known."""
        return about_seconds(self.rates.seconds(plan, self.batch, self.update)) if self.rates is not None else ""

    def whole_time(self, plans: Sequence[LayerPlan]) -> str:
        """The same of all of it."""
        return about_seconds(self.rates.step_seconds(plans, self.batch, self.update)) if self.rates is not None else ""


def step_of(experiment: Experiment, dataset: Dataset, rates: Rates | None) -> Step:
    """The batch as training will make it."""
    batch = batch_of(experiment, dataset)
    return Step(batch, passing_at_once(experiment, batch), experiment.training.update_passes, rates)


def in_short(plan: LayerPlan, step: Step) -> str:
    """903 k multiply-adds · ≈ 3.1 ms · 4.1 MB."""
    products = f"{compact(plan.forward)} multiply-adds" if plan.forward else ""
    return " · ".join(part for part in (products, step.time(plan), step.kept(plan)) if part)


def in_full(plan: LayerPlan, step: Step) -> str:
    """Exactly, in sentences."""
    lines = [f"{shape_words(plan.input_shape)} → {shape_words(plan.shape)}"]
    if plan.parameters:
        lines.append(f"{plan.parameters:,} parameters")
    if plan.forward:
        lines.append(f"{plan.forward:,} multiply-adds for one example forward, {plan.step:,} in a training step")
    if plan.always:
        lines.append(f"and {plan.always:,} for a step of any batch size")
    took = f", {time} (estimated)" if (time := step.time(plan)) else ""
    lines.append(f"a step of {step.batch:,}: keeps {step.kept(plan)}{took}")
    return "\n".join(lines)


def total_in_full(plans: Sequence[LayerPlan], step: Step) -> str:
    """Of the whole model."""
    forward, products = sum(plan.forward for plan in plans), sum(plan.products(step.batch) for plan in plans)
    lines = [
        f"{forward:,} multiply-adds for one example forward",
        f"{products:,} in a training step of {step.batch:,}",
        f"its layers keep {bytes_text(BYTES * step.at_once * sum(plan.held for plan in plans))}",
    ]
    if step.rates is not None:
        speed = f"{step.rates.products / 1e9:.0f} billion multiply-adds a second"
        lines.append(
            f"{step.whole_time(plans)} a step: estimated from {speed}, measured on this machine; optimizer included"
        )
    return "\n".join(lines)


def shape_words(shape: tuple[int, ...] | None) -> str:
    """28×28×16; ? where it is not known."""
    return "×".join(f"{axis:,}" for axis in shape) if shape is not None else "?"


def compact(count: int) -> str:
    """4,640, 903 k, 1.47 M: exact up to 9,999, then three digits. Nothing for none."""
    if count < 10_000:
        return f"{count:,}" if count else ""
    size, units = float(count), ["", "k", "M", "G", "T"]
    while size >= 999.5 and len(units) > 1:
        size, units = size / 1000, units[1:]
    return f"{size:.{max(2 - (size >= 9.995) - (size >= 99.95), 0)}f} {units[0]}"
