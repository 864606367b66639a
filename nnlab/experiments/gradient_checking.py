"""An experiment's gradient against central differences: what `nnlab gradcheck` does, as a function."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nnlab.datasets.split import spread
from nnlab.experiments.assembly import assemble
from nnlab.experiments.experiment import Experiment
from nnlab.models.gradient_check import TOLERANCE, check_gradient, step_off_kinks
from nnlab.report import Report, silent


def check_experiment(
    experiment: Experiment, folders: Sequence[Path], examples: int = 16, report: Report = silent
) -> dict[str, Any]:
    """The gradient of the experiment's untrained model on some examples, against central differences."""
    report("loading the data", math.nan)
    run = assemble(experiment, folders)
    inputs, labels = run.data.learning.gather(spread(run.data.split.train, examples))
    run.model.begin(inputs, 0, True)
    step_off_kinks(run.model.parameters, experiment.training.seed)
    check = check_gradient(run.model, inputs, labels, report=report)
    return {
        "experiment": experiment.name,
        "parameters": run.model.parameters.size,
        "checked": len(check.index),
        "worst": check.worst,
        "worst_parameter": f"{check.worst_name}[{', '.join(map(str, check.worst_position))}]",
        "tensors": dict(check.by_tensor),
        "tolerance": TOLERANCE,
        "passed": check.worst < TOLERANCE,
    }
