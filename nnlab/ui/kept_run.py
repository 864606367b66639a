"""A run as the worker holds on to it: built, put aside, and written to a file."""

from dataclasses import dataclass
from typing import Any

from nnlab.errors import NnlabError
from nnlab.experiments.assembly import assemble
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.headless import measure
from nnlab.experiments.model_file import parameters_sha256, save_model
from nnlab.training import Step, TrainingRun
from nnlab.ui.messages import PrepareRequest, Progress, SaveRequest


@dataclass(frozen=True)
class KeptRun:
    """A run with where it stands, and the steps of which the window has not heard."""

    run: TrainingRun
    experiment: Experiment
    progress: Progress
    first_step: int
    steps: list[Step]
    last: Step | None = None
    seconds: float = 0.0


def built_run(request: PrepareRequest) -> KeptRun:
    """A fresh run, or one that goes on from a file."""
    run = assemble(request.experiment, (), request.dataset)
    if request.saved is not None:
        request.saved.continue_in(run)
    return KeptRun(run, request.experiment, Progress(learning_rate=run.settings.learning_rate), run.step, [])


def write_model(kept: KeptRun, request: SaveRequest) -> str:
    """Write the model as it stands between two steps: nothing, or the sentence that says why the file was not written."""
    history = request.history
    history.forget_after(kept.run.step)
    # Of the last steps the window may not have heard.
    known = history.number
    history.extend([step for step in kept.steps if step.number > known])
    try:
        metrics = {} if request.is_urgent else _measured(kept.run)
        save_model(request.path, kept.run, kept.experiment, metrics, history)
    except NnlabError as error:
        return str(error)
    except MemoryError:
        return f"{request.path}: not saved, there is not enough memory for the file's content; close other programs"
    return ""


def _measured(run: TrainingRun) -> dict[str, Any]:
    """The figures of the model; none where they cannot be had, for which nobody should lose the model."""
    try:
        return measure(run) | {"parameters_sha256": parameters_sha256(run.model)}
    except (MemoryError, NnlabError):
        return {}
