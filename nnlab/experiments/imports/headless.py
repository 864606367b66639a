"""What `nnlab import` does, as a function: an experiment and a file of weights become a model."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nnlab.experiments.assembly import assemble
from nnlab.experiments.computer import set_threads
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.imports.comparing import AUTO
from nnlab.experiments.imports.importing import Weights, begun_from, weights_for
from nnlab.experiments.measuring import measure
from nnlab.experiments.model_content import model_bytes
from nnlab.experiments.model_file import parameters_sha256
from nnlab.experiments.model_place import ModelPlace


def import_into(
    experiment: Experiment, path: Path, output: Path, folders: Sequence[Path], threads: int = 0, layout: str = AUTO
) -> dict[str, Any]:
    """Save the experiment's model with these weights, before its first step, and measure it.

    Where they do not fit nothing is saved, and the report says so under `problem`, with the table of both.
    """
    threads = set_threads(threads)
    run = assemble(experiment, folders)
    weights = weights_for(run.model, run.data.dataset.example_shape, path, layout)
    report = {"experiment": experiment.name, "weights": str(path), **described(weights)}
    if weights.problem:
        return report | {"problem": weights.problem}
    run.restore(begun_from(run, weights))
    report |= {**measure(run), "parameters_sha256": parameters_sha256(run.model), "threads": threads}
    place = ModelPlace(output.parent, output.stem)
    place.write(model_bytes(run, experiment, report), run, experiment)
    return report | place.report()


def described(weights: Weights) -> dict[str, Any]:
    """What was found, for people and programs."""
    found = weights.compared
    caution = {"caution": found.caution} if found.caution else {}
    return {
        "layout": found.layout,
        "matched": found.match.way,
        **caution,
        "tensors": [dict(vars(row)) for row in found.rows],
    }
