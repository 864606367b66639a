"""Giving a run a crew."""

from nnlab.models.model import ModelSettings
from nnlab.training.crew.parts import MOST_HELPERS
from nnlab.training.loop import TrainingRun


def reason_against(run: TrainingRun, model: ModelSettings) -> str:
    """Why the steps of a run cannot be divided, or ""."""
    if any(one.on for one in run.settings.stop_when):
        return "its breakpoints are looked at after every step"
    if run.model.mixes_examples and not run.model.exchanged_numbers:
        return "what is learned from an example depends on the others of its batch"
    return "the model is trained machine by machine" if len(model.phases) > 1 else ""


def engage(run: TrainingRun, model: ModelSettings, helpers: int, is_apart: bool = False, threads: int = 1) -> str:
    """Divide the run's steps among so many helpers, with a crew to make them; why it has none, or "".

    Without one it computes the same parts itself. is_apart: all are computed by helpers, none by this process. A single
    helper computes with so many threads, several with one each.
    """
    if reason := reason_against(run, model):
        return reason
    if helpers > MOST_HELPERS:
        return f"{helpers:,} helpers are too many; nnlab has up to {MOST_HELPERS}"
    run.divide(helpers)
    if helpers == 1 and not is_apart:
        return ""
    # Who computes alone does not load what starts processes.
    from nnlab.training.crew.crew import Crew

    run.model_settings = model
    try:
        run.crew = Crew(run.model, run.vectors, run.data, run.settings, model, helpers, is_apart, threads)
    except (OSError, ValueError) as error:
        return f"no memory can be shared with helpers ({getattr(error, 'strerror', None) or error})"
    return ""
