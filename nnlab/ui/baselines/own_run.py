"""nnlab's own run of the experiment, as the window has it: whether it can be compared, and what there is to say about it."""

from dataclasses import dataclass, replace

from nnlab.experiments.experiment import Experiment
from nnlab.training.events import Stop
from nnlab.ui.session import Session


@dataclass(frozen=True)
class OwnRun:
    """number: in the store, 0 where none can be compared    words: why not, or how far it is"""

    number: int = 0
    words: str = ""


def own_run(session: Session) -> OwnRun:
    """The present run, where its steps are those of the experiment as it is now."""
    run = session.runs.present
    progress = run.progress
    if run.experiment is None or not progress.step:
        return OwnRun(0, "The present run has made no step yet: one is trained.")
    if not are_alike(run.experiment, session.experiment):
        return OwnRun(0, "The present run has other settings: they are applied with a reset.")
    if not progress.number:
        return OwnRun(0, "The present run is not kept in the store of runs.")
    if any(not isinstance(event, Stop) for event in progress.events):
        return OwnRun(0, "Something was changed by hand while the present run trained, so that others cannot follow it.")
    if not progress.activity.has_ended:
        where = f"step {progress.step:,} of {progress.total:,}"
        return OwnRun(progress.number, f"Without it the present run is compared as far as it is: {where}.")
    return OwnRun(progress.number, "Without it the present run is compared, but no times and no memory.")


def are_alike(first: Experiment, second: Experiment) -> bool:
    """Whether both train alike: what they are called and where they would stop to be looked at changes no number."""
    return _bare(first) == _bare(second)


def _bare(experiment: Experiment) -> Experiment:
    return replace(experiment, name="", training=replace(experiment.training, stop_when=()))
