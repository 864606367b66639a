"""What an experiment would train, as a report: its layers, and what a step takes for each. Nothing is trained."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from nnlab.experiments.assembly import load_data
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.fit import BYTES, batch_of, check_fit, passing_at_once
from nnlab.models.layers.base import shape_text
from nnlab.models.plan import LayerPlan
from nnlab.models.rates import measured_rates
from nnlab.words import about_seconds, bytes_text

_HEADS = ("layer", "output", "parameters", "multiply-adds", "in a step", "kept", "estimated")


def plan_report(experiment: Experiment, folders: Sequence[Path]) -> dict[str, Any]:
    """Multiply-adds are of one example forward, and of a training step on a batch; seconds are estimated."""
    dataset = load_data(experiment.dataset, folders)
    check_fit(experiment, dataset)
    batch = batch_of(experiment, dataset)
    plans, rates = experiment.model.plan(dataset.example_shape, dataset.targets), measured_rates()
    update = experiment.training.update_passes
    held = BYTES * passing_at_once(experiment, batch)
    return {
        "experiment": experiment.name,
        "input": shape_text(dataset.example_shape),
        "batch": batch,
        "parameters": experiment.model.parameter_count(dataset.example_shape, dataset.targets),
        "multiply_adds": sum(plan.forward for plan in plans),
        "step_multiply_adds": sum(plan.products(batch) for plan in plans),
        "kept_bytes": held * sum(plan.held for plan in plans),
        "estimated_step_seconds": rates.step_seconds(plans, batch, update),
        "layers": list(_rows(plans, batch, held, lambda plan: rates.seconds(plan, batch, update), 0)),
    }


def _rows(
    plans: Sequence[LayerPlan], batch: int, held: int, seconds: Callable[[LayerPlan], float], depth: int
) -> Iterator[dict[str, Any]]:
    """A layer's own, contained in those of the layer around it, one deeper."""
    for plan in plans:
        yield {
            "layer": plan.title,
            "depth": depth,
            "output": shape_text(plan.shape or ()),
            "parameters": plan.parameters,
            "multiply_adds": plan.forward,
            "step_multiply_adds": plan.products(batch),
            "kept_bytes": held * plan.held,
            "estimated_step_seconds": seconds(plan),
        }
        for branch in plan.branches:
            yield from _rows(branch, batch, held, seconds, depth + 1)


def plan_lines(report: dict[str, Any]) -> str:
    """A table, and below it the whole."""
    rows = [_HEADS, *(_cells("  " * row["depth"] + row["layer"], row["output"], row) for row in report["layers"])]
    rows.append(_cells(f"a step of {report['batch']:,}", "", report))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(_line(row, widths) for row in rows)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    """The names at the left of their column, figures at the right."""
    first, *others = (f"{cell:{'>' if place else '<'}{widths[place]}}" for place, cell in enumerate(cells))
    return "  ".join([first, *others])


def _cells(title: str, output: str, row: dict[str, Any]) -> tuple[str, ...]:
    counts = (row["parameters"], row["multiply_adds"], row["step_multiply_adds"])
    kept, time = bytes_text(row["kept_bytes"]), about_seconds(row["estimated_step_seconds"])
    return title, output, *(f"{count:,}" for count in counts), kept, time
